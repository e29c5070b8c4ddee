// Money that comes back, or comes late, for an invoice whose plan runs: its instalments ask for no more than is still owed, and the client is told before anything more is taken.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { moneyIn } from '#lib/domain/ledger/entries.ts';
import { minor, ZERO } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { bookEntry } from '#lib/server/store/journal.ts';
import { listPayments } from '#lib/server/store/payments.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { daysBetween } from '#lib/domain/calendar/civil-date.ts';
import { chargeNextInstalments, collectDue } from '#lib/server/use-cases/payments/collect-instalments.ts';
import { forgiveInstalment } from '#lib/server/use-cases/plans/forgive-instalment.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { checkAttempt } from '#lib/server/use-cases/payments/check-attempt.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { closeDispute, openDispute, refundFails } from '#sandbox/stripe/reversals.ts';
import { workDue } from '../../builders/due.ts';
import {
	anInvoice,
	anOffer,
	aPayer,
	aSupplier,
	instalments,
	pay,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { answerBank } from '../../builders/browser-at-stripe.ts';
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
const { inDays, today, asSystem, invoiceNow, balanceOf, planOf, partsOf, days, live, mailsAbout } = stageOf(() => ({
	house,
	cast
}));
const stripe = () => house.world.world.accounts.get('acct_lumen')!;
const heard = () => reconcileRecent(house.services, 3);
const planNow = async (id: string) =>
	(await planOf(id)).instalments.map((instalment) => [instalment.status, instalment.amountMinor]);
const lastCharge = () => Object.values(stripe().charges).at(-1)!;
const charged = () =>
	Object.values(stripe().payment_intents)
		.filter((intent) => intent.status === 'succeeded')
		.map((intent) => intent.amount);

/** Three instalments of 400 €, the first paid. */
async function begun(): Promise<string> {
	const invoiceId = await anInvoice(house.services, cast, {}, { issuedOn: today(), dueOn: inDays(0) });
	const begin = { option: 'plan_3' as const, method: 'pm_card_visa' };
	expect(await pay(house.services, payer, [invoiceId], 40_000, begin)).toMatchObject({ value: { status: 'paid' } });
	await house.drain();
	return invoiceId;
}
/** The first instalment is given back by mistake, its client pays it again, and the refund fails: it was paid twice. */
async function paidTwice(invoiceId: string): Promise<void> {
	const [payment] = await asSystem((tx) => listPayments(tx, cast.system, { invoiceId }));
	const refund = { refundRequestId: newId(), paymentId: payment!.paymentId, amountMinor: minor(40_000n) };
	expect(await requestRefund(house.services, cast.owner, refund)).toMatchObject({ ok: true });
	expect(await pay(house.services, payer, [invoiceId], 40_000)).toMatchObject({ value: { status: 'paid' } });
	expect(await balanceOf(invoiceId)).toBe(80_000n);
	refundFails(house.world.world, stripe(), Object.values(stripe().refunds).at(-1)!);
}
async function addsUp(invoiceId: string): Promise<void> {
	const { balanceMinor, plannedMinor, underWayMinor } = await invoiceNow(invoiceId);
	expect(plannedMinor + underWayMinor).toBe(balanceMinor);
}

test('a refund that fails after its client has paid again: the last part is no more, the client is told, and nothing is taken twice', async () => {
	const invoiceId = await begun();
	await paidTwice(invoiceId);
	house.world.mailbox.mails.length = 0;
	const before = charged().length;
	await heard();
	expect(await planNow(invoiceId)).toEqual([
		['paid', 40_000n],
		['scheduled', 40_000n],
		['paid_otherwise', 0n]
	]);
	expect(await balanceOf(invoiceId)).toBe(40_000n);
	await addsUp(invoiceId);
	await house.drain();
	const [told, ...more] = mailsAbout(/est réduit/);
	expect([told?.text.includes('400,00'), more.length]).toEqual([true, 0]);
	await heard();
	await live(45);
	expect(charged().slice(before)).toEqual([40_000]);
	expect([await balanceOf(invoiceId), (await planOf(invoiceId)).status]).toEqual([0n, 'completed']);
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	expect(view.ok && view.value.plan?.instalments[2]).toMatchObject({ status: 'paid_otherwise', agreedMinor: 40_000n });
});

test('a dispute that is won after its part was paid again: what is left to take is what is left to pay', async () => {
	const invoiceId = await begun();
	const dispute = openDispute(house.world.world, stripe(), lastCharge(), 'fraudulent');
	await heard();
	const again = { option: 'next_part' as const, method: 'pm_card_visa' };
	expect(await pay(house.services, payer, [invoiceId], 40_000, again)).toMatchObject({ value: { status: 'paid' } });
	closeDispute(house.world.world, stripe(), dispute, 'won', 25_000);
	await heard();
	expect(await planNow(invoiceId)).toEqual([
		['paid', 40_000n],
		['scheduled', 40_000n],
		['scheduled', 15_000n]
	]);
	await addsUp(invoiceId);
	const before = charged().length;
	await live(45);
	expect(charged().slice(before)).toEqual([40_000, 15_000]);
	expect(await balanceOf(invoiceId)).toBe(0n);
});

describe('a part that its client is paying at this moment', () => {
	test('stays as it is, and once that came to nothing is lowered as well', async () => {
		const invoiceId = await begun();
		const asked = { option: 'next_part' as const, method: 'pm_card_authenticationRequired' };
		// Twice too much is there: one instalment can be lowered, the other is at its bank’s page.
		await paidTwice(invoiceId);
		await heard();
		expect(await pay(house.services, payer, [invoiceId], 40_000, asked)).toMatchObject({
			value: { status: 'awaiting_auth' }
		});
		await comesIn(invoiceId, 30_000n);
		expect(await planNow(invoiceId)).toMatchObject([
			['paid', 40_000n],
			['scheduled', 40_000n],
			['paid_otherwise', 0n]
		]);
		// The bank’s question is left unanswered: known the day after, well before any instalment is due.
		await house.advance(2);
		await workDue(house.services, 'attempt');
		expect(await planNow(invoiceId)).toEqual([
			['paid', 40_000n],
			['scheduled', 10_000n],
			['paid_otherwise', 0n]
		]);
		const before = charged().length;
		await live(45);
		expect(charged().slice(before)).toEqual([10_000]);
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('and whose former payment comes back: it is booked that day, and what then comes from the bank lowers the parts to come', async () => {
		const invoiceId = await begun();
		const dispute = openDispute(house.world.world, stripe(), lastCharge(), 'fraudulent');
		await heard();
		const attemptId = newId();
		const asked = { option: 'next_part' as const, method: 'pm_card_authenticationRequired', attemptId };
		const waiting = await pay(house.services, payer, [invoiceId], 40_000, asked);
		expect(waiting).toMatchObject({ value: { status: 'awaiting_auth' } });
		closeDispute(house.world.world, stripe(), dispute, 'won');
		await heard();
		expect(await balanceOf(invoiceId)).toBe(80_000n);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'scheduled', 'scheduled']);
		await answerBank(house, (waiting.ok && waiting.value.clientSecret) || '');
		await checkAttempt(house.services, payer.scope, attemptId);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'scheduled', 'paid_otherwise']);
		await addsUp(invoiceId);
	});
});

test('whoever asks to pay a part of what is not owed any more is shown the new amount, and pays that', async () => {
	const invoiceId = await begun();
	await comesIn(invoiceId, 55_000n);
	const next = { option: 'next_part' as const, method: 'pm_card_visa' };
	expect(await pay(house.services, payer, [invoiceId], 40_000, next)).toMatchObject({
		refusal: { code: 'amount_changed', detail: { amountMinor: '25000' } }
	});
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	expect(view.ok && view.value.options[0]).toMatchObject({ kind: 'next_part', dueNowMinor: 25_000n });
	expect(await pay(house.services, payer, [invoiceId], 25_000, next)).toMatchObject({ value: { status: 'paid' } });
	expect([await balanceOf(invoiceId), (await planOf(invoiceId)).status]).toEqual([0n, 'completed']);
});

test('a plan of several invoices: all of them are lowered, and one new schedule is told', async () => {
	const over = { issuedOn: today(), dueOn: inDays(0), grossMinor: 60_000 };
	const ids = [await anInvoice(house.services, cast, {}, over), await anInvoice(house.services, cast, {}, over)];
	const begin = { option: 'plan_3' as const, method: 'pm_card_visa' };
	expect(await pay(house.services, payer, ids, 40_000, begin)).toMatchObject({ value: { status: 'paid' } });
	await house.drain();
	house.world.mailbox.mails.length = 0;
	for (const id of ids) await comesIn(id, 15_000n);
	const next = { option: 'next_part' as const, method: 'pm_card_visa' };
	expect(await pay(house.services, payer, ids, 40_000, next)).toMatchObject({ refusal: { code: 'amount_changed' } });
	await days(45);
	expect(mailsAbout(/est réduit/)).toHaveLength(1);
	for (const id of ids) expect(await balanceOf(id)).toBe(0n);
});

test('a credit note of more than is owed is set off as far as that, whatever the parts ask for', async () => {
	const invoiceId = await begun();
	await comesIn(invoiceId, 55_000n);
	const { number } = await invoiceNow(invoiceId);
	const credit = {
		number: 'AV-BEYOND',
		type_code: '381',
		issued_on: today(),
		preceding_number: number,
		client: { name: 'Menuiserie Roche' },
		net_minor: '75000',
		vat_lines: [{ rate_bps: 2000, base_minor: '75000', vat_minor: '15000' }],
		gross_minor: '90000'
	};
	const bytes = new TextEncoder().encode(JSON.stringify({ invoices: [credit] }));
	await importInvoices(house.services, cast.owner, [{ name: 'avoir.json', bytes }], { sendMails: false });
	expect(await balanceOf(invoiceId)).toBe(0n);
});

/** Money that no try of ours brought, booked without a word to the plan. */
const comesIn = (invoiceId: string, amountMinor: bigint) =>
	asSystem((tx) =>
		bookEntry(
			tx,
			cast.system,
			moneyIn('payment', `pi_${newId()}`, {
				clientId: payer.clientId,
				lines: [{ invoiceId, amountMinor: minor(amountMinor) }],
				advanceMinor: ZERO,
				claimMinor: ZERO
			}),
			{ currency: 'EUR', bookedOn: today(), now: house.services.clock.now() }
		)
	);
test('whatever lowered what is owed, the run takes no part of what is not, tells the new schedule first, and goes on by itself', async () => {
	const invoiceId = await begun();
	const next = (await planOf(invoiceId)).instalments[1]!;
	await days(daysBetween(today(), next.dueOn) - 1);
	const before = charged().length;
	house.world.mailbox.mails.length = 0;
	await house.advance(1);
	await comesIn(invoiceId, 55_000n);
	await collectDue(house.services);
	expect(await chargeNextInstalments(house.services)).toBe(true);
	expect(charged()).toHaveLength(before);
	await days(45);
	expect(charged().slice(before)).toEqual([25_000]);
	expect(mailsAbout(/est réduit/)).toHaveLength(1);
	expect([await balanceOf(invoiceId), (await planOf(invoiceId)).status]).toEqual([0n, 'completed']);
});

test('a part that is given up is given up as far as it is owed', async () => {
	const invoiceId = await begun();
	await comesIn(invoiceId, 30_000n);
	const { planId } = await planOf(invoiceId);
	expect(await forgiveInstalment(house.services, cast.owner, { planId, position: 3 })).toMatchObject({ ok: true });
	expect(await balanceOf(invoiceId)).toBe(40_000n);
	await addsUp(invoiceId);
});
