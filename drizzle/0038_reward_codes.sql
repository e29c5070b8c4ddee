-- A code that is being given is nobody else's to throw away, and what is given was there. Takings are counted only where there is a stock to count them against.
create or replace function take_reward() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
	stock integer;
	is_known boolean;
begin
	perform pg_advisory_xact_lock(hashtextextended(new.supplier_id::text || new.reward_id::text, 0));
	select (r ->> 'stock')::integer, true into stock, is_known from points_programme p, jsonb_array_elements(p.terms -> 'rewards') r
	where p.supplier_id = new.supplier_id and p.version = new.version and r ->> 'rewardId' = new.reward_id::text;
	if is_known is not true then
		raise exception 'version % has no reward %', new.version, new.reward_id using errcode = 'foreign_key_violation', constraint = 'reward_is_known';
	end if;
	if stock is not null and (select count(*) from points_redemption
		where supplier_id = new.supplier_id and reward_id = new.reward_id and state not in ('given_back', 'canceled')) >= stock then
		raise exception 'nothing is left of reward %', new.reward_id using errcode = 'check_violation', constraint = 'reward_is_left';
	end if;
	if new.kind = 'voucher' then
		select code into new.code from voucher_code
		where supplier_id = new.supplier_id and reward_id = new.reward_id and redemption_id is null order by added_at, code limit 1 for update;
		if new.code is null then
			raise exception 'no code is left of reward %', new.reward_id using errcode = 'check_violation', constraint = 'reward_is_left';
		end if;
	end if;
	return new;
end $$;
--> statement-breakpoint
create or replace function give_code() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	update voucher_code set redemption_id = new.redemption_id
	where supplier_id = new.supplier_id and reward_id = new.reward_id and code = new.code and redemption_id is null;
	if not found then
		raise exception 'code of reward % is gone', new.reward_id using errcode = 'check_violation', constraint = 'reward_is_left';
	end if;
	return null;
end $$;
--> statement-breakpoint
revoke execute on all functions in schema public from public;
