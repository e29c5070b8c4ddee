// The secret of an intent is in a browser while the bank waits for its person: with it one answers the bank, and tries no card that is not counted.
import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '#lib/domain/access/scope.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { findSetup, saveSetup } from '#lib/server/store/method-setups.ts';
import { listPlansOfInvoices } from '#lib/server/store/plans.ts';
import type { ClaimedEvent } from '#lib/server/store/stripe-events.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { checkSetup, setUpMethod } from '#lib/server/use-cases/methods/set-up-method.ts';
import { limitAttempts } from '#lib/server/use-cases/stripe/limit-attempts.ts';
import { checkAttempt } from '#lib/server/use-cases/payments/check-attempt.ts';
import { claimEvents, handleEvent, handleNextEvent } from '#lib/server/use-cases/payments/handle-event.ts';
import { receiveEvent } from '#lib/server/use-cases/payments/receive-event.ts';
import { done } from '#lib/server/use-cases/run.ts';
import { runDue } from '#sandbox/stripe/control.ts';
import { workDue } from '../../builders/due.ts';
import { answerBank, confirmInBrowser } from '../../builders/browser-at-stripe.ts';
import {
	FROM,
	aPayLink,
	aPayer,
	anInvoice,
	anOffer,
	aSupplier,
	aToken,
	instalments,
	pay,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const ASKS = 'pm_card_authenticationRequired';
let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast, { instalments: instalments() });
});
afterAll(() => house.close());

const by = (scope: Scope): Payer => ({ ...payer, scope });
/** An attempt that the bank asks about; its secret as the page gets it. */
async function begin(scope: Scope, invoiceId: string): Promise<{ attemptId: string; secret: string }> {
	const attemptId = newId();
	const begun = await pay(house.services, by(scope), [invoiceId], 120_000, { method: ASKS, attemptId });
	expect(begun).toMatchObject({ ok: true, value: { status: 'awaiting_auth' } });
	return { attemptId, secret: (begun.ok && begun.value.clientSecret) || '' };
}
const check = async (scope: Scope, attemptId: string): Promise<string> => {
	const checked = await checkAttempt(house.services, scope, attemptId);
	return checked.ok ? checked.value.status : checked.refusal.code;
};
function wait(minutes: number): void {
	house.world.world.offsetMs += minutes * 60_000;
	runDue(house.world.world);
}
/** How many more refused cards a link may bring. */
async function left(scope: Scope, about: string): Promise<number> {
	for (let count = 0; ; count++) {
		const tried = { about, address: `203.0.113.${count}` };
		const one = await limitAttempts(house.services, scope, tried, async () => done({ status: 'declined' }));
		if (!one.ok) return count;
	}
}

describe('a payment that waits for its bank', () => {
	test('takes no other card from whoever holds its secret, and is paid by the server once its payer has answered', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const link = aPayLink(cast, payer, invoiceId);
		const { attemptId, secret } = await begin(link, invoiceId);
		for (const card of ['pm_card_visa', 'pm_card_visa_chargeDeclined'])
			expect(await confirmInBrowser(house, secret, card)).toMatch(/cannot be confirmed using your publishable key/);
		expect(await answerBank(house, secret)).toBe('requires_confirmation');
		expect(await confirmInBrowser(house, secret), 'nor after the answer').toMatch(/publishable key/);
		const checked = await Promise.all([1, 2, 3].map(() => check(link, attemptId)));
		expect(checked).toContain('paid');
		expect(await check(link, attemptId)).toBe('paid');
		const intent = house.world.world.accounts.get('acct_lumen')!.payment_intents[secret.split('_secret_')[0]!]!;
		const charges = Object.values(house.world.world.accounts.get('acct_lumen')!.charges);
		expect(charges.filter((charge) => charge.payment_intent === intent.id).map(({ status }) => status)).toEqual([
			'succeeded'
		]);
		expect(await left(link, invoiceId), 'what is paid is no card tried').toBe(10);
	});
	test('gives no secret any more once the bank has its answer: only the server can go on', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const { attemptId, secret } = await begin(payer.scope, invoiceId);
		await answerBank(house, secret);
		const services = { ...house.services, payments: { ...house.services.payments, confirmAgain: async () => {} } };
		const checked = await checkAttempt(services, payer.scope, attemptId);
		expect(checked).toMatchObject({ ok: true, value: { status: 'awaiting_auth', clientSecret: null } });
	});
	test('is finished by reconciliation when its payer leaves after the bank', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const { attemptId, secret } = await begin(payer.scope, invoiceId);
		await answerBank(house, secret);
		wait(2);
		await workDue(house.services, 'attempt');
		const after = await inScope(house.services.db, cast.system, (tx) => findAttempt(tx, cast.system, attemptId));
		expect(after?.status).toBe('paid');
	});
	test('is over an hour after the bank’s yes that nobody followed: nothing is taken, and another card pays', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const { attemptId, secret } = await begin(payer.scope, invoiceId);
		await answerBank(house, secret);
		wait(61);
		expect(await check(payer.scope, attemptId)).toBe('declined');
		expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({ value: { status: 'paid' } });
	});
	test('given up by its payer is not charged, however it was answered before', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const { attemptId, secret } = await begin(payer.scope, invoiceId);
		await answerBank(house, secret);
		expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({ value: { status: 'paid' } });
		expect(await check(payer.scope, attemptId)).toBe('canceled');
	});
	test('and is refused there counts once, whoever learns of it and however often; the payer’s next card pays', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const link = aPayLink(cast, payer, invoiceId);
		const { attemptId, secret } = await begin(link, invoiceId);
		expect(await answerBank(house, secret, false)).toBe('requires_payment_method');
		await Promise.all([1, 2, 3].map(() => check(link, attemptId)));
		expect(await confirmInBrowser(house, secret)).toMatch(/publishable key/);
		expect(await pay(house.services, by(link), [invoiceId], 120_000)).toMatchObject({ value: { status: 'paid' } });
		expect(await left(link, invoiceId)).toBe(9);
	});
	test('and is left there for another card counts too: ten such cards end the tries, and the owners are told once', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const link = aPayLink(cast, payer, invoiceId);
		await house.services.db.system.execute(sql`delete from rate_limit where key like 'try%'`);
		await house.drain();
		const before = house.world.mailbox.mails.length;
		for (let i = 0; i < 11; i++) await begin(link, invoiceId);
		expect(await left(link, invoiceId)).toBe(0);
		expect(await left(aPayLink(cast, payer, invoiceId), invoiceId), 'the invoice has its own bound').toBeLessThan(6);
		await house.drain();
		const told = house.world.mailbox.mails.slice(before).filter((mail) => /essaie des cartes/.test(mail.text));
		expect(told.map((mail) => mail.to[0])).toEqual(['claire@lumen.example']);
		expect(told[0]!.text).toContain('/admin/securite');
		expect(told[0]!.text).not.toContain('déconnectez les appareils');
	});
});

test('the refused intent of a plan’s part is confirmed by nobody who keeps its secret', async () => {
	const invoiceId = await anInvoice(house.services, cast, {});
	await pay(house.services, payer, [invoiceId], 60_000, { option: 'plan_2' });
	await house.advance(20);
	house.world.world.forced.saved = ASKS;
	await house.drain();
	house.world.world.forced.saved = undefined;
	const account = house.world.world.accounts.get('acct_lumen')!;
	const refused = Object.values(account.payment_intents).findLast(
		({ status }) => status === 'requires_payment_method'
	)!;
	expect(refused.last_payment_error?.code).toBe('authentication_required');
	expect(await confirmInBrowser(house, refused.client_secret!)).toMatch(/publishable key/);
	expect(refused.status).toBe('requires_payment_method');
});

describe('a means of payment that waits for its bank', () => {
	async function aPlan(): Promise<{ invoiceId: string; planId: string; link: Scope }> {
		const invoiceId = await anInvoice(house.services, cast, {});
		await pay(house.services, payer, [invoiceId], 60_000, { option: 'plan_2' });
		const plans = await inScope(house.services.db, cast.system, (tx) =>
			listPlansOfInvoices(tx, cast.system, [invoiceId], { running: false })
		);
		return { invoiceId, planId: plans[0]!.planId, link: aPayLink(cast, payer, invoiceId) };
	}
	async function bring(scope: Scope, planId: string, method = ASKS): Promise<{ setupId: string; secret: string }> {
		const setupId = newId();
		const confirmationTokenId = await aToken(house.services, method);
		const begun = await setUpMethod(house.services, scope, { setupId, planId, confirmationTokenId }, FROM);
		return { setupId, secret: (begun.ok && begun.value.clientSecret) || '' };
	}
	/** Stripe tells of what was refused since, each once. */
	async function hear(secret: string, from: number, first = async () => {}): Promise<void> {
		const id = secret.split('_secret_')[0];
		for (const event of house.world.world.events.slice(from))
			if (event.type === 'setup_intent.setup_failed' && (event.data.object as { id: string }).id === id) {
				const body = JSON.stringify(event);
				const at = Math.floor(Date.now() / 1000);
				const mac = createHmac('sha256', 'whsec_tests').update(`${at}.${body}`).digest('hex');
				expect(await receiveEvent(house.services, body, `t=${at},v1=${mac}`)).toBe('kept');
			}
		await first();
		while (await handleNextEvent(house.services));
	}
	test('told once, and worked by two because the first one was slow, it counts once', async () => {
		const { planId, link } = await aPlan();
		const from = house.world.world.events.length;
		const { secret } = await bring(link, planId);
		expect(await confirmInBrowser(house, secret, 'pm_card_visa_chargeDeclined')).toMatch(/declined/);
		const slow: ClaimedEvent[] = [];
		await hear(secret, from, async () => {
			slow.push(...(await claimEvents(house.services, 1)));
			house.world.world.offsetMs += 61_000;
		});
		expect(slow).toHaveLength(1);
		for (const event of slow) await handleEvent(house.services, event);
		expect(await left(link, planId)).toBe(9);
	});
	test('is closed by the first card that is refused on it, and every one of them is counted', async () => {
		const { planId, link } = await aPlan();
		const from = house.world.world.events.length;
		const { setupId, secret } = await bring(link, planId);
		for (let i = 0; i < 3; i++)
			expect(await confirmInBrowser(house, secret, 'pm_card_visa_chargeDeclined')).toMatch(/declined/);
		await hear(secret, from);
		expect(await confirmInBrowser(house, secret)).toMatch(/status of canceled/);
		expect(await checkSetup(house.services, link, setupId)).toMatchObject({ refusal: { code: 'method_refused' } });
		expect(await left(link, planId)).toBe(7);
	});
	test('and is refused there counts once; the payer’s next card is kept', async () => {
		const { planId, link } = await aPlan();
		const from = house.world.world.events.length;
		const { setupId, secret } = await bring(link, planId);
		await answerBank(house, secret, false);
		expect(await checkSetup(house.services, link, setupId)).toMatchObject({ refusal: { code: 'method_refused' } });
		await hear(secret, from);
		expect(await confirmInBrowser(house, secret)).toMatch(/status of canceled/);
		const next = await bring(link, planId);
		await answerBank(house, next.secret);
		expect(await checkSetup(house.services, link, next.setupId)).toMatchObject({ value: { status: 'succeeded' } });
		expect(await left(link, planId)).toBe(9);
	});
	test('and is left there for another card is closed, and counted', async () => {
		const { planId, link } = await aPlan();
		const first = await bring(link, planId);
		const second = await bring(link, planId);
		expect(await confirmInBrowser(house, first.secret)).toMatch(/status of canceled/);
		await answerBank(house, second.secret);
		expect(await checkSetup(house.services, link, second.setupId)).toMatchObject({ value: { status: 'succeeded' } });
		expect(await left(link, planId)).toBe(9);
	});
	test('and is refused while another reading is on its way: the older answer changes nothing', async () => {
		const { planId, link } = await aPlan();
		const { setupId, secret } = await bring(link, planId);
		const { payments } = house.services;
		let readings = 0;
		const slow = {
			...house.services,
			payments: Object.assign(Object.create(payments) as typeof payments, {
				retrieveSetup: async (...asked: Parameters<typeof payments.retrieveSetup>) => {
					const state = await payments.retrieveSetup(...asked);
					if (++readings > 1) return state;
					await answerBank(house, secret, false);
					await checkSetup(house.services, link, setupId);
					return state;
				}
			})
		};
		expect(await checkSetup(slow, link, setupId)).toMatchObject({ refusal: { code: 'method_refused' } });
		const kept = await inScope(house.services.db, cast.system, (tx) => findSetup(tx, cast.system, setupId));
		expect(kept).toMatchObject({ status: 'canceled' });
	});
	test('and is refused once its bank has looked at it is closed as well: its secret was in a browser', async () => {
		const { planId, link } = await aPlan();
		const from = house.world.world.events.length;
		const { setupId, secret } = await bring(link, planId);
		await inScope(house.services.db, cast.system, (tx) =>
			saveSetup(tx, cast.system, setupId, { status: 'processing' }, house.services.clock.now())
		);
		await answerBank(house, secret, false);
		await hear(secret, from);
		expect(await confirmInBrowser(house, secret)).toMatch(/status of canceled/);
		expect(await checkSetup(house.services, link, setupId)).toMatchObject({ refusal: { code: 'method_refused' } });
		expect(await left(link, planId)).toBe(9);
	});
});
