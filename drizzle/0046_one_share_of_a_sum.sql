-- What one item adds to its day: the one definition, for the triggers, the comparison, the repair and the sums of a client.
create function open_share(not_payable_reason text, balance_minor bigint, payable_minor bigint,
	out busy_minor bigint, out elsewhere_minor bigint, out credit_minor bigint, out owed_count integer, out payable_count integer)
language sql immutable parallel safe as $$
	select case when not_payable_reason is null then greatest(balance_minor, 0) - payable_minor else 0 end,
		case when not_payable_reason is null then 0 else greatest(balance_minor, 0) end,
		greatest(-balance_minor, 0), (balance_minor > 0)::integer, (payable_minor > 0)::integer
$$;
--> statement-breakpoint
do $$
declare
	body constant text := $body$
create or replace function open_sums_of_%1$s() returns trigger language plpgsql security definer set search_path = public, pg_temp as $f$
declare change open_sum;
begin
	for change in
		select supplier_id, currency, due_on, null::uuid, sum(sign * balance_minor)::bigint, sum(sign * payable_minor)::bigint, sum(sign * s.busy_minor)::bigint,
			sum(sign * under_way_minor)::bigint, sum(sign * s.elsewhere_minor)::bigint, sum(sign * s.credit_minor)::bigint, sum(sign * s.owed_count)::integer,
			sum(sign * s.payable_count)::integer
		from (%2$s) as i, open_share(i.not_payable_reason, i.balance_minor, i.payable_minor) s
		group by supplier_id, currency, due_on order by supplier_id, currency, due_on
	loop
		perform add_open_sum(change);
	end loop;
	return null;
end $f$ $body$;
begin
	execute format(body, 'added', 'select *, 1 as sign from after');
	execute format(body, 'changed', 'select *, 1 as sign from after union all select *, -1 as sign from before');
end $$;
--> statement-breakpoint
-- What the items of a day add up to: what its slots together must say.
create view open_sum_due with (security_invoker = true) as
select i.supplier_id, i.currency, i.due_on, sum(i.balance_minor)::bigint as balance_minor, sum(i.payable_minor)::bigint as payable_minor, sum(s.busy_minor)::bigint as busy_minor,
	sum(i.under_way_minor)::bigint as under_way_minor, sum(s.elsewhere_minor)::bigint as elsewhere_minor, sum(s.credit_minor)::bigint as credit_minor,
	sum(s.owed_count)::integer as owed_count, sum(s.payable_count)::integer as payable_count
from open_item i, open_share(i.not_payable_reason, i.balance_minor, i.payable_minor) s
where i.balance_minor <> 0 or i.under_way_minor <> 0
group by i.supplier_id, i.currency, i.due_on;
--> statement-breakpoint
revoke execute on all functions in schema public from public;
--> statement-breakpoint
grant execute on function open_share(text, bigint, bigint) to ponctuel_app, ponctuel_guard;
--> statement-breakpoint
grant select on open_sum_due to ponctuel_app;
