// PostgreSQL goes away in the middle of things: backends are ended, the server is killed and comes back. The process lives, what was under way fails
// as a whole, and what comes next works at once.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '#lib/server/store/database.ts';
import { takeTurn } from '#lib/server/store/periodic-tasks.ts';
import { isReady } from '#lib/server/use-cases/suppliers/check-ready.ts';
import { openLogins } from '#scripts/database-logins.ts';
import { embedded } from '#scripts/embedded-postgres.ts';
import { migrateDatabase } from '#scripts/migrate.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let admin: postgres.Sql;
beforeAll(async () => {
	house = await openHouse();
	admin = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
	await admin.end();
	await house.close();
});
const pidOf = async (tx: { execute(query: ReturnType<typeof sql>): Promise<unknown> }): Promise<number> =>
	((await tx.execute(sql`select pg_backend_pid() as pid`)) as { pid: number }[])[0]!.pid;
/** Ends a backend, and comes back when it is gone. */
const endBackend = async (pid: number): Promise<void> => {
	await admin`select pg_terminate_backend(${pid}, 5000)`;
};
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe('a connection that ends under a transaction', () => {
	test('fails that transaction, and neither the process nor the next one', async () => {
		const db = openDatabase(house.config.database, { connections: 1 });
		try {
			for (let i = 0; i < 5; i++) {
				const ended = db.app.transaction(async (tx) => {
					await endBackend(await pidOf(tx));
					// Long enough, and long in bytes: it does not wait for the end of the turn to be written.
					if (i % 2) await pause(20);
					await tx.execute(sql.raw(`select '${'x'.repeat(i > 2 ? 5000 : 1)}'`));
				});
				await expect(ended).rejects.toThrow();
				const started = performance.now();
				await db.app.execute(sql`select 1`);
				expect(performance.now() - started).toBeLessThan(5000);
			}
		} finally {
			await db.close();
		}
	});
	test('while it waits for an answer: the end of that connection is not told once more to who comes next', async () => {
		const db = openDatabase(house.config.database, { connections: 1 });
		try {
			for (let i = 0; i < 3; i++) {
				const pid = Promise.withResolvers<number>();
				const ended = db.app.transaction(async (tx) => {
					pid.resolve(await pidOf(tx));
					await tx.execute(sql`select pg_sleep(60)`);
				});
				const told = expect(ended).rejects.toThrow();
				const at = await pid.promise;
				await expect
					.poll(
						async () => (await admin`select 1 from pg_stat_activity where pid = ${at} and wait_event = 'PgSleep'`).count
					)
					.toBe(1);
				await endBackend(at);
				await told;
				expect(await db.app.execute(sql`select 1 as one`)).toMatchObject([{ one: 1 }]);
			}
		} finally {
			await db.close();
		}
	});
	test('is not spoken to again by it: its next words would fall into the transaction that got its place', async () => {
		const db = openDatabase(house.config.database, { connections: 1 });
		await admin`create table if not exists kept (who text)`;
		await admin`grant all on kept to public`;
		try {
			let isOver = false;
			const goOn = Promise.withResolvers<void>();
			const first = db.app.transaction(async (tx) => {
				await endBackend(await pidOf(tx));
				await goOn.promise;
				try {
					await tx.execute(sql`insert into kept values ('the first')`);
				} finally {
					isOver = true;
				}
			});
			await expect(first).rejects.toThrow();
			const second = db.app.transaction(async (tx) => {
				await tx.execute(sql`insert into kept values ('the second')`);
				goOn.resolve();
				while (!isOver) await pause(5);
				await pause(50);
				// Its transaction is still open, and still its own.
				await tx.execute(sql`insert into kept values ('the second')`);
				throw new Error('undone');
			});
			await expect(second).rejects.toThrow('undone');
			expect(await admin`select who from kept`).toEqual([]);
		} finally {
			await db.close();
		}
	});
});

describe('the driver, mended (decision 0031)', () => {
	test('a connection held for somebody that has closed refuses what it is told, and the process lives', async () => {
		const client = postgres(house.databaseUrl, { max: 2, onnotice: () => {} });
		try {
			const held = await client.reserve();
			const [row] = await held<{ pid: number }[]>`select pg_backend_pid() as pid`;
			await endBackend(row!.pid);
			const words = ['select 1', 'select 2', `select '${'x'.repeat(5000)}'`];
			for (const word of words) await expect(held.unsafe(word)).rejects.toThrow();
			expect(await client`select 1 as one`).toEqual([{ one: 1 }]);
		} finally {
			await client.end({ timeout: 5 });
		}
	});
	test('what was not sent yet when a connection closed does not begin the next one', async () => {
		const { hostname, port } = new URL(house.databaseUrl);
		const sockets: net.Socket[] = [];
		const options = {
			max: 1,
			onnotice: () => {},
			connect_timeout: 5,
			socket: () =>
				new Promise<net.Socket>((done) => {
					const socket = net.connect(Number(port), hostname, () => done(socket));
					sockets.push(socket);
				})
		};
		const client = postgres(house.databaseUrl, options as never);
		try {
			for (let i = 0; i < 3; i++) {
				expect(await client`select 1 as one`).toEqual([{ one: 1 }]);
				// Asked, and closed in the same turn: as when a whole server goes, and the end of one connection lets work ask another that is about to end.
				const asked = client`select 2`.catch((error: Error) => error.message);
				for (let turn = 0; turn < 3; turn++) await null;
				sockets.at(-1)!.destroy().emit('close', false);
				expect(await asked).toMatch(/CONNECTION_CLOSED/);
			}
			expect(await client`select 1 as one`).toEqual([{ one: 1 }]);
		} finally {
			await client.end({ timeout: 5 });
		}
	});
});

describe('ready', () => {
	const answers = (expected: boolean) =>
		expect.poll(() => isReady(house.services), { timeout: 10_000, interval: 200 }).toBe(expected);
	/** For connections that begin: those of the product begin anew. */
	const withSetting = async (setting: string, value: string, work: () => Promise<void>) => {
		const [name] = await admin<{ name: string }[]>`select current_database() as name`;
		const anew = () =>
			admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
		await admin.unsafe(`alter database ${name!.name} set ${setting} = ${value}`);
		await anew();
		try {
			await work();
		} finally {
			await admin.unsafe(`alter database ${name!.name} reset ${setting}`);
			await anew();
		}
	};
	test('is said where a row and a file can be kept, and not where the server only reads or its disk has no room', async () => {
		await answers(true);
		await withSetting('default_transaction_read_only', 'on', () => answers(false));
		await answers(true);
		await withSetting('temp_file_limit', "'0'", () => answers(false));
		await answers(true);
	});
	test('a crowd that asks is one question to the database', async () => {
		const { db } = house.services;
		let asked = 0;
		const counting = {
			...house.services,
			db: {
				...db,
				get system() {
					asked += 1;
					return db.system;
				}
			}
		};
		expect(await Promise.all(Array.from({ length: 50 }, () => isReady(counting)))).not.toContain(false);
		expect(asked).toBe(1);
	});
});

describe('a bundled server that is killed', () => {
	test('comes back by itself on its port, and work goes on through it, three times; and so it does when it is asked to restart', async () => {
		const dir = mkdtempSync(path.join(tmpdir(), 'ponctuel-killed-'));
		const server = await embedded({ dir: path.join(dir, 'postgres') });
		try {
			const owner = await server.create('ponctuel');
			await migrateDatabase(owner);
			const db = openDatabase(await openLogins(owner, 'a secret of this test'));
			let [isOver, done, failed] = [false, 0, 0];
			const work = Array.from({ length: 8 }, async (_, i) => {
				for (let n = 0; !isOver; n++)
					await db.system
						.transaction(async (tx) => {
							await tx.execute(sql`select 1`);
							await tx.execute(sql`insert into worked values (${`${i} ${n}`}, now())`);
						})
						.then(
							() => (done += 1),
							() => (failed += 1)
						);
			});
			for (let i = 0; i < 4; i++) {
				const before = done;
				await expect.poll(() => done, { timeout: 30_000 }).toBeGreaterThan(before + 50);
				const [pid] = readFileSync(path.join(server.data, 'postmaster.pid'), 'utf8').split('\n');
				if (i < 3) process.kill(Number(pid), 'SIGKILL');
				else await server.restart();
				await expect
					.poll(() => takeTurn(db, `back ${i}`, new Date(), 1).catch(() => false), { timeout: 60_000 })
					.toBe(true);
			}
			isOver = true;
			await Promise.all(work);
			expect(failed).toBeGreaterThan(0);
			// What was answered is there, and nothing half.
			const [kept] = (await db.system.execute(
				sql`select count(*)::int as n from worked where task ~ '^\\d'`
			)) as unknown as { n: number }[];
			expect(kept!.n).toBeGreaterThanOrEqual(done);
			await db.close();
		} finally {
			await server.stop();
			rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
		}
	});
});
