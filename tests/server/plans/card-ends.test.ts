// A card that ends before the last instalment of its plan: said before the plan begins, shown to both sides, asked for again in time.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addMonths } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { changeRights } from '#lib/server/use-cases/clients/contacts.ts';
import { followMethod } from '#lib/server/use-cases/methods/follow-method.ts';
import { readMethods } from '#lib/server/use-cases/methods/manage-methods.ts';
import { setUpMethod } from '#lib/server/use-cases/methods/set-up-method.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import { readPlans } from '#lib/server/use-cases/plans/manage-plans.ts';
import {
	FROM,
	aPayer,
	anInvoice,
	anOffer,
	aSupplier,
	instalments,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast, {
		discount: null,
		instalments: instalments({ spacing: { unit: 'day', every: 28 } })
	});
});
afterAll(() => house.close());
beforeEach(() => void (house.world.mailbox.mails.length = 0));

const { today, planOf, mailsAbout } = stageOf(() => ({ house, cast }));
const account = () => house.world.world.accounts.get('acct_lumen')!;
const fresh = (number?: string) =>
	anInvoice(house.services, cast, {}, { issuedOn: today(), dueOn: today(), ...(number ? { number } : {}) });
/** A card whose last month is that many months from now, as the browser hands it over. */
async function aCard(months: number): Promise<string> {
	const [year = '', month = ''] = addMonths(today(), months).split('-');
	const response = await fetch(`${house.config.sandbox!.apiUrl}/v1/test_helpers/confirmation_tokens`, {
		method: 'POST',
		headers: { authorization: `Bearer ${house.config.stripe.secretKey}`, 'stripe-account': 'acct_lumen' },
		body: new URLSearchParams({
			'payment_method_data[type]': 'card',
			'payment_method_data[card][token]': 'pm_card_visa',
			'payment_method_data[card][exp_month]': month,
			'payment_method_data[card][exp_year]': year
		})
	});
	return ((await response.json()) as { id: string }).id;
}
type Over = Partial<Parameters<typeof startPayment>[2]>;
const ask = async (invoiceId: string, over: Over) =>
	startPayment(
		house.services,
		payer.scope,
		{
			attemptId: newId(),
			confirmationTokenId: null,
			invoiceIds: [invoiceId],
			option: 'plan_3',
			expectedAmountMinor: minor(40_000n),
			...over
		},
		FROM
	);
async function live(days: number): Promise<void> {
	await house.advance(days);
	await house.drain();
}
const intents = () => Object.keys(account().payment_intents).length;

test('a card that ends before the last part is said before anything begins; another card, fewer parts, or going on with it all work', async () => {
	const invoiceId = await fresh();
	const before = intents();
	const token = await aCard(0);
	const said = await ask(invoiceId, { confirmationTokenId: token });
	const [year, month] = today().split('-');
	expect(said).toMatchObject({ ok: false, refusal: { code: 'card_ends_early', detail: { ends: `${month}/${year}` } } });
	expect(intents()).toBe(before);
	// Nothing was used up: the same card, and the same token, go on once that was read.
	expect(await ask(invoiceId, { confirmationTokenId: token, cardMayEnd: true })).toMatchObject({
		value: { status: 'paid' }
	});
	// One that serves to the end, or is charged today and no more, is asked nothing.
	expect(await ask(await fresh(), { confirmationTokenId: await aCard(12) })).toMatchObject({
		value: { status: 'paid' }
	});
	const at = { option: 'now' as const, expectedAmountMinor: minor(120_000n) };
	expect(await ask(await fresh(), { confirmationTokenId: await aCard(0), ...at })).toMatchObject({
		value: { status: 'paid' }
	});
});

test('a card kept before is asked about like one that is typed; so is one brought for a plan that runs', async () => {
	const at = { option: 'now' as const, expectedAmountMinor: minor(120_000n), remember: true };
	await ask(await fresh(), { confirmationTokenId: await aCard(0), ...at });
	const [kept] = (await readMethods(house.services, payer.scope)).methods;
	const invoiceId = await fresh();
	const savedMethodId = kept!.methodId;
	expect(await ask(invoiceId, { savedMethodId })).toMatchObject({ refusal: { code: 'card_ends_early' } });
	expect(await ask(invoiceId, { confirmationTokenId: await aCard(12) })).toMatchObject({ value: { status: 'paid' } });
	const { planId, methodId } = await planOf(invoiceId);
	const bring = async (cardMayEnd: boolean) =>
		setUpMethod(
			house.services,
			payer.scope,
			{ setupId: newId(), planId, confirmationTokenId: await aCard(0), cardMayEnd },
			FROM
		);
	expect(await bring(false)).toMatchObject({ refusal: { code: 'card_ends_early' } });
	expect((await planOf(invoiceId)).methodId).toBe(methodId);
	expect(await bring(true)).toMatchObject({ value: { status: 'succeeded' } });
	expect((await planOf(invoiceId)).methodId).not.toBe(methodId);
});

test('both sides see it on the plan; the client is told three weeks before the part, once, and again in its announcement', async () => {
	const invoiceId = await fresh('CARTE-1');
	await ask(invoiceId, { confirmationTokenId: await aCard(0), cardMayEnd: true });
	const plan = await planOf(invoiceId);
	const late = plan.instalments.find(
		(instalment) => instalment.dueOn.slice(0, 7) > plan.instalments[0]!.dueOn.slice(0, 7)
	)!;
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	expect(view.ok && view.value.plan).toMatchObject({ cardEndsBefore: late.dueOn, methodLost: false });
	const seen = (await readPlans(house.services, cast.owner)).running.rows.find((one) => one.planId === plan.planId);
	expect(seen).toMatchObject({ cardEndsBefore: late.dueOn });
	await house.drain();
	house.world.mailbox.mails.length = 0;
	await live(28 - 22);
	const own = () => mailsAbout(/expire avant une échéance de CARTE-1/);
	expect(own()).toHaveLength(0);
	await live(1);
	expect(own()).toHaveLength(1);
	expect(own()[0]!.text).toContain('Changer de moyen de paiement');
	await live(14);
	expect(own()).toHaveLength(1);
	const [announced] = mailsAbout(/seront prélevés le/).filter((mail) => mail.text.includes('CARTE-1'));
	expect(announced?.text).toMatch(/expire fin \d\d\/\d{4}, avant ce jour/);
});

test('a card that its network renews is told of no more; the new month is kept', async () => {
	const invoiceId = await fresh('CARTE-2');
	await ask(invoiceId, { confirmationTokenId: await aCard(0), cardMayEnd: true });
	const card = Object.values(account().payment_methods).findLast((method) => method.customer !== null && method.card)!;
	Object.assign(card.card!, { exp_year: 2040 });
	await followMethod(house.services, cast.system, 'acct_lumen', card.id);
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	expect(view.ok && view.value.plan).toMatchObject({ cardEndsBefore: null });
	await house.drain();
	house.world.mailbox.mails.length = 0;
	await live(10);
	expect(mailsAbout(/expire avant une échéance de CARTE-2/)).toHaveLength(0);
});

test('whoever gave the card may pay no more: nothing is taken from it, the client is asked for another before the day, and both sides see it', async () => {
	const other = await aPayer(house.services, cast, 'lea@chene.example', 'Le Chêne');
	const invoiceId = await anInvoice(house.services, cast, { name: 'Le Chêne' }, { issuedOn: today(), dueOn: today() });
	const token = await aCard(12);
	const begun = await startPayment(
		house.services,
		other.scope,
		{
			attemptId: newId(),
			confirmationTokenId: token,
			invoiceIds: [invoiceId],
			option: 'plan_2',
			expectedAmountMinor: minor(60_000n)
		},
		FROM
	);
	expect(begun).toMatchObject({ value: { status: 'paid' } });
	await house.drain();
	house.world.mailbox.mails.length = 0;
	const rights = { isBilling: true, hasPortal: true, mayPay: false };
	const { clientId, contactId } = other;
	expect(await changeRights(house.services, cast.owner, { clientId, contactId, rights })).toMatchObject({ ok: true });
	await house.drain();
	expect(mailsAbout(/Un autre moyen de paiement/)).toHaveLength(1);
	expect(mailsAbout(/Un autre moyen de paiement/)[0]!.text).toContain('ne paie plus pour votre entreprise');
	const { planId } = await planOf(invoiceId);
	const seen = async () =>
		(await readPlans(house.services, cast.owner)).running.rows.find((one) => one.planId === planId);
	expect(await seen()).toMatchObject({ methodLost: true });
	await live(28);
	expect((await planOf(invoiceId)).instalments[1]).toMatchObject({ status: 'action_needed', attemptId: null });
	expect(mailsAbout(/seront prélevés le/).filter((mail) => mail.to.includes(other.email))).toHaveLength(0);
	// The right is given back: what was agreed goes on.
	await changeRights(house.services, cast.owner, { clientId, contactId, rights: { ...rights, mayPay: true } });
	expect(await seen()).toMatchObject({ methodLost: false });
});
