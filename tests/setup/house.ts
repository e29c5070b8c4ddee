// A house for one test file: its own database, its own outside world, a clock that only moves when told.
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { expect, inject } from 'vitest';
import { civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import type { Clock } from '#lib/server/clock.ts';
import { readConfig, type Config } from '#lib/server/config.ts';
import { openLog } from '#lib/server/log.ts';
import { doDueWork } from '#lib/server/jobs/due-jobs.ts';
import { drainOnce } from '#lib/server/jobs/worker.ts';
import { listOpenDifferences } from '#lib/server/store/open-items.ts';
import type { Services } from '#lib/server/services.ts';
import { buildServices } from '#lib/server/wiring.ts';
import { startWorld, type RunningWorld } from '#sandbox/main.ts';
import { runDue } from '#sandbox/stripe/control.ts';

export type TestHouse = {
	services: Services;
	config: Config;
	/** What `config` was read from, for what reads it again. */
	environment: Record<string, string>;
	world: RunningWorld;
	/** As the superuser, who sees every row. */
	databaseUrl: string;
	advance(days: number): Promise<void>;
	drain(): Promise<void>;
	/** `isMadeUp`: rows were written by hand that no product would write; what is stored as open is not looked at. */
	close(how?: { isMadeUp: boolean }): Promise<void>;
};
/**
 * The day of every house, a Thursday: debits wait for working days, and a mail says when. What a test promises is not a matter of the day on which it runs.
 * Other days are tried with TEST_START, an instant in ISO 8601: `TEST_START=2026-12-23T22:30:00Z npx vitest run --project server`.
 */
const START = Date.parse(process.env['TEST_START'] ?? '2026-11-26T09:00:00Z');
/** That day in Paris. */
export const START_DAY = civilDateIn(new Date(START), 'Europe/Paris');
const DAY_MS = 86_400_000;
const PARIS = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', hour: 'numeric', hourCycle: 'h23' });
const hourInParis = (at: number): number => Number(PARIS.format(at));

export async function openHouse(accounts = ['acct_lumen', 'acct_canuts']): Promise<TestHouse> {
	const template = inject('template');
	const name = `t_${process.pid}_${Date.now()}_${Math.floor(Math.random() * 1e6)}`;
	const admin = postgres(template.replace(/\/[^/]+$/, '/postgres'), { max: 1, onnotice: () => {} });
	await admin.unsafe(`create database ${name} template template_ponctuel owner ponctuel_owner`);
	await admin.end();
	const here = (url: string): string => url.replace(/\/[^/]+$/, `/${name}`);
	const databaseUrl = here(template);
	const { app, system } = inject('logins');
	const world = await startWorld({ appOrigin: 'http://localhost:1', accounts, dataDir: null });
	world.world.offsetMs = START - Date.now();
	const environment = {
		DATABASE_URL: here(app),
		DATABASE_URL_SYSTEM: here(system),
		ORIGIN: 'http://localhost:1',
		PONCTUEL_SECRET: 'a secret of the tests, long enough to be accepted',
		SMTP_URL: world.smtpUrl,
		STRIPE_SECRET_KEY: 'sk_test_sandbox_tests',
		STRIPE_PUBLISHABLE_KEY: 'pk_test_sandbox_tests',
		STRIPE_WEBHOOK_SECRET: 'whsec_tests',
		SANDBOX_API_URL: world.apiUrl,
		SANDBOX_JS_URL: world.jsUrl,
		SANDBOX_MAILBOX_URL: world.mailboxUrl,
		SANDBOX_LOYALTY_URL: world.loyaltyUrl
	};
	const config = readConfig(environment);
	const clock: Clock = { now: () => new Date(world.world.now()) };
	const services = buildServices(config, clock, openLog('silent'));
	const drain = () => drainOnce(services);
	return {
		services,
		config,
		environment,
		world,
		databaseUrl,
		drain,
		advance: async (days) => {
			// Before a day goes by, the worker has followed the points.
			while (await doDueWork(services, ['points']));
			for (let i = 0; i < days; i++) {
				const hour = hourInParis(world.world.now());
				world.world.offsetMs += DAY_MS;
				// The same hour of the next day, whatever clocks do: before midnight, a day of 23 hours would be two.
				const moved = hourInParis(world.world.now()) - hour;
				world.world.offsetMs -= (Math.abs(moved) > 12 ? moved - 24 * Math.sign(moved) : moved) * 3_600_000;
				runDue(world.world);
			}
		},
		close: async ({ isMadeUp } = { isMadeUp: false }) => {
			services.mail.close();
			await services.db.close();
			if (!isMadeUp) await whatIsOpenIsRight(databaseUrl);
			await world.close();
		}
	};
}

/** Whatever a test does, what is stored as open is what the journal, the tries and the parts say. */
async function whatIsOpenIsRight(databaseUrl: string): Promise<void> {
	const client = postgres(databaseUrl, { max: 1, onnotice: () => {} });
	try {
		expect(await listOpenDifferences(drizzle(client) as never, 3)).toEqual([]);
	} finally {
		await client.end();
	}
}
