CREATE TABLE "stripe_account" (
	"supplier_id" uuid NOT NULL,
	"account" text NOT NULL,
	"since_at" timestamp (3) with time zone NOT NULL,
	"until_at" timestamp (3) with time zone,
	"silence" text,
	"silent_since" timestamp (3) with time zone,
	"ask_again_at" timestamp (3) with time zone,
	"confirmed_at" timestamp (3) with time zone,
	"told_at" timestamp (3) with time zone,
	CONSTRAINT "stripe_account_pk" PRIMARY KEY("supplier_id","account"),
	CONSTRAINT "stripe_account_silence_check" CHECK ("stripe_account"."silence" in ('key_refused', 'account_refused', 'unreachable')),
	CONSTRAINT "stripe_account_silent_check" CHECK (("stripe_account"."silence" is null) = ("stripe_account"."silent_since" is null) and ("stripe_account"."silence" is null) = ("stripe_account"."ask_again_at" is null) and ("stripe_account"."confirmed_at" is null or "stripe_account"."silence" is not null))
);
--> statement-breakpoint
ALTER TABLE "payment_attempt_invoice" ADD COLUMN "of_part" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE "payment" ADD COLUMN "stripe_account" text;
--> statement-breakpoint
ALTER TABLE "saved_method" ADD COLUMN "stripe_account" text;
--> statement-breakpoint
ALTER TABLE "stripe_customer" ADD COLUMN "stripe_account" text DEFAULT '' NOT NULL;
--> statement-breakpoint
ALTER TABLE "reconciliation" ADD COLUMN "stripe_account" text DEFAULT '' NOT NULL;
--> statement-breakpoint
ALTER TABLE "stripe_event" ADD COLUMN "stripe_account" text;
--> statement-breakpoint
ALTER TABLE "stripe_account" ADD CONSTRAINT "stripe_account_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE UNIQUE INDEX "stripe_account_unique" ON "stripe_account" USING btree ("account") WHERE "stripe_account"."account" <> '';
--> statement-breakpoint
-- Each account that anything was asked of. What this product did before was asked of the account that stands in the row, or of the one of today.
insert into stripe_account (supplier_id, account, since_at)
	select supplier_id, coalesce(stripe_account, ''), created_at from supplier;
--> statement-breakpoint
insert into stripe_account (supplier_id, account, since_at, until_at)
	select supplier_id, account, min(at), max(at) from (
		select supplier_id, stripe_account as account, created_at as at from payment_attempt
		union all select supplier_id, stripe_account, created_at from method_setup) asked
	where account is not null group by supplier_id, account
	on conflict do nothing;
--> statement-breakpoint
-- Payments are only ever added to (0001_guards.sql); this once they are told where they came in.
alter table payment disable trigger append_only;
--> statement-breakpoint
update payment p set stripe_account = a.stripe_account from payment_attempt a
	where a.supplier_id = p.supplier_id and a.attempt_id = p.attempt_id and p.stripe_payment_intent_id is not null and a.stripe_account is not null;
--> statement-breakpoint
alter table payment enable trigger append_only;
--> statement-breakpoint
update saved_method x set stripe_account = coalesce(
	(select a.stripe_account from payment_attempt a where a.supplier_id = x.supplier_id and a.saved_method_id = x.method_id order by a.created_at desc limit 1),
	s.stripe_account) from supplier s where s.supplier_id = x.supplier_id;
--> statement-breakpoint
update stripe_customer x set stripe_account = s.stripe_account from supplier s where s.supplier_id = x.supplier_id and s.stripe_account is not null;
--> statement-breakpoint
update reconciliation x set stripe_account = s.stripe_account from supplier s where s.supplier_id = x.supplier_id and s.stripe_account is not null;
--> statement-breakpoint
update stripe_event x set stripe_account = s.stripe_account from supplier s where s.supplier_id = x.supplier_id and s.stripe_account is not null;
--> statement-breakpoint
update payment_attempt_invoice x set of_part = true from payment_attempt a
	where a.supplier_id = x.supplier_id and a.attempt_id = x.attempt_id and a.option in ('next_part', 'all_parts');
--> statement-breakpoint
DROP INDEX "one_live_attempt_per_invoice";
--> statement-breakpoint
DROP INDEX "stripe_event_queue_idx";
--> statement-breakpoint
CREATE UNIQUE INDEX "one_live_attempt_per_invoice" ON "payment_attempt_invoice" USING btree ("supplier_id","invoice_id") WHERE "payment_attempt_invoice"."live" and not "payment_attempt_invoice"."of_part";
--> statement-breakpoint
CREATE INDEX "stripe_event_queue_idx" ON "stripe_event" USING btree ("next_try_at") WHERE "stripe_event"."state" <> 'done';
--> statement-breakpoint
ALTER TABLE "stripe_customer" DROP CONSTRAINT "stripe_customer_pk";
--> statement-breakpoint
ALTER TABLE "stripe_customer" ADD CONSTRAINT "stripe_customer_pk" PRIMARY KEY("supplier_id","client_id","stripe_account");
--> statement-breakpoint
ALTER TABLE "reconciliation" DROP CONSTRAINT "reconciliation_pk";
--> statement-breakpoint
ALTER TABLE "reconciliation" ADD CONSTRAINT "reconciliation_pk" PRIMARY KEY("supplier_id","stripe_account","reconciled_on");
--> statement-breakpoint
ALTER TABLE "payment" ADD CONSTRAINT "payment_account_fk" FOREIGN KEY ("supplier_id","stripe_account") REFERENCES "public"."stripe_account"("supplier_id","account") ON DELETE no action ON UPDATE no action NOT VALID;
--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_account_fk" FOREIGN KEY ("supplier_id","stripe_account") REFERENCES "public"."stripe_account"("supplier_id","account") ON DELETE no action ON UPDATE no action NOT VALID;
--> statement-breakpoint
ALTER TABLE "saved_method" ADD CONSTRAINT "saved_method_account_fk" FOREIGN KEY ("supplier_id","stripe_account") REFERENCES "public"."stripe_account"("supplier_id","account") ON DELETE no action ON UPDATE no action NOT VALID;
--> statement-breakpoint
ALTER TABLE "stripe_customer" ADD CONSTRAINT "stripe_customer_account_fk" FOREIGN KEY ("supplier_id","stripe_account") REFERENCES "public"."stripe_account"("supplier_id","account") ON DELETE no action ON UPDATE no action NOT VALID;
--> statement-breakpoint
ALTER TABLE "method_setup" ADD CONSTRAINT "method_setup_account_fk" FOREIGN KEY ("supplier_id","stripe_account") REFERENCES "public"."stripe_account"("supplier_id","account") ON DELETE no action ON UPDATE no action NOT VALID;
--> statement-breakpoint
ALTER TABLE "reconciliation" ADD CONSTRAINT "reconciliation_account_fk" FOREIGN KEY ("supplier_id","stripe_account") REFERENCES "public"."stripe_account"("supplier_id","account") ON DELETE no action ON UPDATE no action NOT VALID;
--> statement-breakpoint
ALTER TABLE "stripe_event" ADD CONSTRAINT "stripe_event_account_fk" FOREIGN KEY ("supplier_id","stripe_account") REFERENCES "public"."stripe_account"("supplier_id","account") ON DELETE no action ON UPDATE no action NOT VALID;
--> statement-breakpoint
-- Written with the account of the supplier, by whatever way that is changed: the screen, or SQL.
create function keep_stripe_account() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	if tg_op = 'UPDATE' and new.stripe_account is not distinct from old.stripe_account then return new; end if;
	update stripe_account set until_at = now() where supplier_id = new.supplier_id and until_at is null;
	insert into stripe_account (supplier_id, account, since_at)
		values (new.supplier_id, coalesce(new.stripe_account, ''), case when tg_op = 'INSERT' then new.created_at else now() end)
		on conflict (supplier_id, account) do update set until_at = null;
	return new;
end $$;
--> statement-breakpoint
create trigger account_is_kept after insert or update on supplier for each row execute function keep_stripe_account();
--> statement-breakpoint
-- The supplier's own business: a client's person sees none of it. What follows silence is the worker's.
alter table stripe_account enable row level security;
--> statement-breakpoint
create policy no_client on stripe_account for select to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null);
--> statement-breakpoint
create policy owners_add on stripe_account for insert to ponctuel_app
	with check (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select current_setting('ponctuel.actor', true)) in ('owner', 'system'));
--> statement-breakpoint
create policy owners_change on stripe_account for update to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and (select current_setting('ponctuel.actor', true)) in ('owner', 'system'));
--> statement-breakpoint
create policy every_supplier on stripe_account to ponctuel_system using (true) with check (true);
--> statement-breakpoint
grant select, insert, update on stripe_account to ponctuel_app;
--> statement-breakpoint
grant select, update on stripe_account to ponctuel_system;
