CREATE INDEX CONCURRENTLY "payment_attempt_invoice_invoice_idx" ON "payment_attempt_invoice" USING btree ("supplier_id","invoice_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "refund_request_payment_idx" ON "refund_request" USING btree ("supplier_id","payment_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "discount_client_idx" ON "discount" USING btree ("supplier_id","client_id","created_at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "saved_method_contact_idx" ON "saved_method" USING btree ("supplier_id","contact_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "method_setup_waiting_idx" ON "method_setup" USING btree ("supplier_id","begun_by") WHERE "method_setup"."status" = 'awaiting_auth';--> statement-breakpoint
CREATE INDEX CONCURRENTLY "plan_client_idx" ON "plan" USING btree ("supplier_id","client_id","created_at","plan_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "plan_method_idx" ON "plan" USING btree ("supplier_id","method_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "journal_line_advance_idx" ON "journal_line" USING btree ("supplier_id","client_id") WHERE "journal_line"."account" = '4191';--> statement-breakpoint
CREATE INDEX CONCURRENTLY "audit_object_idx" ON "audit" USING btree ("supplier_id","object_id","at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "mail_subject_idx" ON "mail" USING btree ("supplier_id","subject_id","created_at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "mail_contact_idx" ON "mail" USING btree ("supplier_id","contact_id","created_at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "stripe_event_supplier_idx" ON "stripe_event" USING btree ("supplier_id") WHERE "stripe_event"."state" <> 'done';