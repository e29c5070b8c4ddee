ALTER TABLE "due_work" DROP CONSTRAINT "due_work_job_check";--> statement-breakpoint
ALTER TABLE "due_work" ADD COLUMN "lane" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "due_work" ADD COLUMN "claimed_until" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "due_work_lane_idx" ON "due_work" USING btree ("lane","due_at");--> statement-breakpoint
CREATE INDEX "due_work_claimed_idx" ON "due_work" USING btree ("lane") WHERE "due_work"."claimed_until" is not null;--> statement-breakpoint
ALTER TABLE "due_work" ADD CONSTRAINT "due_work_job_check" CHECK ("due_work"."job" in ('points', 'attempt', 'refund', 'setup'));--> statement-breakpoint
update due_work set lane = supplier_id::text;
--> statement-breakpoint
-- A claim is noted beside the instant, so that what is in somebody's hands can be told from what waits.
grant update (claimed_until) on due_work to ponctuel_system;
--> statement-breakpoint
-- What Stripe has not ended wants to be looked at a minute after it began, or moved; when it wants that again is said by whoever has looked. Asked for by
-- triggers, whoever writes the row: nobody can forget it. Over, it is looked at no more.
create function look_at_stripe(supplier uuid, job text, subject uuid, client uuid, account text, since timestamptz) returns void language sql as $$
	insert into due_work (supplier_id, job, subject_id, client_id, lane, due_at, asked_at, version, failures, error)
	values (supplier, job, subject, client, 'stripe ' || coalesce(account, ''), since + interval '1 minute', since, 1, 0, null)
	on conflict (supplier_id, job, subject_id) do update set due_at = excluded.due_at, version = due_work.version + 1, failures = 0, error = null
$$;
--> statement-breakpoint
create function look_no_more(supplier uuid, done text, subject uuid) returns void language sql as $$
	delete from due_work where supplier_id = supplier and job = done and subject_id = subject
$$;
--> statement-breakpoint
create function due_attempt() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	-- A setup is looked at by what keeps the means of payment.
	if not new.is_setup and new.status in ('open', 'awaiting_auth', 'awaiting_transfer', 'processing', 'unknown') then
		perform look_at_stripe(new.supplier_id, 'attempt', new.attempt_id, new.client_id, new.stripe_account, new.updated_at);
	elsif tg_op = 'UPDATE' then
		perform look_no_more(new.supplier_id, 'attempt', new.attempt_id);
	end if;
	return null;
end $$;
--> statement-breakpoint
create function due_setup() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if new.status in ('open', 'awaiting_auth', 'processing') then
		perform look_at_stripe(new.supplier_id, 'setup', new.setup_id, new.client_id, new.stripe_account, new.updated_at);
	elsif tg_op = 'UPDATE' then
		perform look_no_more(new.supplier_id, 'setup', new.setup_id);
	end if;
	return null;
end $$;
--> statement-breakpoint
create function due_refund() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if new.status = 'open' then
		perform look_at_stripe(new.supplier_id, 'refund', new.refund_request_id, p.client_id, p.stripe_account, new.created_at)
		from payment p where p.supplier_id = new.supplier_id and p.payment_id = new.payment_id;
	elsif tg_op = 'UPDATE' then
		perform look_no_more(new.supplier_id, 'refund', new.refund_request_id);
	end if;
	return null;
end $$;
--> statement-breakpoint
create trigger due_work after insert on payment_attempt for each row execute function due_attempt();
--> statement-breakpoint
create trigger due_work_changed after update on payment_attempt for each row when (old.status is distinct from new.status) execute function due_attempt();
--> statement-breakpoint
create trigger due_work after insert on method_setup for each row execute function due_setup();
--> statement-breakpoint
create trigger due_work_changed after update on method_setup for each row when (old.status is distinct from new.status) execute function due_setup();
--> statement-breakpoint
create trigger due_work after insert on refund_request for each row execute function due_refund();
--> statement-breakpoint
create trigger due_work_changed after update on refund_request for each row when (old.status is distinct from new.status) execute function due_refund();
--> statement-breakpoint
create policy keeps on due_work to ponctuel_guard using ((select current_user) = 'ponctuel_guard') with check ((select current_user) = 'ponctuel_guard');
--> statement-breakpoint
revoke execute on all functions in schema public from public;
--> statement-breakpoint
grant execute on function look_at_stripe(uuid, text, uuid, uuid, text, timestamptz), look_no_more(uuid, text, uuid) to ponctuel_guard;
--> statement-breakpoint
grant select, insert, update, delete on due_work to ponctuel_guard;
--> statement-breakpoint
-- What is not over today.
insert into due_work (supplier_id, job, subject_id, client_id, lane, due_at, asked_at, version, failures)
select supplier_id, 'attempt', attempt_id, client_id, 'stripe ' || coalesce(stripe_account, ''), updated_at + interval '1 minute', updated_at, 1, 0 from payment_attempt
	where not is_setup and status in ('open', 'awaiting_auth', 'awaiting_transfer', 'processing', 'unknown')
union all
select supplier_id, 'setup', setup_id, client_id, 'stripe ' || coalesce(stripe_account, ''), updated_at + interval '1 minute', updated_at, 1, 0 from method_setup
	where status in ('open', 'awaiting_auth', 'processing')
union all
select r.supplier_id, 'refund', r.refund_request_id, p.client_id, 'stripe ' || coalesce(p.stripe_account, ''), r.created_at + interval '1 minute', r.created_at, 1, 0
	from refund_request r join payment p using (supplier_id, payment_id) where r.status = 'open';
