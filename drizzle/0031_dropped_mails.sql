ALTER TABLE "mail" DROP CONSTRAINT "mail_state_check";--> statement-breakpoint
ALTER TABLE "mail" ADD CONSTRAINT "mail_state_check" CHECK ("mail"."state" in ('due', 'sending', 'sent', 'refused', 'failed', 'dropped')) NOT VALID;--> statement-breakpoint
-- Nothing went wrong with these: what they said was no longer true when they were to leave.
UPDATE "mail" SET "state" = 'dropped', "problem" = NULL WHERE "state" = 'failed' AND "problem" = 'no longer true, or no longer for this person';
