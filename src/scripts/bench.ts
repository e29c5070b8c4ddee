// npm run bench: our pages beside the smallest SvelteKit pages that ask the same questions of the same database, our webhook door beside the
// smallest Node server that verifies and inserts the same; in the same run. Ratios only: the machine is shared. Fails when one is under its bar.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mintScope } from '#lib/domain/access/scope.ts';
import { readConfig } from '#lib/server/config.ts';
import { openLog } from '#lib/server/log.ts';
import { listSuppliers } from '#lib/server/store/suppliers.ts';
import { buildServices } from '#lib/server/wiring.ts';
import { importBench } from './bench-imports.ts';
import { debitRun } from './bench-debits.ts';
import { pointsBench, tellPoints } from './bench-points.ts';
import { barsOfLive, liveBench } from './bench-live.ts';
import { report } from './bench-report.ts';
import { barsOfSettle, settleBench } from './bench-settle.ts';
import { barsOf, sizesBench } from './bench-sizes.ts';
import { quotesPerSecond } from './bench-quotes.ts';
import { freePort } from './embedded-postgres.ts';
import { SMALL_HEAP, start } from './start.ts';
import { required } from '#lib/domain/required.ts';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
type Load = { rate: number; p99Ms: number; cpuMs: number; errors: number };
type Target = {
	name: string;
	pid: number;
	request: (n: number) => { url: string; method?: string; body?: string; headers?: Record<string, string> };
};

/** User and system time of a process so far, in milliseconds (Linux). */
const cpuOf = (pid: number): number => {
	const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
	const fields = after.split(' ');
	return (Number(fields[11]) + Number(fields[12])) * 10;
};

async function load(target: Target, connections: number): Promise<Load> {
	const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
	const times: number[] = [];
	let [errors, n] = [0, 0];
	const ask = () =>
		new Promise<void>((done) => {
			const { url, method = 'GET', body, headers = {} } = target.request(n++);
			const started = performance.now();
			const request = http.request(url, { agent, method, headers }, (response) => {
				response.resume().on('end', () => {
					if ((response.statusCode ?? 500) >= 300) errors += 1;
					times.push(performance.now() - started);
					done();
				});
			});
			request.on('error', () => ((errors += 1), done()));
			request.end(body);
		});
	for (let i = 0; i < 30; i++) await ask();
	times.length = 0;
	const before = cpuOf(target.pid);
	const started = performance.now();
	const until = started + SECONDS * 1000;
	await Promise.all(
		Array.from({ length: connections }, async () => {
			while (performance.now() < until) await ask();
		})
	);
	const seconds = (performance.now() - started) / 1000;
	agent.destroy();
	times.sort((a, b) => a - b);
	return {
		rate: times.length / seconds,
		p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
		cpuMs: (cpuOf(target.pid) - before) / times.length,
		errors
	};
}

const cookieOf = ({ headers }: Response): string => required(headers.get('set-cookie'), 'cookie').replace(/;.*/s, '');
/** Opens the link of a mail as a browser does: the address without the token, and the cookie that belongs to it. */
async function openPayLink(link: string): Promise<{ url: string; headers: { cookie: string } }> {
	const answer = await fetch(link, { redirect: 'manual', headers: { cookie: 'any=1' } });
	const cookie = cookieOf(answer);
	return { url: new URL(required(answer.headers.get('location'), 'address'), link).href, headers: { cookie } };
}

const SVELTEKIT_FLOOR = path.join(root, 'tests/bench/sveltekit-floor');
const GENERATED = ['package.json', '.svelte-kit', 'build'].map((name) => path.join(SVELTEKIT_FLOOR, name));
const cleanFloor = (): void => GENERATED.forEach((file) => rmSync(file, { recursive: true, force: true }));

/** Built from its few files each time; the adapter wants a package.json that names what is not to be bundled: ours. */
function buildSvelteKitFloor(): void {
	cleanFloor();
	const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
		dependencies: object;
	};
	writeFileSync(required(GENERATED[0], 'file'), JSON.stringify({ private: true, type: 'module', dependencies }));
	const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'node_modules/vite/bin/vite.js'), 'build'], {
		cwd: SVELTEKIT_FLOOR,
		encoding: 'utf8'
	});
	if (status !== 0) throw new Error(`the floor was not built: ${stderr}`);
}

/** A floor in a process of its own, with the same memory settings as ours. */
async function floor(
	script: string,
	env: NodeJS.ProcessEnv,
	settings: Record<string, string> = {}
): Promise<{ port: number; child: ChildProcess }> {
	const port = await freePort();
	const child = spawn(process.execPath, [...SMALL_HEAP, script], {
		env: { ...env, ...settings, HOST: '127.0.0.1', PORT: String(port), ORIGIN: `http://127.0.0.1:${port}` },
		stdio: ['ignore', 'ignore', 'inherit']
	});
	for (let i = 0; i < 100; i++) {
		if (await listens(port)) return { port, child };
		await new Promise((done) => setTimeout(done, 50));
	}
	throw new Error('the floor did not start');
}

const listens = (port: number): Promise<boolean> =>
	new Promise((done) => {
		const socket = net.connect(port, '127.0.0.1', () => (socket.destroy(), done(true)));
		socket.once('error', () => done(false));
	});

const SECRET = 'whsec_sandbox';
function event(n: number, run: string) {
	const body = JSON.stringify({
		id: `evt_bench_${run}_${n}`,
		object: 'event',
		api_version: '2026-10-28.endive',
		type: 'charge.updated',
		livemode: false,
		created: Math.floor(Date.now() / 1000),
		account: 'acct_1AtelierLumen',
		data: { object: { id: 'ch_bench', object: 'charge', payment_intent: 'pi_bench', padding: 'x'.repeat(1200) } }
	});
	const t = Math.floor(Date.now() / 1000);
	return {
		method: 'POST',
		body,
		headers: {
			'content-type': 'application/json',
			'stripe-signature': `t=${t},v1=${createHmac('sha256', SECRET).update(`${t}.${body}`).digest('hex')}`
		}
	};
}

const QUOTES_BAR = 100_000;
const quotes = quotesPerSecond();
console.info(`quote engine    ${quotes.toFixed(0)} quotes/s on one core`);

const points = tellPoints(await pointsBench());

const dataDir = mkdtempSync(path.join(tmpdir(), 'ponctuel-bench-'));
process.env.PONCTUEL_ROLE = 'web';
const running = await start({ port: await freePort(), dataDir, persistent: true, quiet: true });
const bars: [string, number, number][] = [['quote engine', quotes, QUOTES_BAR], ...points];
const floors: ChildProcess[] = [];
const measured: object[] = [];
try {
	const { people } = (await (await fetch(`${running.url}/demo/api/people`)).json()) as {
		people: { kind: string; sign_in_url: string; pay_links: { url: string }[] }[];
	};
	const payLink = required(people.flatMap((person) => person.pay_links)[0], 'pay link').url.replace(
		'localhost',
		'127.0.0.1'
	);
	const contact = required(
		people.find((person) => person.kind === 'contact' && person.pay_links.length),
		'client'
	);
	const signIn = await fetch(contact.sign_in_url, { redirect: 'manual' });
	const cookie = cookieOf(signIn);
	const door = await openPayLink(payLink);
	const base = running.url.replace('localhost', '127.0.0.1');
	buildSvelteKitFloor();
	const kit = await floor(path.join(SVELTEKIT_FLOOR, 'build/index.js'), running.env, {
		BENCH_TOKEN: required(payLink.split('/p/')[1], 'token'),
		BENCH_SESSION: required(cookie.split('=')[1], 'session')
	});
	floors.push(kit.child);
	const node = await floor(path.join(root, 'tests/bench/webhook-floor.ts'), running.env);
	floors.push(node.child);
	const pidOf = ({ pid: id }: { pid?: number | undefined }): number => required(id, 'process');
	const pid = pidOf(running.server);
	const pairs: [string, number, Target, Target][] = [
		[
			'pay page',
			0.5,
			{ name: 'ponctuel', pid, request: () => door },
			{ name: 'floor', pid: pidOf(kit.child), request: () => ({ url: `http://127.0.0.1:${kit.port}/pay` }) }
		],
		[
			'portal list',
			0.5,
			{ name: 'ponctuel', pid, request: () => ({ url: `${base}/portail`, headers: { cookie } }) },
			{ name: 'floor', pid: pidOf(kit.child), request: () => ({ url: `http://127.0.0.1:${kit.port}/list` }) }
		],
		[
			'webhook intake',
			0.6,
			{ name: 'ponctuel', pid, request: (n) => ({ url: `${base}/webhooks/stripe`, ...event(n, `a${Math.random()}`) }) },
			{
				name: 'floor',
				pid: pidOf(node.child),
				request: (n) => ({ url: `http://127.0.0.1:${node.port}/webhook`, ...event(n, `b${Math.random()}`) })
			}
		]
	];
	for (const [name, bar, ours, theirs] of process.env.BENCH_ONLY === 'imports' ? [] : pairs)
		for (const connections of [2, 16, 64]) {
			const [a, b] = [await load(ours, connections), await load(theirs, connections)];
			const ratio = a.rate / b.rate;
			console.info(
				`${name.padEnd(15)} c=${String(connections).padStart(2)}  ${a.rate.toFixed(0).padStart(5)}/s p99 ${a.p99Ms.toFixed(0).padStart(4)} ms ${a.cpuMs.toFixed(2)} ms CPU/req, ${a.errors} errors | floor ${b.rate.toFixed(0).padStart(5)}/s p99 ${b.p99Ms.toFixed(0).padStart(4)} ms ${b.cpuMs.toFixed(2)} ms | ratio ${ratio.toFixed(2)}`
			);
			bars.push([`${name} at ${connections}`, ratio, bar]);
			measured.push({ name, connections, ours: a, floor: b, ratio });
		}
	const services = buildServices(
		readConfig(running.env as Record<string, string>),
		{ now: () => new Date() },
		openLog('silent')
	);
	const [first] = await listSuppliers(services.db);
	const { supplierId } = required(first, 'supplier');
	const run = await debitRun(services, mintScope(supplierId, { kind: 'system' }));
	const memory =
		Number(required(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')), 'memory')[1]) / 1024;
	console.info(`memory of the web process after the load: ${memory.toFixed(0)} MB`);
	// From here on one process serves and works, as it does unless it is told otherwise.
	running.env.PONCTUEL_ROLE = 'all';
	await running.restart();
	const imports = await importBench({
		services,
		databaseUrl: running.databaseUrl,
		pid: pidOf(running.server),
		payLink,
		like: mintScope(supplierId, { kind: 'system' })
	});
	const { perSecond, copyPerSecond, pdfsPerSecond, peakMb, idleP99Ms, busyP99Ms } = imports;
	console.info(
		`import          list ${perSecond.toFixed(0)} invoices/s, COPY of its rows ${copyPerSecond.toFixed(0)}/s, ratio ${(perSecond / copyPerSecond).toFixed(2)} | Factur-X ${pdfsPerSecond.toFixed(0)}/s | peak memory ${peakMb.toFixed(0)} MB | pay page p99 idle ${idleP99Ms.toFixed(0)} ms, during an import ${busyP99Ms.toFixed(0)} ms`
	);
	bars.push(['import of a list, beside COPY', perSecond / copyPerSecond, 0.15]);
	bars.push(['import of a list, a second', perSecond, 3000]);
	bars.push(['import of Factur-X, a second', pdfsPerSecond, 30]);
	bars.push(['import, 400 MB over its peak memory', 400 / peakMb, 1]);
	bars.push(['pay page at rest, over p99 during an import', idleP99Ms / busyP99Ms, 0.5]);
	services.mail.close();
	await services.db.close();
	console.info(
		`debit run       ${run.instalments} parts: found in ${run.findMs.toFixed(0)} ms, found and enqueued in ${run.enqueueMs.toFixed(0)} ms | ratio ${(run.enqueueMs / run.findMs).toFixed(2)}`
	);
	bars.push(['debit run, times faster than three SELECTs', (3 * run.findMs) / run.enqueueMs, 1]);
} finally {
	for (const child of floors) child.kill();
	cleanFloor();
	await running.stop();
	rmSync(dataDir, { recursive: true, force: true });
}
const settle = await settleBench();
bars.push(...barsOfSettle(settle));
const live = await liveBench();
bars.push(...barsOfLive(live));
const sizes = await sizesBench();
bars.push(...barsOf(sizes));
const low = report(
	bars.map(([name, value, bar]) => ({ name, value, bar })),
	{ pairs: measured, settle, live, sizes }
);
process.exit(low ? 1 : 0);
