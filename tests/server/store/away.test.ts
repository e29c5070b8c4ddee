// PostgreSQL is away for a moment: who comes just then waits, and what was lost before it was to stand is done again, once. What may stand is not.
import net from 'node:net';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mintScope } from '#lib/domain/access/scope.ts';
import { isLost } from '#lib/server/store/away.ts';
import { openDatabase, type Database, type Tx } from '#lib/server/store/database.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let admin: postgres.Sql;
beforeAll(async () => {
	house = await openHouse();
	admin = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	await admin`create table kept (who text)`;
	await admin`grant all on kept to public`;
});
afterAll(async () => {
	await admin.end();
	await house.close();
});

/** A way to PostgreSQL that can be shut for a while. `hears`: what a client says; `false` cuts its connection instead of passing it on. */
async function openWay({ hears = () => true }: { hears?: (said: Buffer) => boolean } = {}) {
	const to = new URL(house.databaseUrl);
	const sockets = new Set<net.Socket>();
	let came = 0;
	const server = net.createServer((client) => {
		came += 1;
		const database = net.connect(Number(to.port), to.hostname);
		for (const socket of [client, database]) sockets.add(socket.on('error', () => {}));
		client.on('data', (said) => (hears(said) ? database.write(said) : client.destroy()));
		database.pipe(client);
		client.on('close', () => database.destroy());
	});
	const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
	await listen(0);
	const { port } = server.address() as net.AddressInfo;
	const shut = async () => {
		const isShut = new Promise((done) => server.close(done));
		for (const socket of sockets) socket.destroy();
		sockets.clear();
		await isShut;
	};
	return {
		through: (url: string) => url.replace(/:\d+\//, `:${port}/`),
		shut,
		shutFor: async (ms: number) => {
			await shut();
			setTimeout(() => void listen(port), ms);
		},
		came: () => came
	};
}
const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
	for (const one of opened.splice(0)) await one.close();
	await admin`truncate kept`;
});
async function behind(way: Awaited<ReturnType<typeof openWay>>): Promise<Database> {
	const { app, system } = house.config.database;
	const db = openDatabase({ app: way.through(app), system: way.through(system) }, { connections: 2 });
	opened.push(db, { close: way.shut });
	await Promise.all([db.app.execute(sql`select 1`), db.system.execute(sql`select 1`)]);
	return db;
}
const pidOf = async (tx: Tx): Promise<number> =>
	(await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`))[0]!.pid;
/** Once it does something that takes long, or nothing for a while. */
async function endSoon(pid: number): Promise<void> {
	await new Promise((done) => setTimeout(done, 300));
	await admin`select pg_terminate_backend(${pid}, 5000)`;
}
const scope = mintScope('00000000-0000-4000-8000-000000000001', { kind: 'system' });
const keptRows = async () => (await admin<{ who: string }[]>`select who from kept`).map(({ who }) => who);

describe('while PostgreSQL is away', () => {
	test('who comes waits: a question, a note, a transaction', async () => {
		const way = await openWay();
		const db = await behind(way);
		await way.shutFor(1500);
		await Promise.all([
			db.system.execute(sql`select 1`),
			db.system.execute(sql`insert into kept values ('a note')`),
			db.system.transaction(async (tx) => void (await tx.execute(sql`insert into kept values ('for the queues')`))),
			inScope(db, scope, async (tx) => void (await tx.execute(sql`insert into kept values ('for a supplier')`)))
		]);
		expect((await keptRows()).sort()).toEqual(['a note', 'for a supplier', 'for the queues']);
	});
	test('nobody waits for ever', async () => {
		const way = await openWay();
		const db = await behind(way);
		await way.shut();
		const started = performance.now();
		await Promise.all([
			expect(inScope(db, scope, async () => undefined)).rejects.toThrow(),
			expect(db.system.execute(sql`select 1`)).rejects.toThrow()
		]);
		expect(performance.now() - started).toBeLessThan(10_000);
	});
	test('a mistake is told at once', async () => {
		const db = await behind(await openWay());
		const started = performance.now();
		await expect(db.system.execute(sql`select nothing from nowhere`)).rejects.toThrow();
		expect(performance.now() - started).toBeLessThan(1000);
	});
});

describe('lost in the middle', () => {
	test('a reading is made again; a note that may be written is not written twice', async () => {
		const cut = { when: '' };
		const way = await openWay({
			hears: (said) => {
				if (!cut.when || !said.includes(cut.when)) return true;
				cut.when = '';
				return false;
			}
		});
		const db = await behind(way);
		cut.when = 'as looked';
		expect(await db.system.execute(sql`select 1 as looked`)).toEqual([{ looked: 1 }]);
		cut.when = 'insert into kept';
		await expect(db.system.execute(sql`insert into kept values ('perhaps')`)).rejects.toThrow();
		expect(await keptRows()).toEqual([]);
	});
	test('a transaction that was not to be committed yet is made again, and stands once', async () => {
		const db = await behind(await openWay());
		let times = 0;
		const outcome = await inScope(db, scope, async (tx) => {
			times += 1;
			await tx.execute(sql`insert into kept values (${`time ${times}`})`);
			const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
			if (times === 1) await admin`select pg_terminate_backend(${row!.pid}, 5000)`;
			await tx.execute(sql`select 1`);
			return 'done';
		});
		expect(outcome).toBe('done');
		expect(await keptRows()).toEqual(['time 2']);
	});
	test('ended by an administrator, or after half a minute without a word: made again once, and told; a second time its caller hears of it', async () => {
		const { app, system } = house.config.database;
		const repeated: unknown[] = [];
		const db = openDatabase({ app, system }, { connections: 2, onRepeat: (error) => repeated.push(error) });
		opened.push(db);
		const ends: [string, (tx: Tx) => Promise<unknown>][] = [
			// In the middle of a statement, and between two.
			['57P01', (tx) => Promise.all([tx.execute(sql`select pg_sleep(20)`), pidOf(tx).then(endSoon)])],
			['ended', async (tx) => endSoon(await pidOf(tx))],
			[
				'25P03',
				async (tx) => {
					await tx.execute(sql`set local idle_in_transaction_session_timeout = 50`);
					await new Promise((done) => setTimeout(done, 500));
				}
			]
		];
		for (const [, end] of ends)
			for (const endings of [1, 2]) {
				let times = 0;
				repeated.length = 0;
				const work = inScope(db, scope, async (tx) => {
					times += 1;
					await tx.execute(sql`insert into kept values (${`time ${times}`})`);
					if (times <= endings) await end(tx);
					await tx.execute(sql`select 1`);
				});
				if (endings === 1) await work;
				else await expect(work).rejects.toThrow();
				expect([times, repeated.length]).toEqual([2, 1]);
				expect(await keptRows()).toEqual(endings === 1 ? ['time 2'] : []);
				await admin`truncate kept`;
			}
	});
	test('a session that was silent for too long is lost, by whichever word the driver tells it', () => {
		expect(['25P03', 'CONNECTION_CLOSED', '57P01'].map((code) => isLost({ cause: { code } }))).toEqual([
			true,
			true,
			true
		]);
	});
	test('ended while it commits: nobody knows whether it stands, and it is not made again', async () => {
		const { app, system } = house.config.database;
		const repeated: unknown[] = [];
		const db = openDatabase({ app, system }, { connections: 1, onRepeat: (error) => repeated.push(error) });
		opened.push(db);
		await admin.unsafe(
			`create function linger() returns trigger language plpgsql as $$ begin perform pg_sleep(20); return null; end $$`
		);
		await admin`create constraint trigger lingers after insert on kept deferrable initially deferred for each row execute function linger()`;
		try {
			let times = 0;
			const work = inScope(db, scope, async (tx) => {
				times += 1;
				await tx.execute(sql`insert into kept values ('perhaps')`);
				void endSoon(await pidOf(tx));
			});
			await expect(work).rejects.toMatchObject({ code: expect.stringMatching(/^(57P01|CONNECTION_CLOSED)$/) });
			expect([times, repeated]).toEqual([1, []]);
		} finally {
			await admin`drop function linger cascade`;
		}
	});
	test('one of the queues that has begun is not: who claimed says what becomes of it', async () => {
		const db = await behind(await openWay());
		let times = 0;
		const work = db.system.transaction(async (tx) => {
			times += 1;
			const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
			if (times === 1) await admin`select pg_terminate_backend(${row!.pid}, 5000)`;
			await tx.execute(sql`insert into kept values ('claimed')`);
		});
		await expect(work).rejects.toThrow();
		expect([times, await keptRows()]).toEqual([1, []]);
	});
	test('one whose COMMIT was on its way is not: it may stand', async () => {
		let isCut = false;
		const way = await openWay({ hears: (said) => !(isCut = isCut || said.includes('commit')) });
		const db = await behind(way);
		let times = 0;
		const work = inScope(db, scope, async (tx) => {
			times += 1;
			await tx.execute(sql`insert into kept values ('perhaps')`);
		});
		await expect(work).rejects.toThrow();
		expect([isCut, times]).toEqual([true, 1]);
	});
});

describe('the driver, mended (decision 0031)', () => {
	test('a connection that is lost while it asks for the types of arrays ends no process, and the next one knows them', async () => {
		const unheard: unknown[] = [];
		const note = (reason: unknown) => unheard.push(reason);
		process.on('unhandledRejection', note);
		let cuts = 2;
		const way = await openWay({
			hears: (said) => {
				if (!said.includes('typarray') || cuts-- <= 0) return true;
				// As a server that goes: nobody listens any more.
				void way.shutFor(300);
				return false;
			}
		});
		const client = postgres(way.through(house.databaseUrl), { max: 1, onnotice: () => {}, backoff: () => 0.05 });
		opened.push({ close: async () => client.end({ timeout: 5 }) }, { close: way.shut });
		try {
			await expect
				.poll(() => client`select array['a', 'b'] as words`.catch((error: Error) => error.message), { timeout: 10_000 })
				.toEqual([{ words: ['a', 'b'] }]);
			expect(cuts).toBeLessThanOrEqual(0);
			expect(unheard).toEqual([]);
		} finally {
			process.off('unhandledRejection', note);
		}
	});
});

test('LISTEN goes past a pool, where one stands before the database, and NOTIFY through it', async () => {
	const [pool, past] = [await openWay(), await openWay()];
	const { app, system } = house.config.database;
	const db = openDatabase({ app: pool.through(app), system: pool.through(system), direct: past.through(system) });
	opened.push(db, { close: pool.shut }, { close: past.shut });
	const heard: string[] = [];
	await db.listener.listen('ponctuel_away', (word) => heard.push(word));
	expect([pool.came(), past.came()]).toEqual([0, 1]);
	await db.signals.notify('ponctuel_away', 'look');
	await expect.poll(() => heard).toEqual(['look']);
	expect([pool.came(), past.came()]).toEqual([1, 1]);
});
test('what a transaction says of whom it is for is gone with it: the next one on its connection may be anybody’s', async () => {
	const { app, system } = house.config.database;
	const db = openDatabase({ app, system }, { connections: 1 });
	opened.push(db);
	await inScope(db, scope, async (tx) => void (await tx.execute(sql`select 1`)));
	const [left] = await db.app.execute<{ who: string }>(sql`
		select concat(current_setting('ponctuel.supplier_id', true), current_setting('ponctuel.client_id', true),
			current_setting('ponctuel.invoice_id', true), current_setting('ponctuel.actor', true)) as who`);
	expect(left!.who).toBe('');
});
