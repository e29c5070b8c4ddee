// npm run bench: our pages and our webhook door beside the smallest thing that does the same queries, in the same run. Ratios only: the
// machine is shared. Prints a table; fails when a ratio is under its bar.
import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './embedded-postgres.ts';
import { start } from './start.ts';

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
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
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
					if ((response.statusCode ?? 500) >= 400) errors += 1;
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

/** The floor: a bare Node server in a process of its own (bench-floor.ts). */
async function floor(
	env: NodeJS.ProcessEnv,
	settings: Record<string, string>
): Promise<{ port: number; child: ChildProcess }> {
	const port = await freePort();
	const child = spawn(process.execPath, [path.join(root, 'tests/bench/floor.ts')], {
		env: { ...env, ...settings, PORT: String(port) },
		stdio: ['ignore', 'ignore', 'inherit']
	});
	for (let i = 0; i < 100; i++) {
		if (
			await fetch(`http://127.0.0.1:${port}/up`).then(
				(response) => response.ok,
				() => false
			)
		)
			return { port, child };
		await new Promise((done) => setTimeout(done, 50));
	}
	throw new Error('the floor did not start');
}

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

const dataDir = mkdtempSync(path.join(tmpdir(), 'ponctuel-bench-'));
process.env.PONCTUEL_ROLE = 'web';
const running = await start({ port: await freePort(), dataDir, persistent: true, quiet: true });
const bars: [string, number, number][] = [];
try {
	const { people } = (await (await fetch(`${running.url}/demo/api/people`)).json()) as {
		people: { kind: string; sign_in_url: string; pay_links: { url: string }[] }[];
	};
	const payLink = people.flatMap((person) => person.pay_links)[0]!.url.replace('localhost', '127.0.0.1');
	const contact = people.find((person) => person.kind === 'contact' && person.pay_links.length)!;
	const signIn = await fetch(contact.sign_in_url, { redirect: 'manual' });
	const cookie = signIn.headers.get('set-cookie')!.split(';')[0]!;
	const base = running.url.replace('localhost', '127.0.0.1');
	const bare = await floor(running.env, { BENCH_TOKEN: payLink.split('/p/')[1]!, BENCH_WEBHOOK_SECRET: SECRET });
	const pid = running.server.pid!;
	const pairs: [string, number, Target, Target][] = [
		[
			'pay page',
			0.5,
			{ name: 'ponctuel', pid, request: () => ({ url: payLink }) },
			{ name: 'floor', pid: bare.child.pid!, request: () => ({ url: `http://127.0.0.1:${bare.port}/pay` }) }
		],
		[
			'portal list',
			0.5,
			{ name: 'ponctuel', pid, request: () => ({ url: `${base}/portail`, headers: { cookie } }) },
			{ name: 'floor', pid: bare.child.pid!, request: () => ({ url: `http://127.0.0.1:${bare.port}/list` }) }
		],
		[
			'webhook intake',
			0.6,
			{ name: 'ponctuel', pid, request: (n) => ({ url: `${base}/webhooks/stripe`, ...event(n, `a${Math.random()}`) }) },
			{
				name: 'floor',
				pid: bare.child.pid!,
				request: (n) => ({ url: `http://127.0.0.1:${bare.port}/webhook`, ...event(n, `b${Math.random()}`) })
			}
		]
	];
	for (const [name, bar, ours, theirs] of pairs)
		for (const connections of [2, 16, 64]) {
			const [a, b] = [await load(ours, connections), await load(theirs, connections)];
			const ratio = a.rate / b.rate;
			console.info(
				`${name.padEnd(15)} c=${String(connections).padStart(2)}  ${a.rate.toFixed(0).padStart(5)}/s p99 ${a.p99Ms.toFixed(0).padStart(4)} ms ${a.cpuMs.toFixed(2)} ms CPU/req, ${a.errors} errors | floor ${b.rate.toFixed(0).padStart(5)}/s p99 ${b.p99Ms.toFixed(0).padStart(4)} ms ${b.cpuMs.toFixed(2)} ms | ratio ${ratio.toFixed(2)}`
			);
			if (connections === 16) bars.push([name, ratio, bar]);
		}
	const memory = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
	console.info(`memory of the web process after the load: ${memory.toFixed(0)} MB`);
	bare.child.kill();
} finally {
	await running.stop();
	rmSync(dataDir, { recursive: true, force: true });
}
const low = bars.filter(([, ratio, bar]) => ratio < bar);
for (const [name, ratio, bar] of low) console.info(`under the bar: ${name} ${ratio.toFixed(2)} < ${bar}`);
process.exit(low.length ? 1 : 0);
