CREATE TABLE "kept_form" (
	"supplier_id" uuid NOT NULL,
	"form_id" uuid NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"browser_hash" text NOT NULL,
	"act" text NOT NULL,
	"action" text NOT NULL,
	"fields" jsonb NOT NULL,
	"kept_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "kept_form_pk" PRIMARY KEY("supplier_id","form_id"),
	CONSTRAINT "kept_form_subject_check" CHECK ("kept_form"."subject_kind" in ('contact', 'member')),
	CONSTRAINT "kept_form_act_check" CHECK ("kept_form"."act" in ('refund', 'keys', 'billing', 'rights', 'passkey', 'import', 'contact', 'member', 'mail', 'signed_out')),
	CONSTRAINT "kept_form_size_check" CHECK (length("kept_form"."fields"::text) <= 131072 and length("kept_form"."action") <= 2048)
);
--> statement-breakpoint
ALTER TABLE "kept_form" ADD CONSTRAINT "kept_form_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "kept_form_browser_idx" ON "kept_form" USING btree ("browser_hash");--> statement-breakpoint
ALTER TABLE "session" DROP COLUMN "kept_form";
--> statement-breakpoint
-- Written when nobody is signed in any more, read before anything else is: by the system alone, like the browsers that it belongs to.
alter table kept_form enable row level security;
--> statement-breakpoint
create policy every_supplier on kept_form to ponctuel_system using (true) with check (true);
--> statement-breakpoint
grant select, insert, delete on kept_form to ponctuel_system;
