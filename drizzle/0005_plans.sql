CREATE TABLE "attempt_part" (
	"supplier_id" uuid NOT NULL,
	"attempt_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"holds" boolean NOT NULL,
	CONSTRAINT "attempt_part_pk" PRIMARY KEY("supplier_id","attempt_id","plan_id","position")
);
--> statement-breakpoint
CREATE TABLE "method_setup" (
	"supplier_id" uuid NOT NULL,
	"setup_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"contact_id" uuid,
	"plan_id" uuid NOT NULL,
	"confirmation_token_id" text NOT NULL,
	"return_url" text NOT NULL,
	"status" text NOT NULL,
	"stripe_account" text,
	"stripe_setup_intent_id" text,
	"error_code" text,
	"decline_code" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "method_setup_pk" PRIMARY KEY("supplier_id","setup_id")
);
--> statement-breakpoint
CREATE TABLE "plan" (
	"supplier_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"contact_id" uuid,
	"count" integer NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"status" text NOT NULL,
	"is_settlement" boolean NOT NULL,
	"method_id" uuid,
	"cure_days" integer NOT NULL,
	"cure_ends_on" date,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plan_pk" PRIMARY KEY("supplier_id","plan_id")
);
--> statement-breakpoint
CREATE TABLE "plan_charge" (
	"supplier_id" uuid NOT NULL,
	"charge_id" uuid NOT NULL,
	"plan_ids" uuid[] NOT NULL,
	"positions" integer[] NOT NULL,
	"claimed_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plan_charge_pk" PRIMARY KEY("supplier_id","charge_id")
);
--> statement-breakpoint
CREATE TABLE "plan_part" (
	"supplier_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"due_on" date NOT NULL,
	"amount_minor" bigint NOT NULL,
	"status" text NOT NULL,
	"failures" integer NOT NULL,
	"ask_on" date,
	"announced_at" timestamp (3) with time zone,
	"attempt_id" uuid,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plan_part_pk" PRIMARY KEY("supplier_id","plan_id","position"),
	CONSTRAINT "plan_part_amount_check" CHECK ("plan_part"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "plan_part_line" (
	"supplier_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"invoice_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	CONSTRAINT "plan_part_line_pk" PRIMARY KEY("supplier_id","plan_id","position","invoice_id"),
	CONSTRAINT "plan_part_line_amount_check" CHECK ("plan_part_line"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "saved_method" (
	"supplier_id" uuid NOT NULL,
	"method_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"contact_id" uuid,
	"stripe_payment_method_id" text NOT NULL,
	"type" text NOT NULL,
	"label" text NOT NULL,
	"mandate_reference" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"removed_at" timestamp (3) with time zone,
	CONSTRAINT "saved_method_pk" PRIMARY KEY("supplier_id","method_id"),
	CONSTRAINT "saved_method_stripe_unique" UNIQUE("supplier_id","stripe_payment_method_id")
);
--> statement-breakpoint
CREATE TABLE "stripe_customer" (
	"supplier_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"customer_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "stripe_customer_pk" PRIMARY KEY("supplier_id","client_id")
);
--> statement-breakpoint
ALTER TABLE "payment_attempt" ALTER COLUMN "confirmation_token_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "supplier" ADD COLUMN "plan_cure_days" integer DEFAULT 8 NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD COLUMN "saved_method_id" uuid;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD COLUMN "customer_id" text;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD COLUMN "is_off_session" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD COLUMN "keeps_method" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD COLUMN "target_on" date;--> statement-breakpoint
ALTER TABLE "attempt_part" ADD CONSTRAINT "attempt_part_attempt_fk" FOREIGN KEY ("supplier_id","attempt_id") REFERENCES "public"."payment_attempt"("supplier_id","attempt_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attempt_part" ADD CONSTRAINT "attempt_part_part_fk" FOREIGN KEY ("supplier_id","plan_id","position") REFERENCES "public"."plan_part"("supplier_id","plan_id","position") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "method_setup" ADD CONSTRAINT "method_setup_plan_fk" FOREIGN KEY ("supplier_id","plan_id") REFERENCES "public"."plan"("supplier_id","plan_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "method_setup" ADD CONSTRAINT "method_setup_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan" ADD CONSTRAINT "plan_attempt_fk" FOREIGN KEY ("supplier_id","plan_id") REFERENCES "public"."payment_attempt"("supplier_id","attempt_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan" ADD CONSTRAINT "plan_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan" ADD CONSTRAINT "plan_method_fk" FOREIGN KEY ("supplier_id","method_id") REFERENCES "public"."saved_method"("supplier_id","method_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_charge" ADD CONSTRAINT "plan_charge_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_part" ADD CONSTRAINT "plan_part_plan_fk" FOREIGN KEY ("supplier_id","plan_id") REFERENCES "public"."plan"("supplier_id","plan_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_part_line" ADD CONSTRAINT "plan_part_line_part_fk" FOREIGN KEY ("supplier_id","plan_id","position") REFERENCES "public"."plan_part"("supplier_id","plan_id","position") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_part_line" ADD CONSTRAINT "plan_part_line_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_method" ADD CONSTRAINT "saved_method_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stripe_customer" ADD CONSTRAINT "stripe_customer_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_hold_per_part" ON "attempt_part" USING btree ("supplier_id","plan_id","position") WHERE "attempt_part"."holds";--> statement-breakpoint
CREATE INDEX "method_setup_intent_idx" ON "method_setup" USING btree ("supplier_id","stripe_setup_intent_id");--> statement-breakpoint
CREATE INDEX "plan_status_idx" ON "plan" USING btree ("supplier_id","status");--> statement-breakpoint
CREATE INDEX "plan_charge_queue_idx" ON "plan_charge" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "plan_part_ask_idx" ON "plan_part" USING btree ("supplier_id","ask_on") WHERE "plan_part"."ask_on" is not null;--> statement-breakpoint
CREATE INDEX "plan_part_line_invoice_idx" ON "plan_part_line" USING btree ("supplier_id","invoice_id");
--> statement-breakpoint
-- Who sees what: plans and means of payment of a client are that client's.
do $$
declare name text;
begin
	foreach name in array array['stripe_customer', 'saved_method', 'plan', 'plan_part', 'plan_part_line', 'attempt_part', 'plan_charge', 'method_setup'] loop
		execute format('alter table %I enable row level security', name);
	end loop;
	foreach name in array array['stripe_customer', 'saved_method', 'plan', 'method_setup'] loop
		execute format($p$create policy one_client on %I to ponctuel_app
			using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
				and ((select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null
					or client_id = (select nullif(current_setting('ponctuel.client_id', true), '')::uuid)))$p$, name);
	end loop;
	foreach name in array array['plan_part', 'plan_part_line', 'attempt_part'] loop
		execute format($p$create policy one_client on %I to ponctuel_app
			using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
				and ((select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null
					or exists (select from plan p where p.supplier_id = %1$I.supplier_id and p.plan_id = %1$I.plan_id)))$p$, name);
	end loop;
end $$;
--> statement-breakpoint
create policy one_supplier on plan_charge to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid));
--> statement-breakpoint
create policy every_supplier on plan_charge to ponctuel_system using (true) with check (true);
--> statement-breakpoint
grant select, update on plan_charge to ponctuel_system;
--> statement-breakpoint
grant select, insert on stripe_customer, saved_method, plan, plan_part, plan_part_line, attempt_part, plan_charge, method_setup to ponctuel_app;
--> statement-breakpoint
grant delete on plan_charge to ponctuel_app;
--> statement-breakpoint
grant update on saved_method, plan, plan_part, attempt_part, method_setup to ponctuel_app;
--> statement-breakpoint
-- What was agreed does not change: who, how much, over which invoices.
create trigger append_only before update or delete on plan_part_line for each row execute function refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on plan_part_line for each statement execute function refuse_change();
--> statement-breakpoint
create function keep_plan_amounts() returns trigger language plpgsql as $$
begin
	if (to_jsonb(new) ->> 'amount_minor') <> (to_jsonb(old) ->> 'amount_minor') then
		raise exception 'the amounts of a plan do not change' using errcode = 'restrict_violation';
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger plan_amount_stays before update on plan for each row execute function keep_plan_amounts();
--> statement-breakpoint
create trigger plan_part_amount_stays before update on plan_part for each row execute function keep_plan_amounts();
--> statement-breakpoint
-- Checked at commit: the parts of a plan add up to it, and the lines of a part to the part.
create function check_plan_adds_up() returns trigger language plpgsql security definer set search_path = public as $$
begin
	if (select coalesce(sum(amount_minor), 0) from plan_part where supplier_id = new.supplier_id and plan_id = new.plan_id) <> new.amount_minor
		or exists (select from plan_part x where x.supplier_id = new.supplier_id and x.plan_id = new.plan_id and x.amount_minor <>
			(select coalesce(sum(l.amount_minor), 0) from plan_part_line l where l.supplier_id = x.supplier_id and l.plan_id = x.plan_id and l.position = x.position)) then
		raise exception 'plan % does not add up', new.plan_id using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
create constraint trigger plan_adds_up after insert on plan deferrable initially deferred for each row execute function check_plan_adds_up();
--> statement-breakpoint
revoke execute on all functions in schema public from public;
