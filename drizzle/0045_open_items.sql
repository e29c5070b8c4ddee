CREATE TABLE "open_item" (
	"supplier_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"due_on" date NOT NULL,
	"not_payable_reason" text,
	"balance_minor" bigint NOT NULL,
	"taken_off_minor" bigint NOT NULL,
	"under_way_minor" bigint NOT NULL,
	"promised_minor" bigint NOT NULL,
	"planned_minor" bigint NOT NULL,
	"payable_minor" bigint GENERATED ALWAYS AS (case when not_payable_reason is null then greatest(balance_minor - under_way_minor - promised_minor - planned_minor, 0) else 0 end) STORED NOT NULL,
	CONSTRAINT "open_item_pk" PRIMARY KEY("supplier_id","invoice_id")
);
--> statement-breakpoint
CREATE TABLE "open_sum" (
	"supplier_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"due_on" date NOT NULL,
	"slot" uuid DEFAULT gen_random_uuid() NOT NULL,
	"balance_minor" bigint NOT NULL,
	"payable_minor" bigint NOT NULL,
	"busy_minor" bigint NOT NULL,
	"under_way_minor" bigint NOT NULL,
	"elsewhere_minor" bigint NOT NULL,
	"credit_minor" bigint NOT NULL,
	"owed_count" integer NOT NULL,
	"payable_count" integer NOT NULL,
	CONSTRAINT "open_sum_pk" PRIMARY KEY("supplier_id","currency","due_on","slot")
);
--> statement-breakpoint
ALTER TABLE "open_item" ADD CONSTRAINT "open_item_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "open_item" ADD CONSTRAINT "open_item_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "open_sum" ADD CONSTRAINT "open_sum_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "open_item_due_idx" ON "open_item" USING btree ("supplier_id","due_on","invoice_id") WHERE "open_item"."balance_minor" <> 0;--> statement-breakpoint
CREATE INDEX "open_item_client_idx" ON "open_item" USING btree ("supplier_id","client_id","due_on","invoice_id") WHERE "open_item"."balance_minor" <> 0;--> statement-breakpoint
CREATE INDEX "open_item_payable_idx" ON "open_item" USING btree ("supplier_id","due_on","invoice_id") WHERE "open_item"."payable_minor" > 0;--> statement-breakpoint
CREATE INDEX "open_item_under_way_idx" ON "open_item" USING btree ("supplier_id","due_on","invoice_id") WHERE "open_item"."under_way_minor" > 0;--> statement-breakpoint
CREATE INDEX "payment_attempt_invoice_live_idx" ON "payment_attempt_invoice" USING btree ("supplier_id","invoice_id") WHERE "payment_attempt_invoice"."live";
--> statement-breakpoint
-- The one definition of what is open: the journal's balance of an invoice, and what of it is on its way, from the tables that say so.
create view open_item_due with (security_invoker = true) as
select i.supplier_id, i.invoice_id, i.client_id, i.currency, i.due_on, i.not_payable_reason,
	(select coalesce(sum(l.debit_minor - l.credit_minor), 0)::bigint from journal_line l
		where l.supplier_id = i.supplier_id and l.invoice_id = i.invoice_id and l.account = '411') as balance_minor,
	((select coalesce(sum(case d.kind when 'granted' then d.amount_minor else -d.amount_minor end), 0) from discount d
		where d.supplier_id = i.supplier_id and d.invoice_id = i.invoice_id)
		+ (select coalesce(sum(u.amount_minor), 0) from credit_use u where u.supplier_id = i.supplier_id and u.invoice_id = i.invoice_id))::bigint as taken_off_minor,
	coalesce(busy.under_way, 0)::bigint as under_way_minor,
	coalesce(busy.promised, 0)::bigint as promised_minor,
	(select coalesce(sum(due_of_line(l)), 0)::bigint from plan_part_line l
		join plan_part p on p.supplier_id = l.supplier_id and p.plan_id = l.plan_id and p.position = l.position
		join plan x on x.supplier_id = p.supplier_id and x.plan_id = p.plan_id
		where l.supplier_id = i.supplier_id and l.invoice_id = i.invoice_id and x.status in ('active', 'paused')
			and p.status in ('scheduled', 'retrying', 'action_needed')) as planned_minor
from invoice i
left join lateral (select sum(x.amount_minor) as under_way, sum((select coalesce(sum(d.gross_minor), 0) from attempt_discount d
		where d.supplier_id = x.supplier_id and d.attempt_id = x.attempt_id and d.invoice_id = x.invoice_id)) as promised
	from payment_attempt_invoice x join payment_attempt a on a.supplier_id = x.supplier_id and a.attempt_id = x.attempt_id
	where x.supplier_id = i.supplier_id and x.invoice_id = i.invoice_id and x.live and a.status = 'processing') busy on true;
--> statement-breakpoint
-- Reads them anew. The rows are taken first: whoever changes the same invoice waits, and what is read afterwards has what both wrote.
create function refresh_open_items(supplier uuid, invoices uuid[]) returns void language plpgsql as $$
begin
	perform from open_item o where o.supplier_id = supplier and o.invoice_id = any(invoices) order by o.invoice_id for update;
	insert into open_item (supplier_id, invoice_id, client_id, currency, due_on, not_payable_reason, balance_minor, taken_off_minor, under_way_minor, promised_minor, planned_minor)
	select d.supplier_id, d.invoice_id, d.client_id, d.currency, d.due_on, d.not_payable_reason, d.balance_minor, d.taken_off_minor, d.under_way_minor, d.promised_minor, d.planned_minor
	from open_item_due d where d.supplier_id = supplier and d.invoice_id = any(invoices)
	on conflict (supplier_id, invoice_id) do update set client_id = excluded.client_id, currency = excluded.currency, due_on = excluded.due_on,
		not_payable_reason = excluded.not_payable_reason, balance_minor = excluded.balance_minor, taken_off_minor = excluded.taken_off_minor,
		under_way_minor = excluded.under_way_minor, promised_minor = excluded.promised_minor, planned_minor = excluded.planned_minor
	where (open_item.client_id, open_item.currency, open_item.due_on, open_item.not_payable_reason, open_item.balance_minor, open_item.taken_off_minor,
		open_item.under_way_minor, open_item.promised_minor, open_item.planned_minor) is distinct from (excluded.client_id, excluded.currency, excluded.due_on,
		excluded.not_payable_reason, excluded.balance_minor, excluded.taken_off_minor, excluded.under_way_minor, excluded.promised_minor, excluded.planned_minor);
end $$;
--> statement-breakpoint
-- An invoice begins with nothing in the books.
create function open_items_of_new_invoices() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	insert into open_item (supplier_id, invoice_id, client_id, currency, due_on, not_payable_reason, balance_minor, taken_off_minor, under_way_minor, promised_minor, planned_minor)
	select supplier_id, invoice_id, client_id, currency, due_on, not_payable_reason, 0, 0, 0, 0, 0 from added
	-- Booked in the same statement, it is there already, with what was booked.
	on conflict do nothing;
	return null;
end $$;
--> statement-breakpoint
create trigger open_items after insert on invoice referencing new table as added for each statement execute function open_items_of_new_invoices();
--> statement-breakpoint
create function open_items_of_row() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	perform refresh_open_items(new.supplier_id, array[new.invoice_id]);
	return null;
end $$;
--> statement-breakpoint
create trigger open_items_changed after update on invoice for each row
	when ((old.client_id, old.currency, old.due_on, old.not_payable_reason) is distinct from (new.client_id, new.currency, new.due_on, new.not_payable_reason))
	execute function open_items_of_row();
--> statement-breakpoint
-- Of rows that are only ever added and name their invoice.
create function open_items_of_added() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare one record;
begin
	for one in select supplier_id, array_agg(distinct invoice_id) as invoices from added where invoice_id is not null group by supplier_id loop
		perform refresh_open_items(one.supplier_id, one.invoices);
	end loop;
	return null;
end $$;
--> statement-breakpoint
do $$
declare name text;
begin
	foreach name in array array['journal_line', 'discount', 'credit_use', 'credit_use_part', 'plan_part_lowered', 'plan_part_line', 'attempt_discount', 'payment_attempt_invoice'] loop
		execute format('create trigger open_items after insert on %I referencing new table as added for each statement execute function open_items_of_added()', name);
	end loop;
end $$;
--> statement-breakpoint
-- Let go, or taken up again.
create trigger open_items_changed after update on payment_attempt_invoice for each row
	when ((old.live, old.amount_minor) is distinct from (new.live, new.amount_minor)) execute function open_items_of_row();
--> statement-breakpoint
-- A debit that is under way from now on, or no more.
create function open_items_of_attempt() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	perform refresh_open_items(new.supplier_id, array(select x.invoice_id from payment_attempt_invoice x
		where x.supplier_id = new.supplier_id and x.attempt_id = new.attempt_id));
	return null;
end $$;
--> statement-breakpoint
create trigger open_items_changed after update on payment_attempt for each row
	when (old.status is distinct from new.status and 'processing' in (old.status, new.status)) execute function open_items_of_attempt();
--> statement-breakpoint
-- Parts that are to come from now on, or no more.
create function open_items_of_plan() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	perform refresh_open_items(new.supplier_id, array(select distinct l.invoice_id from plan_part_line l
		where l.supplier_id = new.supplier_id and l.plan_id = new.plan_id));
	return null;
end $$;
--> statement-breakpoint
create trigger open_items_changed after update on plan for each row when (old.status is distinct from new.status) execute function open_items_of_plan();
--> statement-breakpoint
create trigger open_items_changed after update on plan_part for each row when (old.status is distinct from new.status) execute function open_items_of_plan();
--> statement-breakpoint
-- What the items of one day add up to changes by what they change, in a slot that nobody else holds: payments of one supplier don't wait for each other.
create function add_open_sum(change open_sum) returns void language plpgsql as $$
begin
	if (change.balance_minor, change.payable_minor, change.busy_minor, change.under_way_minor, change.elsewhere_minor, change.credit_minor, change.owed_count,
		change.payable_count) = (0, 0, 0, 0, 0, 0, 0, 0) then
		return;
	end if;
	update open_sum s set balance_minor = s.balance_minor + change.balance_minor, payable_minor = s.payable_minor + change.payable_minor,
		busy_minor = s.busy_minor + change.busy_minor, under_way_minor = s.under_way_minor + change.under_way_minor,
		elsewhere_minor = s.elsewhere_minor + change.elsewhere_minor, credit_minor = s.credit_minor + change.credit_minor,
		owed_count = s.owed_count + change.owed_count, payable_count = s.payable_count + change.payable_count
	where s.ctid = (select f.ctid from open_sum f where f.supplier_id = change.supplier_id and f.currency = change.currency and f.due_on = change.due_on
		order by f.slot limit 1 for update skip locked);
	if not found then
		change.slot := gen_random_uuid();
		insert into open_sum select change.*;
	end if;
end $$;
--> statement-breakpoint
do $$
declare
	body constant text := $body$
create function open_sums_of_%1$s() returns trigger language plpgsql security definer set search_path = public, pg_temp as $f$
declare change open_sum;
begin
	for change in
		select supplier_id, currency, due_on, null::uuid, sum(sign * balance_minor)::bigint, sum(sign * payable_minor)::bigint,
			sum(sign * case when not_payable_reason is null then greatest(balance_minor, 0) - payable_minor else 0 end)::bigint,
			sum(sign * under_way_minor)::bigint,
			sum(sign * case when not_payable_reason is null then 0 else greatest(balance_minor, 0) end)::bigint,
			sum(sign * greatest(-balance_minor, 0))::bigint,
			sum(sign * (balance_minor > 0)::integer)::integer, sum(sign * (payable_minor > 0)::integer)::integer
		from (%2$s) as changed group by supplier_id, currency, due_on order by supplier_id, currency, due_on
	loop
		perform add_open_sum(change);
	end loop;
	return null;
end $f$ $body$;
begin
	execute format(body, 'added', 'select *, 1 as sign from after');
	execute format(body, 'changed', 'select *, 1 as sign from after union all select *, -1 as sign from before');
end $$;
--> statement-breakpoint
create trigger open_sums after insert on open_item referencing new table as after for each statement execute function open_sums_of_added();
--> statement-breakpoint
create trigger open_sums_changed after update on open_item referencing old table as before new table as after for each statement execute function open_sums_of_changed();
--> statement-breakpoint
-- Slots of one day laid together again, and days that add up to nothing forgotten: of those that nobody holds at that moment.
create function merge_open_sums() returns void language sql security definer set search_path = public, pg_temp as $$
	with crowded as (select supplier_id, currency, due_on from open_sum group by supplier_id, currency, due_on having count(*) > 1 or sum(owed_count) = 0),
	held as (select s.supplier_id, s.currency, s.due_on, s.slot from open_sum s join crowded using (supplier_id, currency, due_on) for update of s skip locked),
	gone as (delete from open_sum s using held h where (s.supplier_id, s.currency, s.due_on, s.slot) = (h.supplier_id, h.currency, h.due_on, h.slot) returning s.*)
	insert into open_sum (supplier_id, currency, due_on, slot, balance_minor, payable_minor, busy_minor, under_way_minor, elsewhere_minor, credit_minor, owed_count, payable_count)
	select supplier_id, currency, due_on, gen_random_uuid(), sum(balance_minor), sum(payable_minor), sum(busy_minor), sum(under_way_minor), sum(elsewhere_minor), sum(credit_minor),
		sum(owed_count), sum(payable_count)
	from gone group by supplier_id, currency, due_on
	having (sum(balance_minor), sum(payable_minor), sum(busy_minor), sum(under_way_minor), sum(elsewhere_minor), sum(credit_minor), sum(owed_count), sum(payable_count))
		<> (0, 0, 0, 0, 0, 0, 0, 0)
$$;
--> statement-breakpoint
alter function merge_open_sums() owner to ponctuel_guard;
--> statement-breakpoint
-- Seen like the invoices they are of; written by the triggers alone.
do $$
declare
	here constant text := 'supplier_id = (select nullif(current_setting(''ponctuel.supplier_id'', true), '''')::uuid)';
	client constant text := '(select nullif(current_setting(''ponctuel.client_id'', true), '''')::uuid)';
	guard constant text := '(select current_user) = ''ponctuel_guard''';
	name text;
begin
	alter table open_item enable row level security;
	alter table open_sum enable row level security;
	execute format('create policy one_client on open_item for select to ponctuel_app using (%s and case when %2$s is null then true else client_id = %2$s end)', here, client);
	-- Of all clients together: a client's person has no business with them.
	execute format('create policy no_client on open_sum for select to ponctuel_app using (%s and %s is null)', here, client);
	foreach name in array array['open_item', 'open_sum'] loop
		execute format('create policy keeps on %1$I to ponctuel_guard using (%2$s) with check (%2$s)', name, guard);
	end loop;
	foreach name in array array['discount', 'payment_attempt', 'payment_attempt_invoice', 'attempt_discount', 'plan'] loop
		if not exists (select from pg_policies p where p.schemaname = 'public' and p.tablename = name and p.policyname = 'checks') then
			execute format('create policy checks on %I for select to ponctuel_guard using (%s)', name, guard);
		end if;
	end loop;
end $$;
--> statement-breakpoint
revoke execute on all functions in schema public from public;
--> statement-breakpoint
grant execute on function merge_open_sums() to ponctuel_system;
--> statement-breakpoint
-- What the books say, for the nightly comparison: within what the role may read.
grant select on open_item_due to ponctuel_app;
--> statement-breakpoint
grant execute on function due_of_line(plan_part_line) to ponctuel_app;
--> statement-breakpoint
grant select on open_item, open_sum to ponctuel_app;
--> statement-breakpoint
grant select, insert, update, delete on open_item, open_sum to ponctuel_guard;
--> statement-breakpoint
grant select on discount, payment_attempt, payment_attempt_invoice, attempt_discount, plan, open_item_due to ponctuel_guard;
--> statement-breakpoint
grant execute on function refresh_open_items(uuid, uuid[]), add_open_sum(open_sum) to ponctuel_guard;
--> statement-breakpoint
-- What there was before: the sums follow by their trigger.
insert into open_item (supplier_id, invoice_id, client_id, currency, due_on, not_payable_reason, balance_minor, taken_off_minor, under_way_minor, promised_minor, planned_minor)
select supplier_id, invoice_id, client_id, currency, due_on, not_payable_reason, balance_minor, taken_off_minor, under_way_minor, promised_minor, planned_minor from open_item_due;
