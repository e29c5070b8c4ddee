CREATE TABLE "points_acceptance" (
	"supplier_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"rules_text" text NOT NULL,
	"rules_hash" text NOT NULL,
	"locale" text NOT NULL,
	"ip" text,
	"user_agent" text,
	"accepted_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "points_acceptance_pk" PRIMARY KEY("supplier_id","client_id"),
	CONSTRAINT "points_acceptance_locale_check" CHECK ("points_acceptance"."locale" in ('fr', 'en'))
);
--> statement-breakpoint
CREATE TABLE "points_account" (
	"supplier_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"balance" integer NOT NULL,
	"pending" integer NOT NULL,
	"earned_in_year" integer NOT NULL,
	"tier" integer NOT NULL,
	"tier_since" date NOT NULL,
	"recheck_on" date,
	"streak" integer NOT NULL,
	"neutrals" integer NOT NULL,
	"frozen_at" timestamp (3) with time zone,
	"frozen_reason" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "points_account_pk" PRIMARY KEY("supplier_id","client_id"),
	CONSTRAINT "points_account_pending_check" CHECK ("points_account"."pending" >= 0),
	CONSTRAINT "points_account_frozen_check" CHECK (("points_account"."frozen_at" is null) = ("points_account"."frozen_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "points_award" (
	"supplier_id" uuid NOT NULL,
	"award_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"attempt_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"plan_id" uuid,
	"version" integer NOT NULL,
	"verdict" text NOT NULL,
	"days_early" integer NOT NULL,
	"multiplier_bps" integer NOT NULL,
	"base" integer NOT NULL,
	"early" integer NOT NULL,
	"sepa" integer NOT NULL,
	"points" integer NOT NULL,
	"amount_minor" bigint NOT NULL,
	"due_on" date NOT NULL,
	"acted_on" date NOT NULL,
	"pending_points" integer NOT NULL,
	"earned_points" integer NOT NULL,
	"final_on" date,
	"expires_on" date,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "points_award_pk" PRIMARY KEY("supplier_id","award_id"),
	CONSTRAINT "points_award_once" UNIQUE("supplier_id","attempt_id","invoice_id","kind"),
	CONSTRAINT "points_award_kind_check" CHECK ("points_award"."kind" in ('payment', 'streak', 'plan', 'first_online')),
	CONSTRAINT "points_award_verdict_check" CHECK ("points_award"."verdict" in ('on_time', 'late', 'neutral', 'excluded')),
	CONSTRAINT "points_award_points_check" CHECK ("points_award"."points" >= 0 and "points_award"."pending_points" >= 0 and "points_award"."earned_points" >= 0 and "points_award"."pending_points" + "points_award"."earned_points" <= "points_award"."points"),
	CONSTRAINT "points_award_plan_check" CHECK (("points_award"."kind" = 'plan') = ("points_award"."plan_id" is not null)),
	CONSTRAINT "points_award_expiry_check" CHECK ("points_award"."expires_on" > "points_award"."acted_on")
);
--> statement-breakpoint
CREATE TABLE "points_beat" (
	"supplier_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "points_beat_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"verdict" text NOT NULL,
	"stands" boolean NOT NULL,
	"streak_award_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "points_beat_pk" PRIMARY KEY("supplier_id","invoice_id"),
	CONSTRAINT "points_beat_verdict_check" CHECK ("points_beat"."verdict" in ('on_time', 'late', 'neutral'))
);
--> statement-breakpoint
CREATE TABLE "points_entry" (
	"supplier_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "points_entry_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"client_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"points" integer NOT NULL,
	"pending_points" integer NOT NULL,
	"source_id" uuid NOT NULL,
	"cause_id" text NOT NULL,
	"happened_on" date NOT NULL,
	"expires_on" date,
	"reason" text,
	"made_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "points_entry_pk" PRIMARY KEY("supplier_id","entry_id"),
	CONSTRAINT "points_entry_once" UNIQUE("supplier_id","source_id","cause_id","kind"),
	CONSTRAINT "points_entry_kind_check" CHECK ("points_entry"."kind" in ('pending', 'earned', 'spent', 'given_back', 'expired', 'reversed', 'adjusted')),
	CONSTRAINT "points_entry_sign_check" CHECK (case "points_entry"."kind"
				when 'pending' then "points_entry"."points" = 0 and "points_entry"."pending_points" > 0
				when 'earned' then "points_entry"."points" > 0 and "points_entry"."pending_points" <= 0
				when 'spent' then "points_entry"."points" < 0 and "points_entry"."pending_points" = 0
				when 'expired' then "points_entry"."points" < 0 and "points_entry"."pending_points" = 0
				when 'given_back' then "points_entry"."points" > 0 and "points_entry"."pending_points" = 0
				when 'reversed' then "points_entry"."points" <= 0 and "points_entry"."pending_points" <= 0 and "points_entry"."points" + "points_entry"."pending_points" < 0
				else "points_entry"."points" <> 0 and "points_entry"."pending_points" = 0 end),
	CONSTRAINT "points_entry_reason_check" CHECK (("points_entry"."kind" = 'adjusted') = (num_nonnulls("points_entry"."reason", "points_entry"."made_by") = 2))
);
--> statement-breakpoint
CREATE TABLE "points_lot" (
	"supplier_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"expires_on" date,
	"left" integer NOT NULL,
	"told_on" date,
	CONSTRAINT "points_lot_pk" PRIMARY KEY("supplier_id","entry_id"),
	CONSTRAINT "points_lot_left_check" CHECK ("points_lot"."left" >= 0)
);
--> statement-breakpoint
CREATE TABLE "points_programme" (
	"supplier_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"terms" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"published_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"end_announced_at" timestamp (3) with time zone,
	"last_earn_on" date,
	"last_spend_on" date,
	CONSTRAINT "points_programme_pk" PRIMARY KEY("supplier_id","version"),
	CONSTRAINT "points_programme_end_check" CHECK (num_nonnulls("points_programme"."end_announced_at", "points_programme"."last_earn_on", "points_programme"."last_spend_on") in (0, 3) and "points_programme"."last_earn_on" <= "points_programme"."last_spend_on")
);
--> statement-breakpoint
CREATE TABLE "points_redemption" (
	"supplier_id" uuid NOT NULL,
	"redemption_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"contact_id" uuid,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"points" integer NOT NULL,
	"attempt_id" uuid,
	"value_minor" bigint,
	"reward_id" uuid,
	"name" jsonb,
	"code" text,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"settled_at" timestamp (3) with time zone,
	"settled_by" text,
	"note" text,
	CONSTRAINT "points_redemption_pk" PRIMARY KEY("supplier_id","redemption_id"),
	CONSTRAINT "points_redemption_kind_check" CHECK ("points_redemption"."kind" in ('credit', 'service', 'voucher', 'gift')),
	CONSTRAINT "points_redemption_state_check" CHECK ("points_redemption"."state" in ('held', 'used', 'asked', 'given_back', 'canceled')),
	CONSTRAINT "points_redemption_points_check" CHECK ("points_redemption"."points" > 0),
	CONSTRAINT "points_redemption_what_check" CHECK (("points_redemption"."kind" = 'credit') = (num_nonnulls("points_redemption"."attempt_id", "points_redemption"."value_minor") = 2) and ("points_redemption"."kind" <> 'credit') = (num_nonnulls("points_redemption"."reward_id", "points_redemption"."name") = 2) and ("points_redemption"."code" is null or "points_redemption"."kind" = 'voucher'))
);
--> statement-breakpoint
CREATE TABLE "voucher_code" (
	"supplier_id" uuid NOT NULL,
	"reward_id" uuid NOT NULL,
	"code" text NOT NULL,
	"redemption_id" uuid,
	"added_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "voucher_code_pk" PRIMARY KEY("supplier_id","reward_id","code")
);
--> statement-breakpoint
ALTER TABLE "discount" DROP CONSTRAINT "discount_reason_words_check";--> statement-breakpoint
ALTER TABLE "discount" DROP CONSTRAINT "discount_reason_check";--> statement-breakpoint
ALTER TABLE "offer_policy" DROP CONSTRAINT "offer_policy_audience_kind_check";--> statement-breakpoint
ALTER TABLE "offer_policy" DROP CONSTRAINT "offer_policy_audience_check";--> statement-breakpoint
ALTER TABLE "journal_entry" DROP CONSTRAINT "journal_entry_kind_check";--> statement-breakpoint
ALTER TABLE "mail" DROP CONSTRAINT "mail_kind_check";--> statement-breakpoint
ALTER TABLE "outbox" DROP CONSTRAINT "outbox_kind_check";--> statement-breakpoint
ALTER TABLE "contact" ADD COLUMN "points_mails" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "attempt_discount" ADD COLUMN "reason" text DEFAULT 'early' NOT NULL;--> statement-breakpoint
ALTER TABLE "offer_policy" ADD COLUMN "tier" integer;--> statement-breakpoint
ALTER TABLE "points_acceptance" ADD CONSTRAINT "points_acceptance_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_acceptance" ADD CONSTRAINT "points_acceptance_contact_fk" FOREIGN KEY ("supplier_id","contact_id") REFERENCES "public"."contact"("supplier_id","contact_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_acceptance" ADD CONSTRAINT "points_acceptance_version_fk" FOREIGN KEY ("supplier_id","version") REFERENCES "public"."points_programme"("supplier_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_account" ADD CONSTRAINT "points_account_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_award" ADD CONSTRAINT "points_award_account_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."points_account"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_award" ADD CONSTRAINT "points_award_attempt_fk" FOREIGN KEY ("supplier_id","attempt_id") REFERENCES "public"."payment_attempt"("supplier_id","attempt_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_award" ADD CONSTRAINT "points_award_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_award" ADD CONSTRAINT "points_award_plan_fk" FOREIGN KEY ("supplier_id","plan_id") REFERENCES "public"."plan"("supplier_id","plan_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_award" ADD CONSTRAINT "points_award_version_fk" FOREIGN KEY ("supplier_id","version") REFERENCES "public"."points_programme"("supplier_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_beat" ADD CONSTRAINT "points_beat_invoice_fk" FOREIGN KEY ("supplier_id","invoice_id") REFERENCES "public"."invoice"("supplier_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_beat" ADD CONSTRAINT "points_beat_account_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."points_account"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_beat" ADD CONSTRAINT "points_beat_award_fk" FOREIGN KEY ("supplier_id","streak_award_id") REFERENCES "public"."points_award"("supplier_id","award_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_entry" ADD CONSTRAINT "points_entry_account_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."points_account"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_lot" ADD CONSTRAINT "points_lot_account_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."points_account"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_lot" ADD CONSTRAINT "points_lot_entry_fk" FOREIGN KEY ("supplier_id","entry_id") REFERENCES "public"."points_entry"("supplier_id","entry_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_programme" ADD CONSTRAINT "points_programme_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_redemption" ADD CONSTRAINT "points_redemption_account_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."points_account"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_redemption" ADD CONSTRAINT "points_redemption_contact_fk" FOREIGN KEY ("supplier_id","contact_id") REFERENCES "public"."contact"("supplier_id","contact_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_redemption" ADD CONSTRAINT "points_redemption_attempt_fk" FOREIGN KEY ("supplier_id","attempt_id") REFERENCES "public"."payment_attempt"("supplier_id","attempt_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "points_redemption" ADD CONSTRAINT "points_redemption_version_fk" FOREIGN KEY ("supplier_id","version") REFERENCES "public"."points_programme"("supplier_id","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "voucher_code" ADD CONSTRAINT "voucher_code_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "voucher_code" ADD CONSTRAINT "voucher_code_redemption_fk" FOREIGN KEY ("supplier_id","redemption_id") REFERENCES "public"."points_redemption"("supplier_id","redemption_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "points_account_recheck_idx" ON "points_account" USING btree ("recheck_on") WHERE "points_account"."recheck_on" is not null;--> statement-breakpoint
CREATE INDEX "points_account_tier_idx" ON "points_account" USING btree ("supplier_id","tier");--> statement-breakpoint
CREATE UNIQUE INDEX "points_award_once_per_plan" ON "points_award" USING btree ("supplier_id","plan_id") WHERE "points_award"."kind" = 'plan';--> statement-breakpoint
CREATE INDEX "points_award_invoice_idx" ON "points_award" USING btree ("supplier_id","invoice_id");--> statement-breakpoint
CREATE INDEX "points_award_acted_idx" ON "points_award" USING btree ("supplier_id","client_id","acted_on");--> statement-breakpoint
CREATE INDEX "points_award_final_idx" ON "points_award" USING btree ("final_on") WHERE "points_award"."pending_points" > 0 and "points_award"."final_on" is not null;--> statement-breakpoint
CREATE INDEX "points_beat_client_idx" ON "points_beat" USING btree ("supplier_id","client_id","seq");--> statement-breakpoint
CREATE INDEX "points_beat_award_idx" ON "points_beat" USING btree ("supplier_id","streak_award_id") WHERE "points_beat"."streak_award_id" is not null;--> statement-breakpoint
CREATE INDEX "points_entry_client_idx" ON "points_entry" USING btree ("supplier_id","client_id","seq");--> statement-breakpoint
CREATE INDEX "points_entry_source_idx" ON "points_entry" USING btree ("supplier_id","source_id");--> statement-breakpoint
CREATE INDEX "points_entry_day_idx" ON "points_entry" USING btree ("supplier_id","happened_on","seq");--> statement-breakpoint
CREATE INDEX "points_lot_open_idx" ON "points_lot" USING btree ("supplier_id","client_id","expires_on") WHERE "points_lot"."left" > 0;--> statement-breakpoint
CREATE INDEX "points_lot_expiry_idx" ON "points_lot" USING btree ("expires_on") WHERE "points_lot"."left" > 0 and "points_lot"."expires_on" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_draft_programme" ON "points_programme" USING btree ("supplier_id") WHERE "points_programme"."published_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_live_programme" ON "points_programme" USING btree ("supplier_id") WHERE "points_programme"."published_at" is not null and "points_programme"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "points_programme_end_idx" ON "points_programme" USING btree ("last_spend_on") WHERE "points_programme"."last_spend_on" is not null and "points_programme"."ended_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "one_redemption_per_attempt" ON "points_redemption" USING btree ("supplier_id","attempt_id") WHERE "points_redemption"."attempt_id" is not null;--> statement-breakpoint
CREATE INDEX "points_redemption_client_idx" ON "points_redemption" USING btree ("supplier_id","client_id","created_at");--> statement-breakpoint
CREATE INDEX "points_redemption_reward_idx" ON "points_redemption" USING btree ("supplier_id","reward_id") WHERE "points_redemption"."reward_id" is not null;--> statement-breakpoint
CREATE INDEX "voucher_code_free_idx" ON "voucher_code" USING btree ("supplier_id","reward_id","code") WHERE "voucher_code"."redemption_id" is null;--> statement-breakpoint
ALTER TABLE "attempt_discount" ADD CONSTRAINT "attempt_discount_reason_check" CHECK ("attempt_discount"."reason" in ('early', 'points'));--> statement-breakpoint
ALTER TABLE "discount" ADD CONSTRAINT "discount_reason_words_check" CHECK ("discount"."reason" in ('early', 'points', 'forgiven', 'goodwill', 'returned')) NOT VALID;--> statement-breakpoint
ALTER TABLE "discount" ADD CONSTRAINT "discount_reason_check" CHECK (case when "discount"."reason" in ('early', 'points') then "discount"."payment_id" is not null and "discount"."plan_id" is null and "discount"."reversal_id" is null
				when "discount"."reason" = 'forgiven' then "discount"."payment_id" is null and "discount"."plan_id" is not null and "discount"."position" is not null and "discount"."reversal_id" is null
				else "discount"."payment_id" is not null and "discount"."plan_id" is null and "discount"."reversal_id" is not null end) NOT VALID;--> statement-breakpoint
ALTER TABLE "offer_policy" ADD CONSTRAINT "offer_policy_audience_kind_check" CHECK ("offer_policy"."audience_kind" in ('all', 'tier', 'group', 'client')) NOT VALID;--> statement-breakpoint
ALTER TABLE "offer_policy" ADD CONSTRAINT "offer_policy_audience_check" CHECK (("offer_policy"."audience_kind" = 'tier') = ("offer_policy"."tier" is not null) and ("offer_policy"."audience_kind" = 'group') = ("offer_policy"."group_id" is not null) and ("offer_policy"."audience_kind" = 'client') = ("offer_policy"."client_id" is not null)) NOT VALID;--> statement-breakpoint
ALTER TABLE "journal_entry" ADD CONSTRAINT "journal_entry_kind_check" CHECK ("journal_entry"."kind" in ('invoice_opened', 'invoice_withdrawn', 'payment', 'refund', 'refund_failed', 'debit_return', 'chargeback', 'chargeback_won', 'stripe_fee', 'payout', 'payout_returned', 'top_up', 'reserve', 'discount', 'discount_void', 'points_used', 'points_given_back', 'part_forgiven', 'credit_note', 'credit_note_void', 'credit_used', 'credit_use_undone', 'transfer', 'transfer_return', 'transfer_undone', 'return_undone', 'payment_unsaid', 'refund_unsaid')) NOT VALID;--> statement-breakpoint
ALTER TABLE "mail" ADD CONSTRAINT "mail_kind_check" CHECK ("mail"."kind" in ('invoice_to_pay', 'payment_received', 'payment_failed', 'debit_notice', 'refund', 'refund_failed', 'money_returned', 'transfer_undone', 'money_restored', 'contact_added', 'contact_added_told', 'owner_notice', 'tier_reached', 'points_expiring', 'points_ending', 'plan_started', 'part_announced', 'part_failed', 'method_lost', 'method_ending', 'move_asked', 'part_forgiven', 'plan_credited', 'plan_lowered', 'plan_in_default', 'plan_in_default_told')) NOT VALID;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_kind_check" CHECK ("outbox"."kind" in ('invoice.opened', 'payment.processing', 'payment.declined', 'payment.received', 'payment.reversed', 'attempt.changed', 'contact.mail_problem', 'bank.changed', 'import.changed', 'invoice.withdrawn', 'plan.changed', 'offers.changed', 'points.changed', 'time.moved')) NOT VALID;
--> statement-breakpoint
-- Who sees and writes what. A client's own points are read and written in its scope: its own payment earns them, its own person uses them.
do $$
declare
	here constant text := 'supplier_id = (select nullif(current_setting(''ponctuel.supplier_id'', true), '''')::uuid)';
	client constant text := '(select nullif(current_setting(''ponctuel.client_id'', true), '''')::uuid)';
	no_client constant text := client || ' is null';
	of_client constant text := format('(%1$s is null or client_id = %1$s)', client);
	name text;
begin
	foreach name in array array['points_programme', 'points_acceptance', 'points_account', 'points_award', 'points_beat', 'points_redemption', 'voucher_code', 'points_entry', 'points_lot'] loop
		execute format('alter table %I enable row level security', name);
	end loop;
	foreach name in array array['points_acceptance', 'points_award', 'points_beat', 'points_redemption', 'points_entry', 'points_lot'] loop
		execute format('create policy one_client on %I to ponctuel_app using (%s and %s)', name, here, of_client);
	end loop;
	execute format('create policy one_client on points_account for select to ponctuel_app using (%s and %s)', here, of_client);
	execute format('create policy opening on points_account for insert to ponctuel_app with check (%s and %s and balance = 0 and pending = 0)', here, of_client);
	execute format('create policy one_client_changes on points_account for update to ponctuel_app using (%s and %s)', here, of_client);
	-- The rules, once they are published; codes are nobody's before they are taken.
	execute format('create policy one_client on points_programme for select to ponctuel_app using (%s and (%s or published_at is not null))', here, no_client);
	execute format('create policy supplier_adds on points_programme for insert to ponctuel_app with check (%s and %s)', here, no_client);
	execute format('create policy supplier_changes on points_programme for update to ponctuel_app using (%s and %s)', here, no_client);
	execute format('create policy supplier_removes on points_programme for delete to ponctuel_app using (%s and %s)', here, no_client);
	execute format('create policy no_client on voucher_code to ponctuel_app using (%s and %s)', here, no_client);
	-- What the triggers below look at, and write.
	foreach name in array array['points_programme', 'points_account', 'points_award', 'points_redemption', 'voucher_code', 'points_entry', 'points_lot'] loop
		execute format('create policy checks on %I for select to ponctuel_guard using ((select current_user) = ''ponctuel_guard'')', name);
	end loop;
	create policy sums on points_account for update to ponctuel_guard using ((select current_user) = 'ponctuel_guard');
	create policy gives on voucher_code for update to ponctuel_guard using ((select current_user) = 'ponctuel_guard');
	-- What is due, of every supplier: days, and whose.
	foreach name in array array['points_programme', 'points_account', 'points_award', 'points_lot'] loop
		execute format('create policy every_supplier on %I for select to ponctuel_system using (true)', name);
	end loop;
	-- What is written once stays.
	foreach name in array array['points_entry', 'points_acceptance'] loop
		execute format('create trigger append_only before update or delete on %I for each row execute function refuse_change()', name);
		execute format('create trigger append_only_truncate before truncate on %I for each statement execute function refuse_change()', name);
	end loop;
end $$;
--> statement-breakpoint
grant select, insert on points_programme, points_acceptance, points_account, points_award, points_beat, points_redemption, voucher_code, points_entry, points_lot to ponctuel_app;
--> statement-breakpoint
grant update, delete on points_programme to ponctuel_app;
--> statement-breakpoint
-- Balance and pending are the sum of the ledger: no statement of the application writes them.
grant update (earned_in_year, tier, tier_since, recheck_on, streak, neutrals, frozen_at, frozen_reason) on points_account to ponctuel_app;
--> statement-breakpoint
grant update (pending_points, earned_points, final_on, expires_on) on points_award to ponctuel_app;
--> statement-breakpoint
grant update (stands, streak_award_id) on points_beat to ponctuel_app;
--> statement-breakpoint
grant update (state, settled_at, settled_by, note) on points_redemption to ponctuel_app;
--> statement-breakpoint
grant update ("left", told_on) on points_lot to ponctuel_app;
--> statement-breakpoint
grant delete on voucher_code to ponctuel_app;
--> statement-breakpoint
grant select on points_programme, points_account, points_award, points_redemption, voucher_code, points_entry, points_lot to ponctuel_guard;
--> statement-breakpoint
grant update (balance, pending) on points_account to ponctuel_guard;
--> statement-breakpoint
grant update (redemption_id) on voucher_code to ponctuel_guard;
--> statement-breakpoint
grant select (supplier_id, version, published_at, ended_at, last_spend_on) on points_programme to ponctuel_system;
--> statement-breakpoint
grant select (supplier_id, client_id, recheck_on) on points_account to ponctuel_system;
--> statement-breakpoint
grant select (supplier_id, client_id, award_id, final_on, pending_points) on points_award to ponctuel_system;
--> statement-breakpoint
grant select (supplier_id, client_id, entry_id, expires_on, "left", told_on) on points_lot to ponctuel_system;
--> statement-breakpoint
-- A published version is what acts were judged by: it may end, its end may be announced, and nothing else.
create function keep_published_programme() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare open constant text[] := array['ended_at', 'end_announced_at', 'last_earn_on', 'last_spend_on'];
begin
	if old.published_at is null then return case tg_op when 'DELETE' then old else new end; end if;
	if tg_op = 'DELETE' or (to_jsonb(new) - open) is distinct from (to_jsonb(old) - open) or old.ended_at is not null then
		raise exception 'version % of the points programme is published: a change is a new version', old.version using errcode = 'restrict_violation';
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger published_programme_stays before update or delete on points_programme for each row execute function keep_published_programme();
--> statement-breakpoint
-- The one place that writes a balance. Nobody spends what is not there, and nothing of a frozen account.
create function add_points() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare account points_account;
begin
	update points_account set balance = balance + new.points, pending = pending + new.pending_points
	where supplier_id = new.supplier_id and client_id = new.client_id returning * into account;
	if new.kind in ('spent', 'expired') and account.balance < 0 then
		raise exception 'client % has not so many points', new.client_id using errcode = 'check_violation', constraint = 'points_are_there';
	end if;
	if new.kind = 'spent' and account.frozen_at is not null then
		raise exception 'the points of client % are frozen', new.client_id using errcode = 'check_violation', constraint = 'points_are_free';
	end if;
	return null;
end $$;
--> statement-breakpoint
create trigger points_add after insert on points_entry for each row execute function add_points();
--> statement-breakpoint
-- At commit: what is left of the lots is the balance, and an award has in the ledger what it says.
create function check_points_add_up() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if (select greatest(balance, 0) from points_account where supplier_id = new.supplier_id and client_id = new.client_id)
		<> (select coalesce(sum("left"), 0) from points_lot where supplier_id = new.supplier_id and client_id = new.client_id and "left" > 0) then
		raise exception 'the points of client % do not add up', new.client_id using errcode = 'check_violation', constraint = 'points_add_up';
	end if;
	return null;
end $$;
--> statement-breakpoint
create function check_award_adds_up() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare wrong uuid;
begin
	select a.award_id into wrong from points_award a
	where a.supplier_id = new.supplier_id and a.award_id = case tg_table_name when 'points_award' then to_jsonb(new) ->> 'award_id' else to_jsonb(new) ->> 'source_id' end::uuid
		and (a.pending_points, a.earned_points) is distinct from (select coalesce(sum(e.pending_points), 0)::integer, coalesce(sum(e.points), 0)::integer
			from points_entry e where e.supplier_id = a.supplier_id and e.source_id = a.award_id);
	if wrong is not null then
		raise exception 'award % is not what the ledger says', wrong using errcode = 'check_violation', constraint = 'award_adds_up';
	end if;
	return null;
end $$;
--> statement-breakpoint
create constraint trigger points_add_up after insert on points_entry deferrable initially deferred for each row when (new.points <> 0) execute function check_points_add_up();
--> statement-breakpoint
create constraint trigger lot_adds_up after insert or update on points_lot deferrable initially deferred for each row execute function check_points_add_up();
--> statement-breakpoint
create constraint trigger entry_of_award_adds_up after insert on points_entry deferrable initially deferred for each row execute function check_award_adds_up();
--> statement-breakpoint
create constraint trigger award_adds_up after insert or update on points_award deferrable initially deferred for each row execute function check_award_adds_up();
--> statement-breakpoint
-- A reward is taken once for each of its stock, a code once; who takes one is given the first that is free.
create function take_reward() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
	stock integer;
	is_known boolean;
	taken bigint;
begin
	perform pg_advisory_xact_lock(hashtextextended(new.supplier_id::text || new.reward_id::text, 0));
	select (r ->> 'stock')::integer, true into stock, is_known from points_programme p, jsonb_array_elements(p.terms -> 'rewards') r
	where p.supplier_id = new.supplier_id and p.version = new.version and r ->> 'rewardId' = new.reward_id::text;
	if is_known is not true then
		raise exception 'version % has no reward %', new.version, new.reward_id using errcode = 'foreign_key_violation', constraint = 'reward_is_known';
	end if;
	select count(*) into taken from points_redemption
	where supplier_id = new.supplier_id and reward_id = new.reward_id and state not in ('given_back', 'canceled');
	if stock is not null and taken >= stock then
		raise exception 'nothing is left of reward %', new.reward_id using errcode = 'check_violation', constraint = 'reward_is_left';
	end if;
	if new.kind = 'voucher' then
		select code into new.code from voucher_code
		where supplier_id = new.supplier_id and reward_id = new.reward_id and redemption_id is null order by added_at, code limit 1;
		if new.code is null then
			raise exception 'no code is left of reward %', new.reward_id using errcode = 'check_violation', constraint = 'reward_is_left';
		end if;
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger takes_reward before insert on points_redemption for each row when (new.reward_id is not null) execute function take_reward();
--> statement-breakpoint
create function give_code() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	update voucher_code set redemption_id = new.redemption_id
	where supplier_id = new.supplier_id and reward_id = new.reward_id and code = new.code and redemption_id is null;
	return null;
end $$;
--> statement-breakpoint
create trigger gives_code after insert on points_redemption for each row when (new.code is not null) execute function give_code();
--> statement-breakpoint
-- A redemption costs points of its client: checked at commit, so that none stands without its entry and none was given back without them.
create function check_redemption_is_paid() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare redemption points_redemption;
begin
	select * into redemption from points_redemption where supplier_id = new.supplier_id and redemption_id = new.redemption_id;
	if (select coalesce(sum(points), 0) from points_entry where supplier_id = redemption.supplier_id and source_id = redemption.redemption_id)
		<> (case when redemption.state in ('given_back', 'canceled') then 0 else -redemption.points end) then
		raise exception 'redemption % is not paid with its points', redemption.redemption_id using errcode = 'check_violation', constraint = 'redemption_is_paid';
	end if;
	return null;
end $$;
--> statement-breakpoint
create constraint trigger redemption_is_paid after insert or update on points_redemption deferrable initially deferred for each row execute function check_redemption_is_paid();
--> statement-breakpoint
-- Less to pay for points: of a payment that used them, as much as they were worth.
create or replace function check_discount_is_justified() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	if new.reason in ('early', 'points') and not exists (select from payment p join quote_acceptance q on q.supplier_id = p.supplier_id and q.attempt_id = p.attempt_id
		where p.supplier_id = new.supplier_id and p.payment_id = new.payment_id and q.discount_minor >= new.amount_minor) then
		raise exception 'discount % was accepted by nobody', new.discount_id using errcode = 'check_violation';
	end if;
	if new.reason = 'points' and new.kind = 'granted' and not exists (select from payment p
		join points_redemption r on r.supplier_id = p.supplier_id and r.attempt_id = p.attempt_id
		where p.supplier_id = new.supplier_id and p.payment_id = new.payment_id and r.client_id = new.client_id and r.value_minor >= new.amount_minor) then
		raise exception 'discount % was paid with no points', new.discount_id using errcode = 'check_violation';
	end if;
	if new.reason = 'forgiven' and not exists (select from plan_part p
		join plan_part_line l on l.supplier_id = p.supplier_id and l.plan_id = p.plan_id and l.position = p.position
		where p.supplier_id = new.supplier_id and p.plan_id = new.plan_id and p.position = new.position and p.status = 'forgiven'
			and l.invoice_id = new.invoice_id and new.amount_minor = due_of_line(l)) then
		raise exception 'discount % is of a part that was not given up', new.discount_id using errcode = 'check_violation';
	end if;
	if new.reason in ('goodwill', 'returned') and not exists (select from reversal r
		join reversal_allocation a on a.supplier_id = r.supplier_id and a.reversal_id = r.reversal_id
		where r.supplier_id = new.supplier_id and r.reversal_id = new.reversal_id and r.kind = 'refund' and r.payment_id = new.payment_id
			and a.invoice_id = new.invoice_id and a.amount_minor = new.amount_minor) then
		raise exception 'credit note % is of no money given back', new.discount_id using errcode = 'check_violation';
	end if;
	if (select coalesce(sum(gross_minor), 0) from discount_vat where supplier_id = new.supplier_id and discount_id = new.discount_id) <> new.amount_minor then
		raise exception 'the lines of discount % do not add up', new.discount_id using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
-- An offer for a tier is shown to the clients that are in it.
drop policy one_client on offer_policy;
--> statement-breakpoint
create policy one_client on offer_policy for select to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and ((select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null
			or (published_at is not null and (audience_kind in ('all', 'tier') or client_id = (select nullif(current_setting('ponctuel.client_id', true), '')::uuid)
				or exists (select from client_group_member m where m.supplier_id = offer_policy.supplier_id and m.group_id = offer_policy.group_id)))));
--> statement-breakpoint
revoke execute on all functions in schema public from public;
