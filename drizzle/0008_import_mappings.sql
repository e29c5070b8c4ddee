CREATE TABLE "import_mapping" (
	"supplier_id" uuid NOT NULL,
	"mapping_id" uuid NOT NULL,
	"header_key" text NOT NULL,
	"name" text NOT NULL,
	"columns" jsonb NOT NULL,
	"date_order" text,
	"saved_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "import_mapping_pk" PRIMARY KEY("supplier_id","mapping_id"),
	CONSTRAINT "import_mapping_once" UNIQUE("supplier_id","header_key")
);
--> statement-breakpoint
ALTER TABLE "import_mapping" ADD CONSTRAINT "import_mapping_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
alter table import_mapping enable row level security;
--> statement-breakpoint
create policy one_supplier on import_mapping to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null);
--> statement-breakpoint
grant select, insert on import_mapping to ponctuel_app;
--> statement-breakpoint
grant update (name, columns, date_order, saved_at) on import_mapping to ponctuel_app;
