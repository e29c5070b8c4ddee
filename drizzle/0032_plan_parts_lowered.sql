CREATE TABLE "plan_part_lowered" (
	"supplier_id" uuid NOT NULL,
	"lowering_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"invoice_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	"payment_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plan_part_lowered_pk" PRIMARY KEY("supplier_id","lowering_id","plan_id","position"),
	CONSTRAINT "plan_part_lowered_amount_check" CHECK ("plan_part_lowered"."amount_minor" > 0)
);
--> statement-breakpoint
ALTER TABLE "plan_part" DROP CONSTRAINT "plan_part_status_check";--> statement-breakpoint
ALTER TABLE "mail" DROP CONSTRAINT "mail_kind_check";--> statement-breakpoint
ALTER TABLE "plan_part_lowered" ADD CONSTRAINT "plan_part_lowered_line_fk" FOREIGN KEY ("supplier_id","plan_id","position","invoice_id") REFERENCES "public"."plan_part_line"("supplier_id","plan_id","position","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_part_lowered" ADD CONSTRAINT "plan_part_lowered_payment_fk" FOREIGN KEY ("supplier_id","payment_id") REFERENCES "public"."payment"("supplier_id","payment_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "plan_part_lowered_line_idx" ON "plan_part_lowered" USING btree ("supplier_id","plan_id","position","invoice_id");--> statement-breakpoint
ALTER TABLE "plan_part" ADD CONSTRAINT "plan_part_status_check" CHECK ("plan_part"."status" in ('scheduled', 'processing', 'retrying', 'action_needed', 'paid', 'forgiven', 'credited', 'paid_otherwise', 'canceled')) NOT VALID;--> statement-breakpoint
ALTER TABLE "mail" ADD CONSTRAINT "mail_kind_check" CHECK ("mail"."kind" in ('invoice_to_pay', 'payment_received', 'payment_failed', 'debit_notice', 'refund', 'refund_failed', 'money_returned', 'transfer_undone', 'money_restored', 'contact_added', 'contact_added_told', 'owner_notice', 'plan_started', 'part_announced', 'part_failed', 'method_lost', 'method_ending', 'move_asked', 'part_forgiven', 'plan_credited', 'plan_lowered', 'plan_in_default', 'plan_in_default_told')) NOT VALID;
--> statement-breakpoint
-- Written by whoever books the money: the client's own payment too. A client sees what was taken off its own parts; nothing of it changes afterwards.
do $$
declare
	here constant text := 'supplier_id = (select nullif(current_setting(''ponctuel.supplier_id'', true), '''')::uuid)';
	own constant text := '((select nullif(current_setting(''ponctuel.client_id'', true), '''')::uuid) is null or exists (select from invoice i
		where i.supplier_id = plan_part_lowered.supplier_id and i.invoice_id = plan_part_lowered.invoice_id))';
begin
	alter table plan_part_lowered enable row level security;
	execute format('create policy one_client on plan_part_lowered for select to ponctuel_app using (%s and %s)', here, own);
	execute format('create policy one_client_adds on plan_part_lowered for insert to ponctuel_app with check (%s and %s)', here, own);
	grant select, insert on plan_part_lowered to ponctuel_app;
	create trigger append_only before update or delete on plan_part_lowered for each row execute function refuse_change();
	create trigger append_only_truncate before truncate on plan_part_lowered for each statement execute function refuse_change();
	grant select on plan_part_lowered to ponctuel_guard;
	create policy checks on plan_part_lowered for select to ponctuel_guard using ((select current_user) = 'ponctuel_guard');
end $$;
--> statement-breakpoint
-- What is due of a line: what was agreed, less what credit notes and other money took off. One answer for every guard.
create function due_of_line(l plan_part_line) returns bigint language sql stable as $$
	select l.amount_minor
		- coalesce((select sum(u.amount_minor) from credit_use_part u where u.supplier_id = l.supplier_id and u.plan_id = l.plan_id and u.position = l.position and u.invoice_id = l.invoice_id), 0)
		- coalesce((select sum(u.amount_minor) from plan_part_lowered u where u.supplier_id = l.supplier_id and u.plan_id = l.plan_id and u.position = l.position and u.invoice_id = l.invoice_id), 0)
$$;
--> statement-breakpoint
-- Nor more taken off a part of a plan than was agreed of it, by credit notes and other money together.
create or replace function check_credit_use_part() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if not exists (select from plan_part_line l where l.supplier_id = new.supplier_id and l.plan_id = new.plan_id and l.position = new.position and l.invoice_id = new.invoice_id
		and due_of_line(l) between 0 and l.amount_minor) then
		raise exception 'more is taken off part % of plan % than it has', new.position, new.plan_id using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
create constraint trigger plan_part_lowered_is_covered after insert on plan_part_lowered deferrable initially deferred for each row execute function check_credit_use_part();
--> statement-breakpoint
revoke execute on all functions in schema public from public;
--> statement-breakpoint
grant execute on function due_of_line(plan_part_line) to ponctuel_guard;
--> statement-breakpoint
-- A part that is given up is what credit notes and other money have left of it.
create or replace function check_discount_is_justified() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if new.reason = 'early' and not exists (select from payment p join quote_acceptance q on q.supplier_id = p.supplier_id and q.attempt_id = p.attempt_id
		where p.supplier_id = new.supplier_id and p.payment_id = new.payment_id and q.discount_minor >= new.amount_minor) then
		raise exception 'discount % was accepted by nobody', new.discount_id using errcode = 'check_violation';
	end if;
	if new.reason = 'forgiven' and not exists (select from plan_part p
		join plan_part_line l on l.supplier_id = p.supplier_id and l.plan_id = p.plan_id and l.position = p.position
		where p.supplier_id = new.supplier_id and p.plan_id = new.plan_id and p.position = new.position and p.status = 'forgiven'
			and l.invoice_id = new.invoice_id and new.amount_minor = due_of_line(l)) then
		raise exception 'discount % is of a part that was not given up', new.discount_id using errcode = 'check_violation';
	end if;
	if new.reason in ('goodwill', 'returned') and not exists (select from reversal r
		join reversal_allocation a on a.supplier_id = r.supplier_id and a.reversal_id = r.reversal_id
		where r.supplier_id = new.supplier_id and r.reversal_id = new.reversal_id and r.kind = 'refund' and r.payment_id = new.payment_id
			and a.invoice_id = new.invoice_id and a.amount_minor = new.amount_minor) then
		raise exception 'credit note % is of no money given back', new.discount_id using errcode = 'check_violation';
	end if;
	if (select coalesce(sum(gross_minor), 0) from discount_vat where supplier_id = new.supplier_id and discount_id = new.discount_id) <> new.amount_minor then
		raise exception 'the lines of discount % do not add up', new.discount_id using errcode = 'check_violation';
	end if;
	return null;
end $$;
