CREATE TABLE "invoice_name" (
	"supplier_id" uuid NOT NULL,
	"name" text NOT NULL,
	"invoice_id" uuid NOT NULL,
	CONSTRAINT "invoice_name_pk" PRIMARY KEY("supplier_id","name","invoice_id")
);
--> statement-breakpoint
ALTER TABLE "invoice_name" ADD CONSTRAINT "invoice_name_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Written with the invoice, by the database: a version that does not know of names writes them too. A number and a reference never change.
create function name_invoices() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	insert into invoice_name (supplier_id, name, invoice_id)
	select distinct supplier_id, written.name, invoice_id
	from added cross join lateral (select upper(regexp_replace(normalize(called, nfd), '[^0-9A-Za-z]', '', 'g')) as name from unnest(array[number, payment_reference]) called) written
	where written.name <> '';
	return null;
end $$;
--> statement-breakpoint
alter function name_invoices() owner to ponctuel_guard;
--> statement-breakpoint
create trigger invoice_names after insert on invoice referencing new table as added for each statement execute function name_invoices();
--> statement-breakpoint
do $$
declare here text := $p$supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)$p$;
begin
	alter table invoice_name enable row level security;
	execute format($p$create policy no_client on invoice_name for select to ponctuel_app using (%s and (select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null)$p$, here);
	create policy keeps on invoice_name to ponctuel_guard using ((select current_user) = 'ponctuel_guard') with check ((select current_user) = 'ponctuel_guard');
end $$;
--> statement-breakpoint
grant select on invoice_name to ponctuel_app;
--> statement-breakpoint
grant select, insert on invoice_name to ponctuel_guard;
--> statement-breakpoint
revoke execute on all functions in schema public from public;
