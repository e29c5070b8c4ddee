CREATE TABLE "said_outcome" (
	"supplier_id" uuid NOT NULL,
	"attempt_id" uuid NOT NULL,
	"outcome" text NOT NULL,
	"paid_on" date,
	"reference" text,
	"note" text NOT NULL,
	"said_by" text NOT NULL,
	"said_at" timestamp (3) with time zone NOT NULL,
	"heard" text,
	"heard_at" timestamp (3) with time zone,
	CONSTRAINT "said_outcome_pk" PRIMARY KEY("supplier_id","attempt_id"),
	CONSTRAINT "said_outcome_outcome_check" CHECK ("said_outcome"."outcome" in ('paid', 'not_paid')),
	CONSTRAINT "said_outcome_heard_check" CHECK ("said_outcome"."heard" in ('paid', 'not_paid')),
	CONSTRAINT "said_outcome_paid_check" CHECK (("said_outcome"."outcome" = 'paid') = (num_nonnulls("said_outcome"."paid_on", "said_outcome"."reference") = 2)),
	CONSTRAINT "said_outcome_note_check" CHECK (length("said_outcome"."note") between 1 and 300 and length("said_outcome"."reference") <= 110),
	CONSTRAINT "said_outcome_heard_at_check" CHECK (("said_outcome"."heard" is null) = ("said_outcome"."heard_at" is null))
);
--> statement-breakpoint
ALTER TABLE "kept_form" DROP CONSTRAINT "kept_form_act_check";--> statement-breakpoint
ALTER TABLE "said_outcome" ADD CONSTRAINT "said_outcome_attempt_fk" FOREIGN KEY ("supplier_id","attempt_id") REFERENCES "public"."payment_attempt"("supplier_id","attempt_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "said_outcome_unheard_idx" ON "said_outcome" USING btree ("supplier_id","said_at") WHERE "said_outcome"."heard_at" is null;--> statement-breakpoint
ALTER TABLE "kept_form" ADD CONSTRAINT "kept_form_act_check" CHECK ("kept_form"."act" in ('refund', 'keys', 'billing', 'rights', 'passkey', 'import', 'contact', 'member', 'mail', 'offer', 'part', 'outcome', 'signed_out'));--> statement-breakpoint
-- The supplier's own word, which a client's person does not see. Once said it stays as it was said; what Stripe says later stands beside it, once.
alter table said_outcome enable row level security;
--> statement-breakpoint
create policy supplier_reads on said_outcome for select to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null);
--> statement-breakpoint
create policy supplier_adds on said_outcome for insert to ponctuel_app
	with check (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null and heard is null);
--> statement-breakpoint
create policy system_hears on said_outcome for update to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select current_setting('ponctuel.actor', true)) = 'system' and heard is null)
	with check (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid) and heard is not null);
--> statement-breakpoint
grant select, insert, update (heard, heard_at) on said_outcome to ponctuel_app;
