// The two doors to PostgreSQL: one for a supplier at a time, one for the queues. Each has a login of its own and becomes a role that owns nothing.
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from './schema/index.ts';

export type Queries = PostgresJsDatabase<typeof schema>;
export type Tx = Parameters<Parameters<Queries['transaction']>[0]>[0];

export type Database = {
	/** As ponctuel_app: sees nothing until a transaction sets its scope (tx.ts). */
	app: Queries;
	/** As ponctuel_system: queues, sessions, links; no money table. */
	system: Queries;
	/** Raw connection for LISTEN and NOTIFY. */
	signals: postgres.Sql;
	close(): Promise<void>;
};

export function openDatabase(urls: { app: string; system: string }, options: { connections?: number } = {}): Database {
	const connect = (url: string, role: string, max: number) =>
		postgres(url, {
			max,
			onnotice: () => {},
			// Seconds until a connection that failed is tried again; its own rule counts the failures of all connections together, and waits up to 20.
			backoff: (failures: number) => Math.min(failures / 10, 1),
			connection: { application_name: role, role, idle_in_transaction_session_timeout: 30_000 } as never
		});
	const app = prepared(connect(urls.app, 'ponctuel_app', options.connections ?? 10));
	const system = prepared(connect(urls.system, 'ponctuel_system', 4));
	return {
		app: drizzle(app, { schema, casing: 'snake_case' }),
		system: drizzle(system, { schema, casing: 'snake_case' }),
		signals: system,
		close: async () => void (await Promise.all([app.end({ timeout: 5 }), system.end({ timeout: 5 })]))
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
	if ('begin' in client) {
		const { begin } = client;
		client.begin = ((work: Work) => untilItCloses(begin as Begin, work)) as typeof begin;
	}
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
