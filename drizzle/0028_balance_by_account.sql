ALTER TABLE "journal_entry" DROP CONSTRAINT "journal_entry_kind_check";--> statement-breakpoint
ALTER TABLE "journal_line" DROP CONSTRAINT "journal_line_account_check";--> statement-breakpoint
ALTER TABLE "stripe_account" ADD COLUMN "opened_on" date;--> statement-breakpoint
ALTER TABLE "stripe_account" ADD COLUMN "opening_minor" bigint;--> statement-breakpoint
ALTER TABLE "stripe_account" ADD COLUMN "outside_minor" bigint;--> statement-breakpoint
ALTER TABLE "stripe_account" ADD COLUMN "balance_minor" bigint;--> statement-breakpoint
ALTER TABLE "stripe_account" ADD COLUMN "books_minor" bigint;--> statement-breakpoint
ALTER TABLE "stripe_account" ADD COLUMN "compared_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "journal_entry" ADD COLUMN "stripe_account" text;--> statement-breakpoint
ALTER TABLE "stripe_account" ADD COLUMN "is_moved_away" boolean DEFAULT false NOT NULL;--> statement-breakpoint
DROP INDEX "stripe_account_unique";--> statement-breakpoint
CREATE UNIQUE INDEX "stripe_account_unique" ON "stripe_account" USING btree ("account") WHERE "stripe_account"."account" <> '' and not "stripe_account"."is_moved_away";--> statement-breakpoint
ALTER TABLE "reconciliation" DROP COLUMN "balance_minor";--> statement-breakpoint
ALTER TABLE "reconciliation" DROP COLUMN "books_minor";--> statement-breakpoint
-- An account that an operator had given from one supplier to another is the one's that 0024 found first. What the other asked for there stays told of it,
-- and is not followed there any more.
insert into stripe_account (supplier_id, account, since_at, until_at, is_moved_away)
	select supplier_id, account, min(at), max(at), true from (
		select supplier_id, stripe_account as account, created_at as at from payment_attempt
		union all select supplier_id, stripe_account, created_at from payment
		union all select supplier_id, stripe_account, created_at from saved_method
		union all select supplier_id, stripe_account, created_at from method_setup) asked
	where account is not null group by supplier_id, account
	on conflict (supplier_id, account) do nothing;
--> statement-breakpoint
-- Entries are only ever added (0001_guards.sql); this once they are told on which account at Stripe their money moved. A payment that names none was asked
-- for on the platform's own, or, where the supplier never had that, on the account of today.
alter table journal_entry disable trigger append_only;
--> statement-breakpoint
update journal_entry e set stripe_account = coalesce(p.stripe_account, u.account) from payment p, (
		select supplier_id, coalesce(max(account) filter (where account = ''), max(account) filter (where until_at is null)) as account
		from stripe_account group by supplier_id) u
	where p.supplier_id = e.supplier_id and u.supplier_id = e.supplier_id and e.kind = 'payment' and e.source_id = p.stripe_payment_intent_id;
--> statement-breakpoint
update journal_entry e set stripe_account = o.stripe_account from reversal r
		join payment p on p.supplier_id = r.supplier_id and p.payment_id = r.payment_id
		join journal_entry o on o.supplier_id = p.supplier_id and o.kind = 'payment' and o.source_id = p.stripe_payment_intent_id
	where r.supplier_id = e.supplier_id and r.stripe_object_id = e.source_id and r.kind = e.kind
		and e.kind in ('refund', 'refund_failed', 'debit_return', 'chargeback', 'chargeback_won');
--> statement-breakpoint
-- A fee names its charge or its movement, which no row does: it was booked with the money it was taken of, or right after.
update journal_entry e set stripe_account = coalesce(b.account, u.account) from (
		select supplier_id, entry_id, kind, max(stripe_account) over (partition by supplier_id, nth) as account from (
			select supplier_id, entry_id, kind, stripe_account,
				count(stripe_account) over (partition by supplier_id order by created_at, kind = 'stripe_fee', entry_id) as nth
			from journal_entry where stripe_account is not null or kind = 'stripe_fee') in_order) b, (
		select supplier_id, max(account) filter (where until_at is null) as account from stripe_account group by supplier_id) u
	where b.supplier_id = e.supplier_id and b.entry_id = e.entry_id and u.supplier_id = e.supplier_id and e.kind = 'stripe_fee';
--> statement-breakpoint
alter table journal_entry enable trigger append_only;
--> statement-breakpoint
-- What was compared by the rules of before is compared again, from the beginning: a gap of theirs would stand for ever.
delete from reconciliation;
--> statement-breakpoint
ALTER TABLE "journal_entry" ADD CONSTRAINT "journal_entry_account_fk" FOREIGN KEY ("supplier_id","stripe_account") REFERENCES "public"."stripe_account"("supplier_id","account") ON DELETE no action ON UPDATE no action NOT VALID;
--> statement-breakpoint
ALTER TABLE "journal_entry" ADD CONSTRAINT "journal_entry_kind_check" CHECK ("journal_entry"."kind" in ('invoice_opened', 'invoice_withdrawn', 'payment', 'refund', 'refund_failed', 'debit_return', 'chargeback', 'chargeback_won', 'stripe_fee', 'payout', 'payout_returned', 'top_up', 'reserve', 'discount', 'discount_void', 'part_forgiven', 'credit_note', 'credit_note_void', 'credit_used', 'credit_use_undone', 'transfer', 'transfer_return', 'transfer_undone', 'return_undone')) NOT VALID;
--> statement-breakpoint
ALTER TABLE "journal_line" ADD CONSTRAINT "journal_line_account_check" CHECK ("journal_line"."account" in ('275', '411', '467', '511', '512', '580', '627', '665', '707', '709', '4191', '44571')) NOT VALID;
