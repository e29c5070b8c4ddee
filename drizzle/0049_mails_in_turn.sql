DROP INDEX "mail_queue_idx";--> statement-breakpoint
CREATE INDEX "mail_turn_idx" ON "mail" USING btree ("supplier_id","next_try_at") WHERE "mail"."state" in ('due', 'sending');