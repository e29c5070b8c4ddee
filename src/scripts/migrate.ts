// Brings a database up to date. Several copies may start at once: an advisory lock lets one of them do it.
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { checkAfterwards, WrongAfterUpgrade } from './after-checks.ts';
import { isOfRows, OldRows, rowsAgainst, unvalidated } from './old-rows.ts';
import { readMigrations, runMigrations } from './run-migrations.ts';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../drizzle');

/**
 * No table without: row-level security, forced on its owner too, who sees rows only while it migrates. Done here rather than in each migration, so that
 * a new table can't forget it. What checks across rows runs as ponctuel_guard, whom the tables it names let read them.
 */
const WALLS = `do $$
declare one record;
begin
	for one in select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as is_forced, pg_get_userbyid(c.relowner) as owner,
			exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'migration') as is_open
		from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') loop
		if not one.is_forced then execute format('alter table %I enable row level security, force row level security', one.name); end if;
		if not one.is_open then
			execute format('create policy migration on %I to %I using ((select current_setting(''ponctuel.migrating'', true)) = ''on'')', one.name, one.owner);
		end if;
	end loop;
	for one in select p.oid::regprocedure as name from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
			and p.prorettype = 'trigger'::regtype and p.proowner <> 'ponctuel_guard'::regrole loop
		execute format('alter function %s owner to ponctuel_guard', one.name);
	end loop;
end $$`;
/** What a migration added NOT VALID, for it reads the whole table: outside its transaction, and nobody waits for it. */
async function validate(sql: postgres.Sql): Promise<void> {
	const problems: string[] = [];
	for (const constraint of await unvalidated(sql))
		try {
			await sql.unsafe(`alter table ${constraint.table} validate constraint "${constraint.name}"`);
		} catch (error) {
			if (!isOfRows(error)) throw error;
			problems.push(await rowsAgainst(sql, constraint, error));
		}
	if (problems.length) throw new OldRows(problems);
}
/** Asked again and again, never waited for: a statement that waits is a transaction, and an index that is being built waits for those. */
async function takeTurn(sql: postgres.Sql): Promise<void> {
	for (;;) {
		const [{ taken }] = await sql<[{ taken: boolean }]>`select pg_try_advisory_lock(727001) as taken`;
		if (taken) return;
		await sleep(200);
	}
}
/** @throws the error of PostgreSQL when the URL is wrong or the user may not create roles; OldRows when rows of an older version are in the way; WrongAfterUpgrade. */
export async function migrateDatabase(url: string, from = folder): Promise<void> {
	// `ponctuel.migrating` opens to the owner what row-level security otherwise keeps from it as well.
	const sql = postgres(url, {
		max: 1,
		// The turn is its connection's: the driver would end that after half an hour or an hour, and another start would begin in the middle of this one.
		max_lifetime: null,
		onnotice: () => {},
		connect_timeout: 10,
		connection: { application_name: 'ponctuel_migrate', 'ponctuel.migrating': 'on' } as never
	});
	try {
		// A start that was killed leaves its server process behind, which would go on to the end of its statement, with the turn. Not every system can tell.
		await sql`set client_connection_check_interval = '1s'`.catch(() => {});
		await takeTurn(sql);
		// Whoever waits for a lock makes everybody behind it wait: better to fail and start again than to stop a product that runs.
		await sql`set lock_timeout = '10s'`;
		const migrations = readMigrations(from);
		await runMigrations(sql, migrations, WALLS);
		await sql.unsafe(WALLS);
		await validate(sql);
		await checkAfterwards(sql, migrations);
	} finally {
		await sql.end({ timeout: 5 });
	}
}

if (import.meta.main) {
	const { DATABASE_URL_MIGRATE, DATABASE_URL_DIRECT, DATABASE_URL } = process.env;
	// The turn is a session's: past a pool that lends sessions out by transaction.
	const url = DATABASE_URL_MIGRATE || DATABASE_URL_DIRECT || DATABASE_URL;
	if (!url) {
		console.error(
			'DATABASE_URL_MIGRATE or DATABASE_URL is missing, for example postgres://user:password@127.0.0.1:5432/ponctuel'
		);
		process.exit(1);
	}
	try {
		await migrateDatabase(url);
		console.info('Database up to date.');
	} catch (error) {
		if (!(error instanceof OldRows || error instanceof WrongAfterUpgrade)) throw error;
		console.error(error.message);
		process.exitCode = 1;
	}
}
