-- "No client's person" as a CASE, like the other policies say it: of a bare `is null` PostgreSQL expects one row in two hundred, and so read whole tables of a
-- large supplier where an index had what was asked. Who may read what stays as it was (docs/decisions/0051).
do $$
declare
	one record;
	nobody constant text := $p$(( SELECT (NULLIF(current_setting('ponctuel.client_id'::text, true), ''::text))::uuid AS "nullif") IS NULL)$p$;
begin
	for one in select tablename, policyname, qual from pg_policies
		where schemaname = 'public' and cmd in ('SELECT', 'ALL') and roles = array['ponctuel_app'::name] and qual not like '%CASE%' and position('ponctuel.client_id' in qual) > 0
	loop
		if position(nobody in one.qual) = 0 then raise exception 'policy % of % is written in another way: %', one.policyname, one.tablename, one.qual; end if;
		execute format('alter policy %I on %I using (%s)', one.policyname, one.tablename, replace(one.qual, nobody, format('(case when %s then true else false end)', nobody)));
	end loop;
end $$;
