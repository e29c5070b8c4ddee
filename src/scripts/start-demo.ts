// The demo of a start: the outside world in a process of its own, and a past lived through once.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { readConfig } from '#lib/server/config.ts';
import { endChild, exitOf } from './child.ts';
import { SUPPLIERS } from './demo/people.ts';
import { seedDemo } from './demo/seed.ts';
import { PAST_DAYS } from './demo/story.ts';
import { migrateDatabase } from './migrate.ts';
import { StartProblem } from './start-problem.ts';
import { required } from '#lib/domain/required.ts';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const KEYS = {
	secretKey: 'sk_test_sandbox_ponctuel',
	publishableKey: 'pk_test_sandbox_ponctuel',
	webhookSecret: 'whsec_sandbox'
};

/** Starts Stripe's stand-in and the post office, and tells `env` where they are. */
export async function outsideWorld(
	options: { dataDir: string },
	env: NodeJS.ProcessEnv,
	undo: (() => unknown)[]
): Promise<{ apiUrl: string; ended: Promise<unknown> }> {
	const settings = {
		appOrigin: env.ORIGIN,
		accounts: SUPPLIERS.map((cast) => cast.stripeAccount),
		dataDir: path.join(options.dataDir, 'sandbox')
	};
	const child = spawn(process.execPath, [path.join(root, 'src/sandbox/main.ts'), JSON.stringify(settings)], {
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
		detached: true
	});
	undo.push(() => endChild(child));
	const urls = await new Promise<{
		apiUrl: string;
		jsUrl: string;
		smtpUrl: string;
		mailboxUrl: string;
		loyaltyUrl: string;
	}>((done, failed) => {
		child.once('message', (message: { ready?: never; error?: string }) =>
			message.ready ? done(message.ready) : failed(new StartProblem(`The sandbox did not start: ${message.error}`))
		);
		child.once('exit', () => failed(new StartProblem('The sandbox ended while starting.')));
	});
	Object.assign(env, {
		STRIPE_SECRET_KEY: KEYS.secretKey,
		STRIPE_PUBLISHABLE_KEY: KEYS.publishableKey,
		STRIPE_WEBHOOK_SECRET: KEYS.webhookSecret,
		SMTP_URL: urls.smtpUrl,
		SANDBOX_API_URL: urls.apiUrl,
		SANDBOX_JS_URL: urls.jsUrl,
		SANDBOX_MAILBOX_URL: urls.mailboxUrl,
		SANDBOX_LOYALTY_URL: urls.loyaltyUrl
	});
	return { ...urls, ended: exitOf(child) };
}

type Told = <T>(name: string, work: (note: (text: string) => void) => Promise<T>) => Promise<T>;

/** Made once. A first start that was cut short leaves half a past: then it is made anew. */
export async function seedOnce(env: NodeJS.ProcessEnv, owner: string, apiUrl: string, told: Told): Promise<void> {
	const state = await seedState(required(env.DATABASE_URL_SYSTEM, 'DATABASE_URL_SYSTEM'));
	if (state === 'done') return;
	if (state === 'half') {
		if (process.env.DATABASE_URL)
			throw new StartProblem(
				'The demo’s first start was cut short and left half a demo in this database. Empty it (drop schema public cascade; drop schema drizzle cascade; create schema public;) and start again.'
			);
		await emptyDatabase(owner);
		await migrateDatabase(owner);
	}
	await told(`Living through the demo’s last ${PAST_DAYS} days`, async (note) => {
		// The two pasts belong together: a new database begins with a new outside world.
		await lever(apiUrl, 'reset', { offsetMs: -PAST_DAYS * 86_400_000 });
		await lever(required(env.SANDBOX_LOYALTY_URL, 'SANDBOX_LOYALTY_URL'), 'reset', {});
		await seedDemo(readConfig(env), (day) => note(`day ${day} of ${PAST_DAYS}`));
		await lever(apiUrl, 'clock', { offsetMs: 0 });
	});
}
async function seedState(url: string): Promise<'none' | 'half' | 'done'> {
	const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { role: 'ponctuel_system' } as never });
	try {
		const [row] = await sql<
			{ suppliers: number; finished: number }[]
		>`select (select count(*)::int from supplier) as suppliers, (select count(*)::int from demo_clock) as finished`;
		return row?.finished ? 'done' : row?.suppliers ? 'half' : 'none';
	} finally {
		await sql.end({ timeout: 5 });
	}
}
async function emptyDatabase(url: string): Promise<void> {
	const sql = postgres(url, { max: 1, onnotice: () => {} });
	try {
		await sql.unsafe('drop schema public cascade; drop schema if exists drizzle cascade; create schema public');
	} finally {
		await sql.end({ timeout: 5 });
	}
}
const lever = (apiUrl: string, name: string, body: unknown): Promise<unknown> =>
	fetch(`${apiUrl}/_sandbox/${name}`, { method: 'POST', body: JSON.stringify(body) });
export const setWebhook = (apiUrl: string, origin: string): Promise<unknown> =>
	lever(apiUrl, 'endpoint', {
		url: `${origin.replace('//localhost', '//127.0.0.1')}/webhooks/stripe`,
		secret: KEYS.webhookSecret
	});
