CREATE TABLE "bank_entry" (
	"supplier_id" uuid NOT NULL,
	"bank_entry_id" uuid NOT NULL,
	"statement_id" uuid NOT NULL,
	"fingerprint" text NOT NULL,
	"booked_on" date NOT NULL,
	"value_on" date,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"text" text NOT NULL,
	"end_to_end_id" text,
	"creditor_reference" text,
	"counterparty" text,
	"counterparty_iban" text,
	"return_reason" text,
	"is_return" boolean NOT NULL,
	"state" text NOT NULL,
	"round" integer DEFAULT 0 NOT NULL,
	"client_id" uuid,
	"settled_by" text,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "bank_entry_pk" PRIMARY KEY("supplier_id","bank_entry_id"),
	CONSTRAINT "bank_entry_once" UNIQUE("supplier_id","fingerprint"),
	CONSTRAINT "bank_entry_state_check" CHECK ("bank_entry"."state" in ('waiting', 'booked', 'aside'))
);
--> statement-breakpoint
CREATE TABLE "bank_statement" (
	"supplier_id" uuid NOT NULL,
	"statement_id" uuid NOT NULL,
	"file_name" text NOT NULL,
	"file_sha256" text NOT NULL,
	"format" text NOT NULL,
	"account" text NOT NULL,
	"reference" text NOT NULL,
	"currency" text NOT NULL,
	"imported_by" text NOT NULL,
	"imported_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "bank_statement_pk" PRIMARY KEY("supplier_id","statement_id")
);
--> statement-breakpoint
ALTER TABLE "payment" ALTER COLUMN "stripe_payment_intent_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "credit_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "bank_entry_id" uuid;--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "bank_round" integer;--> statement-breakpoint
ALTER TABLE "bank_entry" ADD CONSTRAINT "bank_entry_statement_fk" FOREIGN KEY ("supplier_id","statement_id") REFERENCES "public"."bank_statement"("supplier_id","statement_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_statement" ADD CONSTRAINT "bank_statement_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bank_entry_state_idx" ON "bank_entry" USING btree ("supplier_id","state","booked_on");--> statement-breakpoint
CREATE INDEX "bank_statement_imported_idx" ON "bank_statement" USING btree ("supplier_id","imported_at");--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_bank_entry_fk" FOREIGN KEY ("supplier_id","bank_entry_id") REFERENCES "public"."bank_entry"("supplier_id","bank_entry_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_bank_entry_unique" UNIQUE("supplier_id","bank_entry_id","bank_round");--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_source_check" CHECK (num_nonnulls("payment"."stripe_payment_intent_id", "payment"."bank_entry_id") = 1 and ("payment"."bank_entry_id" is null) = ("payment"."bank_round" is null));--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_credit_check" CHECK ("payment"."credit_minor" >= 0 and "payment"."credit_minor" <= "payment"."amount_minor");
--> statement-breakpoint
-- A supplier's bank account is nobody else's business: no client ever sees a movement.
do $$
declare name text;
begin
	foreach name in array array['bank_statement', 'bank_entry'] loop
		execute format('alter table %I enable row level security', name);
		execute format($p$create policy one_supplier on %I to ponctuel_app
			using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
				and (select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null)$p$, name);
	end loop;
end $$;
--> statement-breakpoint
grant select, insert on bank_statement, bank_entry to ponctuel_app;
--> statement-breakpoint
grant update (state, round, client_id, settled_by, settled_at) on bank_entry to ponctuel_app;
--> statement-breakpoint
-- Checked at commit: a payment's allocations, and what is kept for the client beyond them, add up to it.
create or replace function check_allocations_add_up() returns trigger language plpgsql security definer set search_path = public as $$
begin
	if (select coalesce(sum(amount_minor), 0) from allocation where supplier_id = new.supplier_id and payment_id = new.payment_id)
		<> (select amount_minor - credit_minor from payment where supplier_id = new.supplier_id and payment_id = new.payment_id) then
		raise exception 'allocations of payment % do not add up', new.payment_id using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
-- A transfer is booked at most for what the bank says came in, and only while the movement is booked: checked at commit.
create function check_transfer_is_received() returns trigger language plpgsql security definer set search_path = public as $$
begin
	if new.bank_entry_id is not null and not exists (select from bank_entry e where e.supplier_id = new.supplier_id and e.bank_entry_id = new.bank_entry_id
		and e.amount_minor = new.amount_minor and e.currency = new.currency and not e.is_return and e.round >= new.bank_round) then
		raise exception 'payment % is not what the bank received', new.payment_id using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
create constraint trigger transfer_is_received after insert on payment deferrable initially deferred for each row execute function check_transfer_is_received();
--> statement-breakpoint
revoke execute on all functions in schema public from public;
