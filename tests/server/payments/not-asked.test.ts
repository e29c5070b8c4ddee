// What could not be asked is never an answer: a key that is refused, an account without access, no answer at all. Money is taken once, given back once,
// nobody hears of a refusal that no bank made, and everything goes on by itself.
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { daysBetween } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import type { IntentState } from '#lib/server/gateways/stripe/port.ts';
import { newId } from '#lib/server/identity.ts';
import type { Services } from '#lib/server/services.ts';
import { findAttempt, lockAttempt, saveAttempt } from '#lib/server/store/attempts.ts';
import { listDue } from '#lib/server/store/plan-charges.ts';
import { savePlan } from '#lib/server/store/plans.ts';
import { findRefundRequest } from '#lib/server/store/refund-requests.ts';
import { stripeEvent } from '#lib/server/store/schema/index.ts';
import { setUpMethod } from '#lib/server/use-cases/methods/set-up-method.ts';
import { handleNextEvent } from '#lib/server/use-cases/payments/handle-event.ts';
import { readSilences } from '#lib/server/use-cases/payments/read-silences.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { workDue } from '../../builders/due.ts';
import { FROM, aPayer, anInvoice, anOffer, aSupplier, aToken, instalments, pay } from '../../builders/parties.ts';
import type { Cast, Payer } from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast, { discount: null, instalments: instalments() });
});
afterAll(() => house.close());
beforeEach(() => void (house.world.mailbox.mails.length = 0));
afterEach(async () => {
	stripeIsBack();
	house.world.world.offsetMs += 20 * MINUTE_MS;
	await house.drain();
});

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const stripe = () => house.world.world.accounts.get('acct_lumen')!;
const keyRefused = () => void (house.world.world.refusedKeys = [house.config.stripe.secretKey]);
const stripeIsBack = () => void Object.assign(house.world.world, { refusedKeys: [], refusedAccounts: [], faults: [] });
const fault = (path: string, does: object, times?: number) =>
	void house.world.world.faults.push({
		id: 'f',
		match: { method: 'POST', path, ...(times ? { times } : {}) },
		do: does,
		seen: 0
	});
const pass = (ms: number) => void (house.world.world.offsetMs += ms);
const attemptNow = async (id: string) => (await asSystem((tx) => findAttempt(tx, cast.system, id)))!;
const intentsOf = (attemptId: string) =>
	Object.values(stripe().payment_intents).filter((intent) => intent.metadata.attempt_id === attemptId);
const { inDays, today, asSystem, balanceOf, planOf, days } = stageOf(() => ({ house, cast }));
const fresh = (grossMinor = 120_000) =>
	anInvoice(house.services, cast, {}, { grossMinor, issuedOn: inDays(0), dueOn: inDays(30) });
const aPlan = async (method = 'pm_card_visa') => {
	const invoiceId = await fresh();
	expect(await pay(house.services, payer, [invoiceId], 60_000, { option: 'plan_2', method })).toMatchObject({
		ok: true
	});
	return invoiceId;
};
/** Days on which nothing happens by the day. */
async function jump(count: number): Promise<void> {
	await house.advance(count);
	await house.drain();
}
const mailsTo = (address: string, words = /./) =>
	house.world.mailbox.mails.filter((mail) => mail.to.includes(address) && words.test(mail.subject));

/** A payment that Stripe took, and a refund that it made, whose answers were lost. */
async function lost() {
	const [paidId, invoiceId] = [await fresh(25_800), await fresh(25_800)];
	expect(await pay(house.services, payer, [paidId], 25_800)).toMatchObject({ ok: true, value: { status: 'paid' } });
	const [payment] = await asSystem((tx) =>
		tx.execute<{ id: string }>(sql`select payment_id as id from allocation where invoice_id = ${paidId}`)
	);
	const [attemptId, refundRequestId, token] = [newId(), newId(), await aToken(house.services)];
	fault('^/v1/(payment_intents|refunds)$', { drop: 'after' });
	expect(await pay(house.services, payer, [invoiceId], 25_800, { attemptId, token })).toMatchObject({
		refusal: { code: 'payment_unknown' }
	});
	const refund = { refundRequestId, paymentId: payment!.id, amountMinor: minor(9330n) };
	expect(await requestRefund(house.services, cast.owner, refund)).toMatchObject({
		refusal: { code: 'refund_unknown' }
	});
	house.world.world.faults = [];
	const refundNow = async () => (await asSystem((tx) => findRefundRequest(tx, cast.system, refundRequestId)))!.status;
	const made = () =>
		Object.values(stripe().refunds).filter((one) => one.metadata!.refund_request_id === refundRequestId).length;
	return { paidId, invoiceId, attemptId, refund, refundNow, made };
}

describe('a lost answer that is asked again', () => {
	test.each([
		['a refused key', () => keyRefused()],
		['an account without access', () => void (house.world.world.refusedAccounts = ['acct_lumen'])],
		['too many requests', () => fault('^/v1/', { status: 429, should_retry: false })],
		['an answer that is cut', () => fault('^/v1/', { truncate: true })],
		['a page of a proxy', () => fault('^/v1/', { html_502: true })]
	])('meets %s: it stays unknown, and one charge and one refund are at Stripe', async (_name, breaks) => {
		const { invoiceId, attemptId, refund, refundNow, made } = await lost();
		breaks();
		pass(2 * MINUTE_MS);
		await workDue(house.services, 'attempt');
		await workDue(house.services, 'refund');
		expect([(await attemptNow(attemptId)).status, await refundNow()]).toEqual(['open', 'open']);
		expect(
			await requestRefund(house.services, cast.owner, {
				...refund,
				refundRequestId: newId(),
				amountMinor: minor(25_800n)
			})
		).toMatchObject({
			refusal: { code: 'refund_above_rest' }
		});
		expect((await pay(house.services, payer, [invoiceId], 25_800, { token: 'ctoken_x' })).ok).toBe(false);
		stripeIsBack();
		pass(2 * MINUTE_MS);
		await house.drain();
		expect([(await attemptNow(attemptId)).status, await refundNow()]).toEqual(['paid', 'accepted']);
		expect([await balanceOf(invoiceId), intentsOf(attemptId).length, made()]).toEqual([0n, 1, 1]);
	});
	test('for two days: it is looked up, and never sent again', async () => {
		const { invoiceId, attemptId, refundNow, made } = await lost();
		keyRefused();
		await days(2);
		expect([(await attemptNow(attemptId)).status, await refundNow()]).toEqual(['open', 'open']);
		stripeIsBack();
		pass(HOUR_MS);
		await house.drain();
		expect([(await attemptNow(attemptId)).status, await refundNow()]).toEqual(['paid', 'accepted']);
		expect([await balanceOf(invoiceId), intentsOf(attemptId).length, made()]).toEqual([0n, 1, 1]);
	});
	test('is answered by a 400: what it became is looked up before anything ends', async () => {
		const { invoiceId, attemptId, refundNow, made } = await lost();
		fault('^/v1/(payment_intents|refunds)$', { status: 400, error: { code: 'parameter_invalid' } });
		pass(2 * MINUTE_MS);
		await workDue(house.services, 'attempt');
		await workDue(house.services, 'refund');
		expect([(await attemptNow(attemptId)).status, await refundNow()]).toEqual(['paid', 'accepted']);
		expect([await balanceOf(invoiceId), intentsOf(attemptId).length, made()]).toEqual([0n, 1, 1]);
	});
	test('a 400 to the first question ends it, and the invoice is free again', async () => {
		const invoiceId = await fresh();
		const attemptId = newId();
		fault('^/v1/payment_intents$', { status: 400, error: { code: 'parameter_invalid' } });
		expect(await pay(house.services, payer, [invoiceId], 120_000, { attemptId })).toMatchObject({ ok: false });
		expect(await attemptNow(attemptId)).toMatchObject({ status: 'canceled', errorCode: 'parameter_invalid' });
		stripeIsBack();
		expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({ value: { status: 'paid' } });
	});
});

test('an object that its account says is missing ends nothing', async () => {
	const invoiceId = await fresh();
	const attemptId = newId();
	await pay(house.services, payer, [invoiceId], 120_000, { attemptId, method: 'pm_success_fr' });
	const [intent] = intentsOf(attemptId);
	delete stripe().payment_intents[intent!.id];
	pass(2 * MINUTE_MS);
	await workDue(house.services, 'attempt');
	expect((await attemptNow(attemptId)).status).toBe('processing');
	expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({
		refusal: { code: 'payment_under_way' }
	});
	stripe().payment_intents[intent!.id] = intent!;
});

test('known to be silent, nothing begins that can’t be done: the payer is told so, and no refusal', async () => {
	const invoiceId = await fresh();
	const token = await aToken(house.services);
	keyRefused();
	await pay(house.services, payer, [await fresh()], 120_000, { token: 'ctoken_x' });
	pass(2 * MINUTE_MS);
	await house.drain();
	for (const option of ['now', 'plan_2'] as const)
		expect(
			await pay(house.services, payer, [invoiceId], option === 'now' ? 120_000 : 60_000, { option, token })
		).toMatchObject({ refusal: { code: 'payment_unavailable' } });
	expect(await balanceOf(invoiceId)).toBe(120_000n);
});

test('a means of payment that could not be asked for stays asked, and is kept once Stripe answers', async () => {
	const invoiceId = await aPlan();
	const { planId } = await planOf(invoiceId);
	const [setupId, confirmationTokenId] = [newId(), await aToken(house.services)];
	fault('^/v1/setup_intents$', { drop: 'after' });
	const ask = () => setUpMethod(house.services, payer.scope, { setupId, planId, confirmationTokenId }, FROM);
	expect(await ask()).toMatchObject({ refusal: { code: 'payment_unknown' } });
	house.world.world.faults = [];
	fault('^/v1/setup_intents$', { status: 400, error: { code: 'parameter_invalid' } });
	expect(await ask()).toMatchObject({ ok: true, value: { status: 'succeeded' } });
});

describe('a run of debits', () => {
	test.each([1, 35])(
		'while the key is refused for %i days: no refusal, no mail, no default, and it goes on by itself',
		async (out) => {
			const plans = [await aPlan(), await aPlan(), await aPlan('pm_success_fr')];
			await jump(19);
			house.world.mailbox.mails.length = 0;
			keyRefused();
			for (let week = 0; week < out; week += 7) await jump(Math.min(7, out - week));
			pass(2 * MINUTE_MS);
			await house.drain();
			const waiting = await Promise.all(plans.slice(0, 2).map(planOf));
			for (const plan of waiting) {
				expect(plan).toMatchObject({ status: 'active', cureEndsOn: null });
				expect(plan.instalments[1]).toMatchObject({ status: 'scheduled', failures: 0 });
			}
			expect(mailsTo('paul@roche.example', /échéance|prélev|refus/i)).toEqual([]);
			const told = mailsTo('claire@lumen.example');
			expect(told).toHaveLength(1);
			expect(told[0]!.text).toContain('Stripe refuse la clé');
			expect(await readSilences(house.services, cast.owner)).toMatchObject([
				{ account: 'acct_lumen', silence: 'key_refused', former: false }
			]);
			stripeIsBack();
			await days(1);
			expect(await readSilences(house.services, cast.owner)).toEqual([]);
			for (const invoiceId of plans.slice(0, 2)) {
				expect(
					(await planOf(invoiceId)).instalments.map((instalment) => [instalment.status, instalment.failures])
				).toEqual([
					['paid', 0],
					['paid', 0]
				]);
				expect(await balanceOf(invoiceId)).toBe(0n);
			}
			// Six business days, whatever lies between them.
			await jump(14);
			expect(await balanceOf(plans[2]!)).toBe(0n);
			const charged = Object.values(stripe().charges).filter((one) => one.paid && one.amount === 60_000);
			expect(charged.length % 2).toBe(0);
			expect(mailsTo('claire@lumen.example')).toHaveLength(1);
		}
	);
	test('one part that finds Stripe silent stops the row: the others are not even opened', async () => {
		const plans = [await aPlan(), await aPlan(), await aPlan()];
		await jump(19);
		fault('^/v1/payment_intents$', { status: 401 });
		await days(1);
		const [row] = await asSystem((tx) =>
			tx.execute<{ open: number }>(
				sql`select count(*)::int as open from payment_attempt where status = 'open' and channel = 'plan'`
			)
		);
		expect(row!.open).toBe(1);
		// Nor are they put on the queue again, each minute anew.
		expect(await asSystem((tx) => listDue(tx, cast.system, today()))).toEqual([]);
		stripeIsBack();
		await days(1);
		for (const invoiceId of plans) expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('an outage takes no day from the time that a client has to mend a plan', async () => {
		const invoiceId = await aPlan();
		const { planId } = await planOf(invoiceId);
		const ends = inDays(3);
		await asSystem((tx) => savePlan(tx, cast.system, planId, { cureEndsOn: ends }, house.services.clock.now()));
		keyRefused();
		await pay(house.services, payer, [await fresh()], 120_000, { token: 'ctoken_x' });
		await jump(10);
		expect(await planOf(invoiceId)).toMatchObject({ status: 'active' });
		stripeIsBack();
		pass(20 * MINUTE_MS);
		await house.drain();
		const after = await planOf(invoiceId);
		expect([after.status, daysBetween(ends, after.cureEndsOn!)]).toEqual(['active', 10]);
		expect(after.cureEndsOn! > today()).toBe(true);
	});
	test('that nobody answers is shown at once and told once, after an hour; a blip is told to nobody', async () => {
		// What was told of a silence before is more than a day ago.
		await jump(2);
		house.world.mailbox.mails.length = 0;
		fault('^/v1/', { status: 503, should_retry: false });
		await pay(house.services, payer, [await fresh()], 120_000, { token: 'ctoken_x' });
		stripeIsBack();
		pass(2 * MINUTE_MS);
		await house.drain();
		expect([await readSilences(house.services, cast.owner), mailsTo('claire@lumen.example')]).toEqual([[], []]);
		house.world.world.faults.push({
			id: 'f',
			match: { path: '^/v1/' },
			do: { status: 503, should_retry: false },
			seen: 0
		});
		await pay(house.services, payer, [await fresh()], 120_000, { token: 'ctoken_x' });
		pass(2 * MINUTE_MS);
		await house.drain();
		expect(await readSilences(house.services, cast.owner)).toMatchObject([{ silence: 'unreachable' }]);
		expect(mailsTo('claire@lumen.example')).toEqual([]);
		pass(50 * MINUTE_MS);
		await house.drain();
		expect(mailsTo('claire@lumen.example')).toEqual([]);
		for (const hours of [2, 5]) {
			pass(hours * HOUR_MS);
			await house.drain();
			expect(mailsTo('claire@lumen.example')).toHaveLength(1);
		}
		// It answers, and is silent again on the same day: that is told no more; on the next it is.
		stripeIsBack();
		pass(20 * MINUTE_MS);
		await house.drain();
		fault('^/v1/', { status: 503, should_retry: false });
		await pay(house.services, payer, [await fresh()], 120_000, { token: 'ctoken_x' });
		house.world.world.faults.push({
			id: 'f',
			match: { path: '^/v1/' },
			do: { status: 503, should_retry: false },
			seen: 0
		});
		for (const [hours, told] of [
			[2, 1],
			[24, 2],
			[24, 2]
		] as const) {
			pass(hours * HOUR_MS);
			await house.drain();
			expect(mailsTo('claire@lumen.example')).toHaveLength(told);
		}
	});
});

test('what Stripe told meanwhile waits without losing a try, and what had failed is taken up again', async () => {
	const invoiceId = await fresh();
	const attemptId = newId();
	await pay(house.services, payer, [invoiceId], 120_000, { attemptId });
	const [intent] = intentsOf(attemptId);
	const now = house.services.clock.now();
	const kept = (stripeEventId: string, state: 'new' | 'failed', tries: number) => ({
		supplierId: cast.supplierId,
		stripeEventId,
		stripeAccount: 'acct_lumen',
		type: 'payment_intent.succeeded',
		objectId: intent!.id,
		paymentIntentId: intent!.id,
		state,
		tries,
		nextTryAt: now,
		createdAt: now,
		receivedAt: now
	});
	await house.services.db.system
		.insert(stripeEvent)
		.values([kept('evt_waits', 'new', 3), kept('evt_failed', 'failed', 20)]);
	const states = async () =>
		(await house.services.db.system.select().from(stripeEvent))
			.filter((row) => row.stripeEventId.startsWith('evt_'))
			.map((row) => [row.stripeEventId, row.state, row.tries])
			.sort();
	keyRefused();
	for (let again = 0; again < 25; again++) {
		while (await handleNextEvent(house.services));
		pass(HOUR_MS);
	}
	// Known to be silent: each waits an hour, unless it is woken.
	await house.drain();
	pass(HOUR_MS);
	while (await handleNextEvent(house.services));
	expect(await states()).toEqual([
		['evt_failed', 'failed', 20],
		['evt_waits', 'new', 3]
	]);
	stripeIsBack();
	pass(20 * MINUTE_MS);
	await house.drain();
	expect((await states()).map(([id, state]) => [id, state])).toEqual([
		['evt_failed', 'done'],
		['evt_waits', 'done']
	]);
});

test('two who settle an intent that no attempt names yet: the slower one does not undo the faster', async () => {
	const invoiceId = await fresh();
	const attemptId = newId();
	fault('^/v1/payment_intents$', { drop: 'after' });
	await pay(house.services, payer, [invoiceId], 120_000, { attemptId });
	house.world.world.faults = [];
	const at = { account: 'acct_lumen', intentId: intentsOf(attemptId)[0]!.id };
	let reading = 0;
	const slow: Services = {
		...house.services,
		payments: {
			...house.services.payments,
			retrieve: async (account, intentId) => {
				const state = (await house.services.payments.retrieve(account, intentId))!;
				if (++reading > 1) return state;
				// It read before the money came, and writes after the other has booked it.
				await settleIntent(house.services, cast.system, at);
				return { ...state, status: 'requires_payment_method', hasLastError: false } satisfies IntentState;
			}
		}
	};
	await settleIntent(slow, cast.system, at);
	expect([(await attemptNow(attemptId)).status, await balanceOf(invoiceId)]).toEqual(['paid', 0n]);
	expect(reading).toBe(2);
	const [line] = await asSystem((tx) =>
		tx.execute<{ live: boolean }>(sql`select live from payment_attempt_invoice where attempt_id = ${attemptId}`)
	);
	expect(line!.live).toBe(false);
});

test('two at the very same instant: who waited for the row writes the name of the intent, never what it had read of the rest', async () => {
	const invoiceId = await fresh();
	const attemptId = newId();
	fault('^/v1/payment_intents$', { drop: 'after' });
	await pay(house.services, payer, [invoiceId], 120_000, { attemptId });
	house.world.world.faults = [];
	const at = { account: 'acct_lumen', intentId: intentsOf(attemptId)[0]!.id };
	let reading = 0;
	const slow: Services = {
		...house.services,
		payments: {
			...house.services.payments,
			retrieve: async (account, intentId) => {
				const state = (await house.services.payments.retrieve(account, intentId))!;
				return ++reading > 1 ? state : { ...state, status: 'requires_payment_method', hasLastError: false };
			}
		}
	};
	const [locked, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	const faster = asSystem(async (tx) => {
		await lockAttempt(tx, cast.system, attemptId);
		locked.resolve();
		await go.promise;
		const change = { status: 'paid' as const, stripePaymentIntentId: at.intentId };
		await saveAttempt(tx, cast.system, attemptId, change, house.services.clock.now());
	});
	await locked.promise;
	const slower = settleIntent(slow, cast.system, at);
	const all = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	for (let waits = 0; waits === 0;)
		waits = (await all`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)
			.length;
	await all.end();
	go.resolve();
	await Promise.all([faster, slower]);
	expect([(await attemptNow(attemptId)).status, reading]).toEqual(['paid', 2]);
	expect(await balanceOf(invoiceId)).toBe(0n);
});
