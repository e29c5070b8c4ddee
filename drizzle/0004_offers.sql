CREATE TABLE "attempt_discount" (
	"supplier_id" uuid NOT NULL,
	"attempt_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"rate_bps" integer,
	"gross_minor" bigint NOT NULL,
	"vat_minor" bigint NOT NULL,
	CONSTRAINT "attempt_discount_pk" PRIMARY KEY("supplier_id","attempt_id","invoice_id","position")
);
--> statement-breakpoint
CREATE TABLE "client_group" (
	"supplier_id" uuid NOT NULL,
	"group_id" uuid NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "client_group_pk" PRIMARY KEY("supplier_id","group_id"),
	CONSTRAINT "client_group_name_unique" UNIQUE("supplier_id","name")
);
--> statement-breakpoint
CREATE TABLE "client_group_member" (
	"supplier_id" uuid NOT NULL,
	"group_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	CONSTRAINT "client_group_member_pk" PRIMARY KEY("supplier_id","group_id","client_id")
);
--> statement-breakpoint
CREATE TABLE "discount" (
	"supplier_id" uuid NOT NULL,
	"discount_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"kind" text NOT NULL,
	"document_number" text,
	"cancels_number" text,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"happened_on" date NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "discount_pk" PRIMARY KEY("supplier_id","discount_id"),
	CONSTRAINT "discount_sequence_unique" UNIQUE("supplier_id","payment_id","invoice_id","sequence"),
	CONSTRAINT "discount_document_unique" UNIQUE("supplier_id","document_number"),
	CONSTRAINT "discount_amount_check" CHECK ("discount"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "discount_vat" (
	"supplier_id" uuid NOT NULL,
	"discount_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"rate_bps" integer,
	"gross_minor" bigint NOT NULL,
	"vat_minor" bigint NOT NULL,
	CONSTRAINT "discount_vat_pk" PRIMARY KEY("supplier_id","discount_id","position")
);
--> statement-breakpoint
CREATE TABLE "offer_policy" (
	"supplier_id" uuid NOT NULL,
	"policy_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"name" text NOT NULL,
	"audience_kind" text NOT NULL,
	"group_id" uuid,
	"client_id" uuid,
	"terms" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"published_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "offer_policy_pk" PRIMARY KEY("supplier_id","policy_id","version"),
	CONSTRAINT "offer_policy_audience_check" CHECK (("offer_policy"."audience_kind" = 'group') = ("offer_policy"."group_id" is not null) and ("offer_policy"."audience_kind" = 'client') = ("offer_policy"."client_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "quote_acceptance" (
	"supplier_id" uuid NOT NULL,
	"attempt_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"contact_id" uuid,
	"option" text NOT NULL,
	"policy_id" uuid,
	"policy_version" integer NOT NULL,
	"amount_minor" bigint NOT NULL,
	"discount_minor" bigint NOT NULL,
	"snapshot" jsonb NOT NULL,
	"terms_text" text NOT NULL,
	"terms_version" text NOT NULL,
	"terms_hash" text NOT NULL,
	"locale" text NOT NULL,
	"ip" text,
	"user_agent" text,
	"accepted_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "quote_acceptance_pk" PRIMARY KEY("supplier_id","attempt_id")
);
--> statement-breakpoint
ALTER TABLE "supplier" ADD COLUMN "business_terms" text DEFAULT 'days_60' NOT NULL;--> statement-breakpoint
ALTER TABLE "supplier" ADD COLUMN "is_large_online_seller" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "supplier" ADD COLUMN "accounts" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "invoice" ADD COLUMN "delivered_on" date;--> statement-breakpoint
ALTER TABLE "invoice" ADD COLUMN "freight_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "invoice" ADD COLUMN "vat_on_receipts" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD COLUMN "option" text DEFAULT 'now' NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD COLUMN "allowed_types" text[] DEFAULT '{card,sepa_debit}' NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD COLUMN "discount_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD COLUMN "offer_ends_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "journal_line" ADD COLUMN "rate_bps" integer;--> statement-breakpoint
ALTER TABLE "attempt_discount" ADD CONSTRAINT "attempt_discount_attempt_fk" FOREIGN KEY ("supplier_id","attempt_id") REFERENCES "public"."payment_attempt"("supplier_id","attempt_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attempt_discount" ADD CONSTRAINT "attempt_discount_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "client_group" ADD CONSTRAINT "client_group_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "client_group_member" ADD CONSTRAINT "client_group_member_group_fk" FOREIGN KEY ("supplier_id","group_id") REFERENCES "public"."client_group"("supplier_id","group_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "client_group_member" ADD CONSTRAINT "client_group_member_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "discount" ADD CONSTRAINT "discount_payment_fk" FOREIGN KEY ("supplier_id","payment_id") REFERENCES "public"."payment"("supplier_id","payment_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "discount" ADD CONSTRAINT "discount_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "discount" ADD CONSTRAINT "discount_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "discount_vat" ADD CONSTRAINT "discount_vat_discount_fk" FOREIGN KEY ("supplier_id","discount_id") REFERENCES "public"."discount"("supplier_id","discount_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "offer_policy" ADD CONSTRAINT "offer_policy_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "offer_policy" ADD CONSTRAINT "offer_policy_group_fk" FOREIGN KEY ("supplier_id","group_id") REFERENCES "public"."client_group"("supplier_id","group_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "offer_policy" ADD CONSTRAINT "offer_policy_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quote_acceptance" ADD CONSTRAINT "quote_acceptance_attempt_fk" FOREIGN KEY ("supplier_id","attempt_id") REFERENCES "public"."payment_attempt"("supplier_id","attempt_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quote_acceptance" ADD CONSTRAINT "quote_acceptance_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "client_group_member_client_idx" ON "client_group_member" USING btree ("supplier_id","client_id");--> statement-breakpoint
CREATE INDEX "discount_invoice_idx" ON "discount" USING btree ("supplier_id","invoice_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_draft_per_policy" ON "offer_policy" USING btree ("supplier_id","policy_id") WHERE "offer_policy"."published_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_live_version_per_policy" ON "offer_policy" USING btree ("supplier_id","policy_id") WHERE "offer_policy"."published_at" is not null and "offer_policy"."ended_at" is null;
--> statement-breakpoint
-- Who sees what. A client's person sees the policies that are for everybody, for a group the client is in, or for the client itself.
do $$
declare name text;
begin
	foreach name in array array['client_group', 'client_group_member', 'offer_policy', 'quote_acceptance', 'attempt_discount', 'discount', 'discount_vat'] loop
		execute format('alter table %I enable row level security', name);
	end loop;
	foreach name in array array['client_group_member', 'quote_acceptance', 'discount'] loop
		execute format($p$create policy one_client on %I to ponctuel_app
			using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
				and ((select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null
					or client_id = (select nullif(current_setting('ponctuel.client_id', true), '')::uuid)))$p$, name);
	end loop;
	foreach name in array array['attempt_discount', 'discount_vat'] loop
		execute format($p$create policy one_supplier on %I to ponctuel_app
			using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid))$p$, name);
	end loop;
end $$;
--> statement-breakpoint
create policy one_client on client_group to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and ((select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null
			or exists (select from client_group_member m where m.supplier_id = client_group.supplier_id and m.group_id = client_group.group_id)));
--> statement-breakpoint
create policy one_client on offer_policy to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and ((select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null
			or (published_at is not null and (audience_kind = 'all'
				or client_id = (select nullif(current_setting('ponctuel.client_id', true), '')::uuid)
				or exists (select from client_group_member m where m.supplier_id = offer_policy.supplier_id and m.group_id = offer_policy.group_id)))));
--> statement-breakpoint
grant select, insert on client_group, client_group_member, offer_policy, quote_acceptance, attempt_discount, discount, discount_vat to ponctuel_app;
--> statement-breakpoint
grant update on client_group, offer_policy to ponctuel_app;
--> statement-breakpoint
grant delete on client_group, client_group_member, offer_policy to ponctuel_app;
--> statement-breakpoint
grant update (delivered_on) on invoice to ponctuel_app;
--> statement-breakpoint
do $$
declare name text;
begin
	foreach name in array array['quote_acceptance', 'attempt_discount', 'discount', 'discount_vat'] loop
		execute format('create trigger append_only before update or delete on %I for each row execute function refuse_change()', name);
		execute format('create trigger append_only_truncate before truncate on %I for each statement execute function refuse_change()', name);
	end loop;
end $$;
--> statement-breakpoint
-- A published version is what clients accepted: it may end, and nothing else.
create function keep_published_policy() returns trigger language plpgsql as $$
begin
	if old.published_at is null then return case tg_op when 'DELETE' then old else new end; end if;
	if tg_op = 'DELETE' or (to_jsonb(new) - 'ended_at') is distinct from (to_jsonb(old) - 'ended_at') or old.ended_at is not null then
		raise exception 'version % of policy % is published: a change is a new version', old.version, old.policy_id using errcode = 'restrict_violation';
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger published_policy_stays before update or delete on offer_policy for each row execute function keep_published_policy();
--> statement-breakpoint
-- No discount without somebody's acceptance of it; checked at commit, with its split.
create function check_discount_is_justified() returns trigger language plpgsql security definer set search_path = public as $$
begin
	if not exists (select from payment p join quote_acceptance q on q.supplier_id = p.supplier_id and q.attempt_id = p.attempt_id
		where p.supplier_id = new.supplier_id and p.payment_id = new.payment_id and q.discount_minor >= new.amount_minor) then
		raise exception 'discount % was accepted by nobody', new.discount_id using errcode = 'check_violation';
	end if;
	if (select coalesce(sum(gross_minor), 0) from discount_vat where supplier_id = new.supplier_id and discount_id = new.discount_id) <> new.amount_minor then
		raise exception 'the lines of discount % do not add up', new.discount_id using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
create constraint trigger discount_is_justified after insert on discount deferrable initially deferred for each row execute function check_discount_is_justified();
--> statement-breakpoint
revoke execute on all functions in schema public from public;
