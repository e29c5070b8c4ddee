CREATE INDEX CONCURRENTLY "client_order_idx" ON "client" USING btree ("supplier_id","name","client_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "contact_mail_problem_idx" ON "contact" USING btree ("supplier_id","mail_problem_at") WHERE "contact"."mail_problem" is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "invoice_client_order_idx" ON "invoice" USING btree ("supplier_id","client_id","due_on","invoice_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "invoice_order_idx" ON "invoice" USING btree ("supplier_id","due_on","invoice_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "journal_line_claim_idx" ON "journal_line" USING btree ("supplier_id","client_id") WHERE "journal_line"."account" = '411' and "journal_line"."invoice_id" is null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "bank_entry_settled_idx" ON "bank_entry" USING btree ("supplier_id","state","settled_at" DESC NULLS FIRST,"bank_entry_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "bank_entry_payer_idx" ON "bank_entry" USING btree ("supplier_id","counterparty_iban","client_id") WHERE "bank_entry"."state" = 'booked' and "bank_entry"."client_id" is not null;