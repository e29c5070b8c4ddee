CREATE TABLE "points_missed" (
	"supplier_id" uuid NOT NULL,
	"attempt_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"times" integer NOT NULL,
	"error" text NOT NULL,
	"missed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "points_missed_pk" PRIMARY KEY("supplier_id","attempt_id"),
	CONSTRAINT "points_missed_error_check" CHECK (length("points_missed"."error") <= 500)
);
--> statement-breakpoint
ALTER TABLE "points_missed" ADD CONSTRAINT "points_missed_attempt_fk" FOREIGN KEY ("supplier_id","attempt_id") REFERENCES "public"."payment_attempt"("supplier_id","attempt_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_missed" ADD CONSTRAINT "points_missed_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Noted by whoever books the money, in a client's scope too; followed again, and forgotten, by the worker alone.
alter table points_missed enable row level security;
--> statement-breakpoint
do $$
declare
	here constant text := 'supplier_id = (select nullif(current_setting(''ponctuel.supplier_id'', true), '''')::uuid)';
	client constant text := '(select nullif(current_setting(''ponctuel.client_id'', true), '''')::uuid)';
	of_client constant text := format('case when %1$s is null then true else client_id = %1$s end', client);
begin
	execute format('create policy one_client on points_missed for select to ponctuel_app using (%s and %s)', here, of_client);
	execute format('create policy noting on points_missed for insert to ponctuel_app with check (%s and %s)', here, of_client);
	execute format('create policy noting_again on points_missed for update to ponctuel_app using (%s and %s)', here, of_client);
	execute format('create policy followed on points_missed for delete to ponctuel_app using (%s and %s is null)', here, client);
	create policy every_supplier on points_missed for select to ponctuel_system using (true);
end $$;
--> statement-breakpoint
grant select, insert, delete, update (times, error, missed_at) on points_missed to ponctuel_app;
--> statement-breakpoint
grant select on points_missed to ponctuel_system;
