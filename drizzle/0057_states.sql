-- A state may become what its table in the domain names (docs/decisions/0049), whoever writes it. A change is looked at, and not what is there: old rows stay as they
-- are. What is named here is what the tables say, and tests/server/store/states.test.ts compares the two; a table that changes is a migration that makes its trigger anew.
create function refuse_state() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	raise exception '% of %: % can''t become %', tg_argv[0], tg_table_name, to_jsonb(old) ->> tg_argv[0], to_jsonb(new) ->> tg_argv[0] using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
create trigger states before update of status on payment_attempt for each row
	when (old.status <> new.status and old.status || '>' || new.status not in (
		'open>awaiting_auth', 'open>awaiting_transfer', 'open>processing', 'open>paid', 'open>set_up', 'open>declined', 'open>canceled',
		'awaiting_auth>open', 'awaiting_auth>awaiting_transfer', 'awaiting_auth>processing', 'awaiting_auth>paid', 'awaiting_auth>set_up', 'awaiting_auth>declined', 'awaiting_auth>canceled',
		'awaiting_transfer>open', 'awaiting_transfer>awaiting_auth', 'awaiting_transfer>processing', 'awaiting_transfer>paid', 'awaiting_transfer>declined', 'awaiting_transfer>canceled',
		'processing>open', 'processing>awaiting_auth', 'processing>awaiting_transfer', 'processing>paid', 'processing>declined', 'processing>canceled',
		'paid>canceled',
		'declined>open', 'declined>awaiting_auth', 'declined>awaiting_transfer', 'declined>processing', 'declined>paid', 'declined>canceled',
		'canceled>processing', 'canceled>paid',
		'unknown>open', 'unknown>awaiting_auth', 'unknown>awaiting_transfer', 'unknown>processing', 'unknown>paid', 'unknown>declined', 'unknown>canceled'
	)) execute function refuse_state('status');
--> statement-breakpoint
create trigger states before update of status on plan for each row
	when (old.status <> new.status and old.status || '>' || new.status not in (
		'pending>active', 'pending>completed', 'pending>canceled',
		'active>paused', 'active>completed', 'active>in_default',
		'paused>active', 'paused>completed', 'paused>in_default',
		'completed>active'
	)) execute function refuse_state('status');
--> statement-breakpoint
create trigger states before update of status on plan_part for each row
	when (old.status <> new.status and old.status || '>' || new.status not in (
		'scheduled>processing', 'scheduled>paid', 'scheduled>retrying', 'scheduled>action_needed', 'scheduled>forgiven', 'scheduled>credited', 'scheduled>paid_otherwise', 'scheduled>canceled',
		'processing>paid', 'processing>retrying', 'processing>action_needed', 'processing>canceled',
		'retrying>scheduled', 'retrying>processing', 'retrying>paid', 'retrying>action_needed', 'retrying>forgiven', 'retrying>credited', 'retrying>paid_otherwise', 'retrying>canceled',
		'action_needed>scheduled', 'action_needed>processing', 'action_needed>paid', 'action_needed>retrying', 'action_needed>forgiven', 'action_needed>credited', 'action_needed>paid_otherwise', 'action_needed>canceled',
		'paid>scheduled', 'paid>processing', 'paid>retrying', 'paid>action_needed',
		'forgiven>processing', 'forgiven>paid',
		'credited>scheduled', 'credited>processing', 'credited>paid',
		'paid_otherwise>processing', 'paid_otherwise>paid',
		'canceled>processing', 'canceled>paid'
	)) execute function refuse_state('status');
--> statement-breakpoint
create trigger states before update of status on part_move for each row
	when (old.status <> new.status and old.status || '>' || new.status not in (
		'asked>accepted', 'asked>refused', 'asked>withdrawn'
	)) execute function refuse_state('status');
--> statement-breakpoint
create trigger states before update of status on method_setup for each row
	when (old.status <> new.status and old.status || '>' || new.status not in (
		'open>awaiting_auth', 'open>processing', 'open>succeeded', 'open>declined', 'open>canceled',
		'awaiting_auth>open', 'awaiting_auth>processing', 'awaiting_auth>succeeded', 'awaiting_auth>declined', 'awaiting_auth>canceled',
		'processing>open', 'processing>awaiting_auth', 'processing>succeeded', 'processing>declined', 'processing>canceled',
		'declined>open', 'declined>awaiting_auth', 'declined>processing', 'declined>succeeded', 'declined>canceled',
		'canceled>open', 'canceled>awaiting_auth', 'canceled>processing', 'canceled>succeeded', 'canceled>declined'
	)) execute function refuse_state('status');
--> statement-breakpoint
create trigger states before update of status on refund_request for each row
	when (old.status <> new.status and old.status || '>' || new.status not in (
		'open>accepted', 'open>refused',
		'accepted>refused',
		'refused>accepted'
	)) execute function refuse_state('status');
--> statement-breakpoint
create trigger states before update of state on bank_entry for each row
	when (old.state <> new.state and old.state || '>' || new.state not in (
		'waiting>booked', 'waiting>aside',
		'booked>waiting',
		'aside>waiting', 'aside>booked'
	)) execute function refuse_state('state');
--> statement-breakpoint
create trigger states before update of state on import_job for each row
	when (old.state <> new.state and old.state || '>' || new.state not in (
		'receiving>reading', 'receiving>dropped',
		'reading>ready', 'reading>keeping', 'reading>dropped',
		'ready>reading', 'ready>keeping', 'ready>dropped',
		'keeping>done',
		'done>keeping', 'done>undone'
	)) execute function refuse_state('state');
--> statement-breakpoint
create trigger states before update of state on points_redemption for each row
	when (old.state <> new.state and old.state || '>' || new.state not in (
		'held>used', 'held>given_back',
		'used>given_back',
		'asked>used', 'asked>canceled',
		'given_back>used'
	)) execute function refuse_state('state');
--> statement-breakpoint
revoke execute on all functions in schema public from public;
