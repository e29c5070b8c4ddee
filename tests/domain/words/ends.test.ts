// What a payer is told at a good end: what happened, what follows, and nothing that is asked for still.
import { describe, expect, test } from 'vitest';
import type { EndView, InvoiceView, PaymentView, PayView, PlanView } from '#lib/contract/views.ts';
import type { CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor, ZERO } from '#lib/domain/money/minor.ts';
import { runsByItself } from '#lib/domain/plans/runs-by-itself.ts';
import { endOf } from '#lib/i18n/ends.ts';

const TODAY = '2026-11-25' as CivilDate;
const day = (text: string): CivilDate => text as CivilDate;
const invoice = (over: Partial<InvoiceView> = {}): InvoiceView => ({
	invoiceId: 'i',
	number: 'F2026-0142',
	typeCode: '380',
	clientName: 'Menuiserie Roche',
	issuedOn: day('2026-11-01'),
	dueOn: day('2026-12-12'),
	dueIsDefault: false,
	daysToDue: 17,
	currency: 'EUR',
	grossMinor: minor(120_000n),
	balanceMinor: ZERO,
	payableMinor: ZERO,
	underWayMinor: ZERO,
	state: 'paid',
	notPayableReason: null,
	hasDocument: false,
	hasSource: false,
	...over
});
const payment = (over: Partial<PaymentView> = {}): PaymentView => ({
	paymentId: 'p',
	receiptNumber: 'R2026-000024',
	amountMinor: minor(120_000n),
	currency: 'EUR',
	paidOn: TODAY,
	methodType: 'card',
	methodLabel: null,
	numbers: 'F2026-0142',
	clientName: 'Menuiserie Roche',
	reversedMinor: ZERO,
	...over
});
const plan = (over: Partial<PlanView> = {}): PlanView => ({
	planId: 'pl',
	status: 'active',
	count: 3,
	amountMinor: minor(120_000n),
	currency: 'EUR',
	isSettlement: false,
	methodLabel: null,
	cureEndsOn: null,
	isHeld: false,
	methodLost: false,
	cardEndsBefore: null,
	instalments: (['paid', 'scheduled', 'scheduled'] as const).map((status, i) => ({
		position: i + 1,
		dueOn: day(`2026-${11 + Math.min(i, 1)}-${25 + i}`),
		amountMinor: minor(40_000n),
		agreedMinor: null,
		status,
		retryOn: null,
		moveTo: null
	})),
	needs: null,
	mayConfirm: false,
	...over
});
type Standing = Parameters<typeof endOf>[0];
const standing = (over: Partial<Standing> = {}): Standing => ({
	invoices: [invoice()],
	payments: [payment()],
	discounts: [],
	plan: null,
	attempt: null,
	amountMinor: ZERO,
	currency: 'EUR',
	...over
});
const end = (over: Partial<Standing> = {}, receiptTo: string[] | null = [], today = TODAY): EndView | null =>
	endOf(standing(over), { today, receiptTo, locale: 'fr' });
const titles = (one: EndView | null): string[] => one?.steps.map((step) => `${step.state} ${step.title}`) ?? [];
const plainly = (text: string | null | undefined): string => (text ?? '').replaceAll(/\s/g, ' ');

describe('one invoice', () => {
	test('says how early it came, on the day, and not where nobody had set a day', () => {
		expect(end()?.title).toBe('C’est payé. Merci.');
		expect(plainly(end()?.text)).toBe('F2026-0142 est réglée, avec 17 jours d’avance.');
		expect(plainly(end({ payments: [payment({ paidOn: day('2026-12-11') })] })?.text)).toMatch(/avec 1 jour d’avance/);
		const settled = 'La facture F2026-0142 est réglée.';
		for (const paidOn of ['2026-12-12', '2026-12-20'].map(day))
			expect(end({ payments: [payment({ paidOn })] })?.text).toBe(settled);
		expect(end({ invoices: [invoice({ dueIsDefault: true })] })?.text).toBe(settled);
		expect(end({ payments: [payment({ reversedMinor: minor(120_000n) })] })?.text).toBe(settled);
	});
	test('its receipt and its credit note are news on that day only; addresses are for those who may know them', () => {
		const discount = {
			discountId: 'd',
			kind: 'granted',
			reason: 'early',
			number: '',
			documentNumber: 'A2026-0007',
			amountMinor: minor(2_400n),
			vatMinor: minor(400n),
			currency: 'EUR',
			happenedOn: TODAY
		} as const satisfies PayView['discounts'][number];
		const own = end({ discounts: [discount] }, ['compta@roche.example', 'paul@roche.example']);
		expect(titles(own).map(plainly)).toEqual(['done Votre reçu', 'done L’avoir de 24,00 €', 'done C’est tout.']);
		expect(own?.steps[0]?.text).toBe('part par e-mail à compta@roche.example, paul@roche.example.');
		expect(end()?.steps[0]?.text).toBe('part aussi par e-mail.');
		expect(titles(end({}, null))).toEqual(['done C’est tout.']);
		expect(titles(end({}, [], day('2026-11-26')))).toEqual([]);
	});
	test('while something is owed, nobody is thanked', () => {
		const owed = invoice({ state: 'open', balanceMinor: minor(40_000n), payableMinor: minor(40_000n) });
		expect(end({ invoices: [owed], amountMinor: minor(40_000n) })).toBeNull();
		expect(end({ invoices: [invoice({ state: 'credited' })], payments: [] })).toBeNull();
	});
});
test('a debit under way: what was done, what its bank does, and what comes', () => {
	const attempt = {
		attemptId: 'a',
		status: 'processing',
		amountMinor: minor(120_000n),
		methodLabel: null,
		methodType: 'sepa_debit',
		expectedOn: day('2026-12-02'),
		family: null
	} as const;
	const said = end({ invoices: [invoice({ state: 'under_way' })], payments: [], attempt });
	expect([said?.kind, ...titles(said)]).toEqual([
		'under_way',
		'done Prélèvement ordonné',
		'now Votre banque répond',
		'to_come Ensuite, c’est réglé'
	]);
	expect(plainly(said?.steps[1]?.text)).toBe('au plus tard le 2 décembre 2026, en général.');
	expect(
		end({ attempt: { ...attempt, expectedOn: null }, invoices: [invoice({ state: 'under_way' })] })?.steps[1]?.text
	).toBe('');
});
describe('several invoices', () => {
	const two = [invoice(), invoice({ invoiceId: 'j', number: 'F2026-0151' })];
	test('paid together are told with their sum, otherwise by their receipts', () => {
		const whole = payment({ amountMinor: minor(240_000n) });
		expect(plainly(end({ invoices: two, payments: [whole] })?.text)).toBe(
			'2 factures sont réglées, 2 400,00 € en tout.'
		);
		expect(end({ invoices: two, payments: [] })?.text).toBe('2 factures sont réglées.');
	});
	test('some by a credit note: it is over, and nobody is thanked', () => {
		const said = end({ invoices: [two[0]!, invoice({ invoiceId: 'j', state: 'credited' })], payments: [] });
		expect([said?.kind, said?.title]).toEqual(['settled', 'Plus rien n’est à payer pour ces factures.']);
	});
});
describe('a plan', () => {
	const open = invoice({ state: 'in_plan' as never, balanceMinor: minor(80_000n) });
	const of = (over: Partial<PlanView>) => end({ invoices: [open], plan: plan(over), amountMinor: ZERO });
	test('that has begun says what came, and the next day and amount', () => {
		const said = of({});
		expect(plainly(said?.title)).toBe('Échéance 1 sur 3 reçue, 400,00 €. Merci !');
		expect(plainly(said?.text)).toMatch(/^400,00 € seront prélevés le 26 décembre 2026\. Vous n’avez rien à faire\.$/);
		expect(of({ cardEndsBefore: day('2026-12-26') })?.text).not.toMatch(/rien à faire/);
	});
	test('that asks something of its payer is no good end', () => {
		const asks: Partial<PlanView>[] = [
			{ status: 'paused' },
			{ isHeld: true },
			{ methodLost: true },
			{ needs: 'authenticate' },
			{ cureEndsOn: day('2026-12-01') },
			{ instalments: plan().instalments.map((one, i) => (i === 1 ? { ...one, status: 'retrying' as const } : one)) },
			{ instalments: plan().instalments.map((one, i) => (i === 1 ? { ...one, dueOn: day('2026-11-24') } : one)) }
		];
		for (const over of asks) expect([of(over), runsByItself(plan(over), TODAY)]).toEqual([null, false]);
		expect(runsByItself(plan(), TODAY)).toBe(true);
	});
});
