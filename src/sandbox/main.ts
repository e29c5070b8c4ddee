// Starts the outside world: Stripe's API, its script origin, the post office, LoyaltyLion. Tells its parent when it listens.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { loyaltyServer } from './loyalty/server.ts';
import { LoyaltyWorld } from './loyalty/world.ts';
import { Mailbox, mailboxServer, smtpServer } from './mailbox.ts';
import { runDue } from './stripe/control.ts';
import { redeliver } from './stripe/events.ts';
import { scriptServer } from './stripe/script-server.ts';
import { stripeServer } from './stripe/server.ts';
import { World } from './stripe/world.ts';

export type WorldOptions = {
	appOrigin: string;
	accounts: string[];
	dataDir: string | null;
	ports?: { api: number; js: number; smtp: number; mailbox: number; loyalty: number };
	webhook?: { url: string; secret: string };
};
export type RunningWorld = {
	apiUrl: string;
	jsUrl: string;
	smtpUrl: string;
	mailboxUrl: string;
	loyaltyUrl: string;
	world: World;
	mailbox: Mailbox;
	loyalty: LoyaltyWorld;
	close(): Promise<void>;
};

const listen = (server: Server, port: number, host = '127.0.0.1'): Promise<number> =>
	new Promise((done, failed) => {
		server.once('error', failed).listen(port, host, () => done((server.address() as AddressInfo).port));
	});

export async function startWorld(options: WorldOptions): Promise<RunningWorld> {
	const world = new World({
		accounts: options.accounts,
		file: options.dataDir ? path.join(options.dataDir, 'stripe.json') : null
	});
	const mailbox = new Mailbox({
		file: options.dataDir ? path.join(options.dataDir, 'mails.json') : null,
		now: () => world.now(),
		bounceTo: `${options.appOrigin.replace('//localhost', '//127.0.0.1')}/webhooks/mail`
	});
	// The API must know the script's origin (CORS) and the script the API's. Each reads it with the first request: a port that is let go for a moment is another's.
	const urls = { apiUrl: '', jsUrl: '', appOrigin: options.appOrigin };
	const js = scriptServer(world, urls);
	urls.jsUrl = `http://localhost:${await listen(js, options.ports?.js ?? 0, 'localhost')}`;
	const api = stripeServer(world, urls);
	urls.apiUrl = `http://127.0.0.1:${await listen(api, options.ports?.api ?? 0)}`;
	const { apiUrl, jsUrl } = urls;
	const smtp = smtpServer(mailbox);
	await new Promise<void>((done, failed) => {
		smtp.server.once('error', failed);
		smtp.listen(options.ports?.smtp ?? 0, '127.0.0.1', done);
	});
	const box = mailboxServer(mailbox);
	const mailboxUrl = `http://127.0.0.1:${await listen(box, options.ports?.mailbox ?? 0)}`;
	const loyalty = new LoyaltyWorld({
		file: options.dataDir ? path.join(options.dataDir, 'loyalty.json') : null,
		now: () => world.now()
	});
	const loyaltyApi = loyaltyServer(loyalty);
	const loyaltyUrl = `http://127.0.0.1:${await listen(loyaltyApi, options.ports?.loyalty ?? 0)}`;
	if (options.webhook) {
		world.endpoints = [{ id: 'we_demo', ...options.webhook, enabled_events: ['*'] }];
		void redeliver(world);
	}
	const timer = setInterval(() => runDue(world), 250);
	const close = async () => {
		clearInterval(timer);
		world.save();
		api.closeAllConnections();
		js.closeAllConnections();
		box.closeAllConnections();
		loyaltyApi.closeAllConnections();
		await Promise.all([
			new Promise((done) => api.close(done)),
			new Promise((done) => js.close(done)),
			new Promise((done) => box.close(done)),
			new Promise((done) => loyaltyApi.close(done)),
			new Promise<void>((done) => smtp.close(done))
		]);
	};
	return {
		apiUrl,
		jsUrl,
		smtpUrl: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
		mailboxUrl,
		loyaltyUrl,
		world,
		mailbox,
		loyalty,
		close
	};
}

if (import.meta.main) {
	const options = JSON.parse(process.argv[2] ?? '{}') as WorldOptions;
	for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
	try {
		const running = await startWorld(options);
		process.send?.({
			ready: {
				apiUrl: running.apiUrl,
				jsUrl: running.jsUrl,
				smtpUrl: running.smtpUrl,
				mailboxUrl: running.mailboxUrl,
				loyaltyUrl: running.loyaltyUrl
			}
		});
		const stop = () => void running.close().then(() => process.exit(0));
		process.on('SIGTERM', stop).on('disconnect', stop);
	} catch (error) {
		process.send?.({ error: String((error as Error).message) });
		process.exitCode = 1;
		process.disconnect?.();
	}
}
