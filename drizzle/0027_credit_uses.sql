CREATE TABLE "credit_use" (
	"supplier_id" uuid NOT NULL,
	"credit_use_id" uuid NOT NULL,
	"credit_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	"undoes_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "credit_use_pk" PRIMARY KEY("supplier_id","credit_use_id"),
	CONSTRAINT "credit_use_amount_check" CHECK (("credit_use"."undoes_id" is null) = ("credit_use"."amount_minor" > 0) and "credit_use"."amount_minor" <> 0)
);
--> statement-breakpoint
CREATE TABLE "credit_use_part" (
	"supplier_id" uuid NOT NULL,
	"credit_use_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"invoice_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	CONSTRAINT "credit_use_part_pk" PRIMARY KEY("supplier_id","credit_use_id","plan_id","position")
);
--> statement-breakpoint
ALTER TABLE "plan_part" DROP CONSTRAINT "plan_part_status_check";--> statement-breakpoint
ALTER TABLE "journal_entry" DROP CONSTRAINT "journal_entry_kind_check";--> statement-breakpoint
ALTER TABLE "mail" DROP CONSTRAINT "mail_kind_check";--> statement-breakpoint
ALTER TABLE "invoice" ADD COLUMN "preceding_number" text;--> statement-breakpoint
ALTER TABLE "invoice" ADD COLUMN "preceding_on" date;--> statement-breakpoint
ALTER TABLE "credit_use" ADD CONSTRAINT "credit_use_credit_fk" FOREIGN KEY ("supplier_id","credit_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_use" ADD CONSTRAINT "credit_use_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_use" ADD CONSTRAINT "credit_use_undoes_fk" FOREIGN KEY ("supplier_id","undoes_id") REFERENCES "public"."credit_use"("supplier_id","credit_use_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_use_part" ADD CONSTRAINT "credit_use_part_use_fk" FOREIGN KEY ("supplier_id","credit_use_id") REFERENCES "public"."credit_use"("supplier_id","credit_use_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_use_part" ADD CONSTRAINT "credit_use_part_line_fk" FOREIGN KEY ("supplier_id","plan_id","position","invoice_id") REFERENCES "public"."plan_part_line"("supplier_id","plan_id","position","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "credit_use_undone_once" ON "credit_use" USING btree ("supplier_id","undoes_id") WHERE "credit_use"."undoes_id" is not null;--> statement-breakpoint
CREATE INDEX "credit_use_credit_idx" ON "credit_use" USING btree ("supplier_id","credit_id");--> statement-breakpoint
CREATE INDEX "credit_use_invoice_idx" ON "credit_use" USING btree ("supplier_id","invoice_id");--> statement-breakpoint
CREATE INDEX "credit_use_part_line_idx" ON "credit_use_part" USING btree ("supplier_id","plan_id","position","invoice_id");--> statement-breakpoint
CREATE INDEX "invoice_preceding_idx" ON "invoice" USING btree ("supplier_id") WHERE "invoice"."preceding_number" is not null;--> statement-breakpoint
ALTER TABLE "plan_part" ADD CONSTRAINT "plan_part_status_check" CHECK ("plan_part"."status" in ('scheduled', 'processing', 'retrying', 'action_needed', 'paid', 'forgiven', 'credited', 'canceled'));--> statement-breakpoint
ALTER TABLE "journal_entry" ADD CONSTRAINT "journal_entry_kind_check" CHECK ("journal_entry"."kind" in ('invoice_opened', 'invoice_withdrawn', 'payment', 'refund', 'refund_failed', 'debit_return', 'chargeback', 'chargeback_won', 'stripe_fee', 'discount', 'discount_void', 'part_forgiven', 'credit_note', 'credit_note_void', 'credit_used', 'credit_use_undone', 'transfer', 'transfer_return', 'transfer_undone', 'return_undone'));--> statement-breakpoint
ALTER TABLE "mail" ADD CONSTRAINT "mail_kind_check" CHECK ("mail"."kind" in ('invoice_to_pay', 'payment_received', 'payment_failed', 'debit_notice', 'refund', 'refund_failed', 'money_returned', 'transfer_undone', 'contact_added', 'contact_added_told', 'owner_notice', 'plan_started', 'part_announced', 'part_failed', 'method_lost', 'method_ending', 'move_asked', 'part_forgiven', 'plan_credited', 'plan_in_default', 'plan_in_default_told'));
--> statement-breakpoint
-- A client sees what was set off of its own; the supplier sets it off, and nothing of it changes afterwards.
do $$
declare
	here constant text := 'supplier_id = (select nullif(current_setting(''ponctuel.supplier_id'', true), '''')::uuid)';
	no_client constant text := '(select nullif(current_setting(''ponctuel.client_id'', true), '''')::uuid) is null';
	name text;
begin
	foreach name in array array['credit_use', 'credit_use_part'] loop
		execute format('alter table %I enable row level security', name);
		execute format('create policy one_client on %1$I for select to ponctuel_app using (%2$s and (%3$s or exists (select from invoice i where i.supplier_id = %1$I.supplier_id and i.invoice_id = %1$I.invoice_id)))', name, here, no_client);
		execute format('create policy supplier_adds on %I for insert to ponctuel_app with check (%s and %s)', name, here, no_client);
		execute format('grant select, insert on %I to ponctuel_app', name);
		execute format('create trigger append_only before update or delete on %I for each row execute function refuse_change()', name);
		execute format('create trigger append_only_truncate before truncate on %I for each statement execute function refuse_change()', name);
		execute format('grant select on %I to ponctuel_guard', name);
		execute format('create policy checks on %I for select to ponctuel_guard using ((select current_user) = ''ponctuel_guard'')', name);
	end loop;
end $$;
--> statement-breakpoint
grant select on invoice to ponctuel_guard;
--> statement-breakpoint
create policy checks on invoice for select to ponctuel_guard using ((select current_user) = 'ponctuel_guard');
--> statement-breakpoint
-- Checked at commit: no more of a credit note is used than there is of it, for its own client and in its own currency.
create function check_credit_use() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if not exists (select from invoice c join invoice i on i.supplier_id = c.supplier_id and i.client_id = c.client_id and i.currency = c.currency
		where c.supplier_id = new.supplier_id and c.invoice_id = new.credit_id and i.invoice_id = new.invoice_id and c.debt_minor < 0
			and (select sum(u.amount_minor) from credit_use u where u.supplier_id = c.supplier_id and u.credit_id = c.invoice_id) between 0 and -c.debt_minor) then
		raise exception 'credit note % is used beyond itself', new.credit_id using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
create constraint trigger credit_use_is_covered after insert on credit_use deferrable initially deferred for each row execute function check_credit_use();
--> statement-breakpoint
-- Nor more taken off a part of a plan than was agreed of it.
create function check_credit_use_part() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if not exists (select from plan_part_line l where l.supplier_id = new.supplier_id and l.plan_id = new.plan_id and l.position = new.position and l.invoice_id = new.invoice_id
		and (select sum(u.amount_minor) from credit_use_part u where u.supplier_id = l.supplier_id and u.plan_id = l.plan_id and u.position = l.position and u.invoice_id = l.invoice_id)
			between 0 and l.amount_minor) then
		raise exception 'more is taken off part % of plan % than it has', new.position, new.plan_id using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
create constraint trigger credit_use_part_is_covered after insert on credit_use_part deferrable initially deferred for each row execute function check_credit_use_part();
--> statement-breakpoint
revoke execute on all functions in schema public from public;
--> statement-breakpoint
-- A part that is given up is what credit notes have left of it.
create or replace function check_discount_is_justified() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if new.reason = 'early' and not exists (select from payment p join quote_acceptance q on q.supplier_id = p.supplier_id and q.attempt_id = p.attempt_id
		where p.supplier_id = new.supplier_id and p.payment_id = new.payment_id and q.discount_minor >= new.amount_minor) then
		raise exception 'discount % was accepted by nobody', new.discount_id using errcode = 'check_violation';
	end if;
	if new.reason = 'forgiven' and not exists (select from plan_part p
		join plan_part_line l on l.supplier_id = p.supplier_id and l.plan_id = p.plan_id and l.position = p.position
		where p.supplier_id = new.supplier_id and p.plan_id = new.plan_id and p.position = new.position and p.status = 'forgiven'
			and l.invoice_id = new.invoice_id and new.amount_minor = l.amount_minor - coalesce((select sum(u.amount_minor) from credit_use_part u
				where u.supplier_id = l.supplier_id and u.plan_id = l.plan_id and u.position = l.position and u.invoice_id = l.invoice_id), 0)) then
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
