// What each page costs a supplier with 10,000 invoices and one with 1,000,000, among 10,000 others that have nothing to do: two houses side by side, asked
// in turn. Cost follows what is due, not how much history there is.
import { readFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { required } from '#lib/domain/required.ts';
import { fill, type Size } from './bench-sizes-fill.ts';
import { report } from './bench-report.ts';
import { freePort } from './embedded-postgres.ts';
import { start } from './start.ts';

const SMALL: Size = { invoices: Number(process.env.BENCH_SMALL ?? 10_000), suppliers: 10 };
const LARGE: Size = { invoices: Number(process.env.BENCH_LARGE ?? 1_000_000), suppliers: 10_000 };
const ROUNDS = 10;
const ASKED = 20;

type Page = { name: string; path: string; cookie: string };
type House = {
	size: Size;
	fillSeconds: number;
	pages: Page[];
	base: string;
	/** Processes whose time is counted: what serves the pages, and PostgreSQL. */
	web: number;
	postmaster: number;
	sql: postgres.Sql;
	close: () => Promise<void>;
};
export type PageCost = { p50Ms: number; p99Ms: number; webMs: number; databaseMs: number; buffers: number };
export type SizesBench = { size: Size[]; fillSeconds: number[]; pages: { name: string; costs: PageCost[] }[] };

type Person = { kind: string; name: string; sign_in_url: string; pay_links: { url: string }[] };

async function openHouse(size: Size): Promise<House> {
	const dataDir = mkdtempSync(path.join(tmpdir(), 'ponctuel-bench-size-'));
	const running = await start({ port: await freePort(), dataDir, persistent: true, quiet: true });
	const base = running.url.replace('localhost', '127.0.0.1');
	const { people } = (await (await fetch(`${running.url}/demo/api/people`)).json()) as { people: Person[] };
	const member = required(
		people.find(({ name }) => name === 'Claire Martin'),
		'member'
	);
	const sql = postgres(running.databaseUrl, { max: 1, onnotice: () => {} });
	const [supplier] = await sql<
		{ id: string }[]
	>`select supplier_id as id from supplier where contact_name = ${member.name}`;
	const { id: supplierId } = required(supplier, 'supplier');
	const [known] = await sql<{ clientId: string; email: string; invoiceId: string }[]>`
		select c.client_id as "clientId", c.email, o.invoice_id as "invoiceId" from contact c join open_item o using (supplier_id, client_id)
		where c.supplier_id = ${supplierId} and c.has_portal and o.payable_minor > 0 order by c.contact_id, o.invoice_id limit 1`;
	const { clientId, email, invoiceId } = required(known, 'client');
	const contact = required(
		people.find(
			(person) => person.kind === 'contact' && person.sign_in_url.length > 0 && JSON.stringify(person).includes(email)
		),
		'contact'
	);
	const started = performance.now();
	await fill(sql, supplierId, clientId, size);
	const fillSeconds = (performance.now() - started) / 1000;
	const [ours, theirs] = [await signIn(member.sign_in_url), await signIn(contact.sign_in_url)];
	const pay = await openLink(required(contact.pay_links[0], 'pay link').url.replace('localhost', '127.0.0.1'));
	const [postmaster] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
	const admin = (name: string, address: string): Page => ({ name, path: `/admin${address}`, cookie: ours });
	const portal = (name: string, address: string): Page => ({ name, path: `/portail${address}`, cookie: theirs });
	return {
		size,
		fillSeconds,
		pages: [
			{ name: 'pay page', ...pay },
			portal('portal', ''),
			portal('portal: invoice', `/factures/${invoiceId}`),
			portal('portal: receipts', '/recus'),
			portal('portal: points', '/points'),
			admin('dashboard', ''),
			admin('invoices', '/factures'),
			admin('invoice', `/factures/${invoiceId}`),
			admin('clients', '/clients'),
			admin('client', `/clients/${clientId}`),
			admin('payments', '/paiements'),
			admin('bank', '/banque'),
			admin('plans', '/echeanciers'),
			admin('imports', '/import'),
			admin('points', '/points')
		],
		base,
		web: required(running.server.pid, 'process'),
		postmaster: parentOf(required(postmaster, 'process').pid),
		sql,
		close: async () => {
			await sql.end();
			await running.stop();
			rmSync(dataDir, { recursive: true, force: true });
		}
	};
}
const cookieOf = (answer: Response): string => required(answer.headers.get('set-cookie'), 'cookie').replace(/;.*/s, '');
const signIn = async (url: string): Promise<string> => cookieOf(await fetch(url, { redirect: 'manual' }));
async function openLink(link: string): Promise<{ path: string; cookie: string }> {
	const answer = await fetch(link, { redirect: 'manual', headers: { cookie: 'any=1' } });
	return {
		path: new URL(required(answer.headers.get('location'), 'address'), link).pathname,
		cookie: cookieOf(answer)
	};
}

const statOf = (pid: number): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
const parentOf = (pid: number): number => Number(statOf(pid)[1]);
/** User and system time so far, in milliseconds (Linux). */
const timeOf = (pid: number): number => (Number(statOf(pid)[11]) + Number(statOf(pid)[12])) * 10;
const childrenOf = (pid: number): number[] =>
	readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((one) => {
			try {
				return parentOf(one) === pid;
			} catch {
				return false; // it has ended meanwhile
			}
		});
const timeOfAll = (pids: number[]): number => pids.reduce((sum, pid) => sum + timeOf(pid), 0);

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const ask = (house: House, page: Page): Promise<number> =>
	new Promise((done, failed) => {
		const started = performance.now();
		http
			.get(
				`${house.base}${page.path}`,
				{ agent, headers: { cookie: page.cookie, 'accept-encoding': 'br' } },
				(response) => {
					response.resume().on('end', () => {
						if (response.statusCode === 200) done(performance.now() - started);
						else failed(new Error(`${page.name}: ${response.statusCode}`));
					});
				}
			)
			.on('error', failed);
	});

/** Pages of PostgreSQL read so far, from its memory or not. What a backend did is told a second later. */
async function buffersOf({ sql }: House): Promise<number> {
	await new Promise((done) => setTimeout(done, 1200));
	const [row] = await sql<
		{ n: string }[]
	>`select blks_hit + blks_read as n from pg_stat_database where datname = current_database()`;
	return Number(required(row, 'row').n);
}

type Measured = { times: number[]; webMs: number; databaseMs: number; buffers: number };
async function measure(house: House, page: Page, into: Measured): Promise<void> {
	await ask(house, page);
	const backends = childrenOf(house.postmaster);
	const [web, database] = [timeOf(house.web), timeOfAll(backends)];
	for (let i = 0; i < ASKED; i++) into.times.push(await ask(house, page));
	into.webMs += timeOf(house.web) - web;
	into.databaseMs += timeOfAll(backends.filter((pid) => childrenOf(house.postmaster).includes(pid))) - database;
}

/** Two houses, asked in turn, so that what else the machine does falls on both. */
export async function sizesBench(): Promise<SizesBench> {
	process.env.PONCTUEL_ROLE = 'web';
	const houses: House[] = [];
	try {
		for (const size of [SMALL, LARGE]) houses.push(await openHouse(size));
		const [first] = houses;
		const pages = [];
		for (const [at, { name }] of required(first, 'house').pages.entries()) {
			const found = houses.map((house) => ({
				house,
				page: required(house.pages[at], 'page'),
				into: { times: [], webMs: 0, databaseMs: 0, buffers: 0 } as Measured
			}));
			for (let round = 0; round < ROUNDS; round++)
				for (const { house, page, into } of found) await measure(house, page, into);
			for (const { house, page, into } of found) {
				const before = await buffersOf(house);
				const nothing = (await buffersOf(house)) - before;
				for (let i = 0; i < ASKED; i++) await ask(house, page);
				into.buffers = (await buffersOf(house)) - before - 2 * nothing;
			}
			pages.push({ name, costs: found.map(({ into }) => costOf(into)) });
			console.info(lineOf(required(pages.at(-1), 'page')));
		}
		return { size: houses.map(({ size }) => size), fillSeconds: houses.map((house) => house.fillSeconds), pages };
	} finally {
		for (const house of houses) await house.close();
	}
}
function costOf({ times, webMs, databaseMs, buffers }: Measured): PageCost {
	const sorted = times.sort((a, b) => a - b);
	const at = (share: number) => required(sorted[Math.floor(sorted.length * share)], 'time');
	const n = times.length;
	return { p50Ms: at(0.5), p99Ms: at(0.99), webMs: webMs / n, databaseMs: databaseMs / n, buffers: buffers / ASKED };
}
function lineOf({ name, costs: [small, large] }: { name: string; costs: PageCost[] }): string {
	const pair = (field: keyof PageCost, digits: number) =>
		`${required(small, 'small')[field].toFixed(digits).padStart(7)} ${required(large, 'large')[field].toFixed(digits).padStart(7)}`;
	return `${name.padEnd(17)} p50 ${pair('p50Ms', 1)} ms | p99 ${pair('p99Ms', 0)} ms | web ${pair('webMs', 1)} ms | PostgreSQL ${pair('databaseMs', 1)} ms | buffers ${pair('buffers', 0)}`;
}
/**
 * What a page costs the processor with many invoices is at most 1.15 times what it costs with few. Of PostgreSQL's pages it reads at most 1.6 times as many: each
 * index is a level deeper, so that a row that took two or three pages takes three or four. The figures of the points programme are not held against it: they
 * are those of a year, and grow with what was paid in it.
 */
export const barsOf = ({ pages }: SizesBench): [string, number, number][] =>
	pages
		.filter(({ name }) => name !== 'points')
		.flatMap(({ name, costs: [small, large] }): [string, number, number][] => {
			const [few, many] = [required(small, 'small'), required(large, 'large')];
			return [
				[`${name}, processor: few over many`, (few.webMs + few.databaseMs) / (many.webMs + many.databaseMs), 1 / 1.15],
				[`${name}, buffers: few over many`, few.buffers / many.buffers, 1 / 1.6]
			];
		});

if (import.meta.main) {
	const found = await sizesBench();
	console.info(`filled in ${found.fillSeconds.map((seconds) => seconds.toFixed(0)).join(' and ')} s`);
	const low = report(
		barsOf(found).map(([name, value, bar]) => ({ name, value, bar })),
		{ sizes: found }
	);
	process.exit(low ? 1 : 0);
}
