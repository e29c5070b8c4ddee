// The migrations of drizzle/, each once and in their order: in one transaction, but for those that build indexes on tables in use (docs/decisions/0047).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type postgres from 'postgres';
import { isOfRows, OldRows } from './old-rows.ts';

type Index = { name: string; statement: string };
export type Migration = {
	name: string;
	/** What Drizzle Kit numbers it by, and what the database remembers of it. */
	at: number;
	hash: string;
	statements: string[];
	/** Of a migration that only builds indexes, concurrently; null of every other. */
	indexes: Index[] | null;
};

const CONCURRENT = /^create (?:unique )?index concurrently "?(\w+)"?/i;
export function readMigrations(folder: string): Migration[] {
	const journal = JSON.parse(readFileSync(path.join(folder, 'meta/_journal.json'), 'utf8')) as {
		entries: { tag: string; when: number }[];
	};
	return journal.entries.map(({ tag, when }) => {
		const text = readFileSync(path.join(folder, `${tag}.sql`), 'utf8');
		const statements = text.split('--> statement-breakpoint').filter((statement) => statement.trim());
		const indexes = statements.flatMap((statement) => {
			const bare = statement.replace(/^\s*--.*$/gm, '').trim();
			const name = CONCURRENT.exec(bare)?.[1];
			return name ? [{ name, statement: bare }] : [];
		});
		if (indexes.length && indexes.length < statements.length)
			throw new Error(
				`${tag} builds an index concurrently and does something else: that can't be one transaction. Put the indexes into a migration of their own, after it.`
			);
		const hash = createHash('sha256').update(text).digest('hex');
		return { name: tag, at: when, hash, statements, indexes: indexes.length ? indexes : null };
	});
}

/**
 * @param withEach what every transaction ends with: nobody sees a new table without its walls
 * @throws the error of PostgreSQL, and then nothing of its transaction is left; OldRows where rows stand against a unique index
 */
export async function runMigrations(sql: postgres.Sql, migrations: Migration[], withEach: string): Promise<void> {
	// As Drizzle's own migrator keeps it, which brought up databases before.
	await sql`create schema if not exists drizzle`;
	await sql`create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`;
	const known = await sql<{ at: string }[]>`select created_at as at from drizzle.__drizzle_migrations`;
	const done = new Set(known.map(({ at }) => Number(at)));
	const pending = migrations.filter(({ at }) => !done.has(at));
	while (pending.length) {
		const indexesNext = pending.findIndex(({ indexes }) => indexes);
		const together = pending.splice(0, indexesNext < 0 ? pending.length : indexesNext);
		if (together.length)
			await sql.begin(async (tx) => {
				for (const migration of together) {
					for (const statement of migration.statements) await tx.unsafe(statement);
					await note(tx, migration);
				}
				await tx.unsafe(withEach);
			});
		const alone = pending.shift();
		if (!alone?.indexes) break;
		await buildIndexes(sql, alone.indexes);
		await note(sql, alone);
	}
}
const note = (sql: postgres.ISql, { hash, at }: Migration) =>
	sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${at})`;

/** Reads and writes go on meanwhile. A build that was cut short leaves an index that nobody reads and everybody writes: it goes, and is built anew. */
async function buildIndexes(sql: postgres.Sql, indexes: Index[]): Promise<void> {
	const problems: string[] = [];
	// It waits for transactions that began before it, and nobody waits behind it.
	const [{ timeout }] = await sql<[{ timeout: string }]>`select current_setting('lock_timeout') as timeout`;
	await sql`set lock_timeout = 0`;
	for (const { name, statement } of indexes) {
		const [there] = await sql<{ isWhole: boolean }[]>`
			select indisvalid as "isWhole" from pg_index where indexrelid = to_regclass(${`public."${name}"`})`;
		if (there?.isWhole) continue;
		const remove = () => sql.unsafe(`drop index concurrently if exists public."${name}"`);
		if (there) await remove();
		try {
			await sql.unsafe(statement);
		} catch (error) {
			if (!isOfRows(error)) throw error;
			problems.push(`index ${name} (${statement}): ${await twice(sql, name)}`);
			await remove();
		}
	}
	await sql`select set_config('lock_timeout', ${timeout}, false)`;
	if (problems.length) throw new OldRows(problems);
}
/** What several rows have, of what may be there once: where there is row-level security, PostgreSQL does not say it. */
async function twice(sql: postgres.Sql, index: string): Promise<string> {
	const [{ table, keys, only }] = await sql<[{ table: string; keys: string[]; only: string | null }]>`
		select indrelid::regclass::text as table, pg_get_expr(indpred, indrelid) as only,
			array(select pg_get_indexdef(indexrelid, n, true) from generate_series(1, indnkeyatts) n) as keys
		from pg_index where indexrelid = to_regclass(${`public."${index}"`})`;
	const rows = await sql.unsafe<{ row: string }[]>(
		`select count(*) || ' rows with ' || concat_ws(', ', ${keys.join()}) as row from ${table}
			where ${[only ?? 'true', ...keys.map((key) => `${key} is not null`)].join(' and ')} group by ${keys.join()} having count(*) > 1 limit 5`
	);
	return rows.map(({ row }) => row).join('; ');
}
