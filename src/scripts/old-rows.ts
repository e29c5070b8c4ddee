// Rows of an older version that a new rule does not allow: which rule, which rows, and what to do, instead of PostgreSQL's "violated by some row".
import type postgres from 'postgres';

type Constraint = { table: string; name: string; definition: string; check: string | null };
const EXAMPLES = 5;

/** The schema is new by now, and what is written from here on is checked: only these rows stand against it. */
export class OldRows extends Error {
	constructor(problems: string[]) {
		super(
			[
				'The tables are up to date, but rows kept by an older version do not hold what this one asks:',
				...problems.map((problem) => `- ${problem}`),
				'Look at these rows (log in as the owner, and send first: set ponctuel.migrating = on), correct them, and start again. Until then the product does not start; the version before it can be started again (docs/runbook.md, upgrades).'
			].join('\n')
		);
	}
}

export const unvalidated = (sql: postgres.Sql): Promise<Constraint[]> =>
	sql<Constraint[]>`
		select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition, pg_get_expr(conbin, conrelid) as check
		from pg_constraint where connamespace = 'public'::regnamespace and not convalidated order by conname`.then((rows) => [
		...rows
	]);
/** Integrity constraint violations (https://www.postgresql.org/docs/current/errcodes-appendix.html, class 23). */
export const isOfRows = (error: unknown): error is Error & { detail?: string } =>
	/^23/.test((error as { code?: string } | null)?.code ?? '');

/** "invoice, rule invoice_kind_check (CHECK …): 3 rows, {"invoice_id": "…"} …" */
export async function rowsAgainst(
	sql: postgres.Sql,
	{ table, name, definition, check }: Constraint,
	{ detail }: { detail?: string }
): Promise<string> {
	const rule = `${table}, rule ${name} (${definition.replace(/ NOT VALID$/, '')})`;
	// Of a reference, PostgreSQL names the first row itself.
	if (check === null) return `${rule}: ${detail ?? 'rows that point to nothing'}`;
	const keys = await sql<{ name: string }[]>`
		select quote_ident(a.attname) as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
		where i.indisprimary and i.indrelid = ${table}::regclass order by array_position(i.indkey::int2[], a.attnum)`;
	const shown = keys.length ? keys.map((key) => key.name).join(', ') : 'ctid';
	const rows = await sql.unsafe<{ row: string; total: string }[]>(
		`select to_jsonb(one)::text as row, (select count(*) from ${table} where not (${check}))::text as total
			from (select ${shown} from ${table} where not (${check}) limit ${EXAMPLES}) one`
	);
	const total = Number(rows[0]?.total ?? 0);
	const more = total > rows.length ? `, and ${total - rows.length} more` : '';
	return `${rule}: ${total} ${total === 1 ? 'row' : 'rows'}, ${rows.map(({ row }) => row).join(', ')}${more}`;
}
