// Beyond one machine (docs/scaling.md): with nginx, two web and two worker processes, PgBouncer in transaction mode, and PostgreSQL restarted twice while
// people pay, every promise is kept. `npm run scale`.
import { beforeAll, describe, expect, test } from 'vitest';
import { play, type Played } from './play.ts';

let played: Played;
beforeAll(async () => {
	played = await play();
	const { counts, clicks, streams, backends, looked, seconds, logs } = played;
	const facts = { seconds, counts, slowestClickMs: Math.max(...clicks.map(({ ms }) => ms)), streams, backends, looked };
	console.info(`${JSON.stringify(facts)}\n${logs}`);
});

describe('money', () => {
	test('each payer is told that it is paid', () =>
		expect(played.outcomes.filter((said) => said !== 'paid')).toEqual([]));
	test('each invoice is paid once, and nothing of it is open', () => expect(played.open).toEqual([]));
	test('books, Stripe, mails, API and pages say the same, and each receipt left once', () => {
		expect(played.anomalies).toEqual([]);
		expect(played.looked['mails that came again']).toBe(0);
	});
});
describe('people', () => {
	test('who clicks while PostgreSQL restarts waits a moment, and gets the page', () => {
		expect(played.clicks.filter(({ status }) => status !== 200)).toEqual([]);
		expect(played.clicks.length).toBe(60);
	});
	test('live streams come through nginx at once, go on through the restarts, and tell', () => {
		for (const { openedMs, hasEnded, toldMs } of played.streams) {
			expect(openedMs).toBeLessThan(5000);
			expect(hasEnded).toBe(false);
			expect(toldMs).not.toBeNull();
		}
	});
});
describe('processes and sessions', () => {
	test('nobody died', () => expect(played.deaths).toEqual([]));
	test('each process listens at PostgreSQL itself, before the restarts and after them', () => {
		for (const listening of [played.listening.before, played.listening.after])
			expect(listening).toEqual(
				Array.from({ length: 4 }, () => ({
					name: 'ponctuel_listen',
					lastSaid: expect.stringMatching(/^listen "ponctuel_(news|clock)"$/),
					isByPool: false
				}))
			);
	});
	test('a few sessions of PostgreSQL are lent to many connections, and nothing is left in them', () => {
		expect(played.backends.lent).toBeLessThanOrEqual(16);
		expect(played.backends.asked).toBeGreaterThan(played.backends.lent);
		expect(played.leftBehind.filter(Boolean)).toEqual([]);
	});
});
