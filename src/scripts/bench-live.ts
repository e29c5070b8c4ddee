// Live news: from the commit of a fact to the browsers that follow its invoice, with 1,000 and with 5,000 streams open at one web process; and what a stream
// costs its memory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { required } from '#lib/domain/required.ts';
import { readConfig } from '#lib/server/config.ts';
import { newId, newSecret, sha256 } from '#lib/server/identity.ts';
import { PLACES } from '#lib/server/live/places.ts';
import { openLog } from '#lib/server/log.ts';
import type { Services } from '#lib/server/services.ts';
import { recordFact } from '#lib/server/store/outbox.ts';
import { commit } from '#lib/server/use-cases/run.ts';
import { buildServices } from '#lib/server/wiring.ts';
import { report } from './bench-report.ts';
import { freePort } from './embedded-postgres.ts';
import { SMALL_HEAP, start, type Running } from './start.ts';

const STREAMS = [1000, 5000];
const FACTS = 200;
/** Ten pieces of news a second, each of one invoice. */
const PAUSE_MS = 100;
const WAIT_MS = 5000;

/** `floorKib`: of each of as many streams of the smallest server, told nothing but beats. */
export type LiveCost = {
	streams: number;
	heard: number;
	lost: number;
	p50Ms: number;
	p99Ms: number;
	kibEach: number;
	floorKib: number;
};
type Link = { id: string; token: string; clientId: string; invoiceId: string };
type Reader = { clientId: string; invoiceId: string; hear: () => void };

/** Links of open invoices of one supplier, as many as `streams` need. */
async function addLinks(sql: postgres.Sql, streams: number): Promise<{ scope: Scope; links: Link[] }> {
	const invoices = await sql<{ supplierId: string; clientId: string; invoiceId: string; contactId: string }[]>`
		select o.supplier_id as "supplierId", o.client_id as "clientId", o.invoice_id as "invoiceId", c.contact_id as "contactId"
		from open_item o join lateral (select contact_id from contact c where (c.supplier_id, c.client_id) = (o.supplier_id, o.client_id) and c.may_pay order by contact_id limit 1) c on true
		where o.supplier_id = (select supplier_id from open_item where payable_minor > 0 group by supplier_id order by count(*) desc limit 1) and o.payable_minor > 0 order by o.invoice_id`;
	const { supplierId } = required(invoices[0], 'open invoice');
	const links = Array.from({ length: Math.ceil(streams / PLACES.reader) }, (_, i) => {
		const { clientId, invoiceId, contactId } = required(invoices[i % invoices.length], 'invoice');
		return { id: newId(), token: newSecret(), clientId, invoiceId, contactId };
	});
	for (const { id, token, invoiceId, contactId } of links)
		await sql`insert into pay_link (supplier_id, pay_link_id, invoice_id, contact_id, token_hash, created_at, expires_at)
			values (${supplierId}, ${id}, ${invoiceId}, ${contactId}, ${sha256(token)}, now(), now() + interval '1 day')`;
	return { scope: mintScope(supplierId, { kind: 'system' }), links };
}

const agent = new http.Agent({ maxSockets: Infinity });
/** Resolves when the stream has said its first word. */
const openStream = (
	base: string,
	{ id, token }: Pick<Link, 'id' | 'token'>,
	address: string,
	reader: Pick<Reader, 'hear'>
): Promise<void> =>
	new Promise((opened, failed) => {
		const headers = { accept: 'text/event-stream', cookie: `ponctuel_link=${token}`, 'x-forwarded-for': address };
		http
			.get(`${base}/p/${id}/live`, { agent, headers }, (response) => {
				if (response.statusCode !== 200) return failed(new Error(`a stream was answered ${response.statusCode}`));
				response.setEncoding('utf8').on('data', (text: string) => {
					opened();
					if (text.includes('event: news')) reader.hear();
				});
				response.on('error', () => {});
			})
			.on('error', failed);
	});
const memoryOf = (pid: number): number =>
	Number(required(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')), 'memory')[1]);

/** By how much the smallest server grows with each stream, at each of these numbers. */
async function floors(): Promise<number[]> {
	const file = fileURLToPath(new URL('../../tests/bench/live-floor.ts', import.meta.url));
	const child = spawn(process.execPath, [...SMALL_HEAP, file], { stdio: ['ignore', 'pipe', 'inherit'] });
	try {
		const [said] = (await once(child.stdout, 'data')) as [Buffer];
		const base = `http://127.0.0.1:${String(said).trim()}`;
		const pid = required(child.pid, 'process');
		const [atRest, found] = [memoryOf(pid), [] as number[]];
		let open = 0;
		for (const streams of STREAMS) {
			for (; open < streams; open += 50)
				await Promise.all(
					Array.from({ length: 50 }, () =>
						openStream(base, { id: 'x', token: newSecret() }, '10.0.0.1', { hear: () => {} })
					)
				);
			await new Promise((done) => setTimeout(done, FACTS * PAUSE_MS));
			found.push((memoryOf(pid) - atRest) / streams);
		}
		return found;
	} finally {
		child.kill();
	}
}

/** From when the commit was answered; what was heard before that took nothing. */
async function tellOne(services: Services, scope: Scope, invoiceId: string, readers: Reader[]): Promise<number[]> {
	const heardAt: number[] = [];
	const own = readers.filter((reader) => reader.invoiceId === invoiceId);
	const all = new Promise<void>((done) => {
		for (const reader of own)
			reader.hear = () => {
				heardAt.push(performance.now());
				if (heardAt.length === own.length) done();
			};
	});
	// Nobody hears of an invoice that is not said to be its client's.
	const { clientId } = required(own[0], 'reader');
	const fact = { kind: 'attempt.changed', clientId, invoiceId, attemptId: null } as const;
	await commit(services, scope, (tx) => recordFact(tx, scope, services.clock.now(), fact));
	const told = performance.now();
	await Promise.race([all, new Promise((done) => setTimeout(done, WAIT_MS))]);
	return heardAt.map((at) => Math.max(at - told, 0));
}

async function measure(running: Running, services: Services, scope: Scope, links: Link[]): Promise<LiveCost[]> {
	const least = await floors();
	const base = running.url.replace('localhost', '127.0.0.1');
	const pid = required(running.server.pid, 'process');
	const readers: Reader[] = [];
	const costs: LiveCost[] = [];
	const atRest = memoryOf(pid);
	for (const streams of STREAMS) {
		while (readers.length < streams)
			await Promise.all(
				Array.from({ length: Math.min(50, streams - readers.length) }, () => {
					const n = readers.length;
					const link = required(links[Math.floor(n / PLACES.reader)], 'link');
					const reader = { clientId: link.clientId, invoiceId: link.invoiceId, hear: () => {} };
					readers.push(reader);
					return openStream(base, link, `10.0.${Math.floor(n / 50 / 250)}.${1 + (Math.floor(n / 50) % 250)}`, reader);
				})
			);
		const invoices = [...new Set(readers.map((reader) => reader.invoiceId))];
		const times: number[] = [];
		let expected = 0;
		for (let n = 0; n < FACTS; n++) {
			const invoiceId = required(invoices[n % invoices.length], 'invoice');
			expected += readers.filter((reader) => reader.invoiceId === invoiceId).length;
			times.push(...(await tellOne(services, scope, invoiceId, readers)));
			await new Promise((done) => setTimeout(done, PAUSE_MS));
		}
		times.sort((a, b) => a - b);
		const at = (share: number): number => required(times[Math.floor(times.length * share)], 'time');
		const kibEach = (memoryOf(pid) - atRest) / streams;
		costs.push({
			streams,
			heard: times.length,
			lost: expected - times.length,
			p50Ms: at(0.5),
			p99Ms: at(0.99),
			kibEach,
			floorKib: required(least[costs.length], 'floor')
		});
		const { p50Ms, p99Ms, floorKib } = required(costs.at(-1), 'cost');
		console.info(
			`live            ${streams} streams: ${times.length} told, ${expected - times.length} lost, p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms, ${kibEach.toFixed(1)} KiB each | the smallest server ${floorKib.toFixed(1)}`
		);
	}
	return costs;
}

export async function liveBench(): Promise<LiveCost[]> {
	const dataDir = mkdtempSync(path.join(tmpdir(), 'ponctuel-bench-live-'));
	Object.assign(process.env, { PONCTUEL_ROLE: 'web', ADDRESS_HEADER: 'x-forwarded-for' });
	const running = await start({ port: await freePort(), dataDir, persistent: true, quiet: true });
	const sql = postgres(running.databaseUrl, { max: 1, onnotice: () => {} });
	const services = buildServices(
		readConfig(running.env as Record<string, string>),
		{ now: () => new Date() },
		openLog('silent')
	);
	try {
		const { scope, links } = await addLinks(sql, Math.max(...STREAMS));
		return await measure(running, services, scope, links);
	} finally {
		agent.destroy();
		services.mail.close();
		await services.db.close();
		await sql.end();
		await running.stop();
		rmSync(dataDir, { recursive: true, force: true });
	}
}

export const barsOfLive = (costs: LiveCost[]): [string, number, number][] =>
	costs.flatMap(({ streams, lost, p99Ms, kibEach }): [string, number, number][] => [
		[`live, ${streams} streams: all told`, lost === 0 ? 1 : 0, 1],
		[`live, ${streams} streams: 250 ms over p99`, 250 / p99Ms, 1],
		[`live, ${streams} streams: 25 KiB over one`, 25 / kibEach, 1]
	]);

if (import.meta.main) {
	const costs = await liveBench();
	const low = report(
		barsOfLive(costs).map(([name, value, bar]) => ({ name, value, bar })),
		{ live: costs }
	);
	process.exit(low ? 1 : 0);
}
