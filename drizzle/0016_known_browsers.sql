CREATE TABLE "known_browser" (
	"supplier_id" uuid NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"browser_hash" text NOT NULL,
	"first_sign_in_at" timestamp (3) with time zone NOT NULL,
	"last_sign_in_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "known_browser_pk" PRIMARY KEY("supplier_id","subject_id","browser_hash"),
	CONSTRAINT "known_browser_subject_check" CHECK (subject_kind in ('contact', 'member'))
);
--> statement-breakpoint
DROP INDEX "sign_in_browser_idx";--> statement-breakpoint
ALTER TABLE "sign_in" ADD COLUMN "request_id" uuid;--> statement-breakpoint
ALTER TABLE "sign_in" ADD COLUMN "is_known_browser" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sign_in_request" ADD COLUMN "guesses" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sign_in_request" ADD COLUMN "is_known_browser" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sign_in_request" ADD COLUMN "network_address" text;--> statement-breakpoint
ALTER TABLE "sign_in_request" ADD COLUMN "http_request_id" text;--> statement-breakpoint
ALTER TABLE "known_browser" ADD CONSTRAINT "known_browser_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "known_browser_hash_idx" ON "known_browser" USING btree ("browser_hash");--> statement-breakpoint
CREATE INDEX "sign_in_request_idx" ON "sign_in" USING btree ("request_id");
--> statement-breakpoint
-- Read by the system alone: it is asked before anybody knows which supplier it is about.
alter table known_browser enable row level security;
--> statement-breakpoint
create policy every_supplier on known_browser to ponctuel_system using (true) with check (true);
--> statement-breakpoint
grant select, insert, update, delete on known_browser to ponctuel_system;
