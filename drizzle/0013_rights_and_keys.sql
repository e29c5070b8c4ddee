-- Seeing, receiving and paying are rights of their own. Who was there before keeps all of them: so it was until now.
ALTER TABLE "contact" ADD COLUMN "has_portal" boolean NOT NULL DEFAULT true;--> statement-breakpoint
ALTER TABLE "contact" ALTER COLUMN "has_portal" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "contact" ADD COLUMN "may_pay" boolean NOT NULL DEFAULT true;--> statement-breakpoint
ALTER TABLE "contact" ALTER COLUMN "may_pay" DROP DEFAULT;--> statement-breakpoint
-- A key that was there before may what it could until now, from anywhere, without an end.
ALTER TABLE "api_key" ADD COLUMN "scopes" text[] NOT NULL DEFAULT array['import', 'read', 'undo'];--> statement-breakpoint
ALTER TABLE "api_key" ALTER COLUMN "scopes" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "addresses" text[] NOT NULL DEFAULT '{}';--> statement-breakpoint
ALTER TABLE "api_key" ALTER COLUMN "addresses" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "last_used_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "last_used_address" text;--> statement-breakpoint
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_scopes_check" CHECK (cardinality("api_key"."scopes") > 0 and "api_key"."scopes" <@ array['import', 'read', 'undo']);
