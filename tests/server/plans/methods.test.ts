// Means of payment that are kept: by whom, for what, seen by whom, until when; and plans that begin later.
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mintScope } from '#lib/domain/access/scope.ts';
import { daysBetween } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { getSupplier } from '#lib/server/store/suppliers.ts';
import { followMethod } from '#lib/server/use-cases/methods/follow-method.ts';
import {
	forgetMethods,
	readMethods,
	removeMethod,
	renameMethod
} from '#lib/server/use-cases/methods/manage-methods.ts';
import { setUpMethod } from '#lib/server/use-cases/methods/set-up-method.ts';
import { abandon } from '#lib/server/use-cases/payments/call-stripe.ts';
import { giveUpDeferredPlan } from '#lib/server/use-cases/plans/deferred-plan.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import {
	aColleague,
	FROM,
	aPayer,
	aToken,
	anInvoice,
	anOffer,
	aSupplier,
	type Cast,
	type Payer,
	instalments
} from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
const rule = (firstPart: 'now' | 'on_due_date') => ({
	discount: null,
	instalments: instalments({ counts: [2], firstPart })
});
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast, rule('now'));
	const later = await aPayer(house.services, cast, 'later@later.example', 'Plus Tard');
	await anOffer(house.services, cast, rule('on_due_date'), { kind: 'client', clientId: later.clientId });
	others.later = later;
});
const others: { later?: Payer } = {};
afterEach(() => {
	house.world.world.forced = {};
	house.world.world.faults = [];
});
afterAll(() => house.close());

const { inDays, asSystem, balanceOf, planOf, live, mailsAbout } = stageOf(() => ({ house, cast }));
const account = () => house.world.world.accounts.get('acct_lumen')!;
const fresh = (name = 'Menuiserie Roche') =>
	anInvoice(house.services, cast, { name }, { issuedOn: inDays(0), dueOn: inDays(30) });
type Ask = Partial<Parameters<typeof startPayment>[2]> & { method?: string };
async function ask(who: Payer, invoiceId: string, { method, ...over }: Ask) {
	return startPayment(
		house.services,
		who.scope,
		{
			attemptId: newId(),
			confirmationTokenId: method ? await aToken(house.services, method) : null,
			invoiceIds: [invoiceId],
			option: 'now',
			expectedAmountMinor: minor(120_000n),
			...over
		},
		FROM
	);
}
const kept = async (who: Payer = payer) => (await readMethods(house.services, who.scope)).methods;

describe('kept by a signed-in person', () => {
	test('while paying; then it pays alone, and only for its owner', async () => {
		const first = await fresh();
		expect(await kept()).toEqual([]);
		expect(await ask(payer, first, { method: 'pm_card_visa', remember: true })).toMatchObject({
			ok: true,
			value: { status: 'paid' }
		});
		const [card] = await kept();
		expect(card).toMatchObject({ type: 'card', label: 'Visa •••• 4242', isUsable: true, isNeeded: false });
		const second = await fresh();
		const view = await readPayView(house.services, payer.scope, [second]);
		expect(view.ok && view.value.methods.map((method) => method.methodId)).toEqual([card!.methodId]);
		// A colleague at the same client, a link that was forwarded, a stranger: they neither see nor use it.
		const colleague = await aColleague(house.services, cast, payer);
		const link = {
			...payer,
			scope: mintScope(cast.supplierId, {
				kind: 'pay_link',
				payLinkId: newId(),
				contactId: payer.contactId,
				clientId: payer.clientId,
				invoiceId: second
			})
		};
		for (const stranger of [colleague, link]) {
			const seen = await readPayView(house.services, stranger.scope, [second]);
			expect(seen.ok && seen.value.methods).toEqual([]);
			expect(await ask(stranger, second, { savedMethodId: card!.methodId })).toMatchObject({
				ok: false,
				refusal: { code: 'method_refused' }
			});
			expect(await removeMethod(house.services, stranger.scope, card!.methodId)).toMatchObject({ ok: false });
			expect(await renameMethod(house.services, stranger.scope, card!.methodId, 'x')).toMatchObject({ ok: false });
		}
		expect(await ask(payer, second, {})).toMatchObject({ ok: false, refusal: { code: 'method_refused' } });
		expect(await ask(payer, second, { savedMethodId: card!.methodId })).toMatchObject({
			ok: true,
			value: { status: 'paid' }
		});
		expect(await balanceOf(second)).toBe(0n);
		expect(await kept()).toHaveLength(1);
	});
	test('a pay link that asks to be remembered keeps nothing', async () => {
		const invoiceId = await fresh();
		const scope = mintScope(cast.supplierId, {
			kind: 'pay_link',
			payLinkId: newId(),
			contactId: payer.contactId,
			clientId: payer.clientId,
			invoiceId
		});
		const before = (await kept()).length;
		expect(await ask({ ...payer, scope }, invoiceId, { method: 'pm_card_mastercard', remember: true })).toMatchObject({
			ok: true
		});
		expect(await kept()).toHaveLength(before);
	});
	test('added without paying, named, removed: Stripe forgets it, and its mandate ends', async () => {
		const setupId = newId();
		const setUp = async (planId: string | null = null) =>
			setUpMethod(
				house.services,
				payer.scope,
				{ setupId, planId, confirmationTokenId: await aToken(house.services, 'pm_success_fr') },
				FROM
			);
		expect(await setUp()).toMatchObject({ ok: true, value: { status: 'succeeded' } });
		const sepa = (await kept()).find((method) => method.type === 'sepa_debit')!;
		expect(await renameMethod(house.services, payer.scope, sepa.methodId, '  Compte courant ')).toMatchObject({
			ok: true
		});
		expect((await kept()).find((method) => method.methodId === sepa.methodId)!.name).toBe('Compte courant');
		const invoiceId = await fresh();
		expect(await ask(payer, invoiceId, { savedMethodId: sepa.methodId })).toMatchObject({
			ok: true,
			value: { status: 'processing' }
		});
		await live(10);
		expect(await balanceOf(invoiceId)).toBe(0n);
		// Stripe is away: gone here at once, and there as soon as it hears.
		house.world.world.faults.push({ id: 'down', match: { path: '/detach$' }, do: { status: 503 }, seen: 0 });
		expect(await removeMethod(house.services, payer.scope, sepa.methodId)).toMatchObject({ ok: true });
		expect((await kept()).some((method) => method.methodId === sepa.methodId)).toBe(false);
		const active = () => Object.values(account().mandates).filter((mandate) => mandate.status === 'active').length;
		const before = active();
		house.world.world.faults = [];
		await forgetMethods(house.services);
		expect(active()).toBe(before - 1);
		expect(await ask(payer, await fresh(), { savedMethodId: sepa.methodId })).toMatchObject({
			refusal: { code: 'method_refused' }
		});
	});
	test('not removed while a plan needs it; a plan’s own card is nobody’s list, and is forgotten when its plan is long over', async () => {
		const [card] = await kept();
		const invoiceId = await fresh();
		expect(
			await ask(payer, invoiceId, {
				savedMethodId: card!.methodId,
				option: 'plan_2',
				expectedAmountMinor: minor(60_000n)
			})
		).toMatchObject({ ok: true, value: { status: 'paid' } });
		expect((await kept())[0]!.isNeeded).toBe(true);
		expect(await removeMethod(house.services, payer.scope, card!.methodId)).toMatchObject({
			ok: false,
			refusal: { code: 'method_needed' }
		});
		const other = await fresh();
		await ask(payer, other, { method: 'pm_card_amex', option: 'plan_2', expectedAmountMinor: minor(60_000n) });
		expect((await kept()).map((method) => method.label)).not.toContain('American Express •••• 8431');
		await live(22);
		expect([await balanceOf(invoiceId), await balanceOf(other)]).toEqual([0n, 0n]);
		const attached = () =>
			Object.values(account().payment_methods).filter((method) => method.customer && method.card?.brand === 'amex')
				.length;
		expect(attached()).toBe(1);
		await house.advance(75);
		await forgetMethods(house.services);
		expect(attached()).toBe(0);
		expect(await kept()).toHaveLength(1);
		expect(await removeMethod(house.services, payer.scope, card!.methodId)).toMatchObject({ ok: true });
	});
});

describe('changed by its bank', () => {
	test('a replaced card goes by its new end; a revoked mandate is told at once, and nothing is tried with it', async () => {
		const invoiceId = await fresh();
		await ask(payer, invoiceId, { method: 'pm_success_fr', option: 'plan_2', expectedAmountMinor: minor(60_000n) });
		await live(8);
		const plan = await planOf(invoiceId);
		const [row] = await asSystem((tx) =>
			tx.execute<{ pm: string }>(
				sql`select stripe_payment_method_id as pm from saved_method where method_id = ${plan.methodId}`
			)
		);
		const mandate = Object.values(account().mandates).find((one) => one.payment_method === row!.pm)!;
		mandate.status = 'inactive';
		const told = mailsAbout(/^Un autre moyen de paiement/).length;
		for (let again = 0; again < 3; again++) await followMethod(house.services, cast.system, 'acct_lumen', mandate.id);
		await house.drain();
		expect(mailsAbout(/^Un autre moyen de paiement/)).toHaveLength(told + 1);
		const view = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(view.ok && view.value.plan).toMatchObject({ methodLost: true });
		const before = house.world.world.requests.filter((one) => one.path === '/v1/payment_intents').length;
		// Until its day the client may still give another: nothing is tried, nothing counts, and no debit is announced.
		await live(daysBetween(inDays(0), plan.instalments[1]!.dueOn) - 1);
		expect((await planOf(invoiceId)).instalments[1]).toMatchObject({
			status: 'scheduled',
			failures: 0,
			announcedAt: null
		});
		await live(1);
		expect((await planOf(invoiceId)).instalments[1]).toMatchObject({ status: 'action_needed', failures: 1 });
		expect((await planOf(invoiceId)).cureEndsOn).not.toBeNull();
		expect(house.world.world.requests.filter((one) => one.path === '/v1/payment_intents')).toHaveLength(before);
		expect(
			await ask(payer, invoiceId, {
				method: 'pm_card_visa',
				option: 'next_part',
				expectedAmountMinor: minor(60_000n)
			})
		).toMatchObject({ ok: true, value: { status: 'paid' } });

		const other = await fresh();
		await ask(payer, other, { method: 'pm_card_visa', option: 'plan_2', expectedAmountMinor: minor(60_000n) });
		const card = Object.values(account().payment_methods).findLast((method) => method.customer !== null)!;
		Object.assign(card.card!, { last4: '1234', exp_year: 2040 });
		await followMethod(house.services, cast.system, 'acct_lumen', card.id);
		const after = await readPayView(house.services, payer.scope, [other]);
		expect(after.ok && after.value.plan).toMatchObject({ methodLabel: 'Visa •••• 1234', methodLost: false });
	});
});

describe('two messages about one means of payment at once', () => {
	/** Stripe is asked, and while its answer is on the way `meanwhile` happens; returns how often it was asked. */
	async function askedBefore(id: string, meanwhile: () => Promise<unknown>): Promise<number> {
		let asked = 0;
		const { payments } = house.services;
		const slow: typeof payments = {
			...payments,
			retrieveMethod: async (...question) => {
				const state = await payments.retrieveMethod(...question);
				if (++asked === 1) await meanwhile();
				return state;
			}
		};
		await followMethod({ ...house.services, payments: slow }, cast.system, 'acct_lumen', id);
		return asked;
	}
	const ofPlan = async (invoiceId: string) => {
		const { methodId } = await planOf(invoiceId);
		const [row] = await asSystem((tx) =>
			tx.execute<{ pm: string; label: string; lost: boolean }>(
				sql`select stripe_payment_method_id as pm, label, unusable_at is not null as lost from saved_method where method_id = ${methodId}`
			)
		);
		return row!;
	};
	const follow = (id: string) => followMethod(house.services, cast.system, 'acct_lumen', id);
	const planBy = async (method: string) => {
		const invoiceId = await fresh();
		await ask(payer, invoiceId, { method, option: 'plan_2', expectedAmountMinor: minor(60_000n) });
		await live(method === 'pm_success_fr' ? 8 : 0);
		return invoiceId;
	};
	test('a mandate revoked while an older answer is on the way stays revoked', async () => {
		const invoiceId = await planBy('pm_success_fr');
		const { pm } = await ofPlan(invoiceId);
		const mandate = Object.values(account().mandates).find((one) => one.payment_method === pm)!;
		for (const older of [mandate.id, pm]) {
			mandate.status = 'active';
			await follow(mandate.id);
			expect(await ofPlan(invoiceId)).toMatchObject({ lost: false });
			const told = mailsAbout(/^Un autre moyen de paiement/).length;
			await askedBefore(older, async () => {
				mandate.status = 'inactive';
				await follow(mandate.id);
			});
			expect(await ofPlan(invoiceId)).toMatchObject({ lost: true });
			await house.drain();
			// Of one plan it is told once, however often its mandate comes and goes.
			expect(mailsAbout(/^Un autre moyen de paiement/).length - told).toBe(older === mandate.id ? 1 : 0);
		}
	});
	test('a card taken away, or replaced, while an older answer is on the way stays so', async () => {
		const invoiceId = await planBy('pm_card_visa');
		const { pm } = await ofPlan(invoiceId);
		const card = account().payment_methods[pm]!;
		const change = async () => {
			Object.assign(card.card!, { last4: '9876' });
			await follow(pm);
		};
		expect(await askedBefore(pm, change)).toBe(2);
		expect(await ofPlan(invoiceId)).toMatchObject({ label: 'Visa •••• 9876', lost: false });
		await askedBefore(pm, async () => {
			card.customer = null;
			await follow(pm);
		});
		expect(await ofPlan(invoiceId)).toMatchObject({ lost: true });
	});
	test('nothing happened meanwhile: one question', async () => {
		const { pm } = await ofPlan(await planBy('pm_card_visa'));
		expect(await askedBefore(pm, async () => {})).toBe(1);
	});
});

describe('a plan whose first part comes on the due date', () => {
	const accept = (invoiceId: string, method: string, over: Ask = {}) =>
		ask(others.later!, invoiceId, { method, option: 'plan_2', expectedAmountMinor: minor(0n), ...over });
	test('nothing is taken when it is accepted; both parts are announced and taken on their days', async () => {
		const invoiceId = await fresh('Plus Tard');
		const view = await readPayView(house.services, others.later!.scope, [invoiceId]);
		const option = view.ok ? view.value.options.find((one) => one.kind === 'plan_2') : undefined;
		expect(option).toMatchObject({ dueNowMinor: 0n, instalments: [{ dueOn: inDays(30) }, { dueOn: inDays(50) }] });
		expect(view.ok && view.value.words.consents.plan_2).toContain('Rien n’est débité aujourd’hui');
		const intents = () => Object.keys(account().payment_intents).length;
		const before = intents();
		expect(await accept(invoiceId, 'pm_card_visa')).toMatchObject({ ok: true, value: { status: 'set_up' } });
		expect(intents()).toBe(before);
		expect(await planOf(invoiceId)).toMatchObject({
			status: 'active',
			instalments: [
				{ status: 'scheduled', askOn: inDays(30) },
				{ status: 'scheduled', askOn: inDays(50) }
			]
		});
		expect(await balanceOf(invoiceId)).toBe(120_000n);
		const announced = () => mailsAbout(/seront prélevés le/).filter((mail) => mail.to.includes('later@later.example'));
		expect(announced()).toHaveLength(0);
		await live(29);
		expect(await balanceOf(invoiceId)).toBe(120_000n);
		expect(announced()).toHaveLength(1);
		await live(1);
		expect(await balanceOf(invoiceId)).toBe(60_000n);
		await live(20);
		expect(announced()).toHaveLength(2);
		expect(await planOf(invoiceId)).toMatchObject({ status: 'completed' });
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('a card that is refused begins nothing; the same click twice is one plan; an answer that was lost is found', async () => {
		const invoiceId = await fresh('Plus Tard');
		expect(await accept(invoiceId, 'pm_card_visa_chargeDeclined')).toMatchObject({
			ok: true,
			value: { status: 'declined' }
		});
		const view = await readPayView(house.services, others.later!.scope, [invoiceId]);
		expect(view.ok && view.value.options.map((one) => one.kind)).toEqual(['now', 'plan_2']);
		const attemptId = newId();
		const confirmationTokenId = await aToken(house.services, 'pm_card_visa');
		house.world.world.faults.push({
			id: 'lost',
			match: { method: 'POST', path: '^/v1/setup_intents$', times: 6 },
			do: { drop: 'after' },
			seen: 0
		});
		const twice = await Promise.all([
			accept(invoiceId, '', { attemptId, confirmationTokenId }),
			accept(invoiceId, '', { attemptId, confirmationTokenId })
		]);
		expect(twice.map((one) => one.ok)).toEqual([false, false]);
		house.world.world.faults = [];
		house.world.world.offsetMs += 120_000;
		house.world.world.offsetMs += 360_000;
		await house.drain();
		expect(await planOf(invoiceId)).toMatchObject({ status: 'active', planId: attemptId });
		expect(
			Object.values(account().setup_intents).filter((setup) => setup.metadata?.setup_id === attemptId)
		).toHaveLength(1);
	});
	test('with a kept account nothing is asked of the bank: accepted, and ordered ahead of its day', async () => {
		await ask(others.later!, await fresh('Plus Tard'), { method: 'pm_success_fr', remember: true });
		const [sepa] = await kept(others.later);
		const invoiceId = await fresh('Plus Tard');
		const setups = Object.keys(account().setup_intents).length;
		expect(
			await ask(others.later!, invoiceId, {
				savedMethodId: sepa!.methodId,
				option: 'plan_2',
				expectedAmountMinor: minor(0n)
			})
		).toMatchObject({ ok: true, value: { status: 'set_up' } });
		expect(Object.keys(account().setup_intents)).toHaveLength(setups);
		expect((await planOf(invoiceId)).instalments.map((instalment) => instalment.askOn)).toEqual([
			inDays(26),
			inDays(46)
		]);
		await live(62);
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('given up, it holds its invoice no more, though its bank goes on waiting', async () => {
		const invoiceId = await fresh('Plus Tard');
		const attemptId = newId();
		expect(await accept(invoiceId, 'pm_card_authenticationRequired', { attemptId })).toMatchObject({
			ok: true,
			value: { status: 'awaiting_auth' }
		});
		const attempt = () => asSystem((tx) => findAttempt(tx, cast.system, attemptId));
		await abandon(house.services, cast.system, required(await attempt(), 'attempt'), 'superseded');
		await asSystem(async (tx) =>
			giveUpDeferredPlan(
				{ scope: cast.system, tx, now: house.services.clock.now(), supplier: await getSupplier(tx, cast.system) },
				attemptId,
				{ status: 'awaiting_auth', errorCode: null, declineCode: null }
			)
		);
		expect(await attempt()).toMatchObject({ status: 'canceled', errorCode: 'superseded' });
		expect(await accept(invoiceId, 'pm_card_visa')).toMatchObject({ ok: true, value: { status: 'set_up' } });
	});
	test('one that was refused does not hold the invoice again because its bank is said to wait', async () => {
		const invoiceId = await fresh('Plus Tard');
		const attemptId = newId();
		await accept(invoiceId, 'pm_card_authenticationRequired', { attemptId });
		const told = (status: 'declined' | 'awaiting_auth') =>
			asSystem(async (tx) =>
				giveUpDeferredPlan(
					{ scope: cast.system, tx, now: house.services.clock.now(), supplier: await getSupplier(tx, cast.system) },
					attemptId,
					{ status, errorCode: null, declineCode: null }
				)
			);
		await told('declined');
		await told('awaiting_auth');
		expect(await asSystem((tx) => findAttempt(tx, cast.system, attemptId))).toMatchObject({ status: 'declined' });
		expect(await accept(invoiceId, 'pm_card_visa')).toMatchObject({ ok: true, value: { status: 'set_up' } });
	});
	test('a token that was too old leaves no try behind that holds the invoice for ever', async () => {
		const invoiceId = await fresh('Plus Tard');
		const confirmationTokenId = await aToken(house.services, 'pm_card_visa');
		await live(1);
		await accept(invoiceId, 'pm_card_visa', { confirmationTokenId });
		await live(3);
		const held = await asSystem((tx) =>
			tx.execute(sql`select a.status from payment_attempt_invoice l join payment_attempt a using (supplier_id, attempt_id)
				where l.live and l.invoice_id = ${invoiceId}`)
		);
		expect([...held]).toEqual([]);
		expect(await accept(invoiceId, 'pm_card_visa')).toMatchObject({ ok: true, value: { status: 'set_up' } });
	});
});
