-- Who sees what stays word for word; how PostgreSQL counts it changes. "No client is asked for, or it is this one" written with OR is taken for one row in two
-- hundred, in every table at once, so that a page of fifty invoices read all of a supplier's and sorted them. Written with CASE it is taken for one in two, and
-- the page is read in the order of an index (docs/decisions/0043). Each policy is changed in its own words.
do $$
declare
	one record;
	opening text;
	changed integer := 0;
begin
	for one in select tablename, policyname, qual from pg_policies
		where schemaname = 'public' and roles = array['ponctuel_app'::name] and qual like '%ponctuel.client_id%IS NULL) OR %' loop
		-- ((here) AND ((client IS NULL) OR (of the client)))
		opening := substring(one.qual from '^(.*? AND )\(\(\( SELECT [^;]*? IS NULL\) OR ');
		if opening is null or position('ponctuel.client_id' in opening) > 0 then
			raise exception 'policy % of % is not understood: %', one.policyname, one.tablename, one.qual;
		end if;
		execute format('alter policy %I on %I using (%s)', one.policyname, one.tablename,
			opening || '(case when ' || substring(one.qual from length(opening) + 2 for position(' IS NULL) OR ' in one.qual) - length(opening) + 7)
			|| ' then true else ' || left(substring(one.qual from position(' IS NULL) OR ' in one.qual) + 12), -2) || ' end))');
		changed := changed + 1;
	end loop;
	if changed < 40 then
		raise exception 'only % policies were found', changed;
	end if;
end $$;
