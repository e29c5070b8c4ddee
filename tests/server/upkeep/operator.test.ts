// What an operator is told from the command line: what strangers did at the doors, what browsers reported, and which old rows stop an upgrade.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import postgres from 'postgres';
import { newId } from '#lib/server/identity.ts';
import { savePageReport } from '#lib/server/store/page-reports.ts';
import { noteSecurityEvent } from '#lib/server/store/security-events.ts';
import { migrateDatabase } from '../../../src/scripts/migrate.ts';
import { aSupplier, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());

/** As the runbook says it: a command, and the address that the queues have. */
async function command(script: string, env: Record<string, string>, ...args: string[]) {
	const ran = promisify(execFile)(process.execPath, [`src/scripts/${script}.ts`, ...args], {
		env: { PATH: process.env.PATH, ...env }
	});
	return ran.then(
		({ stdout }) => ({ code: 0, said: stdout }),
		(error: { code: number; stderr: string }) => ({ code: error.code, said: error.stderr })
	);
}
const here = () => ({ DATABASE_URL_SYSTEM: house.environment.DATABASE_URL_SYSTEM! });
const note = (supplierId: string | null, address: string, at = house.services.clock.now()) =>
	noteSecurityEvent(house.services.db.system, at, {
		supplierId,
		actorKind: 'unknown',
		actorId: null,
		kind: 'sign_in_failed',
		detail: { means: 'code' },
		from: { requestId: newId(), address }
	});

test('npm run security tells what is of no supplier, by where it came from, and nothing of a supplier’s', async () => {
	expect(await command('security-log', here())).toEqual({ code: 0, said: 'Nothing in 7 days.\n' });
	for (let i = 0; i < 3; i++) await note(null, '198.51.100.7');
	await note(null, '2001:db8::9', new Date(house.services.clock.now().getTime() - 20 * 86_400_000));
	await note(cast.supplierId, '203.0.113.5');
	const week = await command('security-log', here());
	expect(week.said).toMatch(/^ +3 × {2}sign_in_failed {2}from 198\.51\.100\.7, last /);
	expect(week.said.match(/request [\w-]{36} {2}means:code/g)).toHaveLength(3);
	expect(week.said).not.toContain('203.0.113.5');
	expect(week.said).not.toContain('2001:db8::9');
	expect((await command('security-log', here(), '30')).said).toContain('2001:db8::9');
});
test('npm run reports lists what browsers reported, newest first, with nothing but a database', async () => {
	expect(await command('page-reports', here())).toEqual({ code: 0, said: 'Nothing was reported.\n' });
	const report = { page: '/p/…', directive: 'script-src', blocked: 'https://x.example', source: '', enforced: true };
	await savePageReport(house.services.db, 'a'.repeat(64), report, house.services.clock.now());
	await savePageReport(house.services.db, 'a'.repeat(64), report, house.services.clock.now());
	const { said } = await command('page-reports', here());
	expect(said).toMatch(/ 2 × {2}refused {2}script-src {2}on \/p\/…: https:\/\/x\.example, first /);
});
test('without a database, or with one that is away, one sentence says what is missing', async () => {
	for (const script of ['page-reports', 'security-log']) {
		const without = await command(script, {});
		expect(without).toEqual({
			code: 1,
			said: expect.stringMatching(/^DATABASE_URL_SYSTEM or DATABASE_URL is missing/)
		});
		const away = await command(script, { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' });
		expect(away).toEqual({ code: 1, said: expect.stringMatching(/^The database can't be read: .*ECONNREFUSED/) });
	}
});

test('an upgrade that old rows stand against says which rule, how many rows, which ones, and what to do; mended, it goes through', async () => {
	const sql = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	await sql`insert into rate_limit (key, points) values ('old:1', 7), ('old:2', 8), ('new:1', 1)`;
	await sql`alter table rate_limit add constraint rate_limit_small check (points < 5) not valid`;
	const problem = await migrateDatabase(house.databaseUrl).catch((error: Error) => error.message);
	expect(problem).toContain(
		'rate_limit, rule rate_limit_small (CHECK ((points < 5))): 2 rows, {"key": "old:1"}, {"key": "old:2"}'
	);
	expect(problem).toContain('correct them, and start again');
	await sql`delete from rate_limit where key like 'old:%'`;
	await migrateDatabase(house.databaseUrl);
	expect(await sql`select from pg_constraint where not convalidated`).toHaveLength(0);
	await sql.end();
});
