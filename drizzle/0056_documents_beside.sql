CREATE TABLE "pending_object" (
	"supplier_id" uuid NOT NULL,
	"sha256" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"removing_since" timestamp (3) with time zone,
	CONSTRAINT "pending_object_pk" PRIMARY KEY("supplier_id","sha256")
);
--> statement-breakpoint
ALTER TABLE "document" ALTER COLUMN "content" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "pending_object" ADD CONSTRAINT "pending_object_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Written for imports of the supplier, and by the worker; a client's person has nothing to do with it.
alter table pending_object enable row level security;
--> statement-breakpoint
do $$
declare
	here constant text := 'supplier_id = (select nullif(current_setting(''ponctuel.supplier_id'', true), '''')::uuid)';
	no_client constant text := '(select nullif(current_setting(''ponctuel.client_id'', true), '''')::uuid) is null';
begin
	execute format('create policy one_supplier on pending_object to ponctuel_app using (%s and %s)', here, no_client);
end $$;
--> statement-breakpoint
grant select, insert, delete, update (since, removing_since) on pending_object to ponctuel_app;
--> statement-breakpoint
-- The worker finds whose turn it is, and removes in the supplier's own scope.
create policy every_supplier on pending_object for select to ponctuel_system using (true);
--> statement-breakpoint
grant select (supplier_id, since) on pending_object to ponctuel_system;
--> statement-breakpoint
-- A document stays as it came. The operator may let its bytes go to the storage beside the database, and they come back only as they were.
create function keep_document() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	if tg_op = 'UPDATE' then
		if (new.supplier_id, new.document_id, new.sha256, new.media_type, new.file_name, new.byte_size, new.created_at)
				is not distinct from (old.supplier_id, old.document_id, old.sha256, old.media_type, old.file_name, old.byte_size, old.created_at)
			and (new.content is null) <> (old.content is null)
			and (new.content is null or encode(sha256(new.content), 'hex') = new.sha256) then
			return new;
		end if;
	end if;
	raise exception '% is append-only: a correction is a new row', tg_table_name using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
create or replace trigger append_only before update or delete on document for each row execute function keep_document();
