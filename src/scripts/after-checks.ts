// What an upgrade must have left well, asked once after the last migration of a version: a fault of a migration is told before anybody pays by it.
import { drizzle } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { listOpenDifferences } from '#lib/server/store/open-items.ts';
import type { Migration } from './run-migrations.ts';

/** The tables are those of this version, and something in them is not as it has to be. */
export class WrongAfterUpgrade extends Error {
	constructor(problems: string[]) {
		super(
			[
				'The tables are up to date, but what was looked at afterwards is not as it has to be:',
				...problems.map((problem) => `- ${problem}`),
				'Until it is, the product does not start; the version before it can be started again (docs/runbook.md, upgrades). Everything is looked at again with the next start.'
			].join('\n')
		);
	}
}
/** Each gives a line for what is wrong, so that none is right. */
const CHECKS: Record<string, string> = {
	'entry of the journal that does not balance': `
		select e.entry_id::text as line from journal_entry e left join journal_line l using (supplier_id, entry_id)
		group by e.supplier_id, e.entry_id having count(l.entry_id) < 2 or sum(l.debit_minor) <> sum(l.credit_minor)`,
	'rule that was not held against the rows there are': `
		select format('%s on %s', conname, conrelid::regclass) as line from pg_constraint where connamespace = 'public'::regnamespace and not convalidated`,
	'table without forced row-level security': `
		select relname as line from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)`,
	'trigger that is switched off': `
		select format('%s on %s', tgname, relname) as line from pg_trigger join pg_class c on c.oid = tgrelid
		where relnamespace = 'public'::regnamespace and tgenabled = 'D'`,
	'index that is not whole (drop it, and start again)': `
		select indexrelid::regclass::text as line from pg_index join pg_class c on c.oid = indrelid where relnamespace = 'public'::regnamespace and not indisvalid`
};
const SHOWN = 5;

/**
 * The rows of a whole product are read for it, so only when there was something to migrate, or when a start was ended before it had looked.
 * @throws WrongAfterUpgrade
 */
export async function checkAfterwards(sql: postgres.Sql, migrations: Migration[]): Promise<void> {
	const last = migrations.at(-1)?.at ?? 0;
	await sql`create table if not exists drizzle.migrations_checked (migration bigint primary key, checked_at timestamptz not null default now())`;
	if ((await sql`select from drizzle.migrations_checked where migration = ${last}`).length) return;
	const problems: string[] = [];
	const tell = (what: string, lines: string[]) => {
		const more = lines.length > SHOWN ? ' …' : '';
		if (lines.length) problems.push(`${what}: ${lines.slice(0, SHOWN).join(', ')}${more}`);
	};
	for (const [what, query] of Object.entries(CHECKS)) {
		const rows = await sql.unsafe<{ line: string }[]>(`${query} limit ${SHOWN + 1}`);
		tell(
			what,
			rows.map(({ line }) => line)
		);
	}
	const differences = await listOpenDifferences(drizzle(sql), SHOWN + 1);
	tell(
		'stored as open, and not what the books say (npm run open-items tells each, npm run open-items -- --mend reads them anew)',
		differences.map(({ supplierId, about }) => `${supplierId} ${about}`)
	);
	if (problems.length) throw new WrongAfterUpgrade(problems);
	await sql`insert into drizzle.migrations_checked (migration) values (${last})`;
}
