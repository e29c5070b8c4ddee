CREATE TABLE "client" (
	"supplier_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"siren" text,
	"vat_number" text,
	"locale" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "client_pk" PRIMARY KEY("supplier_id","client_id")
);
--> statement-breakpoint
CREATE TABLE "contact" (
	"supplier_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"locale" text NOT NULL,
	"is_billing" boolean NOT NULL,
	"mail_problem" text,
	"mail_problem_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "contact_pk" PRIMARY KEY("supplier_id","contact_id"),
	CONSTRAINT "contact_email_unique" UNIQUE("supplier_id","client_id","email")
);
--> statement-breakpoint
CREATE TABLE "member" (
	"supplier_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"locale" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "member_pk" PRIMARY KEY("supplier_id","member_id"),
	CONSTRAINT "member_email_unique" UNIQUE("supplier_id","email")
);
--> statement-breakpoint
CREATE TABLE "supplier" (
	"supplier_id" uuid NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"legal_name" text NOT NULL,
	"siren" text,
	"vat_number" text,
	"address" jsonb NOT NULL,
	"contact_name" text NOT NULL,
	"contact_email" text NOT NULL,
	"brand_hue" integer NOT NULL,
	"iban" text,
	"bic" text,
	"stripe_account" text,
	"time_zone" text NOT NULL,
	"default_terms_days" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "supplier_pk" PRIMARY KEY("supplier_id"),
	CONSTRAINT "supplier_slug_unique" UNIQUE("slug"),
	CONSTRAINT "supplier_stripe_account_unique" UNIQUE("stripe_account")
);
--> statement-breakpoint
CREATE TABLE "document" (
	"supplier_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"sha256" text NOT NULL,
	"media_type" text NOT NULL,
	"file_name" text NOT NULL,
	"byte_size" integer NOT NULL,
	"content" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "document_pk" PRIMARY KEY("supplier_id","document_id"),
	CONSTRAINT "document_sha256_unique" UNIQUE("supplier_id","sha256")
);
--> statement-breakpoint
CREATE TABLE "invoice" (
	"supplier_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"number" text NOT NULL,
	"issue_year" integer NOT NULL,
	"type_code" text NOT NULL,
	"issued_on" date NOT NULL,
	"due_on" date NOT NULL,
	"due_is_default" boolean NOT NULL,
	"currency" text NOT NULL,
	"net_minor" bigint NOT NULL,
	"vat_minor" bigint NOT NULL,
	"gross_minor" bigint NOT NULL,
	"prepaid_minor" bigint NOT NULL,
	"debt_minor" bigint NOT NULL,
	"payment_reference" text NOT NULL,
	"terms_text" text,
	"not_payable_reason" text,
	"document_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "invoice_pk" PRIMARY KEY("supplier_id","invoice_id"),
	CONSTRAINT "invoice_number_unique" UNIQUE("supplier_id","number","issue_year"),
	CONSTRAINT "invoice_currency_check" CHECK ("invoice"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "invoice_vat" (
	"supplier_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"category" text NOT NULL,
	"rate_bps" integer NOT NULL,
	"base_minor" bigint NOT NULL,
	"vat_minor" bigint NOT NULL,
	CONSTRAINT "invoice_vat_pk" PRIMARY KEY("supplier_id","invoice_id","position")
);
--> statement-breakpoint
CREATE TABLE "allocation" (
	"supplier_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"amount_minor" bigint NOT NULL,
	CONSTRAINT "allocation_pk" PRIMARY KEY("supplier_id","payment_id","invoice_id"),
	CONSTRAINT "allocation_amount_check" CHECK ("allocation"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "allocation_vat" (
	"supplier_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"rate_bps" integer NOT NULL,
	"gross_minor" bigint NOT NULL,
	"vat_minor" bigint NOT NULL,
	CONSTRAINT "allocation_vat_pk" PRIMARY KEY("supplier_id","payment_id","invoice_id","rate_bps")
);
--> statement-breakpoint
CREATE TABLE "payment_attempt_invoice" (
	"supplier_id" uuid NOT NULL,
	"attempt_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"amount_minor" bigint NOT NULL,
	"live" boolean NOT NULL,
	CONSTRAINT "payment_attempt_invoice_pk" PRIMARY KEY("supplier_id","attempt_id","invoice_id"),
	CONSTRAINT "payment_attempt_invoice_amount_check" CHECK ("payment_attempt_invoice"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "payment" (
	"supplier_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"attempt_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"receipt_number" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"method_type" text NOT NULL,
	"method_label" text,
	"stripe_payment_intent_id" text NOT NULL,
	"paid_at" timestamp (3) with time zone NOT NULL,
	"paid_on" date NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_pk" PRIMARY KEY("supplier_id","payment_id"),
	CONSTRAINT "payment_intent_unique" UNIQUE("supplier_id","stripe_payment_intent_id"),
	CONSTRAINT "payment_receipt_unique" UNIQUE("supplier_id","receipt_number")
);
--> statement-breakpoint
CREATE TABLE "payment_attempt" (
	"supplier_id" uuid NOT NULL,
	"attempt_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"contact_id" uuid,
	"channel" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"confirmation_token_id" text NOT NULL,
	"description" text NOT NULL,
	"return_url" text NOT NULL,
	"status" text NOT NULL,
	"stripe_account" text,
	"stripe_payment_intent_id" text,
	"retries_intent" boolean NOT NULL,
	"method_type" text,
	"mandate_reference" text,
	"method_label" text,
	"error_code" text,
	"decline_code" text,
	"expected_on" date,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payment_attempt_pk" PRIMARY KEY("supplier_id","attempt_id"),
	CONSTRAINT "payment_attempt_amount_check" CHECK ("payment_attempt"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "refund_request" (
	"supplier_id" uuid NOT NULL,
	"refund_request_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	"status" text NOT NULL,
	"stripe_refund_id" text,
	"requested_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone,
	CONSTRAINT "refund_request_pk" PRIMARY KEY("supplier_id","refund_request_id"),
	CONSTRAINT "refund_request_amount_check" CHECK ("refund_request"."amount_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "reversal" (
	"supplier_id" uuid NOT NULL,
	"reversal_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"stripe_object_id" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"reason" text,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "reversal_pk" PRIMARY KEY("supplier_id","reversal_id"),
	CONSTRAINT "reversal_object_unique" UNIQUE("supplier_id","stripe_object_id","kind")
);
--> statement-breakpoint
CREATE TABLE "reversal_allocation" (
	"supplier_id" uuid NOT NULL,
	"reversal_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	CONSTRAINT "reversal_allocation_pk" PRIMARY KEY("supplier_id","reversal_id","invoice_id")
);
--> statement-breakpoint
CREATE TABLE "counter" (
	"supplier_id" uuid NOT NULL,
	"name" text NOT NULL,
	"value" integer NOT NULL,
	CONSTRAINT "counter_pk" PRIMARY KEY("supplier_id","name")
);
--> statement-breakpoint
CREATE TABLE "journal_entry" (
	"supplier_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"source_id" text NOT NULL,
	"currency" text NOT NULL,
	"booked_on" date NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "journal_entry_pk" PRIMARY KEY("supplier_id","entry_id"),
	CONSTRAINT "journal_entry_source_unique" UNIQUE("supplier_id","source_id","kind")
);
--> statement-breakpoint
CREATE TABLE "journal_line" (
	"supplier_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"account" text NOT NULL,
	"client_id" uuid,
	"invoice_id" uuid,
	"debit_minor" bigint NOT NULL,
	"credit_minor" bigint NOT NULL,
	CONSTRAINT "journal_line_pk" PRIMARY KEY("supplier_id","entry_id","position"),
	CONSTRAINT "journal_line_side_check" CHECK (("journal_line"."debit_minor" = 0) <> ("journal_line"."credit_minor" = 0) and "journal_line"."debit_minor" >= 0 and "journal_line"."credit_minor" >= 0)
);
--> statement-breakpoint
CREATE TABLE "reconciliation" (
	"supplier_id" uuid NOT NULL,
	"reconciled_on" date NOT NULL,
	"stripe_minor" bigint NOT NULL,
	"ledger_minor" bigint NOT NULL,
	"checked_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "reconciliation_pk" PRIMARY KEY("supplier_id","reconciled_on")
);
--> statement-breakpoint
CREATE TABLE "api_key" (
	"supplier_id" uuid NOT NULL,
	"api_key_id" uuid NOT NULL,
	"name" text NOT NULL,
	"key_hash" text NOT NULL,
	"last_four" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_key_pk" PRIMARY KEY("supplier_id","api_key_id"),
	CONSTRAINT "api_key_hash_unique" UNIQUE("key_hash")
);
--> statement-breakpoint
CREATE TABLE "pay_link" (
	"supplier_id" uuid NOT NULL,
	"pay_link_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "pay_link_pk" PRIMARY KEY("supplier_id","pay_link_id"),
	CONSTRAINT "pay_link_token_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"supplier_id" uuid NOT NULL,
	"session_hash" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"user_agent" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "session_pk" PRIMARY KEY("supplier_id","session_hash"),
	CONSTRAINT "session_hash_unique" UNIQUE("session_hash")
);
--> statement-breakpoint
CREATE TABLE "sign_in" (
	"supplier_id" uuid NOT NULL,
	"sign_in_id" uuid NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"code_hash" text NOT NULL,
	"browser_hash" text NOT NULL,
	"failed_tries" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	CONSTRAINT "sign_in_pk" PRIMARY KEY("supplier_id","sign_in_id"),
	CONSTRAINT "sign_in_token_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "sign_in_request" (
	"request_id" uuid NOT NULL,
	"email" text NOT NULL,
	"browser_hash" text NOT NULL,
	"locale" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"handled_at" timestamp (3) with time zone,
	CONSTRAINT "sign_in_request_pk" PRIMARY KEY("request_id")
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"supplier_id" uuid NOT NULL,
	"audit_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"object_id" text,
	"request_id" text,
	"detail" jsonb NOT NULL,
	CONSTRAINT "audit_pk" PRIMARY KEY("supplier_id","audit_id")
);
--> statement-breakpoint
CREATE TABLE "demo_clock" (
	"clock_id" integer PRIMARY KEY NOT NULL,
	"offset_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"supplier_id" uuid NOT NULL,
	"key" text NOT NULL,
	"input_hash" text NOT NULL,
	"status" integer,
	"answer" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_pk" PRIMARY KEY("supplier_id","key")
);
--> statement-breakpoint
CREATE TABLE "mail" (
	"supplier_id" uuid NOT NULL,
	"mail_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"unique_key" text NOT NULL,
	"contact_id" uuid,
	"member_id" uuid,
	"to_address" text NOT NULL,
	"locale" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"state" text NOT NULL,
	"tries" integer NOT NULL,
	"next_try_at" timestamp (3) with time zone NOT NULL,
	"problem" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "mail_pk" PRIMARY KEY("supplier_id","mail_id"),
	CONSTRAINT "mail_fact_unique" UNIQUE("supplier_id","unique_key","to_address")
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"supplier_id" uuid NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "outbox_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"kind" text NOT NULL,
	"client_id" uuid,
	"invoice_id" uuid,
	"attempt_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "outbox_pk" PRIMARY KEY("supplier_id","seq")
);
--> statement-breakpoint
CREATE TABLE "rate_limit" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "stripe_event" (
	"supplier_id" uuid NOT NULL,
	"stripe_event_id" text NOT NULL,
	"type" text NOT NULL,
	"object_id" text NOT NULL,
	"payment_intent_id" text,
	"state" text NOT NULL,
	"tries" integer NOT NULL,
	"next_try_at" timestamp (3) with time zone NOT NULL,
	"problem" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "stripe_event_pk" PRIMARY KEY("supplier_id","stripe_event_id")
);
--> statement-breakpoint
CREATE TABLE "worked" (
	"task" text PRIMARY KEY NOT NULL,
	"last_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "client" ADD CONSTRAINT "client_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contact" ADD CONSTRAINT "contact_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member" ADD CONSTRAINT "member_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document" ADD CONSTRAINT "document_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_document_fk" FOREIGN KEY ("supplier_id","document_id") REFERENCES "public"."document"("supplier_id","document_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_vat" ADD CONSTRAINT "invoice_vat_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_payment_fk" FOREIGN KEY ("supplier_id","payment_id") REFERENCES "public"."payment"("supplier_id","payment_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocation_vat" ADD CONSTRAINT "allocation_vat_allocation_fk" FOREIGN KEY ("supplier_id","payment_id","invoice_id") REFERENCES "public"."allocation"("supplier_id","payment_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_attempt_invoice" ADD CONSTRAINT "payment_attempt_invoice_attempt_fk" FOREIGN KEY ("supplier_id","attempt_id") REFERENCES "public"."payment_attempt"("supplier_id","attempt_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_attempt_invoice" ADD CONSTRAINT "payment_attempt_invoice_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_attempt_fk" FOREIGN KEY ("supplier_id","attempt_id") REFERENCES "public"."payment_attempt"("supplier_id","attempt_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refund_request" ADD CONSTRAINT "refund_request_payment_fk" FOREIGN KEY ("supplier_id","payment_id") REFERENCES "public"."payment"("supplier_id","payment_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reversal" ADD CONSTRAINT "reversal_payment_fk" FOREIGN KEY ("supplier_id","payment_id") REFERENCES "public"."payment"("supplier_id","payment_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reversal_allocation" ADD CONSTRAINT "reversal_allocation_reversal_fk" FOREIGN KEY ("supplier_id","reversal_id") REFERENCES "public"."reversal"("supplier_id","reversal_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reversal_allocation" ADD CONSTRAINT "reversal_allocation_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "counter" ADD CONSTRAINT "counter_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "journal_entry" ADD CONSTRAINT "journal_entry_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "journal_line" ADD CONSTRAINT "journal_line_entry_fk" FOREIGN KEY ("supplier_id","entry_id") REFERENCES "public"."journal_entry"("supplier_id","entry_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliation" ADD CONSTRAINT "reconciliation_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pay_link" ADD CONSTRAINT "pay_link_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pay_link" ADD CONSTRAINT "pay_link_contact_fk" FOREIGN KEY ("supplier_id","contact_id") REFERENCES "public"."contact"("supplier_id","contact_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in" ADD CONSTRAINT "sign_in_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit" ADD CONSTRAINT "audit_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency" ADD CONSTRAINT "idempotency_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail" ADD CONSTRAINT "mail_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stripe_event" ADD CONSTRAINT "stripe_event_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "invoice_client_idx" ON "invoice" USING btree ("supplier_id","client_id","due_on");--> statement-breakpoint
CREATE INDEX "invoice_due_idx" ON "invoice" USING btree ("supplier_id","due_on");--> statement-breakpoint
CREATE INDEX "allocation_invoice_idx" ON "allocation" USING btree ("supplier_id","invoice_id");--> statement-breakpoint
CREATE UNIQUE INDEX "one_live_attempt_per_invoice" ON "payment_attempt_invoice" USING btree ("supplier_id","invoice_id") WHERE "payment_attempt_invoice"."live";--> statement-breakpoint
CREATE INDEX "payment_paid_idx" ON "payment" USING btree ("supplier_id","paid_at");--> statement-breakpoint
CREATE INDEX "payment_attempt_intent_idx" ON "payment_attempt" USING btree ("supplier_id","stripe_payment_intent_id");--> statement-breakpoint
CREATE INDEX "payment_attempt_status_idx" ON "payment_attempt" USING btree ("supplier_id","status","updated_at");--> statement-breakpoint
CREATE INDEX "journal_line_invoice_idx" ON "journal_line" USING btree ("supplier_id","invoice_id") WHERE "journal_line"."account" = '411';--> statement-breakpoint
CREATE INDEX "pay_link_invoice_idx" ON "pay_link" USING btree ("supplier_id","invoice_id");--> statement-breakpoint
CREATE INDEX "session_subject_idx" ON "session" USING btree ("supplier_id","subject_id");--> statement-breakpoint
CREATE INDEX "sign_in_browser_idx" ON "sign_in" USING btree ("browser_hash");--> statement-breakpoint
CREATE INDEX "sign_in_request_browser_idx" ON "sign_in_request" USING btree ("browser_hash");--> statement-breakpoint
CREATE INDEX "audit_at_idx" ON "audit" USING btree ("supplier_id","at");--> statement-breakpoint
CREATE INDEX "mail_queue_idx" ON "mail" USING btree ("next_try_at") WHERE "mail"."state" in ('due', 'sending');--> statement-breakpoint
CREATE INDEX "outbox_cursor_idx" ON "outbox" USING btree ("xid","seq");--> statement-breakpoint
CREATE INDEX "stripe_event_queue_idx" ON "stripe_event" USING btree ("next_try_at") WHERE "stripe_event"."state" = 'new';