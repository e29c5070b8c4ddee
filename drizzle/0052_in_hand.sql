DROP INDEX "stripe_event_supplier_idx";--> statement-breakpoint
ALTER TABLE "mail" ADD COLUMN "handed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "stripe_event" ADD COLUMN "claimed_until" timestamp (3) with time zone;