CREATE TABLE "supplier_logo" (
	"supplier_id" uuid NOT NULL,
	"sha256" text NOT NULL,
	"media_type" text NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"content" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "supplier_logo_pk" PRIMARY KEY("supplier_id","sha256"),
	CONSTRAINT "supplier_logo_size_unique" UNIQUE("supplier_id","sha256","width","height"),
	CONSTRAINT "supplier_logo_media_type_check" CHECK ("supplier_logo"."media_type" in ('image/png', 'image/jpeg')),
	CONSTRAINT "supplier_logo_size_check" CHECK (least("supplier_logo"."width", "supplier_logo"."height") >= 32 and greatest("supplier_logo"."width", "supplier_logo"."height") <= 1024),
	CONSTRAINT "supplier_logo_content_check" CHECK (octet_length("supplier_logo"."content") <= 204800 and "supplier_logo"."sha256" = encode(sha256("supplier_logo"."content"), 'hex'))
);
--> statement-breakpoint
ALTER TABLE "supplier" ADD COLUMN "legal_form" text;--> statement-breakpoint
ALTER TABLE "supplier" ADD COLUMN "phone" text;--> statement-breakpoint
ALTER TABLE "supplier" ADD COLUMN "logo_sha256" text;--> statement-breakpoint
ALTER TABLE "supplier" ADD COLUMN "logo_width" integer;--> statement-breakpoint
ALTER TABLE "supplier" ADD COLUMN "logo_height" integer;--> statement-breakpoint
ALTER TABLE "supplier_logo" ADD CONSTRAINT "supplier_logo_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "supplier_logo_sha256_idx" ON "supplier_logo" USING btree ("sha256");--> statement-breakpoint
ALTER TABLE "supplier" ADD CONSTRAINT "supplier_logo_fk" FOREIGN KEY ("supplier_id","logo_sha256","logo_width","logo_height") REFERENCES "public"."supplier_logo"("supplier_id","sha256","width","height") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "supplier" ADD CONSTRAINT "supplier_legal_form_check" CHECK (length("supplier"."legal_form") between 1 and 100);--> statement-breakpoint
ALTER TABLE "supplier" ADD CONSTRAINT "supplier_phone_check" CHECK ("supplier"."phone" ~ '^[+][1-9][0-9]{6,14}$');--> statement-breakpoint
ALTER TABLE "supplier" ADD CONSTRAINT "supplier_logo_check" CHECK (num_nulls("supplier"."logo_sha256", "supplier"."logo_width", "supplier"."logo_height") in (0, 3));
--> statement-breakpoint
-- Who one deals with is an owner's to say, like the account and the name (keep_payee): a number to call is where a swindler would like to be.
create function keep_identity() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	if current_user = 'ponctuel_app' and current_setting('ponctuel.actor', true) not in ('owner', 'system')
		and (old.legal_form, old.phone, old.address, old.logo_sha256, old.logo_width, old.logo_height)
			is distinct from (new.legal_form, new.phone, new.address, new.logo_sha256, new.logo_width, new.logo_height) then
		raise exception 'the identity of supplier % is changed by an owner', old.supplier_id using errcode = 'insufficient_privilege';
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger identity_stays before update on supplier for each row execute function keep_identity();
--> statement-breakpoint
-- A logo is added or taken away by an owner, and never changed: its address is its hash.
alter table supplier_logo enable row level security;
--> statement-breakpoint
do $$
declare
	here constant text := 'supplier_id = (select nullif(current_setting(''ponctuel.supplier_id'', true), '''')::uuid)';
	no_client constant text := '(select nullif(current_setting(''ponctuel.client_id'', true), '''')::uuid) is null';
	owners constant text := '(select current_setting(''ponctuel.actor'', true)) in (''owner'', ''system'')';
begin
	execute format('create policy one_supplier on supplier_logo for select to ponctuel_app using (%s)', here);
	execute format('create policy owners_add on supplier_logo for insert to ponctuel_app with check (%s and %s and %s)', here, no_client, owners);
	execute format('create policy owners_remove on supplier_logo for delete to ponctuel_app using (%s and %s and %s)', here, no_client, owners);
end $$;
--> statement-breakpoint
grant select, insert, delete on supplier_logo to ponctuel_app;
--> statement-breakpoint
-- Anybody who has its address looks at it: no supplier is known then, and nothing else of one is read.
create policy every_supplier on supplier_logo for select to ponctuel_system using (true);
--> statement-breakpoint
grant select (sha256, media_type, content) on supplier_logo to ponctuel_system;
