CREATE TABLE "page_report" (
	"fingerprint" text PRIMARY KEY NOT NULL,
	"page" text NOT NULL,
	"directive" text NOT NULL,
	"blocked" text NOT NULL,
	"source" text NOT NULL,
	"enforced" boolean NOT NULL,
	"times" integer NOT NULL,
	"first_at" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
-- Written from what anybody may send: small, and read by nobody who serves a page to a supplier or a client.
alter table page_report add constraint page_report_small check (length(fingerprint) = 64 and length(page) <= 120 and length(directive) <= 40 and length(blocked) <= 120 and length(source) <= 120 and times >= 1);
--> statement-breakpoint
alter table page_report enable row level security;
--> statement-breakpoint
create policy every_supplier on page_report to ponctuel_system using (true) with check (true);
--> statement-breakpoint
grant select, insert, update, delete on page_report to ponctuel_system;
