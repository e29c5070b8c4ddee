CREATE TABLE "security_event" (
	"security_event_id" uuid NOT NULL,
	"supplier_id" uuid,
	"kind" text NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"email_hash" text,
	"network_address" text,
	"request_id" text,
	"detail" jsonb NOT NULL,
	CONSTRAINT "security_event_pk" PRIMARY KEY("security_event_id"),
	CONSTRAINT "security_event_kind_check" CHECK (kind in ('sign_in', 'sign_in_failed', 'sign_in_limited', 'guessing_alarm', 'sign_out', 'session_ended', 'access_refused', 'limit_reached', 'export_taken', 'api_read', 'key_created', 'key_changed', 'key_revoked', 'passkey_added', 'passkey_removed', 'proof_given', 'proof_failed', 'member_added', 'member_changed', 'member_removed', 'contact_added', 'contact_changed', 'billing_changed', 'account_changed', 'rights_changed')),
	CONSTRAINT "security_event_actor_check" CHECK (actor_kind in ('member', 'contact', 'pay_link', 'api_key', 'system', 'unknown')),
	CONSTRAINT "security_event_detail_check" CHECK (pg_column_size(detail) < 4000)
);
--> statement-breakpoint
ALTER TABLE "audit" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "security_event" ADD CONSTRAINT "security_event_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "security_event_newest_idx" ON "security_event" USING btree ("supplier_id","security_event_id");--> statement-breakpoint
CREATE INDEX "security_event_kind_idx" ON "security_event" USING btree ("supplier_id","kind","security_event_id");--> statement-breakpoint
CREATE INDEX "security_event_age_idx" ON "security_event" USING btree ("occurred_at");
--> statement-breakpoint
-- A supplier's people read their own log and everybody's deeds are added to it; nobody changes a row. A client's person adds and reads nothing.
alter table security_event enable row level security;
--> statement-breakpoint
create policy one_supplier on security_event for select to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null);
--> statement-breakpoint
create policy one_supplier_adds on security_event for insert to ponctuel_app
	with check (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid));
--> statement-breakpoint
create policy every_supplier on security_event to ponctuel_system using (true) with check (true);
--> statement-breakpoint
grant select, insert on security_event to ponctuel_app;
--> statement-breakpoint
grant select, insert, delete on security_event to ponctuel_system;
--> statement-breakpoint
create trigger append_only before update on security_event for each row execute function refuse_change();
--> statement-breakpoint
create trigger append_only_truncate before truncate on security_event for each statement execute function refuse_change();
