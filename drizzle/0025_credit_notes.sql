ALTER TABLE "discount" DROP CONSTRAINT "discount_reason_words_check";--> statement-breakpoint
ALTER TABLE "discount" DROP CONSTRAINT "discount_reason_check";--> statement-breakpoint
ALTER TABLE "journal_entry" DROP CONSTRAINT "journal_entry_kind_check";--> statement-breakpoint
ALTER TABLE "journal_line" DROP CONSTRAINT "journal_line_account_check";--> statement-breakpoint
ALTER TABLE "mail" DROP CONSTRAINT "mail_kind_check";--> statement-breakpoint
ALTER TABLE "refund_request" ADD COLUMN "meaning" text DEFAULT 'error' NOT NULL;--> statement-breakpoint
ALTER TABLE "refund_request" ADD COLUMN "note" text;--> statement-breakpoint
ALTER TABLE "discount" ADD COLUMN "reversal_id" uuid;--> statement-breakpoint
ALTER TABLE "discount" ADD CONSTRAINT "discount_reversal_fk" FOREIGN KEY ("supplier_id","reversal_id") REFERENCES "public"."reversal"("supplier_id","reversal_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_credit_note_per_refund" ON "discount" USING btree ("supplier_id","reversal_id","invoice_id","kind") WHERE "discount"."reversal_id" is not null;--> statement-breakpoint
ALTER TABLE "refund_request" ADD CONSTRAINT "refund_request_meaning_check" CHECK ("refund_request"."meaning" in ('error', 'goodwill', 'returned'));--> statement-breakpoint
ALTER TABLE "refund_request" ADD CONSTRAINT "refund_request_note_check" CHECK (length("refund_request"."note") <= 300);--> statement-breakpoint
ALTER TABLE "discount" ADD CONSTRAINT "discount_reason_words_check" CHECK ("discount"."reason" in ('early', 'forgiven', 'goodwill', 'returned'));--> statement-breakpoint
ALTER TABLE "discount" ADD CONSTRAINT "discount_reason_check" CHECK (case "discount"."reason" when 'early' then "discount"."payment_id" is not null and "discount"."plan_id" is null and "discount"."reversal_id" is null
				when 'forgiven' then "discount"."payment_id" is null and "discount"."plan_id" is not null and "discount"."position" is not null and "discount"."reversal_id" is null
				else "discount"."payment_id" is not null and "discount"."plan_id" is null and "discount"."reversal_id" is not null end);--> statement-breakpoint
ALTER TABLE "journal_entry" ADD CONSTRAINT "journal_entry_kind_check" CHECK ("journal_entry"."kind" in ('invoice_opened', 'invoice_withdrawn', 'payment', 'refund', 'refund_failed', 'debit_return', 'chargeback', 'chargeback_won', 'stripe_fee', 'discount', 'discount_void', 'part_forgiven', 'credit_note', 'credit_note_void', 'transfer', 'transfer_return', 'transfer_undone', 'return_undone'));--> statement-breakpoint
ALTER TABLE "journal_line" ADD CONSTRAINT "journal_line_account_check" CHECK ("journal_line"."account" in ('411', '467', '511', '512', '627', '665', '707', '709', '4191', '44571'));--> statement-breakpoint
ALTER TABLE "mail" ADD CONSTRAINT "mail_kind_check" CHECK ("mail"."kind" in ('invoice_to_pay', 'payment_received', 'payment_failed', 'debit_notice', 'refund', 'refund_failed', 'money_returned', 'transfer_undone', 'contact_added', 'contact_added_told', 'owner_notice', 'plan_started', 'part_announced', 'part_failed', 'method_lost', 'move_asked', 'part_forgiven', 'plan_in_default', 'plan_in_default_told'));
--> statement-breakpoint
-- A credit note of a refund is of money that went back, and of no more of an invoice than went back of it.
grant select on reversal, reversal_allocation to ponctuel_guard;
--> statement-breakpoint
create policy checks on reversal for select to ponctuel_guard using ((select current_user) = 'ponctuel_guard');
--> statement-breakpoint
create policy checks on reversal_allocation for select to ponctuel_guard using ((select current_user) = 'ponctuel_guard');
--> statement-breakpoint
create or replace function check_discount_is_justified() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if new.reason = 'early' and not exists (select from payment p join quote_acceptance q on q.supplier_id = p.supplier_id and q.attempt_id = p.attempt_id
		where p.supplier_id = new.supplier_id and p.payment_id = new.payment_id and q.discount_minor >= new.amount_minor) then
		raise exception 'discount % was accepted by nobody', new.discount_id using errcode = 'check_violation';
	end if;
	if new.reason = 'forgiven' and not exists (select from plan_part p
		join plan_part_line l on l.supplier_id = p.supplier_id and l.plan_id = p.plan_id and l.position = p.position
		where p.supplier_id = new.supplier_id and p.plan_id = new.plan_id and p.position = new.position and p.status = 'forgiven'
			and l.invoice_id = new.invoice_id and l.amount_minor = new.amount_minor) then
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
