DROP INDEX "due_work_lane_idx";--> statement-breakpoint
DROP INDEX "due_work_due_idx";--> statement-breakpoint
DROP INDEX "due_work_claimed_idx";--> statement-breakpoint
ALTER TABLE "due_work" ADD COLUMN "pool" text GENERATED ALWAYS AS (case when job in ('points') then 'nobody' else 'stripe' end) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "due_work_turn_idx" ON "due_work" USING btree ("pool","lane","due_at");--> statement-breakpoint
CREATE INDEX "due_work_due_idx" ON "due_work" USING btree ("pool","due_at");--> statement-breakpoint
CREATE INDEX "due_work_claimed_idx" ON "due_work" USING btree ("pool","lane") WHERE "due_work"."claimed_until" is not null;--> statement-breakpoint
-- A debit takes days: thousands of an account keep none of its cards and refunds waiting.
create function lane_of_stripe(account text, is_debit boolean) returns text language sql immutable as $$
	select case when is_debit then 'debits ' else 'stripe ' end || coalesce(account, '')
$$;
--> statement-breakpoint
drop function look_at_stripe(uuid, text, uuid, uuid, text, timestamptz);
--> statement-breakpoint
create function look_at_stripe(supplier uuid, job text, subject uuid, client uuid, lane text, since timestamptz) returns void language sql as $$
	insert into due_work (supplier_id, job, subject_id, client_id, lane, due_at, asked_at, version, failures, error)
	values (supplier, job, subject, client, lane, since + interval '1 minute', since, 1, 0, null)
	on conflict (supplier_id, job, subject_id) do update set lane = excluded.lane, due_at = excluded.due_at, version = due_work.version + 1, failures = 0, error = null
$$;
--> statement-breakpoint
create or replace function due_attempt() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	-- A setup is looked at by what keeps the means of payment.
	if not new.is_setup and new.status in ('open', 'awaiting_auth', 'awaiting_transfer', 'processing', 'unknown') then
		perform look_at_stripe(new.supplier_id, 'attempt', new.attempt_id, new.client_id,
			lane_of_stripe(new.stripe_account, new.status in ('processing', 'awaiting_transfer')), new.updated_at);
	elsif tg_op = 'UPDATE' then
		perform look_no_more(new.supplier_id, 'attempt', new.attempt_id);
	end if;
	return null;
end $$;
--> statement-breakpoint
create or replace function due_setup() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if new.status in ('open', 'awaiting_auth', 'processing') then
		perform look_at_stripe(new.supplier_id, 'setup', new.setup_id, new.client_id, lane_of_stripe(new.stripe_account, false), new.updated_at);
	elsif tg_op = 'UPDATE' then
		perform look_no_more(new.supplier_id, 'setup', new.setup_id);
	end if;
	return null;
end $$;
--> statement-breakpoint
create or replace function due_refund() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if new.status = 'open' then
		perform look_at_stripe(new.supplier_id, 'refund', new.refund_request_id, p.client_id, lane_of_stripe(p.stripe_account, false), new.created_at)
		from payment p where p.supplier_id = new.supplier_id and p.payment_id = new.payment_id;
	elsif tg_op = 'UPDATE' then
		perform look_no_more(new.supplier_id, 'refund', new.refund_request_id);
	end if;
	return null;
end $$;
--> statement-breakpoint
revoke execute on all functions in schema public from public;
--> statement-breakpoint
grant execute on function look_at_stripe(uuid, text, uuid, uuid, text, timestamptz), lane_of_stripe(text, boolean) to ponctuel_guard;
--> statement-breakpoint
-- An account that answers again: what is being looked at meanwhile is looked at once more.
grant update (version) on due_work to ponctuel_system;
--> statement-breakpoint
update due_work w set lane = lane_of_stripe(a.stripe_account, true) from payment_attempt a
	where w.job = 'attempt' and (a.supplier_id, a.attempt_id) = (w.supplier_id, w.subject_id) and a.status in ('processing', 'awaiting_transfer');
