DROP INDEX "client_name_idx";--> statement-breakpoint
ALTER TABLE "client" ADD COLUMN "name_key" text GENERATED ALWAYS AS (lower(name collate pg_c_utf8)) STORED;--> statement-breakpoint
CREATE INDEX "client_name_idx" ON "client" USING btree ("supplier_id","name_key");--> statement-breakpoint
-- Lines are only ever added, and every statement that adds some must leave their entries balanced: so what a statement adds to an entry balances by
-- itself, and nothing that was there before has to be read again.
create or replace function check_lines_balance() returns trigger language plpgsql security definer set search_path = public as $$
declare
	entry uuid;
begin
	select entry_id into entry from added
	group by supplier_id, entry_id having count(*) < 2 or sum(debit_minor) <> sum(credit_minor) limit 1;
	if found then
		raise exception 'journal entry % does not balance', entry using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
-- Nobody searches by what these hold, and to look into them is most of the time that ANALYZE takes.
alter table import_line alter column view set statistics 0, alter column document set statistics 0;
--> statement-breakpoint
-- A piece of a file is read without unpacking all of it.
alter table import_file alter column content set statistics 0, alter column content set storage external;
--> statement-breakpoint
alter table document alter column content set statistics 0;
