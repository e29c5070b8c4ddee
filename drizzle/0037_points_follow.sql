ALTER TABLE "points_award" ADD COLUMN "vesting_days" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "points_redemption" ADD COLUMN "taken" jsonb NOT NULL;--> statement-breakpoint
-- Given back and taken again, they are of other earnings.
grant update (taken) on points_redemption to ponctuel_app;
--> statement-breakpoint
-- At commit: an award has in the ledger what it says.
create or replace function check_award_adds_up() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare wrong uuid;
begin
	select a.award_id into wrong from points_award a
	where a.supplier_id = new.supplier_id and a.award_id = case tg_table_name when 'points_award' then to_jsonb(new) ->> 'award_id' else to_jsonb(new) ->> 'source_id' end::uuid
		and (a.pending_points, a.earned_points) <> (select coalesce(sum(e.pending_points), 0)::integer, coalesce(sum(e.points), 0)::integer
			from points_entry e where e.supplier_id = a.supplier_id and e.source_id = a.award_id);
	if wrong is not null then
		raise exception 'award % is not what the ledger says', wrong using errcode = 'check_violation', constraint = 'award_adds_up';
	end if;
	return null;
end $$;
--> statement-breakpoint
revoke execute on all functions in schema public from public;
