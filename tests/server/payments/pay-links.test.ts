// What a pay link can do: exactly what its page shows. Nothing is charged without a means of payment that the payer brings, but to the signed-in person
// who kept it, or who gave it to the plan and is asked for by its bank.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StartPayment } from '#lib/contract/payments.ts';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { minor, type Minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { mayHear } from '#lib/server/live/hub.ts';
import type { Services } from '#lib/server/services.ts';
import { readMethods } from '#lib/server/use-cases/methods/manage-methods.ts';
import { checkSetup, setUpMethod } from '#lib/server/use-cases/methods/set-up-method.ts';
import { checkAttempt } from '#lib/server/use-cases/payments/check-attempt.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import { answerReschedule, askReschedule } from '#lib/server/use-cases/plans/reschedule-instalment.ts';
import {
	aColleague,
	FROM,
	aPayer,
	anInvoice,
	anOffer,
	aSupplier,
	aToken,
	pay,
	type Cast,
	type Payer,
	aPayLink,
	instalments
} from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let colleague: Scope;
let neighbour: Payer;
let stranger: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	neighbour = await aPayer(house.services, cast, 'voisin@client.example', 'Voisin');
	const other = await aSupplier(house.services, 'acct_canuts', 'Les Canuts');
	stranger = await aPayer(house.services, other, 'x@canuts.example', 'Client de Canuts');
	colleague = (await aColleague(house.services, cast, payer)).scope;
	await anOffer(house.services, cast, {
		discount: {
			tiers: [{ discountBps: 200, counted: 'from_issue', days: 15 }],
			capMinor: null,
			vatMode: 'adjusted',
			excludes: []
		},
		instalments: instalments()
	});
});
afterAll(() => house.close());

const { inDays, asSystem, balanceOf, planOf } = stageOf(() => ({ house, cast }));
const fresh = (over: Parameters<typeof anInvoice>[3] = {}) =>
	anInvoice(house.services, cast, {}, { issuedOn: inDays(0), dueOn: inDays(30), ...over });
const linkTo = (invoiceId: string, contactId = payer.contactId): Scope =>
	aPayLink(cast, { ...payer, contactId }, invoiceId);
const charges = () =>
	house.world.world.requests.filter(({ method, path }) => method === 'POST' && /payment_intents/.test(path)).length;

const setups = () =>
	house.world.world.requests.filter(({ method, path }) => method === 'POST' && /setup_intents/.test(path)).length;

type Ask = Partial<StartPayment> & { method?: string };
async function ask(scope: Scope, invoiceId: string, { method, ...over }: Ask = {}) {
	const confirmationTokenId = over.confirmationTokenId ?? (method ? await aToken(house.services, method) : null);
	return startPayment(
		house.services,
		scope,
		{
			attemptId: newId(),
			invoiceIds: [invoiceId],
			option: 'now',
			expectedAmountMinor: 120_000n as Minor,
			...over,
			confirmationTokenId
		},
		FROM
	);
}
type Answer = Awaited<ReturnType<typeof ask>>;
const told = (answer: Answer): string => (answer.ok ? answer.value.status : answer.refusal.code);

const OPTIONS = StartPayment.entries.option.wrapped.options;
type Option = (typeof OPTIONS)[number];
/** What each choice costs on an invoice of 1,200.00 of which a plan in two has its first half paid. */
const PRICES: Record<Option, bigint> = {
	now: 120_000n,
	early: 117_600n,
	plan_2: 60_000n,
	plan_3: 40_000n,
	next_part: 60_000n,
	all_parts: 60_000n
};
/** Who gets anything charged with nothing brought along, while no bank asks for a confirmation; and while one does. */
const WITHOUT_ANYTHING: Record<Option, { quiet: string[]; asked: string[] }> = {
	now: { quiet: [], asked: [] },
	early: { quiet: [], asked: [] },
	plan_2: { quiet: [], asked: [] },
	plan_3: { quiet: [], asked: [] },
	next_part: { quiet: [], asked: ['the person who gave the card'] },
	all_parts: { quiet: [], asked: [] }
};
const everybody = (invoiceId: string): Record<string, Scope> => ({
	'a pay link': linkTo(invoiceId),
	'a pay link of a colleague': linkTo(invoiceId, (colleague.actor as { contactId: string }).contactId),
	'a colleague, signed in': colleague,
	'another client': neighbour.scope,
	'a client of another supplier': stranger.scope,
	'the owner of the supplier': cast.owner,
	'an API key': mintScope(cast.supplierId, { kind: 'api_key', apiKeyId: newId(), scopes: ['import', 'read', 'undo'] }),
	'the person who gave the card': payer.scope
});

describe('without a means of payment of one’s own', () => {
	let planned: string;
	test('every choice that can be posted has its right answer in the tables', () => {
		expect(Object.keys(WITHOUT_ANYTHING).sort()).toEqual([...OPTIONS].sort());
		expect(Object.keys(PRICES).sort()).toEqual([...OPTIONS].sort());
	});
	test('nothing is charged for anybody, by any choice, while no bank asks for a confirmation', async () => {
		const open = await fresh();
		planned = await fresh();
		expect(
			told(
				await ask(payer.scope, planned, {
					option: 'plan_2',
					expectedAmountMinor: minor(60_000n),
					method: 'pm_card_visa'
				})
			)
		).toBe('paid');
		const before = charges();
		for (const option of OPTIONS)
			for (const [who, scope] of Object.entries(everybody(planned))) {
				const invoiceId = scope.invoiceId
					? planned
					: option.endsWith('part') || option === 'all_parts'
						? planned
						: open;
				const answer = await ask(scope, invoiceId, { option, expectedAmountMinor: minor(PRICES[option]) });
				expect(answer.ok, `${option} by ${who}`).toBe(WITHOUT_ANYTHING[option].quiet.includes(who));
			}
		expect(charges()).toBe(before);
		expect((await planOf(planned)).instalments.map((instalment) => instalment.status)).toEqual(['paid', 'scheduled']);
	});
	test('when a bank asks for a confirmation, only the person who gave the card is asked, and for that part alone', async () => {
		await house.advance(19);
		house.world.world.forced.card = 'pm_card_authenticationRequired';
		await house.advance(1);
		await reconcileRecent(house.services, 3);
		await house.drain();
		const before = charges();
		for (const option of OPTIONS)
			for (const [who, scope] of Object.entries(everybody(planned))) {
				const view = await readPayView(house.services, scope, [planned]);
				const mayConfirm = view.ok && view.value.plan?.mayConfirm;
				expect(mayConfirm || false, who).toBe(who === 'the person who gave the card');
				if (WITHOUT_ANYTHING[option].asked.includes(who)) continue;
				const answer = await ask(scope, planned, { option, expectedAmountMinor: minor(PRICES[option]) });
				expect(answer.ok, `${option} by ${who}`).toBe(false);
			}
		expect(charges()).toBe(before);
		const price = { option: 'next_part', expectedAmountMinor: minor(60_000n) } as const;
		// Refused for another reason, there is nothing to confirm: another card is asked for.
		const said = async (code: string) =>
			asSystem((tx) =>
				tx.execute(
					sql`update payment_attempt set error_code = ${code}, decline_code = null where attempt_id = ${refused}`
				)
			);
		const refused = (await planOf(planned)).instalments[1]!.attemptId;
		await said('card_declined');
		expect(told(await ask(payer.scope, planned, price))).toBe('method_refused');
		await said('authentication_required');
		expect(told(await ask(payer.scope, planned, price))).toBe('awaiting_auth');
		// Another page may pay the instalment with a card of its own, as it shows.
		expect(told(await ask(linkTo(planned), planned, { ...price, method: 'pm_card_mastercard' }))).toBe('paid');
	});
	test('what a person kept pays for that person alone, by every choice', async () => {
		const first = await fresh();
		await ask(payer.scope, first, { method: 'pm_card_visa', remember: true });
		const [card] = (await readMethods(house.services, payer.scope)).methods;
		const invoiceId = await fresh();
		const before = charges();
		for (const option of OPTIONS)
			for (const [who, scope] of Object.entries(everybody(invoiceId))) {
				if (scope === payer.scope) continue;
				const given = { option, expectedAmountMinor: minor(PRICES[option]), savedMethodId: card!.methodId };
				expect((await ask(scope, invoiceId, given)).ok, `${option} by ${who}`).toBe(false);
			}
		expect(charges()).toBe(before);
		expect(told(await ask(payer.scope, invoiceId, { savedMethodId: card!.methodId }))).toBe('paid');
	});
});

test('the card that a plan was given pays nothing else, not even for its giver', async () => {
	const planned = await fresh();
	const first = { option: 'plan_2', expectedAmountMinor: minor(60_000n), method: 'pm_card_visa' } as const;
	expect(told(await ask(payer.scope, planned, first))).toBe('paid');
	const { methodId } = await planOf(planned);
	const before = charges();
	expect(told(await ask(payer.scope, await fresh(), { savedMethodId: methodId }))).toBe('method_refused');
	expect(charges()).toBe(before);
});

describe('a confirmation at the bank', () => {
	test('of a payment is finished by who began it: nobody else is shown it, or given its secret', async () => {
		const invoiceId = await fresh();
		const attemptId = newId();
		const begun = await ask(payer.scope, invoiceId, { attemptId, method: 'pm_card_authenticationRequired' });
		expect(begun.ok && begun.value.clientSecret).toMatch(/_secret_/);
		for (const [who, scope] of Object.entries(everybody(invoiceId))) {
			const isTheirs = scope === payer.scope;
			const checked = await checkAttempt(house.services, scope, attemptId);
			expect(Boolean(checked.ok && checked.value.clientSecret), who).toBe(isTheirs);
			const view = await readPayView(house.services, scope, [invoiceId]);
			expect(Boolean(view.ok && view.value.attempt), who).toBe(isTheirs);
		}
		// Their own card is another payment at Stripe, and gives the first up.
		const own = await ask(linkTo(invoiceId), invoiceId, { method: 'pm_card_visa' });
		expect(told(own)).toBe('paid');
	});
	test('of a payment begun by a link is finished by that link', async () => {
		const invoiceId = await fresh();
		const [link, attemptId] = [linkTo(invoiceId), newId()];
		await ask(link, invoiceId, { attemptId, method: 'pm_card_authenticationRequired' });
		const secretOf = async (scope: Scope) => {
			const checked = await checkAttempt(house.services, scope, attemptId);
			return checked.ok ? checked.value.clientSecret : null;
		};
		expect(await secretOf(link)).toMatch(/_secret_/);
		for (const scope of Object.values(everybody(invoiceId))) expect(await secretOf(scope)).toBeNull();
	});
	test('of another means of payment for a plan is finished by who began it', async () => {
		const invoiceId = await fresh();
		await ask(payer.scope, invoiceId, {
			option: 'plan_2',
			expectedAmountMinor: minor(60_000n),
			method: 'pm_card_visa'
		});
		const { planId } = await planOf(invoiceId);
		const setupId = newId();
		const confirmationTokenId = await aToken(house.services, 'pm_card_authenticationRequired');
		const begun = await setUpMethod(house.services, payer.scope, { setupId, planId, confirmationTokenId }, FROM);
		expect(begun).toMatchObject({ ok: true, value: { status: 'awaiting_auth' } });
		for (const [who, scope] of Object.entries(everybody(invoiceId))) {
			const checked = await checkSetup(house.services, scope, setupId);
			expect(Boolean(checked.ok && checked.value.clientSecret), who).toBe(scope === payer.scope);
		}
	});
	test('a card that was refused is not the next payer’s payment at Stripe: its intent tells whose it was', async () => {
		const invoiceId = await fresh();
		const intents = async () =>
			(
				await asSystem((tx) =>
					tx.execute<{ intent: string }>(
						sql`select stripe_payment_intent_id as intent from payment_attempt join payment_attempt_invoice using (supplier_id, attempt_id) where invoice_id = ${invoiceId} order by created_at`
					)
				)
			).map((row) => row.intent);
		await ask(payer.scope, invoiceId, { method: 'pm_card_visa_chargeDeclined' });
		const link = linkTo(invoiceId);
		expect(told(await ask(link, invoiceId, { method: 'pm_card_visa_chargeDeclined' }))).toBe('declined');
		expect(told(await ask(link, invoiceId, { method: 'pm_card_visa' }))).toBe('paid');
		const [first, second, third] = await intents();
		expect(second).not.toBe(first);
		expect(third).toBe(second);
		// Whoever still holds the secret of the first can't pay the invoice a second time.
		expect((await house.services.payments.retrieve('acct_lumen', first!))!.status).toBe('canceled');
	});
});

describe('a link is to one invoice', () => {
	test('it pays no other, not even beside its own', async () => {
		const [own, other] = [await fresh(), await fresh()];
		const link = linkTo(own);
		for (const invoiceIds of [[other], [own, other]]) {
			const answer = await ask(link, own, {
				invoiceIds,
				expectedAmountMinor: minor(120_000n * BigInt(invoiceIds.length)),
				method: 'pm_card_visa'
			});
			expect(told(answer)).toBe('not_found');
		}
	});
	test('it hears nothing of another invoice of the same client', async () => {
		const [own, other] = [await fresh(), await fresh()];
		const news = (invoiceId: string | null) => ({
			supplierId: cast.supplierId,
			clientId: payer.clientId,
			invoiceId,
			attemptId: null,
			kind: 'payment.received' as const,
			cursor: '1.1'
		});
		expect([own, other, null].map((id) => mayHear(linkTo(own), news(id)))).toEqual([true, false, false]);
		expect([own, other, null].map((id) => mayHear(payer.scope, news(id)))).toEqual([true, true, true]);
	});
	test('a plan over several invoices is not shown by a link to one of them: nothing of it is paid, moved or changed there', async () => {
		const both = [await fresh({ grossMinor: 30_000 }), await fresh({ grossMinor: 90_000 })];
		expect((await pay(house.services, payer, both, 60_000, { option: 'plan_2' })).ok).toBe(true);
		const plan = await planOf(both[0]!);
		await askReschedule(house.services, cast.owner, { planId: plan.planId, position: 2, toOn: inDays(25) });
		for (const invoiceId of both) {
			const link = linkTo(invoiceId);
			const view = await readPayView(house.services, link, [invoiceId]);
			expect(view.ok && [view.value.plan, view.value.options]).toEqual([null, []]);
			for (const option of ['next_part', 'all_parts'] as const)
				for (const amount of [60_000n, 30_000n, 15_000n, 45_000n, 90_000n]) {
					const answer = await ask(link, invoiceId, {
						option,
						expectedAmountMinor: minor(amount),
						method: 'pm_card_visa'
					});
					expect(told(answer)).toMatch(/^(not_found|nothing_to_pay)$/);
				}
			const { planId } = plan;
			expect(
				await answerReschedule(house.services, link, { planId, position: 2, toOn: inDays(25), accepts: true }, FROM)
			).toMatchObject({
				refusal: { code: 'not_found' }
			});
			const setup = { setupId: newId(), planId, confirmationTokenId: await aToken(house.services) };
			const before = setups();
			expect(await setUpMethod(house.services, link, setup, FROM)).toMatchObject({ refusal: { code: 'not_found' } });
			expect(setups()).toBe(before);
			const theirs = { setupId: newId(), planId, confirmationTokenId: await aToken(house.services) };
			expect((await setUpMethod(house.services, payer.scope, theirs, FROM)).ok).toBe(true);
			expect(await checkSetup(house.services, link, theirs.setupId)).toMatchObject({ refusal: { code: 'not_found' } });
		}
	});
});

describe('an id is one question', () => {
	test('of a payment: with another invoice, amount, choice, means of payment, wish, or payer it is refused; asked again it is answered again', async () => {
		const [invoiceId, other] = [await fresh(), await fresh()];
		const link = linkTo(invoiceId);
		const [attemptId, confirmationTokenId] = [newId(), await aToken(house.services, 'pm_card_visa')];
		const first = await ask(link, invoiceId, { attemptId, confirmationTokenId });
		expect(told(first)).toBe('paid');
		const before = charges();
		const again: Record<string, Answer> = {
			'another choice': await ask(link, invoiceId, { attemptId, confirmationTokenId, option: 'early' }),
			'another amount': await ask(link, invoiceId, { attemptId, confirmationTokenId, expectedAmountMinor: minor(1n) }),
			'another card': await ask(link, invoiceId, { attemptId, method: 'pm_card_mastercard' }),
			'no card': await ask(link, invoiceId, { attemptId }),
			'a kept card beside it': await ask(link, invoiceId, { attemptId, confirmationTokenId, savedMethodId: newId() }),
			'to be remembered': await ask(link, invoiceId, { attemptId, confirmationTokenId, remember: true }),
			'another link to the same invoice': await ask(linkTo(invoiceId), invoiceId, { attemptId, confirmationTokenId }),
			'a link to another invoice': await ask(linkTo(other), other, { attemptId, confirmationTokenId }),
			'the same person, signed in': await ask(payer.scope, invoiceId, { attemptId, confirmationTokenId }),
			'another invoice': await ask(payer.scope, other, { attemptId, confirmationTokenId })
		};
		for (const [how, answer] of Object.entries(again)) expect(told(answer), how).toBe('attempt_id_reused');
		expect(await ask(link, invoiceId, { attemptId, confirmationTokenId })).toEqual(first);
		expect(charges()).toBe(before);
		// At another supplier it is a number like any other: a payment of its own.
		const theirs = await anInvoice(
			house.services,
			{
				...cast,
				supplierId: stranger.scope.supplierId,
				owner: mintScope(stranger.scope.supplierId, { kind: 'member', memberId: newId(), role: 'owner' })
			},
			{ name: 'Client de Canuts' },
			{ grossMinor: 5_000 }
		);
		const token = await aToken(house.services, 'pm_card_visa', 'acct_canuts');
		expect(
			await ask(stranger.scope, theirs, { attemptId, confirmationTokenId: token, expectedAmountMinor: minor(5_000n) })
		).toMatchObject({ ok: true, value: { status: 'paid' } });
		expect(charges()).toBe(before + 1);
	});
	test('of a means of payment for a plan: with another plan, card or payer it is refused', async () => {
		const [invoiceId, other] = [await fresh(), await fresh()];
		for (const id of [invoiceId, other])
			await ask(payer.scope, id, { option: 'plan_2', expectedAmountMinor: minor(60_000n), method: 'pm_card_visa' });
		const [{ planId }, { planId: otherPlan }] = [await planOf(invoiceId), await planOf(other)];
		const asked = { setupId: newId(), planId, confirmationTokenId: await aToken(house.services, 'pm_card_mastercard') };
		const first = await setUpMethod(house.services, payer.scope, asked, FROM);
		expect(first).toMatchObject({ ok: true, value: { status: 'succeeded' } });
		const reused = { ok: false, refusal: { code: 'attempt_id_reused' } };
		for (const [scope, over] of [
			[payer.scope, { planId: otherPlan }],
			[payer.scope, { planId: null }],
			[payer.scope, { confirmationTokenId: await aToken(house.services) }],
			[colleague, {}],
			[linkTo(invoiceId), {}]
		] as const)
			expect(await setUpMethod(house.services, scope, { ...asked, ...over }, FROM)).toMatchObject(reused);
		expect(await setUpMethod(house.services, payer.scope, asked, FROM)).toEqual(first);
	});
});

test('beside a payment of several invoices that its payer finishes at this moment, a link of one of them is told so, and nothing is paid twice', async () => {
	const [one, other] = [await fresh(), await fresh()];
	const begun = await pay(house.services, payer, [one, other], 240_000, { method: 'pm_card_authenticationRequired' });
	expect(begun).toMatchObject({ value: { status: 'awaiting_auth' } });
	const before = charges();
	// The bank has said yes by the time it is asked to forget it.
	const { payments } = house.services;
	const services: Services = {
		...house.services,
		payments: {
			...payments,
			cancel: async () => {},
			retrieve: async (account, intentId) => {
				const intent = await payments.retrieve(account, intentId);
				const paid = {
					status: 'succeeded',
					nextActionType: null,
					methodType: 'card',
					paidAt: house.services.clock.now()
				} as const;
				return intent && { ...intent, ...paid, amountReceivedMinor: minor(240_000n) };
			}
		}
	};
	const asked = await startPayment(
		services,
		linkTo(one),
		{
			attemptId: newId(),
			confirmationTokenId: await aToken(house.services),
			invoiceIds: [one],
			option: 'now',
			expectedAmountMinor: minor(120_000n)
		},
		FROM
	);
	expect(told(asked)).toBe('nothing_to_pay');
	expect(charges() - before).toBe(0);
	expect([await balanceOf(one), await balanceOf(other)]).toEqual([0n, 0n]);
});
