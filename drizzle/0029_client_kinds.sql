ALTER TABLE "client" DROP CONSTRAINT "client_kind_check";--> statement-breakpoint
ALTER TABLE "mail" DROP CONSTRAINT "mail_kind_check";--> statement-breakpoint
ALTER TABLE "security_event" DROP CONSTRAINT "security_event_kind_check";--> statement-breakpoint
ALTER TABLE "client" ADD COLUMN "kind_from" text;--> statement-breakpoint
ALTER TABLE "import_line" ADD COLUMN "chosen_kind" text;--> statement-breakpoint
-- Whoever had no SIREN and no VAT number in its file was called a private person: nobody knew. A company without a number is what somebody wrote down.
update client set kind = 'unknown' where kind = 'consumer' and siren is null and vat_number is null;--> statement-breakpoint
update client set kind_from = case when kind = 'business' and (siren is not null or vat_number is not null) then 'identifier' else 'person' end where kind <> 'unknown';--> statement-breakpoint
ALTER TABLE "client" ADD CONSTRAINT "client_kind_from_words_check" CHECK ("client"."kind_from" in ('identifier', 'file', 'person'));--> statement-breakpoint
ALTER TABLE "client" ADD CONSTRAINT "client_kind_from_check" CHECK (("client"."kind" = 'unknown') = ("client"."kind_from" is null) and ("client"."kind_from" is distinct from 'identifier' or ("client"."kind" = 'business' and ("client"."siren" is not null or "client"."vat_number" is not null))));--> statement-breakpoint
ALTER TABLE "client" ADD CONSTRAINT "client_kind_check" CHECK ("client"."kind" in ('business', 'consumer', 'unknown'));--> statement-breakpoint
ALTER TABLE "import_line" ADD CONSTRAINT "import_line_chosen_kind_check" CHECK ("import_line"."chosen_kind" in ('business', 'consumer'));--> statement-breakpoint
ALTER TABLE "mail" ADD CONSTRAINT "mail_kind_check" CHECK ("mail"."kind" in ('invoice_to_pay', 'payment_received', 'payment_failed', 'debit_notice', 'refund', 'refund_failed', 'money_returned', 'transfer_undone', 'money_restored', 'contact_added', 'contact_added_told', 'owner_notice', 'plan_started', 'part_announced', 'part_failed', 'method_lost', 'method_ending', 'move_asked', 'part_forgiven', 'plan_credited', 'plan_in_default', 'plan_in_default_told'));--> statement-breakpoint
ALTER TABLE "security_event" ADD CONSTRAINT "security_event_kind_check" CHECK (kind in ('sign_in', 'sign_in_failed', 'sign_in_limited', 'guessing_alarm', 'sign_out', 'session_ended', 'access_refused', 'limit_reached', 'export_taken', 'api_read', 'key_created', 'key_changed', 'key_revoked', 'passkey_added', 'passkey_removed', 'proof_given', 'proof_failed', 'member_added', 'member_changed', 'member_removed', 'contact_added', 'contact_changed', 'client_changed', 'billing_changed', 'account_changed', 'rights_changed'));--> statement-breakpoint
grant update (chosen_kind) on import_line to ponctuel_app;
