CREATE TABLE "due_work" (
	"supplier_id" uuid NOT NULL,
	"job" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"client_id" uuid,
	"due_at" timestamp (3) with time zone NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"version" integer NOT NULL,
	"failures" integer NOT NULL,
	"error" text,
	CONSTRAINT "due_work_pk" PRIMARY KEY("supplier_id","job","subject_id"),
	CONSTRAINT "due_work_job_check" CHECK ("due_work"."job" in ('points')),
	CONSTRAINT "due_work_error_check" CHECK (length("due_work"."error") <= 500)
);
--> statement-breakpoint
ALTER TABLE "due_work" ADD CONSTRAINT "due_work_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "due_work" ADD CONSTRAINT "due_work_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "due_work_due_idx" ON "due_work" USING btree ("due_at");--> statement-breakpoint
-- Asked for by whoever changed what is to be looked at, in a client's scope too; claimed, put off and forgotten by the worker, over all suppliers.
alter table due_work enable row level security;
--> statement-breakpoint
do $$
declare
	here constant text := 'supplier_id = (select nullif(current_setting(''ponctuel.supplier_id'', true), '''')::uuid)';
	client constant text := '(select nullif(current_setting(''ponctuel.client_id'', true), '''')::uuid)';
	of_client constant text := format('case when %1$s is null then true else client_id = %1$s end', client);
begin
	execute format('create policy one_client on due_work for select to ponctuel_app using (%s and %s)', here, of_client);
	execute format('create policy asking on due_work for insert to ponctuel_app with check (%s and %s)', here, of_client);
	execute format('create policy asking_again on due_work for update to ponctuel_app using (%s and %s)', here, of_client);
	create policy every_supplier on due_work to ponctuel_system using (true) with check (true);
end $$;
--> statement-breakpoint
grant select, insert, update (due_at, version) on due_work to ponctuel_app;
--> statement-breakpoint
grant select, delete, update (due_at, failures, error) on due_work to ponctuel_system;
--> statement-breakpoint
-- Points that were missed are followed as all others are, at once.
insert into due_work (supplier_id, job, subject_id, client_id, due_at, asked_at, version, failures, error)
select supplier_id, 'points', attempt_id, client_id, missed_at, missed_at, 1, times, error from points_missed;
--> statement-breakpoint
drop table points_missed;
