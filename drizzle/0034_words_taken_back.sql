CREATE TABLE "said_refund" (
	"supplier_id" uuid NOT NULL,
	"refund_request_id" uuid NOT NULL,
	"round" integer NOT NULL,
	"outcome" text NOT NULL,
	"refunded_on" date,
	"reference" text,
	"note" text NOT NULL,
	"said_by" text NOT NULL,
	"said_at" timestamp (3) with time zone NOT NULL,
	"heard" text,
	"heard_at" timestamp (3) with time zone,
	CONSTRAINT "said_refund_pk" PRIMARY KEY("supplier_id","refund_request_id","round"),
	CONSTRAINT "said_refund_outcome_check" CHECK ("said_refund"."outcome" in ('refunded', 'not_refunded')),
	CONSTRAINT "said_refund_heard_check" CHECK ("said_refund"."heard" in ('refunded', 'not_refunded')),
	CONSTRAINT "said_refund_refunded_check" CHECK (("said_refund"."outcome" = 'refunded') = (num_nonnulls("said_refund"."refunded_on", "said_refund"."reference") = 2)),
	CONSTRAINT "said_refund_note_check" CHECK (length("said_refund"."note") between 1 and 300 and length("said_refund"."reference") <= 110),
	CONSTRAINT "said_refund_heard_at_check" CHECK (("said_refund"."heard" is null) = ("said_refund"."heard_at" is null))
);
--> statement-breakpoint
ALTER TABLE "payment" DROP CONSTRAINT "payment_intent_unique";--> statement-breakpoint
ALTER TABLE "reversal" DROP CONSTRAINT "reversal_kind_check";--> statement-breakpoint
ALTER TABLE "journal_entry" DROP CONSTRAINT "journal_entry_kind_check";--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "intent_round" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "said_outcome" ADD COLUMN "round" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "said_outcome" ADD COLUMN "is_named" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "said_refund" ADD CONSTRAINT "said_refund_request_fk" FOREIGN KEY ("supplier_id","refund_request_id") REFERENCES "public"."refund_request"("supplier_id","refund_request_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "said_refund_unheard_idx" ON "said_refund" USING btree ("supplier_id","said_at") WHERE "said_refund"."heard_at" is null;--> statement-breakpoint
ALTER TABLE "said_outcome" DROP CONSTRAINT "said_outcome_pk";
--> statement-breakpoint
ALTER TABLE "said_outcome" ADD CONSTRAINT "said_outcome_pk" PRIMARY KEY("supplier_id","attempt_id","round");--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_intent_unique" UNIQUE("supplier_id","stripe_payment_intent_id","intent_round");--> statement-breakpoint
ALTER TABLE "reversal" ADD CONSTRAINT "reversal_kind_check" CHECK ("reversal"."kind" in ('refund', 'refund_failed', 'debit_return', 'chargeback', 'chargeback_won', 'transfer_undone', 'return_undone', 'payment_unsaid', 'refund_unsaid')) NOT VALID;--> statement-breakpoint
ALTER TABLE "journal_entry" ADD CONSTRAINT "journal_entry_kind_check" CHECK ("journal_entry"."kind" in ('invoice_opened', 'invoice_withdrawn', 'payment', 'refund', 'refund_failed', 'debit_return', 'chargeback', 'chargeback_won', 'stripe_fee', 'payout', 'payout_returned', 'top_up', 'reserve', 'discount', 'discount_void', 'part_forgiven', 'credit_note', 'credit_note_void', 'credit_used', 'credit_use_undone', 'transfer', 'transfer_return', 'transfer_undone', 'return_undone', 'payment_unsaid', 'refund_unsaid')) NOT VALID;--> statement-breakpoint
-- The supplier's own word, which a client's person does not see. Nothing of it changes: who takes it back says another. What Stripe says stands beside it, once.
alter table said_refund enable row level security;
--> statement-breakpoint
create policy supplier_reads on said_refund for select to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null);
--> statement-breakpoint
create policy supplier_adds on said_refund for insert to ponctuel_app
	with check (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null and heard is null);
--> statement-breakpoint
create policy system_hears on said_refund for update to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select current_setting('ponctuel.actor', true)) = 'system' and heard is null)
	with check (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid) and heard is not null);
--> statement-breakpoint
grant select, insert, update (heard, heard_at) on said_refund to ponctuel_app;
--> statement-breakpoint
-- One payment of an intent stands: another is booked only once a person took back what was said under its name, all of it.
create function check_intent_is_paid_once() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if new.intent_round <> 1 + (select count(*) from payment p
		where p.supplier_id = new.supplier_id and p.stripe_payment_intent_id = new.stripe_payment_intent_id)
		or exists (select from payment p where p.supplier_id = new.supplier_id and p.stripe_payment_intent_id = new.stripe_payment_intent_id
			and not exists (select from reversal r where r.supplier_id = p.supplier_id and r.payment_id = p.payment_id and r.kind = 'payment_unsaid')) then
		raise exception 'intent % has a payment that stands', new.stripe_payment_intent_id using errcode = 'unique_violation';
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger intent_is_paid_once before insert on payment for each row when (new.stripe_payment_intent_id is not null and new.intent_round <> 1)
	execute function check_intent_is_paid_once();
--> statement-breakpoint
revoke execute on function check_intent_is_paid_once() from public;
