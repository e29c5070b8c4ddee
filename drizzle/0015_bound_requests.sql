ALTER TABLE "payment_attempt" ADD COLUMN "begun_by" text;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD COLUMN "input_hash" text;--> statement-breakpoint
ALTER TABLE "method_setup" ADD COLUMN "begun_by" text;--> statement-breakpoint
ALTER TABLE "method_setup" ADD COLUMN "input_hash" text;