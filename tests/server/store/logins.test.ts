// Who the product is to its database: two logins that may each become one role, and nothing else, whatever SQL gets to them.
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkLogins } from '#lib/server/check-logins.ts';
import { openLog } from '#lib/server/log.ts';
import { openDatabase } from '#lib/server/store/database.ts';
import { listLoginProblems } from '#lib/server/store/logins.ts';
import { openLogins } from '#scripts/database-logins.ts';
import { aSupplier } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
beforeAll(async () => {
	house = await openHouse();
	await aSupplier(house.services);
});
afterAll(() => house.close());

const ROLES = { app: 'ponctuel_app', system: 'ponctuel_system' } as const;
type Kind = keyof typeof ROLES;
/** One connection as the product opens it. */
async function asProduct<T>(
	kind: Kind,
	work: (sql: postgres.Sql) => Promise<T>,
	role: string = ROLES[kind]
): Promise<T> {
	const sql = postgres(house.config.database[kind], { max: 1, onnotice: () => {}, connection: { role } as never });
	try {
		return await work(sql);
	} finally {
		await sql.end();
	}
}
const owner = (): string => house.databaseUrl.replace('//postgres:postgres@', '//ponctuel_owner:ponctuel_owner@');

describe.each(['app', 'system'] as const)('SQL that reaches the %s connection', (kind) => {
	test.each(['set role none', 'reset role', 'set session authorization default', 'reset all', 'discard all'])(
		'gains nothing by “%s”',
		async (escape) => {
			const [before, after] = await asProduct(kind, async (sql) => {
				const seen = () =>
					Promise.all(
						['supplier', 'member', 'invoice', 'session', 'journal_line', 'pay_link'].map((table) =>
							sql.unsafe(`select count(*)::int as n from ${table}`).then(
								(rows) => Number(rows[0]!.n),
								() => 0
							)
						)
					);
				const before = await seen();
				await sql.unsafe(escape);
				return [before, await seen()];
			});
			for (const [i, count] of after.entries()) expect(count).toBeLessThanOrEqual(before[i]!);
			await expect(
				asProduct(kind, async (sql) => {
					await sql.unsafe(escape);
					await sql`alter table supplier disable row level security`;
				})
			).rejects.toThrow(/must be owner|permission denied/);
		}
	);
	test.each(['ponctuel_owner', 'postgres', 'pg_read_all_data', kind === 'app' ? 'ponctuel_system' : 'ponctuel_app'])(
		'can’t become %s',
		async (role) => {
			for (const command of [`set role ${role}`, `set session authorization ${role}`])
				await expect(asProduct(kind, (sql) => sql.unsafe(command))).rejects.toThrow(/permission denied/);
			await expect(asProduct(kind, (sql) => sql`select 1`, role)).rejects.toThrow(/permission denied/);
		}
	);
	test('is refused with another’s name or password', async () => {
		const url = new URL(house.config.database[kind]);
		url.username = new URL(house.config.database[kind === 'app' ? 'system' : 'app']).username;
		const stolen = postgres(url.href, { max: 1, onnotice: () => {} });
		await expect(stolen`select 1`).rejects.toThrow(/password authentication failed/);
		await stolen.end();
	});
});

test('the logins own nothing, inherit nothing and stand above nothing', async () => {
	expect(await listLoginProblems(house.services.db)).toEqual([]);
	const all = postgres(house.databaseUrl, { max: 1 });
	const logins =
		await all`select rolinherit, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolpassword is null as plain,
		array(select m.roleid::regrole::text || ' ' || m.inherit_option || ' ' || m.admin_option from pg_auth_members m where m.member = r.oid) as roles
		from pg_roles r where rolname like 'ponctuel\\_%\\_at\\_%' order by rolname`;
	expect([...logins]).toEqual(
		['ponctuel_app', 'ponctuel_system'].map((role) => ({
			rolinherit: false,
			rolsuper: false,
			rolbypassrls: false,
			rolcreaterole: false,
			rolcreatedb: false,
			plain: false,
			roles: [`${role} false false`]
		}))
	);
	await all.end();
});
test('a login that owns the tables is said, and refused where money is real, with what to do', async () => {
	for (const url of [owner(), house.databaseUrl]) {
		const db = openDatabase({ app: url, system: url }, { connections: 1 });
		const said: string[] = [];
		const log = { ...openLog('silent'), warn: (text: string) => void said.push(text) } as never;
		await checkLogins({ db, log, config: house.config });
		expect(said.join()).toMatch(/owns the tables.*create role ponctuel_web login noinherit/s);
		const live = { ...house.config, stripe: { ...house.config.stripe, live: true } };
		await expect(checkLogins({ db, log, config: live })).rejects.toThrow(/DATABASE_URL_SYSTEM/);
	}
	const db = openDatabase(
		{ app: house.config.database.system, system: house.config.database.system },
		{ connections: 1 }
	);
	await expect(checkLogins({ db, log: openLog('silent'), config: house.config })).rejects.toThrow();
	await db.close();
});
test('another secret makes another password, and the one before opens nothing', async () => {
	const first = await openLogins(owner(), 'a first secret');
	const works = async (url: string) => {
		const sql = postgres(url, { max: 1, onnotice: () => {} });
		return sql`select 1`
			.then(
				() => true,
				() => false
			)
			.finally(() => sql.end());
	};
	expect(await works(first.app)).toBe(true);
	expect(await openLogins(owner(), 'a first secret')).toEqual(first);
	const second = await openLogins(owner(), 'a second secret');
	expect([await works(first.app), await works(second.app), await works(second.system)]).toEqual([false, true, true]);
	expect(second.app).not.toContain('secret');
});
