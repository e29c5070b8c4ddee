CREATE TABLE "passkey" (
	"supplier_id" uuid NOT NULL,
	"passkey_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" "bytea" NOT NULL,
	"sign_count" bigint NOT NULL,
	"transports" jsonb NOT NULL,
	"is_synced" boolean NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "passkey_pk" PRIMARY KEY("supplier_id","passkey_id"),
	CONSTRAINT "passkey_credential_unique" UNIQUE("credential_id"),
	CONSTRAINT "passkey_name_check" CHECK (length("passkey"."name") between 1 and 80),
	CONSTRAINT "passkey_count_check" CHECK ("passkey"."sign_count" >= 0)
);
--> statement-breakpoint
CREATE TABLE "used_challenge" (
	"challenge_hash" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "supplier" ADD COLUMN "accountants_may_refund" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "supplier" ADD COLUMN "accountants_may_publish" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "session_id" uuid DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "proven_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "kept_form" jsonb;--> statement-breakpoint
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_member_fk" FOREIGN KEY ("supplier_id","member_id") REFERENCES "public"."member"("supplier_id","member_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "passkey_member_idx" ON "passkey" USING btree ("supplier_id","member_id");--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_id_unique" UNIQUE("supplier_id","session_id");--> statement-breakpoint
-- A member's passkeys: the supplier's own business, which no client's person ever sees. What they prove never changes.
alter table passkey enable row level security;
--> statement-breakpoint
create policy one_supplier on passkey to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null);
--> statement-breakpoint
-- Looked up by credential, before anybody knows which supplier it is about.
create policy every_supplier on passkey to ponctuel_system using (true) with check (true);
--> statement-breakpoint
grant select, insert, delete on passkey to ponctuel_app;
--> statement-breakpoint
grant select, update (sign_count, last_used_at) on passkey to ponctuel_system;
--> statement-breakpoint
alter table used_challenge enable row level security;
--> statement-breakpoint
create policy every_supplier on used_challenge to ponctuel_system using (true) with check (true);
--> statement-breakpoint
grant select, insert, delete on used_challenge to ponctuel_system;
--> statement-breakpoint
-- Members leave; what they did stays named in the audit.
grant delete on member to ponctuel_app;
