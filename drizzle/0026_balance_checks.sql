CREATE TABLE "unsettled_object" (
	"supplier_id" uuid NOT NULL,
	"stripe_account" text DEFAULT '' NOT NULL,
	"object_id" text NOT NULL,
	"problem" text NOT NULL,
	"tries" integer NOT NULL,
	"first_at" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "unsettled_object_pk" PRIMARY KEY("supplier_id","stripe_account","object_id")
);
--> statement-breakpoint
ALTER TABLE "reconciliation" ADD COLUMN "foreign_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "reconciliation" ADD COLUMN "under_way_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "reconciliation" ADD COLUMN "balance_minor" bigint;--> statement-breakpoint
ALTER TABLE "reconciliation" ADD COLUMN "books_minor" bigint;--> statement-breakpoint
ALTER TABLE "unsettled_object" ADD CONSTRAINT "unsettled_object_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- The supplier's own business, like the days compared.
alter table unsettled_object enable row level security;
--> statement-breakpoint
create policy no_client on unsettled_object to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null);
--> statement-breakpoint
grant select, insert, update, delete on unsettled_object to ponctuel_app;
