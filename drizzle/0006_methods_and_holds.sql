CREATE TABLE "part_move" (
	"supplier_id" uuid NOT NULL,
	"move_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"from_on" date NOT NULL,
	"to_on" date NOT NULL,
	"status" text NOT NULL,
	"asked_by" text NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"answered_at" timestamp (3) with time zone,
	"contact_id" uuid,
	"ip" text,
	"user_agent" text,
	CONSTRAINT "part_move_pk" PRIMARY KEY("supplier_id","move_id")
);
--> statement-breakpoint
ALTER TABLE "discount" ALTER COLUMN "payment_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "method_setup" ALTER COLUMN "plan_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "supplier" ADD COLUMN "late_rate_bps" integer;--> statement-breakpoint
ALTER TABLE "invoice" ADD COLUMN "hold_reason" text;--> statement-breakpoint
ALTER TABLE "invoice" ADD COLUMN "hold_until" date;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD COLUMN "remembers_method" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_attempt" ADD COLUMN "is_setup" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "discount" ADD COLUMN "reason" text DEFAULT 'early' NOT NULL;--> statement-breakpoint
ALTER TABLE "discount" ADD COLUMN "plan_id" uuid;--> statement-breakpoint
ALTER TABLE "discount" ADD COLUMN "position" integer;--> statement-breakpoint
ALTER TABLE "saved_method" ADD COLUMN "name" text;--> statement-breakpoint
ALTER TABLE "saved_method" ADD COLUMN "mandate_id" text;--> statement-breakpoint
ALTER TABLE "saved_method" ADD COLUMN "expiry_month" integer;--> statement-breakpoint
ALTER TABLE "saved_method" ADD COLUMN "expiry_year" integer;--> statement-breakpoint
ALTER TABLE "saved_method" ADD COLUMN "kept_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "saved_method" ADD COLUMN "unusable_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "saved_method" ADD COLUMN "detached_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "part_move" ADD CONSTRAINT "part_move_part_fk" FOREIGN KEY ("supplier_id","plan_id","position") REFERENCES "public"."plan_part"("supplier_id","plan_id","position") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "one_open_move_per_part" ON "part_move" USING btree ("supplier_id","plan_id","position") WHERE "part_move"."status" = 'asked';--> statement-breakpoint
CREATE UNIQUE INDEX "one_discount_per_forgiven_part" ON "discount" USING btree ("supplier_id","plan_id","position","invoice_id") WHERE "discount"."reason" = 'forgiven';--> statement-breakpoint
ALTER TABLE "discount" ADD CONSTRAINT "discount_reason_check" CHECK (case "discount"."reason" when 'early' then "discount"."payment_id" is not null and "discount"."plan_id" is null
				when 'forgiven' then "discount"."payment_id" is null and "discount"."plan_id" is not null and "discount"."position" is not null else false end);
--> statement-breakpoint
alter table part_move enable row level security;
--> statement-breakpoint
create policy one_client on part_move to ponctuel_app
	using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
		and ((select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null
			or exists (select from plan p where p.supplier_id = part_move.supplier_id and p.plan_id = part_move.plan_id)));
--> statement-breakpoint
grant select, insert on part_move to ponctuel_app;
--> statement-breakpoint
grant update (status, answered_at, contact_id, ip, user_agent) on part_move to ponctuel_app;
--> statement-breakpoint
grant update (hold_reason, hold_until) on invoice to ponctuel_app;
--> statement-breakpoint
-- What was answered stays answered.
create function keep_answered_move() returns trigger language plpgsql as $$
begin
	if old.status <> 'asked' then
		raise exception 'move % was answered' , old.move_id using errcode = 'restrict_violation';
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger answered_move_stays before update on part_move for each row execute function keep_answered_move();
--> statement-breakpoint
-- No early discount without somebody's acceptance of it, none forgiven but of a part that was given up; checked at commit, with its split.
create or replace function check_discount_is_justified() returns trigger language plpgsql security definer set search_path = public as $$
begin
	if new.reason = 'early' and not exists (select from payment p join quote_acceptance q on q.supplier_id = p.supplier_id and q.attempt_id = p.attempt_id
		where p.supplier_id = new.supplier_id and p.payment_id = new.payment_id and q.discount_minor >= new.amount_minor) then
		raise exception 'discount % was accepted by nobody', new.discount_id using errcode = 'check_violation';
	end if;
	if new.reason = 'forgiven' and not exists (select from plan_part p
		join plan_part_line l on l.supplier_id = p.supplier_id and l.plan_id = p.plan_id and l.position = p.position
		where p.supplier_id = new.supplier_id and p.plan_id = new.plan_id and p.position = new.position and p.status = 'forgiven'
			and l.invoice_id = new.invoice_id and l.amount_minor = new.amount_minor) then
		raise exception 'discount % is of a part that was not given up', new.discount_id using errcode = 'check_violation';
	end if;
	if (select coalesce(sum(gross_minor), 0) from discount_vat where supplier_id = new.supplier_id and discount_id = new.discount_id) <> new.amount_minor then
		raise exception 'the lines of discount % do not add up', new.discount_id using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
revoke execute on all functions in schema public from public;
