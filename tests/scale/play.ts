// Two web and two worker processes behind nginx, with PgBouncer before PostgreSQL, which is restarted twice while people pay: once as an operator does it,
// once by kill -9. What happened is returned; what had to is said in scale.test.ts.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { ask, pause } from '#scripts/chaos/ask.ts';
import { check } from '#scripts/chaos/checker/check.ts';
import type { Anomaly } from '#scripts/chaos/checker/facts.ts';
import { dice as diceOf } from '#scripts/chaos/dice.ts';
import type { Scene } from '#scripts/chaos/scene.ts';
import { openServer, openStage } from '#scripts/chaos/stage.ts';
import { ACCOUNTS, addBills, openWorld, type Bill } from '#scripts/chaos/world.ts';
import { putBetween, type Middle } from './between.ts';
import { click, listen, pay, type Stream } from './people.ts';
import { findPrograms } from './programs.ts';

const PAYERS_AT_ONCE = 4;
const BILLS_EACH = 45;
const LISTENING = 8;
const CLICKS_EACH = 30;
const DATABASE = 'scale';

/** A backend of PostgreSQL that last said LISTEN. */
export type Listening = { name: string; lastSaid: string; isByPool: boolean };
export type Played = {
	outcomes: string[];
	counts: Record<string, number>;
	clicks: { status: number; ms: number }[];
	/** Pages that listen; `toldMs`: from the moment its payer begins to pay, after the restarts. */
	streams: { openedMs: number | null; hasEnded: boolean; toldMs: number | null }[];
	listening: { before: Listening[]; after: Listening[] };
	/** Backends of the product at PostgreSQL, through PgBouncer, and what the product believes to have. */
	backends: { lent: number; asked: number };
	/** What was left in sessions that PgBouncer lends. */
	leftBehind: string[];
	open: string[];
	anomalies: Anomaly[];
	looked: Record<string, number>;
	deaths: string[];
	seconds: number;
	logs: string;
};

export async function play(): Promise<Played> {
	const started = performance.now();
	const programs = findPrograms();
	const dir = mkdtempSync(path.join(tmpdir(), 'ponctuel-scale-'));
	chmodSync(dir, 0o755);
	const server = await openServer(dir);
	let middle: Middle | undefined;
	let webPort = 0;
	const superuser = server.url(DATABASE);
	const stage = await openStage(server, path.join(dir, 'stage'), DATABASE, ACCOUNTS, async (there) => {
		webPort = there.webPorts[0]!;
		return (middle = await putBetween({ ...there, dir: path.join(dir, 'between'), programs, superuser }));
	});
	const dice = diceOf(16);
	const counts: Record<string, number> = {};
	const world = await openWorld(stage, dice);
	const scene: Scene = { stage, world, dice, count: (what) => void (counts[what] = (counts[what] ?? 0) + 1) };
	const jump = async (): Promise<void> => {
		const answer = await ask(`http://127.0.0.1:${webPort}/demo/api/clock`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'x-forwarded-for': '127.0.0.1', origin: stage.origin },
			body: JSON.stringify({ advance: 'P1D' }),
			limitMs: 120_000
		});
		scene.count(`clock ${answer.status}`);
	};
	try {
		for (const seller of world.sellers) await addBills(world, () => stage.webs[0]!, dice, seller, BILLS_EACH);
		const bills = [...world.bills];
		const heard = bills.splice(0, LISTENING);
		const streams = heard.map((bill) => listen(scene, bill));
		await until(() => streams.every(({ said }) => said.length > 0), 10_000);
		const before = await whoListens(superuser, middle!);

		const outcomes: string[] = [];
		const clicks: Played['clicks'] = [];
		const payers = inTurn(bills, PAYERS_AT_ONCE, async (bill) => void outcomes.push(await pay(scene, bill)));
		const isPaid = (share: number) => until(() => outcomes.length >= bills.length * share, 240_000);
		for (const [share, restart] of [
			[0.25, server.restart],
			[0.6, () => stage.kill('postgres', 0)]
		] as const) {
			await isPaid(share);
			const readers = clickAround(scene, [...heard, ...bills].slice(0, CLICKS_EACH), clicks);
			await restart();
			await readers;
		}
		const backends = await countBackends(superuser, middle!);
		await payers;
		await stage.everybodyUp();

		// The streams of before are still there, and tell.
		const told: Played['streams'] = [];
		for (const [i, bill] of heard.entries())
			told.push(await payAndHear(streams[i]!, async () => void outcomes.push(await pay(scene, bill))));
		const after = await whoListens(superuser, middle!);
		for (const stream of streams) stream.close();

		// The last fees are known a moment later, and told.
		for (let day = 0; day < 3; day++) {
			await pause(2500);
			await jump();
		}
		await pause(2500);
		const { anomalies, looked } = await check({
			owner: stage.owner,
			apiUrl: stage.apiUrl,
			mailboxUrl: stage.mailboxUrl,
			web: stage.webs[0]!,
			apiKeys: Object.fromEntries(world.sellers.map(({ supplierId, apiKey }) => [supplierId, apiKey])),
			kills: 0
		});
		return {
			outcomes,
			counts,
			clicks,
			streams: told,
			listening: { before, after },
			backends,
			leftBehind: await leftBehind(middle!),
			open: await listOpen(world.sql, [...heard, ...bills]),
			anomalies,
			looked,
			deaths: stage.deaths,
			seconds: Math.round((performance.now() - started) / 1000),
			logs: lastWords(path.join(dir, 'stage'))
		};
	} finally {
		await world.sql.end({ timeout: 5 });
		await stage.close();
		await server.stop();
		if (process.env.KEEP) console.info(`kept: ${dir}`);
		else rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
	}
}
async function payAndHear(stream: Stream, paying: () => Promise<void>): Promise<Played['streams'][number]> {
	const from = performance.now();
	const news = () => stream.said.find(({ event, at }) => event === 'news' && at > from);
	await paying();
	await until(() => news() !== undefined, 10_000);
	const { openedMs, endedAt } = stream;
	const at = news()?.at;
	return { openedMs, hasEnded: endedAt !== null, toldMs: at === undefined ? null : Math.round(at - from) };
}

async function until(holds: () => boolean, limitMs: number): Promise<void> {
	for (const end = performance.now() + limitMs; !holds() && performance.now() < end;) await pause(20);
}
async function inTurn<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
	const waiting = [...all];
	const one = async (): Promise<void> => {
		for (let next = waiting.shift(); next; next = waiting.shift()) await work(next);
	};
	await Promise.all(Array.from({ length: atOnce }, one));
}
/** One after the other begins, from just before the restart on, and nobody waits for anybody. */
async function clickAround(scene: Scene, bills: Bill[], clicks: Played['clicks']): Promise<void> {
	const all: Promise<unknown>[] = [];
	for (const bill of bills) {
		all.push(click(scene, bill).then((answer) => clicks.push(answer)));
		await pause(60);
	}
	await Promise.all(all);
}

const pooled = async <T>(url: string, work: (sql: postgres.Sql) => Promise<T>, max = 1): Promise<T> => {
	const sql = postgres(url, { max, onnotice: () => {}, fetch_types: false, prepare: false });
	try {
		return await work(sql);
	} finally {
		await sql.end({ timeout: 5 });
	}
};
/** Ports at this end of the connections that PgBouncer has to PostgreSQL. */
const portsOfPool = ({ pool }: Middle): Promise<number[]> =>
	pooled(pool.console, async (sql) =>
		(await sql.unsafe<{ local_port: number }[]>('show servers')).map((row) => Number(row.local_port))
	);
/** The hub looks every two seconds anyway: that nobody hears a signal shows only here. */
async function whoListens(superuser: string, middle: Middle): Promise<Listening[]> {
	const ports = await portsOfPool(middle);
	return pooled(superuser, async (sql) => {
		const rows = await sql<{ name: string; query: string; port: number }[]>`
			select application_name as name, query, client_port as port from pg_stat_activity
			where datname = ${DATABASE} and query ilike 'listen %' order by backend_start`;
		return rows.map(({ name, query, port }) => ({ name, lastSaid: query.trim(), isByPool: ports.includes(port) }));
	});
}
async function countBackends(superuser: string, middle: Middle): Promise<Played['backends']> {
	const asked = await pooled(middle.pool.console, async (sql) => (await sql.unsafe('show clients')).length - 1);
	return pooled(superuser, async (sql) => {
		const [row] = await sql<{ lent: number }[]>`
			select count(*)::int as lent from pg_stat_activity
			where datname = ${DATABASE} and usename like 'ponctuel\\_%\\_at\\_%' and query not ilike 'listen %'`;
		return { lent: row!.lent, asked };
	});
}
/** Many ask at once, so that each session of the pool is looked at. */
async function leftBehind({ env }: Middle): Promise<string[]> {
	const url = new URL(env.DATABASE_URL!);
	url.search = '';
	const look = (sql: postgres.Sql) => sql<{ left: string }[]>`
		select concat_ws(' ', current_setting('ponctuel.supplier_id', true), current_setting('ponctuel.client_id', true), current_setting('ponctuel.invoice_id', true),
			current_setting('ponctuel.actor', true), (select string_agg(objid::text, ' ') from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())) as left from pg_sleep(0.05)`;
	return pooled(
		url.href,
		async (sql) => (await Promise.all(Array.from({ length: 40 }, () => look(sql)))).map(([row]) => row!.left.trim()),
		40
	);
}
/** Bills that were paid and are still open, or were paid twice. */
async function listOpen(sql: postgres.Sql, bills: Bill[]): Promise<string[]> {
	const rows = await sql<{ number: string; balance: string; payments: number }[]>`
		select i.number, o.balance_minor::text as balance,
			(select count(distinct a.payment_id)::int from allocation a where a.supplier_id = i.supplier_id and a.invoice_id = i.invoice_id) as payments
		from invoice i join open_item o using (supplier_id, invoice_id) where i.invoice_id in ${sql(bills.map(({ invoiceId }) => invoiceId))}`;
	return rows.flatMap(({ number, balance, payments }) =>
		balance === '0' && payments === 1 ? [] : `${number}: ${balance} open, ${payments} payments`
	);
}
/** The errors of the product's processes, each kind once, for who looks at a failure. */
function lastWords(dir: string): string {
	const kinds = new Map<string, number>();
	for (const name of readdirSync(dir).filter((file) => file.endsWith('.log')))
		for (const line of readFileSync(path.join(dir, name), 'utf8').split('\n').filter(Boolean)) {
			const { msg, queue, err, path: at } = parsed(line);
			const kind = [name.replace(/\d?\.log/, ''), msg, queue, at, err?.code, err?.message?.slice(0, 120)]
				.filter(Boolean)
				.join(' · ');
			kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
		}
	return [...kinds].map(([kind, n]) => `${n} × ${kind}`).join('\n');
}
type Line = { msg?: string; queue?: string; path?: string; err?: { code?: string; message?: string } };
function parsed(line: string): Line {
	try {
		return JSON.parse(line) as Line;
	} catch {
		return { msg: line.slice(0, 200) };
	}
}
