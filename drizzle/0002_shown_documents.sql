-- A CSV or a JSON file may hold the invoices of many clients. It is kept byte for byte for the supplier; a client sees only a file that is
-- one invoice, their own. The column says which; the policy makes the database refuse the rest.
ALTER TABLE "invoice" ADD COLUMN "document_is_shown" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "invoice_document_idx" ON "invoice" USING btree ("supplier_id","document_id");--> statement-breakpoint
update invoice i set document_is_shown = true from document d
where d.supplier_id = i.supplier_id and d.document_id = i.document_id and d.media_type in ('application/pdf', 'application/xml');
--> statement-breakpoint
drop policy one_supplier on document;
--> statement-breakpoint
create policy one_client on document to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and ((select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null
			or exists (select from invoice i where i.supplier_id = document.supplier_id and i.document_id = document.document_id and i.document_is_shown)));
--> statement-breakpoint
-- What has served its time is deleted: news that every reader has heard, answers kept for repeated requests.
grant delete on outbox to ponctuel_system;
--> statement-breakpoint
grant delete on idempotency to ponctuel_app;
