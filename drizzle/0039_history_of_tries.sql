CREATE INDEX "payment_of_attempt_idx" ON "payment" USING btree ("supplier_id","attempt_id");--> statement-breakpoint
CREATE INDEX "payment_client_idx" ON "payment" USING btree ("supplier_id","client_id","created_at","payment_id");--> statement-breakpoint
CREATE INDEX "reversal_payment_idx" ON "reversal" USING btree ("supplier_id","payment_id","occurred_at");--> statement-breakpoint
CREATE INDEX "attempt_part_part_idx" ON "attempt_part" USING btree ("supplier_id","plan_id","position");