CREATE TABLE "import_file" (
	"supplier_id" uuid NOT NULL,
	"import_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"file_name" text NOT NULL,
	"sha256" text NOT NULL,
	"byte_size" integer NOT NULL,
	"content" "bytea",
	"media_type" text,
	"list" jsonb,
	CONSTRAINT "import_file_pk" PRIMARY KEY("supplier_id","import_id","position"),
	CONSTRAINT "import_file_once" UNIQUE("supplier_id","import_id","sha256","file_name")
);
--> statement-breakpoint
CREATE TABLE "import_job" (
	"supplier_id" uuid NOT NULL,
	"import_id" uuid NOT NULL,
	"state" text NOT NULL,
	"opened_by" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"answers" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"confirms_itself" boolean NOT NULL,
	"sends_mails" boolean NOT NULL,
	"accepts_review" boolean NOT NULL,
	"confirmed_by" text,
	"confirmed_at" timestamp (3) with time zone,
	"kept_count" integer DEFAULT 0 NOT NULL,
	"kept_file" integer DEFAULT 0 NOT NULL,
	"kept_line" integer DEFAULT -1 NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"undone_by" text,
	"undone_at" timestamp (3) with time zone,
	"claim_id" uuid,
	"claimed_until" timestamp (3) with time zone,
	CONSTRAINT "import_job_pk" PRIMARY KEY("supplier_id","import_id"),
	CONSTRAINT "import_job_state_check" CHECK ("import_job"."state" in ('receiving', 'reading', 'ready', 'keeping', 'done', 'undone', 'dropped'))
);
--> statement-breakpoint
CREATE TABLE "import_line" (
	"supplier_id" uuid NOT NULL,
	"import_id" uuid NOT NULL,
	"file_position" integer NOT NULL,
	"position" integer NOT NULL,
	"outcome" text NOT NULL,
	"number" text NOT NULL,
	"issue_year" integer NOT NULL,
	"buyer_key" text NOT NULL,
	"view" jsonb NOT NULL,
	"document" jsonb,
	"chosen_client_id" uuid,
	"replaces" boolean DEFAULT false NOT NULL,
	"invoice_id" uuid NOT NULL,
	CONSTRAINT "import_line_pk" PRIMARY KEY("supplier_id","import_id","file_position","position"),
	CONSTRAINT "import_line_outcome_check" CHECK ("import_line"."outcome" in ('new', 'review', 'identical', 'conflict', 'refused'))
);
--> statement-breakpoint
ALTER TABLE "invoice" DROP CONSTRAINT "invoice_number_unique";--> statement-breakpoint
DROP INDEX "invoice_document_idx";--> statement-breakpoint
ALTER TABLE "import_file" ADD CONSTRAINT "import_file_job_fk" FOREIGN KEY ("supplier_id","import_id") REFERENCES "public"."import_job"("supplier_id","import_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_job" ADD CONSTRAINT "import_job_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_line" ADD CONSTRAINT "import_line_file_fk" FOREIGN KEY ("supplier_id","import_id","file_position") REFERENCES "public"."import_file"("supplier_id","import_id","position") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "import_job_opened_idx" ON "import_job" USING btree ("supplier_id","opened_at");--> statement-breakpoint
CREATE INDEX "import_job_queue_idx" ON "import_job" USING btree ("opened_at") WHERE "import_job"."state" in ('reading', 'keeping');--> statement-breakpoint
CREATE INDEX "import_line_number_idx" ON "import_line" USING btree ("supplier_id","import_id","number");--> statement-breakpoint
CREATE INDEX "import_line_outcome_idx" ON "import_line" USING btree ("supplier_id","import_id","outcome","file_position","position");--> statement-breakpoint
CREATE INDEX "client_siren_idx" ON "client" USING btree ("supplier_id","siren");--> statement-breakpoint
CREATE INDEX "client_vat_number_idx" ON "client" USING btree ("supplier_id","vat_number");--> statement-breakpoint
CREATE INDEX "client_name_idx" ON "client" USING btree ("supplier_id",lower("name"));--> statement-breakpoint
CREATE INDEX "contact_email_idx" ON "contact" USING btree ("supplier_id","email");--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_number_unique" ON "invoice" USING btree ("supplier_id","number","issue_year") WHERE "invoice"."not_payable_reason" is distinct from 'withdrawn';--> statement-breakpoint
CREATE INDEX "invoice_document_idx" ON "invoice" USING btree ("supplier_id","document_id") WHERE "invoice"."document_is_shown";
--> statement-breakpoint
-- What a supplier brings in is nobody else's business: no client ever sees an import.
do $$
declare name text;
begin
	foreach name in array array['import_job', 'import_file', 'import_line'] loop
		execute format('alter table %I enable row level security', name);
		execute format($p$create policy one_supplier on %I to ponctuel_app
			using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
				and (select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null)$p$, name);
	end loop;
end $$;
--> statement-breakpoint
-- The queue: which import waits, and who holds it. Nothing of what is in it.
create policy every_supplier on import_job to ponctuel_system using (true) with check (true);
--> statement-breakpoint
grant select (supplier_id, import_id, state, opened_at, claimed_until, claim_id), update (claimed_until, claim_id) on import_job to ponctuel_system;
--> statement-breakpoint
grant select, insert on import_job, import_file, import_line to ponctuel_app;
--> statement-breakpoint
grant update (state, answers, sends_mails, accepts_review, confirmed_by, confirmed_at, finished_at, undone_by, undone_at, claimed_until, claim_id, kept_count, kept_file, kept_line) on import_job to ponctuel_app;
--> statement-breakpoint
grant update (content, media_type, list) on import_file to ponctuel_app;
--> statement-breakpoint
grant update (outcome, view, document, chosen_client_id, replaces), delete on import_line to ponctuel_app;
--> statement-breakpoint
-- Checked at commit: an invoice is withdrawn only while nothing was paid of it, with its claim taken back from the books, and for good.
create function check_withdrawn_owes_nothing() returns trigger language plpgsql security definer set search_path = public as $$
begin
	if old.not_payable_reason = 'withdrawn' and new.not_payable_reason is distinct from 'withdrawn' then
		raise exception 'invoice % was withdrawn for good', new.invoice_id using errcode = 'check_violation';
	end if;
	if new.not_payable_reason = 'withdrawn' and (
		exists (select from allocation a where a.supplier_id = new.supplier_id and a.invoice_id = new.invoice_id)
		or (select coalesce(sum(debit_minor - credit_minor), 0) from journal_line l
			where l.supplier_id = new.supplier_id and l.invoice_id = new.invoice_id and l.account = '411') <> 0) then
		raise exception 'invoice % can''t be withdrawn: something was paid or is still owed', new.invoice_id using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
create constraint trigger withdrawn_owes_nothing after update of not_payable_reason on invoice deferrable initially deferred for each row execute function check_withdrawn_owes_nothing();
--> statement-breakpoint
-- Lines come with their entry, all in one statement: they are checked together, once, instead of each by itself. An entry without lines is still
-- refused at commit (entry_balances).
create function check_lines_balance() returns trigger language plpgsql security definer set search_path = public as $$
declare
	entry uuid;
begin
	select l.entry_id into entry from journal_line l
	where (l.supplier_id, l.entry_id) in (select supplier_id, entry_id from added)
	group by l.supplier_id, l.entry_id having count(*) < 2 or sum(l.debit_minor) <> sum(l.credit_minor) limit 1;
	if found then
		raise exception 'journal entry % does not balance', entry using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
drop trigger line_balances on journal_line;
--> statement-breakpoint
create trigger lines_balance after insert on journal_line referencing new table as added for each statement execute function check_lines_balance();
--> statement-breakpoint
-- After many rows have come in, what is known of the tables is no longer true, and plans made while they were empty are bad ones
-- (https://www.postgresql.org/docs/current/populate.html#POPULATE-ANALYZE). Their owner alone may say so; the worker may ask.
create function refresh_statistics() returns void language plpgsql security definer set search_path = public as $$
begin
	analyze client, contact, document, invoice, invoice_vat, journal_entry, journal_line, import_file, import_line, outbox, mail;
end $$;
--> statement-breakpoint
revoke execute on all functions in schema public from public;
--> statement-breakpoint
grant execute on function refresh_statistics() to ponctuel_system;
