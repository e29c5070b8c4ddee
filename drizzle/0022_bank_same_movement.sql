ALTER TABLE "bank_entry" ADD COLUMN "bank_reference" text;--> statement-breakpoint
ALTER TABLE "bank_entry" ADD COLUMN "same_as" uuid;--> statement-breakpoint
ALTER TABLE "bank_entry" ADD CONSTRAINT "bank_entry_same_as_fk" FOREIGN KEY ("supplier_id","same_as") REFERENCES "public"."bank_entry"("supplier_id","bank_entry_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bank_entry_amount_idx" ON "bank_entry" USING btree ("supplier_id","amount_minor","booked_on");