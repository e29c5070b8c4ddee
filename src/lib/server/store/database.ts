// The two doors to PostgreSQL: one for a supplier at a time, one for the queues. Each has a login of its own and becomes a role that owns nothing.
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { isLost, isRefused, withPatience } from './away.ts';
import * as schema from './schema/index.ts';

export type Queries = PostgresJsDatabase<typeof schema>;
export type Tx = Parameters<Parameters<Queries['transaction']>[0]>[0];

export type Database = {
	/** As ponctuel_app: sees nothing until a transaction sets its scope (tx.ts). */
	app: Queries;
	/** As ponctuel_system: queues, sessions, links; no money table. */
	system: Queries;
	/** Raw connections for NOTIFY. */
	signals: postgres.Sql;
	/** For LISTEN, which belongs to one session of PostgreSQL: past any pool that lends sessions out by transaction. */
	listener: Pick<postgres.Sql, 'listen'>;
	/** Told of a transaction that was lost, and is done again (tx.ts). */
	onRepeat(error: unknown): void;
	close(): Promise<void>;
};

/** Where each login answers; `direct`: PostgreSQL itself, where a pool answers for the other two. */
type Addresses = { app: string; system: string; direct?: string | null };

type Options = { connections?: number; onRepeat?: Database['onRepeat'] };
export function openDatabase(urls: Addresses, options: Options = {}): Database {
	const connect = (url: string, role: string, max: number, name = role) =>
		postgres(url, {
			max,
			onnotice: () => {},
			// Seconds until a connection that failed is tried again; its own rule counts the failures of all connections together, and waits up to 20.
			backoff: (failures: number) => Math.min(failures / 10, 1),
			// Compiling a statement takes longer than any of ours runs, and large tables make PostgreSQL believe otherwise.
			connection: { application_name: name, role, idle_in_transaction_session_timeout: 30_000, jit: 'off' } as never
		});
	const app = patient(prepared(connect(urls.app, 'ponctuel_app', options.connections ?? 10)));
	const system = patient(prepared(connect(urls.system, 'ponctuel_system', 4)));
	const direct = urls.direct ? connect(urls.direct, 'ponctuel_system', 1, 'ponctuel_listen') : null;
	const clients = direct ? [app, system, direct] : [app, system];
	return {
		app: drizzle(app, { schema, casing: 'snake_case' }),
		system: drizzle(system, { schema, casing: 'snake_case' }),
		signals: system,
		listener: direct ?? system,
		onRepeat: options.onRepeat ?? (() => {}),
		close: async () => void (await Promise.all(clients.map((client) => client.end({ timeout: 5 }))))
	};
}

/**
 * Drizzle sends every query unnamed, to be parsed and planned each time. Named, PostgreSQL keeps the plan: measured a third less time a page.
 * Statements live as long as their connection.
 */
function prepared<T extends postgres.TransactionSql | postgres.Sql>(client: T): T {
	const { unsafe } = client;
	client.unsafe = ((query: string, parameters: never[], options: object) =>
		unsafe(query, parameters, { ...options, prepare: true })) as typeof unsafe;
	return client;
}

/**
 * While PostgreSQL is away, a transaction that has not begun waits, and so does a statement of its own: one that only reads, even if its answer was lost;
 * any other, when nobody can have taken it.
 */
function patient(client: postgres.Sql): postgres.Sql {
	const { unsafe, begin } = client;
	client.unsafe = ((...asked: Parameters<typeof unsafe>) => {
		const mayAskAgain = /^\s*select\b/i.test(asked[0]) ? isLost : isRefused;
		const wait = <T>(ask: () => PromiseLike<T>) => withPatience(ask, mayAskAgain);
		return {
			values: () => wait(() => unsafe(...asked).values()),
			then: (done: never, failed: never) => wait(() => unsafe(...asked)).then(done, failed),
			// The driver's own BEGIN, which `begin` waits for.
			execute: () => unsafe(...asked).execute()
		};
	}) as never;
	client.begin = ((work: Work) => {
		let hasBegun = false;
		const once = () =>
			untilItCloses(begin as Begin, (tx) => {
				hasBegun = true;
				return work(tx);
			});
		return withPatience(once, (error) => !hasBegun && isLost(error));
	}) as never;
	return client;
}

type Work = (tx: postgres.TransactionSql) => Promise<unknown>;
type Begin = (work: Work) => Promise<unknown>;

/**
 * postgres.js opens a connection that was lost again for the next transaction, and the one before still holds it: its next word, its COMMIT or its
 * ROLLBACK, would fall into the work of somebody else. Once the connection is lost, a transaction has no more to say.
 */
async function untilItCloses(begin: Begin, work: Work): Promise<unknown> {
	let lost: { error: unknown } | null = null;
	try {
		return await begin((tx) => saying(tx, () => lost, work));
	} catch (error) {
		lost = { error };
		throw error;
	}
}
async function saying(
	tx: postgres.TransactionSql,
	lost: () => { error: unknown } | null,
	work: Work
): Promise<unknown> {
	const say = prepared(tx);
	const { unsafe, savepoint } = say;
	say.unsafe = ((...query: Parameters<typeof unsafe>) => {
		const gone = lost();
		if (gone) throw gone.error;
		return unsafe(...query);
	}) as typeof unsafe;
	// What is undone alone is said in the same way: its ROLLBACK TO, too, would fall into the work of somebody else.
	say.savepoint = ((inner: Work) => savepoint((nested) => saying(nested, lost, inner))) as typeof savepoint;
	const outcome = await work(say).then(
		(value) => ({ value }),
		(error: unknown) => ({ error })
	);
	// Who waits was answered when the connection closed.
	if (lost()) return new Promise(() => {});
	if ('error' in outcome) throw outcome.error;
	return outcome.value;
}
