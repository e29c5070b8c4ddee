// With real keys the same build has no demo, and real and sandbox keys never mix.
import { spawn } from 'node:child_process';
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
async function run(
	env: Record<string, string>
): Promise<{ port: number; stop: () => void; ended: Promise<{ code: number | null; output: string }> }> {
	const port = await freePort();
	const child = spawn(process.execPath, ['build/index.js'], {
		env: { ...env, PORT: String(port), HOST: '127.0.0.1', ORIGIN: `http://localhost:${port}` }
	});
	let output = '';
	child.stdout.on('data', (part: Buffer) => (output += part.toString()));
	child.stderr.on('data', (part: Buffer) => (output += part.toString()));
	const ended = new Promise<{ code: number | null; output: string }>((done) =>
		child.once('exit', (code) => done({ code, output }))
	);
	return { port, stop: () => child.kill('SIGKILL'), ended };
}

test('no demo route exists, and pages name Stripe’s own origin only', async ({ request }) => {
	const server = await run(real());
	const url = `http://127.0.0.1:${server.port}`;
	await expect
		.poll(
			() =>
				request.get(`${url}/health/ready`).then(
					(response) => response.status(),
					() => 0
				),
			{ timeout: 60_000 }
		)
		.toBe(200);
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
	const policy = (await request.get(`${url}/connexion`)).headers()['content-security-policy']!;
	expect(policy).toContain('https://js.stripe.com');
	expect(policy).not.toMatch(/http:\/\/(127|localhost)/);
	server.stop();
});
test.describe('what may not be is said in one sentence, and the process ends', () => {
	const cases: [string, Record<string, string>, RegExp][] = [
		[
			'a real key beside the sandbox',
			{
				SANDBOX_API_URL: 'http://127.0.0.1:1',
				SANDBOX_JS_URL: 'http://localhost:2',
				SANDBOX_MAILBOX_URL: 'http://127.0.0.1:3'
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
		[
			'a login that owns the tables, where money is real',
			{ STRIPE_SECRET_KEY: 'sk_live_x', STRIPE_PUBLISHABLE_KEY: 'pk_live_x' },
			/owns the tables[^]*DATABASE_URL_SYSTEM/
		],
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
});
