// With real keys the same build has no demo, and real and sandbox keys never mix.
import { spawn } from 'node:child_process';
import { ask } from './doors.ts';
import { expect, test } from './fixtures.ts';
import { freePort } from '../../src/scripts/embedded-postgres.ts';

const real = () => ({
	DATABASE_URL: process.env.E2E_DATABASE!,
	PONCTUEL_SECRET: 'x'.repeat(40),
	SMTP_URL: 'smtp://127.0.0.1:1',
	STRIPE_SECRET_KEY: 'sk_test_51real',
	STRIPE_PUBLISHABLE_KEY: 'pk_test_51real',
	STRIPE_WEBHOOK_SECRET: 'whsec_real',
	PONCTUEL_ROLE: 'web',
	PATH: process.env.PATH!
});
/** Where money may be real, but for what a case changes. */
const live = () => ({
	...real(),
	ORIGIN: 'https://pay.atelier.fr',
	PONCTUEL_SECRET: 'q7Vn2mYt0cXeR5uJ9aLw4sBfZk1hGd8pQ3iTo6N',
	ADDRESS_HEADER: 'x-forwarded-for',
	STRIPE_SECRET_KEY: 'sk_live_x',
	STRIPE_PUBLISHABLE_KEY: 'pk_live_x'
});
async function run(
	env: Record<string, string>,
	program = ['build/index.js']
): Promise<{ port: number; stop: () => void; ended: Promise<{ code: number | null; output: string }> }> {
	const port = await freePort();
	const child = spawn(process.execPath, program, {
		env: { ...env, PORT: String(port), HOST: '127.0.0.1', ORIGIN: env.ORIGIN ?? `http://localhost:${port}` }
	});
	let output = '';
	child.stdout.on('data', (part: Buffer) => (output += part.toString()));
	child.stderr.on('data', (part: Buffer) => (output += part.toString()));
	const ended = new Promise<{ code: number | null; output: string }>((done) =>
		child.once('exit', (code) => done({ code, output }))
	);
	return { port, stop: () => child.kill('SIGKILL'), ended };
}

const up = (url: string): Promise<void> =>
	expect.poll(async () => (await ask(url, { path: '/health/ready' })).status, { timeout: 60_000 }).toBe(200);

test('no demo route exists, and pages name Stripe’s own origin only', async ({ request }) => {
	const server = await run(real());
	const url = `http://127.0.0.1:${server.port}`;
	await up(url);
	for (const path of [
		'/demo',
		'/demo/api/people',
		'/demo/api/mails',
		'/demo/api/clock',
		'/demo/api/faults',
		'/demo/entrer/x',
		'/demo/mails/x'
	])
		expect([path, (await request.get(url + path)).status()]).toEqual([path, 404]);
	for (const path of ['/demo/api/clock', '/demo/api/faults'])
		expect((await request.post(url + path, { data: { advance: 'P1D', name: 'stripe_down' } })).status()).toBe(404);
	const policyOf = async (path: string) => (await request.get(url + path)).headers()['content-security-policy']!;
	const policy = await policyOf('/p/0190a3c4-7b1e-7a3b-8c1d-2e3f4a5b6c7d');
	expect(policy).toContain('https://js.stripe.com');
	expect(policy).not.toMatch(/http:\/\/(127|localhost)/);
	expect(await policyOf('/connexion')).not.toContain('stripe');
	server.stop();
});
test.describe('what may not be is said in one sentence, and the process ends', () => {
	const cases: [string, Record<string, string>, RegExp][] = [
		[
			'a real key beside the sandbox',
			{
				SANDBOX_API_URL: 'http://127.0.0.1:1',
				SANDBOX_JS_URL: 'http://localhost:2',
				SANDBOX_MAILBOX_URL: 'http://127.0.0.1:3',
				SANDBOX_LOYALTY_URL: 'http://127.0.0.1:4'
			},
			/real Stripe key with SANDBOX_API_URL/
		],
		[
			'a sandbox key without the sandbox',
			{ STRIPE_SECRET_KEY: 'sk_test_sandbox_x', STRIPE_PUBLISHABLE_KEY: 'pk_test_sandbox_x' },
			/sandbox key without/
		],
		['live and test keys', { STRIPE_SECRET_KEY: 'sk_live_x' }, /different modes/],
		['a short secret', { PONCTUEL_SECRET: 'short' }, /PONCTUEL_SECRET: at least 32/],
		['a wrong database address', { DATABASE_URL: 'mysql://x' }, /DATABASE_URL: for example postgres/]
	];
	for (const [name, over, sentence] of cases)
		test(name, async () => {
			const server = await run({ ...real(), ...over });
			const { code, output } = await server.ended;
			expect(code).not.toBe(0);
			expect(output).toMatch(sentence);
			expect(output).not.toContain('sk_live_x');
		});
	test('a login that owns the tables, where money is real', async () => {
		const { code, output } = await (await run(live())).ended;
		expect(code).not.toBe(0);
		expect(output).toMatch(/owns the tables[^]*DATABASE_URL_SYSTEM/);
	});
	test('what would be dangerous with real money, each with its cure', async () => {
		const careless = {
			...live(),
			ORIGIN: 'http://pay.atelier.fr',
			ADDRESS_HEADER: '',
			SMTP_URL: 'smtp://mail.atelier.fr'
		};
		const { code, output } = await (await run(careless)).ended;
		expect(code).not.toBe(0);
		expect(output).toMatch(/ORIGIN: [^]*ADDRESS_HEADER: [^]*SMTP_URL: /);
	});
	test('the bundled database, where money is real', async () => {
		const { DATABASE_URL: _, ...env } = live();
		const start = await run({ ...env, DATA_DIR: test.info().outputPath('data') }, ['src/scripts/start.ts']);
		const { code, output } = await start.ended;
		expect(code).not.toBe(0);
		expect(output).toMatch(/DATABASE_URL is missing: the bundled database is for the demo/);
	});
});
test('by https, everything says to come back by https only', async () => {
	const server = await run({ ...real(), ORIGIN: 'https://pay.atelier.fr' });
	const url = `http://127.0.0.1:${server.port}`;
	await up(url);
	for (const path of [
		'/connexion',
		'/',
		'/connexion/',
		'/p/x',
		'/p/x%',
		'/none',
		'/api/v1/invoices',
		'/health/live',
		'/offline',
		'/offline/',
		'/icon.svg',
		'/service-worker.js',
		'/manifest.webmanifest',
		'/_app/none.js'
	])
		expect([path, (await ask(url, { path })).headers['strict-transport-security']]).toEqual([
			path,
			'max-age=63072000; includeSubDomains'
		]);
	server.stop();
});
test('behind a proxy, what it says counts; a request that came round it is refused, and health needs no proxy', async () => {
	const server = await run({ ...real(), ADDRESS_HEADER: 'x-forwarded-for' });
	const url = `http://127.0.0.1:${server.port}`;
	await up(url);
	const signIn = (headers: Record<string, string>) =>
		ask(url, {
			method: 'POST',
			path: '/connexion?/demander',
			headers: {
				origin: `http://localhost:${server.port}`,
				'content-type': 'application/x-www-form-urlencoded',
				...headers
			},
			body: 'email=nobody@client.example'
		});
	expect((await signIn({})).status).toBe(400);
	expect((await signIn({ 'x-forwarded-for': 'nobody knows' })).status).toBe(400);
	expect((await signIn({ 'x-forwarded-for': '6.6.6.6, 203.0.113.9' })).status).toBe(200);
	expect((await ask(url, { path: '/health/ready' })).status).toBe(200);
	expect((await ask(url, { path: '/p/unknown' })).status).toBe(400);
	server.stop();
});
