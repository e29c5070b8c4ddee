// Builds everything from the configuration, once a process. Hooks, scripts and tests get their services here.
import type { Logger } from 'pino';
import { openSessions, type Sessions } from './access/sessions.ts';
import { checkLogins } from './check-logins.ts';
import { movableClock, wallClock, type Clock, type MovableClock } from './clock.ts';
import { config as readCurrentConfig, type Config } from './config.ts';
import { followDemoClock } from './demo-clock.ts';
import { loyaltyGateway } from './gateways/loyalty/client.ts';
import { mailGateway } from './gateways/mail/client.ts';
import { s3Storage } from './gateways/storage/s3.ts';
import { stripeGateway } from './gateways/stripe/client.ts';
import { startWorker, type Worker } from './jobs/worker.ts';
import { Hub } from './live/hub.ts';
import { makeSignal } from './live/signal.ts';
import { openLog } from './log.ts';
import type { Services } from './services.ts';
import { openDatabase } from './store/database.ts';
import { takePlace } from './store/loyalty-connection.ts';
import { noteSilence } from './store/stripe-accounts.ts';
import { openLimits } from './store/rate-limits.ts';
import { countVisitors } from './visitors.ts';

export type House = {
	services: Services;
	sessions: Sessions;
	hub: Hub;
	worker: Worker | null;
	demoClock: MovableClock | null;
	close(): Promise<void>;
};

/** A lost answer stops the debit run of one account for a minute. */
const ASK_AGAIN_MS = 60_000;
export function buildServices(config: Config, clock: Clock, log: Logger = openLog(config.logLevel)): Services {
	const db = openDatabase(config.database, {
		onRepeat: (error) => log.warn({ err: error }, 'a transaction was lost before its commit, and is done again')
	});
	const onProblem = (error: unknown) => log.warn({ err: error }, 'signal lost; readers catch up by themselves');
	return {
		db,
		clock,
		config,
		payments: stripeGateway(config, (account, silence) =>
			noteSilence(db, account, {
				silence,
				now: clock.now(),
				askAgainAt: new Date(clock.now().getTime() + ASK_AGAIN_MS)
			})
		),
		mail: mailGateway(config),
		loyalty: loyaltyGateway(config, (supplierId) => takePlace(db, supplierId)),
		storage: config.storage && s3Storage(config.storage),
		limits: openLimits(db, clock),
		log,
		visitors: countVisitors(),
		signal: makeSignal(db, onProblem)
	};
}

async function buildHouse(config: Config): Promise<House> {
	const demoClock = config.sandbox ? movableClock() : null;
	const services = buildServices(config, demoClock ?? wallClock);
	await checkLogins(services);
	if (demoClock) await followDemoClock(services.db, demoClock);
	const worker = config.role === 'web' ? null : startWorker(services);
	const hub = new Hub(services.db, {
		clock: services.clock,
		secret: config.secret,
		onSignal: () => worker?.wake(),
		onProblem: (error) => services.log.warn({ err: error }, 'live: news not read, trying again')
	});
	await hub.start();
	const close = async () => {
		hub.stop();
		await worker?.stop();
		services.mail.close();
		await services.db.close();
	};
	return { services, sessions: openSessions(services.db, config), hub, worker, demoClock, close };
}

// A module is evaluated once per process, except under the development server: the house lives on globalThis so that a reload finds it.
const holder = globalThis as unknown as { ponctuelHouse?: Promise<House> };
export const house = (): Promise<House> => (holder.ponctuelHouse ??= buildHouse(readCurrentConfig()));
