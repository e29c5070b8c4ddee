// A whole database in words: what it is made of, and what its rows are.
import type postgres from 'postgres';

/** Made by chance, or by the hour, when a row is made. */
const BY_CHANCE: Record<string, string[]> = { open_sum: ['slot'] };

export async function describeDatabase(sql: postgres.Sql): Promise<{ parts: string[]; rows: Record<string, string> }> {
	const parts = await sql<{ part: string }[]>`
		with ours as (select oid from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v'))
		select format('table %s %s %s %s %s', oid::regclass, relrowsecurity, relforcerowsecurity, relowner::regrole, relacl) as part from pg_class natural join ours
		union all select format('column %s.%s %s %s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attgenerated, attacl,
			(select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = attrelid and adnum = attnum))
			from pg_attribute where attrelid in (select oid from ours) and attnum > 0 and not attisdropped
		union all select format('rule %s %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
			from pg_constraint where connamespace = 'public'::regnamespace
		union all select format('index %s %s', pg_get_indexdef(indexrelid), indisvalid) from pg_index where indrelid in (select oid from ours)
		union all select format('function %s %s %s', proowner::regrole, proacl, pg_get_functiondef(oid)) from pg_proc where pronamespace = 'public'::regnamespace
		union all select format('trigger %s %s', pg_get_triggerdef(oid), tgenabled) from pg_trigger where tgrelid in (select oid from ours) and not tgisinternal
		union all select format('view %s', pg_get_viewdef(oid)) from pg_class natural join ours where relkind = 'v'
		union all select format('policy %s', p::text) from pg_policies p where schemaname = 'public'
		union all select format('migration %s %s', hash, created_at) from drizzle.__drizzle_migrations
		order by 1`;
	const tables = await sql<
		{ name: string }[]
	>`select tablename as name from pg_tables where schemaname = 'public' order by 1`;
	const rows: Record<string, string> = {};
	for (const { name } of tables) {
		const [row] = await sql.unsafe<{ told: string }[]>(
			`select count(*) || ' ' || coalesce(md5(string_agg(row, ' ' order by row)), '') as told
				from (select (to_jsonb(t) - array[${(BY_CHANCE[name] ?? []).map((column) => `'${column}'`).join()}]::text[])::text as row from "${name}" t) x`
		);
		rows[name] = row!.told;
	}
	return { parts: parts.map(({ part }) => part), rows };
}
