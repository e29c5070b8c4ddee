CREATE TABLE "loyalty_connection" (
	"supplier_id" uuid NOT NULL,
	"state" text NOT NULL,
	"sealed_key" "bytea",
	"key_last_four" text NOT NULL,
	"site_id" bigint NOT NULL,
	"rule_name" text NOT NULL,
	"connected_by" text NOT NULL,
	"connected_at" timestamp (3) with time zone NOT NULL,
	"broken_reason" text,
	"broken_detail" text,
	"resume_at" timestamp (3) with time zone,
	"next_call_at" timestamp (3) with time zone,
	"seen_activity_id" bigint NOT NULL,
	"last_synced_at" timestamp (3) with time zone,
	CONSTRAINT "loyalty_connection_pk" PRIMARY KEY("supplier_id"),
	CONSTRAINT "loyalty_connection_state_check" CHECK ("loyalty_connection"."state" in ('active', 'paused', 'broken', 'disconnected')),
	CONSTRAINT "loyalty_connection_broken_reason_check" CHECK ("loyalty_connection"."broken_reason" in ('key_refused', 'scope_missing', 'key_unreadable')),
	CONSTRAINT "loyalty_connection_key_check" CHECK (("loyalty_connection"."state" = 'disconnected') = ("loyalty_connection"."sealed_key" is null)),
	CONSTRAINT "loyalty_connection_broken_check" CHECK (("loyalty_connection"."state" = 'broken') = ("loyalty_connection"."broken_reason" is not null)),
	CONSTRAINT "loyalty_connection_rule_check" CHECK ("loyalty_connection"."rule_name" ~ '^[A-Za-z_]{1,60}$')
);
--> statement-breakpoint
CREATE TABLE "loyalty_member" (
	"supplier_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"state" text NOT NULL,
	"points_approved" integer NOT NULL,
	"points_pending" integer NOT NULL,
	"rewards" jsonb NOT NULL,
	"synced_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "loyalty_member_pk" PRIMARY KEY("supplier_id","client_id"),
	CONSTRAINT "loyalty_member_state_check" CHECK ("loyalty_member"."state" in ('enrolled', 'guest', 'unknown'))
);
--> statement-breakpoint
CREATE TABLE "loyalty_outbox" (
	"supplier_id" uuid NOT NULL,
	"row_id" uuid NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "loyalty_outbox_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"client_id" uuid NOT NULL,
	"award_id" uuid NOT NULL,
	"round" integer NOT NULL,
	"operation" text NOT NULL,
	"acted_on" date NOT NULL,
	"state" text NOT NULL,
	"step" text NOT NULL,
	"attempts" integer NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL,
	"since_activity_id" bigint,
	"outcome" text,
	"last_status" integer,
	"last_error" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"settled_at" timestamp (3) with time zone,
	"settled_by" text,
	CONSTRAINT "loyalty_outbox_pk" PRIMARY KEY("supplier_id","row_id"),
	CONSTRAINT "loyalty_outbox_once" UNIQUE("supplier_id","award_id","round","operation"),
	CONSTRAINT "loyalty_outbox_operation_check" CHECK ("loyalty_outbox"."operation" in ('record', 'approve', 'decline')),
	CONSTRAINT "loyalty_outbox_state_check" CHECK ("loyalty_outbox"."state" in ('waiting', 'sending', 'done', 'failed', 'skipped')),
	CONSTRAINT "loyalty_outbox_step_check" CHECK ("loyalty_outbox"."step" in ('send', 'look')),
	CONSTRAINT "loyalty_outbox_outcome_check" CHECK ("loyalty_outbox"."outcome" in ('earned', 'not_enrolled', 'earned_nothing')),
	CONSTRAINT "loyalty_outbox_settled_check" CHECK (("loyalty_outbox"."state" in ('done', 'skipped')) = ("loyalty_outbox"."settled_at" is not null) and ("loyalty_outbox"."state" = 'skipped') = ("loyalty_outbox"."settled_by" is not null)),
	CONSTRAINT "loyalty_outbox_error_check" CHECK (length("loyalty_outbox"."last_error") <= 500)
);
--> statement-breakpoint
ALTER TABLE "api_key" DROP CONSTRAINT "api_key_scopes_check";--> statement-breakpoint
ALTER TABLE "loyalty_connection" ADD CONSTRAINT "loyalty_connection_supplier_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."supplier"("supplier_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "loyalty_member" ADD CONSTRAINT "loyalty_member_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "loyalty_outbox" ADD CONSTRAINT "loyalty_outbox_client_fk" FOREIGN KEY ("supplier_id","client_id") REFERENCES "public"."client"("supplier_id","client_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "loyalty_outbox" ADD CONSTRAINT "loyalty_outbox_award_fk" FOREIGN KEY ("supplier_id","award_id") REFERENCES "public"."points_award"("supplier_id","award_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "loyalty_member_synced_idx" ON "loyalty_member" USING btree ("synced_at");--> statement-breakpoint
CREATE INDEX "loyalty_outbox_lane_idx" ON "loyalty_outbox" USING btree ("supplier_id","client_id","seq") WHERE "loyalty_outbox"."state" in ('waiting', 'sending', 'failed');--> statement-breakpoint
CREATE INDEX "loyalty_outbox_due_idx" ON "loyalty_outbox" USING btree ("next_at") WHERE "loyalty_outbox"."state" in ('waiting', 'sending');--> statement-breakpoint
CREATE INDEX "loyalty_outbox_page_idx" ON "loyalty_outbox" USING btree ("supplier_id","seq");--> statement-breakpoint
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_scopes_check" CHECK (cardinality("api_key"."scopes") > 0 and "api_key"."scopes" <@ array['import', 'read', 'undo', 'points']) NOT VALID;
--> statement-breakpoint
-- The connection and what is to be said are the supplier's; a client's person reads what it has there itself, and never by a pay link.
do $$
declare
	here constant text := 'supplier_id = (select nullif(current_setting(''ponctuel.supplier_id'', true), '''')::uuid)';
	client constant text := '(select nullif(current_setting(''ponctuel.client_id'', true), '''')::uuid)';
	no_client constant text := client || ' is null';
	actor constant text := '(select current_setting(''ponctuel.actor'', true))';
	name text;
begin
	foreach name in array array['loyalty_connection', 'loyalty_outbox', 'loyalty_member'] loop
		execute format('alter table %I enable row level security', name);
	end loop;
	-- The key opens a door: it is the owners' to set. The worker notes what became of it.
	execute format('create policy no_client on loyalty_connection for select to ponctuel_app using (%s and %s)', here, no_client);
	execute format('create policy owners_add on loyalty_connection for insert to ponctuel_app with check (%s and %s and %s = ''owner'')', here, no_client, actor);
	execute format('create policy owners_change on loyalty_connection for update to ponctuel_app using (%s and %s and %s in (''owner'', ''system''))', here, no_client, actor);
	execute format('create policy no_client on loyalty_outbox for select to ponctuel_app using (%s and %s)', here, no_client);
	execute format('create policy writers_change on loyalty_outbox for update to ponctuel_app using (%s and %s and %s in (''owner'', ''accountant'', ''system''))', here, no_client, actor);
	execute format('create policy one_client on loyalty_member for select to ponctuel_app using (%s and (%s or (client_id = %s and %s = ''contact'')))', here, no_client, client, actor);
	execute format('create policy system_adds on loyalty_member for insert to ponctuel_app with check (%s and %s and %s = ''system'')', here, no_client, actor);
	execute format('create policy system_changes on loyalty_member for update to ponctuel_app using (%s and %s and %s = ''system'')', here, no_client, actor);
	create policy checks on loyalty_connection for select to ponctuel_guard using ((select current_user) = 'ponctuel_guard');
	create policy checks on loyalty_outbox for select to ponctuel_guard using ((select current_user) = 'ponctuel_guard');
	create policy says on loyalty_outbox for insert to ponctuel_guard with check ((select current_user) = 'ponctuel_guard');
	-- The queue, and whose turn it is.
	create policy every_supplier on loyalty_connection for select to ponctuel_system using (true);
	create policy turns on loyalty_connection for update to ponctuel_system using (true);
	create policy every_supplier on loyalty_outbox for select to ponctuel_system using (true);
	create policy claims on loyalty_outbox for update to ponctuel_system using (true);
	create policy every_supplier on loyalty_member for select to ponctuel_system using (true);
end $$;
--> statement-breakpoint
grant select, insert, update on loyalty_connection to ponctuel_app;
--> statement-breakpoint
grant select, update (state, step, attempts, next_at, since_activity_id, outcome, last_status, last_error, sent_at, settled_at, settled_by) on loyalty_outbox to ponctuel_app;
--> statement-breakpoint
grant select, insert, update on loyalty_member to ponctuel_app;
--> statement-breakpoint
grant select on loyalty_connection, loyalty_outbox to ponctuel_guard;
--> statement-breakpoint
grant insert on loyalty_outbox to ponctuel_guard;
--> statement-breakpoint
grant select (supplier_id, state, resume_at, next_call_at), update (next_call_at) on loyalty_connection to ponctuel_system;
--> statement-breakpoint
grant select, update (state, step, attempts, next_at) on loyalty_outbox to ponctuel_system;
--> statement-breakpoint
grant select (supplier_id, client_id, synced_at) on loyalty_member to ponctuel_system;
--> statement-breakpoint
-- What is to be said of an award, once however often it is asked. Called wherever points move, in a client's scope too: whoever pays does not see the
-- connection, and adds what is to be said of its own award alone. Without a connection it does nothing; while one is ended, only what was begun goes on.
create function tell_loyalty(award uuid, word text, at timestamptz) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
	of_supplier constant uuid := nullif(current_setting('ponctuel.supplier_id', true), '')::uuid;
	of_client constant uuid := nullif(current_setting('ponctuel.client_id', true), '')::uuid;
	connection_state text;
	one points_award;
	last_round integer;
	is_declined boolean;
	told integer := 0;
begin
	select c.state into connection_state from loyalty_connection c where c.supplier_id = of_supplier;
	if connection_state is null then return 0; end if;
	select * into one from points_award a where a.supplier_id = of_supplier and a.award_id = award and a.kind = 'payment' and a.points > 0
		and (of_client is null or a.client_id = of_client);
	if one.award_id is null then return 0; end if;
	select coalesce(max(o.round), 0) into last_round from loyalty_outbox o where o.supplier_id = of_supplier and o.award_id = award;
	is_declined := exists (select from loyalty_outbox o where o.supplier_id = of_supplier and o.award_id = award and o.round = last_round and o.operation = 'decline');
	if word in ('pending', 'earned') then
		if last_round = 0 or is_declined then
			if connection_state = 'disconnected' then return 0; end if;
			last_round := last_round + 1;
			insert into loyalty_outbox (supplier_id, row_id, client_id, award_id, round, operation, acted_on, state, step, attempts, next_at, created_at)
			values (of_supplier, gen_random_uuid(), one.client_id, award, last_round, 'record', one.acted_on, 'waiting', 'send', 0, at, at);
			told := told + 1;
		end if;
		if word = 'earned' and not exists (select from loyalty_outbox o where o.supplier_id = of_supplier and o.award_id = award and o.round = last_round and o.operation = 'approve') then
			insert into loyalty_outbox (supplier_id, row_id, client_id, award_id, round, operation, acted_on, state, step, attempts, next_at, created_at)
			values (of_supplier, gen_random_uuid(), one.client_id, award, last_round, 'approve', one.acted_on, 'waiting', 'send', 0, at, at);
			told := told + 1;
		end if;
	elsif word = 'reversed' and last_round > 0 and not is_declined then
		insert into loyalty_outbox (supplier_id, row_id, client_id, award_id, round, operation, acted_on, state, step, attempts, next_at, created_at)
		values (of_supplier, gen_random_uuid(), one.client_id, award, last_round, 'decline', one.acted_on, 'waiting', 'send', 0, at, at);
		told := told + 1;
	end if;
	return told;
end $$;
--> statement-breakpoint
revoke execute on function tell_loyalty(uuid, text, timestamptz) from public;
--> statement-breakpoint
grant execute on function tell_loyalty(uuid, text, timestamptz) to ponctuel_app;
--> statement-breakpoint
alter function tell_loyalty(uuid, text, timestamptz) owner to ponctuel_guard;
