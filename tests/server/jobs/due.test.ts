// Work found by what is due: a row for each thing that Stripe has not ended, looked at when it wants to be, by whoever has a hand free. Whatever is done twice is done once,
// and whoever is slow keeps nobody else waiting.
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Minor } from '#lib/domain/money/minor.ts';
import { required } from '#lib/domain/required.ts';
import { askStripe, doOwnWork, JOBS } from '#lib/server/jobs/due-jobs.ts';
import { newId } from '#lib/server/identity.ts';
import type { Services } from '#lib/server/services.ts';
import { findAttempt, insertAttempt } from '#lib/server/store/attempts.ts';
import { askForWork, claimDueWork, putOffWork, wakeWork, type DueWork } from '#lib/server/store/due-work.ts';
import { POOLS, type DueJob } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { setUpMethod } from '#lib/server/use-cases/methods/set-up-method.ts';
import { followSilence } from '#lib/server/use-cases/payments/follow-silence.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { workDue } from '../../builders/due.ts';
import { anInvoice, aPayer, aSupplier, aToken, FROM, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { aProgramme } from '../../builders/points.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const MINUTE_MS = 60_000;
let house: TestHouse;
let cast: Cast;
let payer: Payer;
let superuser: postgres.Sql;
let serial = 0;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 40 }, (_, i) => `acct_due${i}`));
	superuser = postgres(house.databaseUrl, { max: 2, onnotice: () => {} });
});
afterAll(async () => {
	await superuser.end();
	await house.close();
});
beforeEach(async () => {
	serial += 1;
	house.world.world.faults = [];
	await superuser`delete from due_work`;
	cast = await aSupplier(house.services, account(), `Lumen ${serial}`);
	payer = await aPayer(house.services, cast, `paul${serial}@roche.example`);
});

const account = () => `acct_due${serial}`;
const asSystem = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(house.services.db, cast.system, work);
const pass = (ms: number) => void (house.world.world.offsetMs += ms);
const now = () => house.services.clock.now();
const lost = (path: string) =>
	void house.world.world.faults.push({ id: 'f', match: { method: 'POST', path }, do: { drop: 'after' }, seen: 0 });
const buy = async (more: { method?: string } = {}) => {
	const invoiceId = await anInvoice(house.services, cast, {});
	const attemptId = newId();
	await pay(house.services, payer, [invoiceId], 120_000, { attemptId, account: account(), noWorker: true, ...more });
	house.world.world.faults = [];
	return attemptId;
};
/** What waits, and in how many seconds it is due. */
const waiting = async () =>
	(await superuser`select job, due_at from due_work order by due_at`).map((row) => [
		row['job'] as DueJob,
		Math.round(((row['due_at'] as Date).getTime() - now().getTime()) / 1000)
	]);
const claim = async (limits: { perLane: number; limit: number; served?: string }, ...jobs: [DueJob, ...DueJob[]]) =>
	(
		await claimDueWork(house.services.db, now(), {
			pool: POOLS[jobs[0]],
			leases: Object.fromEntries(jobs.map((job) => [job, MINUTE_MS])),
			...limits
		})
	).work;
const statusOf = async (id: string) => (await asSystem((tx) => findAttempt(tx, cast.system, id)))?.status;

/** Each job, with something of its own to do. */
const BEGUN: Record<DueJob, () => Promise<unknown>> = {
	points: async () => {
		await aProgramme(house.services, cast);
		await buy();
	},
	attempt: async () => {
		lost('^/v1/payment_intents$');
		await buy();
	},
	refund: async () => {
		const attemptId = await buy();
		const [payment] = await asSystem((tx) =>
			tx.execute<{ id: string }>(sql`select payment_id as id from payment where attempt_id = ${attemptId}`)
		);
		lost('^/v1/refunds$');
		const asked = { refundRequestId: newId(), paymentId: payment?.id ?? '', amountMinor: 40_000n as Minor };
		expect(await requestRefund(house.services, cast.owner, asked)).toMatchObject({ ok: false });
	},
	setup: async () => {
		lost('^/v1/setup_intents$');
		const confirmationTokenId = await aToken(house.services, 'pm_card_visa', account());
		const asked = { setupId: newId(), planId: null, confirmationTokenId };
		expect(await setUpMethod(house.services, payer.scope, asked, FROM)).toMatchObject({ ok: false });
	}
};
/** Whatever a job may change, ours and Stripe's. */
async function everything(): Promise<unknown> {
	const tables = [
		'payment_attempt',
		'payment',
		'journal_line',
		'refund_request',
		'method_setup',
		'saved_method',
		'points_entry',
		'mail'
	];
	const kept: unknown[] = [];
	for (const table of tables)
		kept.push(
			(await superuser.unsafe(`select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text`)).map(
				({ row }) => row
			)
		);
	const { payment_intents, refunds, setup_intents } = required(house.world.world.accounts.get(account()), 'account');
	return JSON.parse(
		JSON.stringify({ kept, payment_intents, refunds, setup_intents }, (key, value: unknown) =>
			key === 'updated_at' ? null : value
		)
	);
}

describe.each(Object.keys(JOBS) as DueJob[])('%s', (job) => {
	test('done twice, and twice at once, it is done once; then nothing is left of it', async () => {
		await BEGUN[job]();
		house.world.world.faults = [];
		pass(2 * MINUTE_MS);
		const [work] = await claim({ perLane: 9, limit: 9 }, job);
		const run = (one: DueWork) => JOBS[job].run(house.services, cast.system, one);
		const before = await everything();
		await run(required(work, 'work'));
		const after = await everything();
		expect(after).not.toEqual(before);
		await Promise.all([run(required(work, 'work')), run(required(work, 'work'))]);
		await run(required(work, 'work'));
		expect(await everything()).toEqual(after);
		await superuser`update due_work set claimed_until = null`;
		await workDue(house.services, job);
		expect((await waiting()).filter(([of]) => of === job)).toEqual([]);
	});
});

describe('what Stripe has not ended', () => {
	test('is asked about after a minute, then less and less often, and no more once it has', async () => {
		const attemptId = await buy({ method: 'pm_success_fr' });
		expect(await waiting()).toEqual([['attempt', 60]]);
		const gaps: number[] = [];
		for (let i = 0; i < 12; i++) {
			const [next] = await waiting();
			const seconds = Number(next?.[1]);
			gaps.push(Math.round(seconds / 60));
			pass((seconds + 1) * 1000);
			await workDue(house.services, 'attempt');
		}
		// As long again as it has waited so far, by a clock that goes on meanwhile.
		for (const [i, minutes] of [1, 1, 2, 4, 8, 16].entries())
			expect(Math.abs((gaps[i] ?? 0) - minutes)).toBeLessThan(2);
		expect(gaps.at(-1)).toBe(720);
		await house.advance(7);
		// An event says so: nothing is left to be looked at.
		const attempt = required(await asSystem((tx) => findAttempt(tx, cast.system, attemptId)), 'attempt');
		await settleIntent(house.services, cast.system, {
			account: account(),
			intentId: attempt.stripePaymentIntentId ?? ''
		});
		expect([await statusOf(attemptId), await waiting()]).toEqual(['paid', []]);
	});
	test('waits no longer once an account answers again', async () => {
		await buy({ method: 'pm_success_fr' });
		await superuser`update due_work set due_at = due_at + interval '10 hours'`;
		await superuser`update stripe_account set silence = 'unreachable', silent_since = ${now()}, ask_again_at = ${now()} where account = ${account()}`;
		await followSilence(house.services);
		const [next] = await waiting();
		expect(next?.[1]).toBeLessThanOrEqual(0);
	});
	test('an account answers again while somebody looks, who found it silent: it is looked at once more, at once', async () => {
		await buy({ method: 'pm_success_fr' });
		pass(2 * MINUTE_MS);
		const [work] = await claim({ perLane: 1, limit: 1 }, 'attempt');
		await wakeWork(house.services.db, account(), now());
		await putOffWork(house.services.db, required(work, 'work'), { until: new Date(now().getTime() + 86_400_000) });
		expect((await waiting())[0]?.[1]).toBeLessThanOrEqual(0);
		expect(await claim({ perLane: 1, limit: 1 }, 'attempt')).toHaveLength(1);
	});
	test('an account answers again at the very moment at which a look is put off: that look is waited for', async () => {
		await buy({ method: 'pm_success_fr' });
		const putting = Promise.withResolvers<void>();
		const woken = superuser.begin(async (sql) => {
			await sql`update due_work set due_at = due_at + interval '10 hours'`;
			putting.resolve();
			await new Promise((done) => setTimeout(done, 300));
		});
		await putting.promise;
		await Promise.all([wakeWork(house.services.db, account(), now()), woken]);
		expect((await waiting())[0]?.[1]).toBeLessThanOrEqual(0);
	});
	test('the same of a look in hand, which is put off as nobody has asked: it is looked at once more', async () => {
		await buy({ method: 'pm_success_fr' });
		pass(2 * MINUTE_MS);
		expect(await claim({ perLane: 1, limit: 1 }, 'attempt')).toHaveLength(1);
		const putting = Promise.withResolvers<void>();
		const put = superuser.begin(async (sql) => {
			await sql`update due_work set due_at = due_at + interval '10 hours', claimed_until = null`;
			putting.resolve();
			await new Promise((done) => setTimeout(done, 300));
		});
		await putting.promise;
		await Promise.all([wakeWork(house.services.db, account(), now()), put]);
		expect((await waiting())[0]?.[1]).toBeLessThanOrEqual(0);
	});
	test('moved while somebody looks, it is looked at a minute later, whatever the one who looked says', async () => {
		lost('^/v1/payment_intents$');
		const attemptId = await buy();
		pass(2 * MINUTE_MS);
		const [work] = await claim({ perLane: 1, limit: 1 }, 'attempt');
		await superuser`update payment_attempt set status = 'processing', updated_at = ${now()} where attempt_id = ${attemptId}`;
		await putOffWork(house.services.db, required(work, 'work'), { until: new Date(now().getTime() + 86_400_000) });
		expect(await waiting()).toEqual([['attempt', 60]]);
		await superuser`update payment_attempt set status = 'canceled', updated_at = ${now()} where attempt_id = ${attemptId}`;
		await superuser`update payment_attempt_invoice set live = false where attempt_id = ${attemptId}`;
		expect(await waiting()).toEqual([]);
	});
});

describe('turns', () => {
	const many = (count: number) =>
		asSystem(async (tx) => {
			const at = new Date(now().getTime() - 3_600_000);
			for (let i = 0; i < count; i++)
				await insertAttempt(
					tx,
					cast.system,
					{
						attemptId: newId(),
						clientId: payer.clientId,
						contactId: null,
						channel: 'portal',
						amountMinor: 1_000n as Minor,
						currency: 'EUR',
						confirmationTokenId: 'tok',
						description: '',
						returnUrl: '',
						status: 'processing',
						stripePaymentIntentId: `pi_${newId()}`,
						stripeAccount: account(),
						retriesIntent: false,
						createdAt: at,
						updatedAt: at
					},
					[],
					{ live: false }
				);
		});
	/** Another supplier, who comes later. */
	const another = async () => {
		serial += 1;
		cast = await aSupplier(house.services, account(), `Lumen ${serial}`);
		payer = await aPayer(house.services, cast, `paul${serial}@roche.example`);
	};

	test('a hundred of one account keep none of another waiting, and no more than two of one are in hand, whoever claims', async () => {
		const first = `debits ${account()}`;
		await many(100);
		await another();
		await many(1);
		const limits = { perLane: 2, limit: 4 };
		const claimed = (
			await Promise.all([claim(limits, 'attempt'), claim(limits, 'attempt'), claim(limits, 'attempt')])
		).flat();
		expect(claimed.map(({ lane }) => lane).sort()).toEqual([first, first, `debits ${account()}`].sort());
		expect(await claim(limits, 'attempt')).toEqual([]);
		// Put off, another takes its place.
		for (const work of claimed)
			await putOffWork(house.services.db, work, { until: new Date(now().getTime() + MINUTE_MS) });
		expect((await claim(limits, 'attempt')).map(({ lane }) => lane)).toEqual([first, first]);
	});

	test('two who claim at the very same time take no more of a lane than one may have', async () => {
		await many(20);
		// Each claim takes its time before it is committed, so that another's is begun meanwhile.
		await superuser.unsafe(`create function slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(0.1); return new; end $$;
			create trigger slowly before update on due_work for each row execute function slowly()`);
		try {
			const limits = { perLane: 2, limit: 12 };
			const claimed = await Promise.all([claim(limits, 'attempt'), claim(limits, 'attempt'), claim(limits, 'attempt')]);
			expect(claimed.map((work) => work.length).sort()).toEqual([0, 0, 2]);
		} finally {
			await superuser.unsafe('drop trigger slowly on due_work; drop function slowly()');
		}
	});

	test('lanes are served in turn, also when there are more of them than hands: old work of one keeps no other waiting', async () => {
		const lanes: string[] = [];
		for (const [i, count] of [30, 30, 1, 1].entries()) {
			if (i) await another();
			await many(count);
			lanes.push(`debits ${account()}`);
			// The first ones have waited longest.
			await superuser`update due_work set due_at = due_at + ${i} * interval '1 minute' where lane = ${lanes.at(-1) ?? ''}`;
		}
		// One hand for all of them.
		const taken: string[] = [];
		let served = '';
		for (let i = 0; i < 6; i++) {
			const claimed = await claimDueWork(house.services.db, now(), {
				pool: 'stripe',
				leases: { attempt: MINUTE_MS },
				perLane: 2,
				limit: 1,
				served
			});
			const [work] = claimed.work;
			taken.push(required(work, 'work').lane);
			served = claimed.served;
			await putOffWork(house.services.db, required(work, 'work'), { until: new Date(now().getTime() + 86_400_000) });
		}
		const inOrder = [...lanes].sort();
		expect(taken.slice(0, 4)).toEqual(inOrder);
		expect(taken.slice(4)).toEqual([lanes[0], lanes[1]].sort());
	});

	test('a card and a refund are asked about while thousands of debits of the same account are due', async () => {
		await many(50);
		lost('^/v1/payment_intents$');
		const attemptId = await buy();
		pass(2 * MINUTE_MS);
		const [first, second] = await claim({ perLane: 1, limit: 2 }, 'attempt');
		expect([first?.subjectId, second?.subjectId]).toContain(attemptId);
		// Once it is a debit under way, it waits among them.
		await superuser`update payment_attempt set status = 'processing', updated_at = ${now()} where attempt_id = ${attemptId}`;
		const [row] = await superuser`select lane from due_work where subject_id = ${attemptId}`;
		expect(row?.['lane']).toBe(`debits ${account()}`);
	});

	test('points of a supplier with thousands keep another’s waiting for two of them', async () => {
		const ask = (count: number) =>
			asSystem(async (tx) => {
				for (let i = 0; i < count; i++)
					await askForWork(tx, cast.system, { job: 'points', subjectId: newId(), clientId: payer.clientId, at: now() });
			});
		await ask(50);
		const first = cast.system.supplierId;
		await doOwnWork(house.services);
		await another();
		await ask(1);
		await doOwnWork(house.services);
		const left = await superuser`select supplier_id from due_work where job = 'points'`;
		expect([left.length, new Set(left.map((row) => row['supplier_id'] as string))]).toEqual([46, new Set([first])]);
	});

	test('an account that is slow to answer, or has enough of us, holds two hands: the others are asked meanwhile', async () => {
		const slow = account();
		await many(40);
		await another();
		lost('^/v1/payment_intents$');
		const attemptId = await buy();
		pass(2 * MINUTE_MS);
		let [asking, most] = [0, 0];
		const answer = Promise.withResolvers<void>();
		const services: Services = {
			...house.services,
			payments: {
				...house.services.payments,
				retrieve: async (of, id) => {
					if (of !== slow) return house.services.payments.retrieve(of, id);
					most = Math.max(most, (asking += 1));
					await answer.promise;
					asking -= 1;
					throw new Error('429');
				}
			}
		};
		let isStopping = false;
		const asked = askStripe(services, { stopping: () => isStopping, nextRing: () => new Promise(() => {}) });
		await expect.poll(() => statusOf(attemptId), { timeout: 20_000 }).toBe('paid');
		expect([asking, most]).toEqual([2, 2]);
		isStopping = true;
		answer.resolve();
		await asked;
		expect(most).toBe(2);
	});
});
