ALTER TABLE "sign_in_request" ADD COLUMN "tries" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sign_in_request" ADD COLUMN "next_try_at" timestamp (3) with time zone;