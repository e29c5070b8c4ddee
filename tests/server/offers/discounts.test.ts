// Early-payment discounts, from the published rule to the books: right price, right VAT, once, and gone if the money comes back.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId, sha256 } from '#lib/server/identity.ts';
import { listDiscounts } from '#lib/server/store/discounts.ts';
import { sumOutstanding } from '#lib/server/store/invoice-sums.ts';
import { listAcceptances } from '#lib/server/store/offers.ts';
import { readClients } from '#lib/server/use-cases/suppliers/read-clients.ts';
import { readPortal } from '#lib/server/use-cases/invoices/read-portal.ts';
import { endPolicy, publishPolicy, saveDraft } from '#lib/server/use-cases/offers/manage-policies.ts';
import { findCreditNote } from '#lib/server/use-cases/payments/read-credit-note.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { findReceipt } from '#lib/server/use-cases/payments/read-receipt.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import type { Result } from '#lib/server/use-cases/run.ts';
import { FROM, aPayer, anInvoice, anOffer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let policy: string;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
});
beforeEach(async () => {
	policy = await anOffer(house.services, cast);
	return async () => void (await endPolicy(house.services, cast.owner, { policyId: policy, version: 1 }));
});
afterAll(() => house.close());

const { inDays, today, asSystem, balanceOf } = stageOf(() => ({ house, cast }));
const fresh = (over: Parameters<typeof anInvoice>[3] = {}) =>
	anInvoice(house.services, cast, {}, { issuedOn: today(), dueOn: inDays(30), ...over });
const discountsOf = (invoiceId: string) => asSystem((tx) => listDiscounts(tx, cast.system, { invoiceId }));
const entriesOf = (invoiceId: string) =>
	asSystem(async (tx) =>
		(
			await tx.execute(
				sql`select e.kind, l.account, l.rate_bps, (l.debit_minor - l.credit_minor)::text as amount
					from journal_entry e join journal_line l using (supplier_id, entry_id)
					where e.kind like 'discount%' and exists (select from journal_line x where x.supplier_id = e.supplier_id and x.entry_id = e.entry_id and x.invoice_id = ${invoiceId})
					order by e.created_at, e.entry_id, l.position`
			)
		).map((row) => Object.values(row).join(' '))
	);
const receiptOf = async (invoiceId: string) => {
	const [row] = await asSystem((tx) =>
		tx.execute<{ id: string }>(sql`select payment_id as id from allocation where invoice_id = ${invoiceId}`)
	);
	return (await findReceipt(house.services, payer.scope, row!.id))!;
};

const value = <T>(result: Result<T>): T => {
	if (!result.ok) throw new Error(result.refusal.code);
	return result.value;
};

describe('paid early by card', () => {
	test('1,200.00 at 2 %: 1,176.00 closes the invoice; 665, 44571 and 411 say why; a credit note goes with the receipt', async () => {
		const invoiceId = await fresh();
		const attemptId = newId();
		expect(await pay(house.services, payer, [invoiceId], 117_600, { option: 'early', attemptId })).toMatchObject({
			ok: true,
			value: { status: 'paid' }
		});
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect(await entriesOf(invoiceId)).toEqual([
			'discount 665  2000',
			'discount 44571 2000 400',
			'discount 411  -2400'
		]);
		const [discount, ...others] = await discountsOf(invoiceId);
		expect(others).toEqual([]);
		expect(discount).toMatchObject({
			kind: 'granted',
			amountMinor: 2400n,
			documentNumber: expect.stringMatching(/^AV\d{4}-\d{6}$/)
		});
		const note = await findCreditNote(house.services, payer.scope, discount!.discountId);
		expect(note).toMatchObject({ vat: [{ rateBps: 2000, grossMinor: 2400n, vatMinor: 400n }] });
		const receipt = await receiptOf(invoiceId);
		expect(receipt.vat).toEqual([{ rateBps: 2000, grossMinor: 117_600n, vatMinor: 19_600n }]);
		await house.drain();
		const mail = house.world.mailbox.mails.find((one) => one.subject.includes(receipt.receiptNumber))!;
		expect(mail.attachments.map((file) => file.name)).toEqual([
			`${receipt.receiptNumber}.pdf`,
			`${discount!.documentNumber}.pdf`
		]);
		const [evidence] = await asSystem((tx) => listAcceptances(tx, cast.system, [attemptId]));
		expect(evidence).toMatchObject({
			option: 'early',
			policyId: policy,
			policyVersion: 1,
			amountMinor: 117_600n,
			discountMinor: 2400n,
			contactId: payer.contactId,
			ip: FROM.ip,
			userAgent: FROM.userAgent,
			termsHash: sha256(evidence!.termsText)
		});
		expect(evidence!.termsText).toMatch(/1.176,00.€ au lieu de 1.200,00.€/);
		expect(JSON.stringify(evidence!.snapshot)).toContain('"payableMinor":"120000"');
	});
	test('net of tax: 1,180.00, VAT stays whole on the receipt, and there is nothing to correct', async () => {
		await endPolicy(house.services, cast.owner, { policyId: policy, version: 1 });
		policy = await anOffer(house.services, cast, {
			discount: {
				tiers: [{ discountBps: 200, counted: 'from_issue', days: 15 }],
				capMinor: null,
				vatMode: 'net_of_tax',
				excludes: []
			}
		});
		const invoiceId = await fresh();
		expect(await pay(house.services, payer, [invoiceId], 118_000, { option: 'early' })).toMatchObject({ ok: true });
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect(await entriesOf(invoiceId)).toEqual(['discount 665  2000', 'discount 411  -2000']);
		expect((await discountsOf(invoiceId))[0]!.documentNumber).toBeNull();
		expect((await receiptOf(invoiceId)).vat).toEqual([{ rateBps: 2000, grossMinor: 118_000n, vatMinor: 20_000n }]);
	});
	test('several rates and several invoices: each its own lines, all adding up to what was not paid', async () => {
		const vat = [
			{ rate_bps: 2000, base_minor: '33333', vat_minor: '6667' },
			{ rate_bps: 550, base_minor: '10001', vat_minor: '550' }
		];
		const ids = [await fresh({ grossMinor: 50_551, vat }), await fresh({ grossMinor: 9999 })];
		const view = await readPayView(house.services, payer.scope, ids);
		const early = view.ok ? view.value.options.find((option) => option.kind === 'early')! : null;
		expect(early).toMatchObject({ amountMinor: 59_339n, discountMinor: 1211n, discountBps: 200 });
		expect(await pay(house.services, payer, ids, 59_339, { option: 'early' })).toMatchObject({ ok: true });
		expect([await balanceOf(ids[0]!), await balanceOf(ids[1]!)]).toEqual([0n, 0n]);
		expect((await discountsOf(ids[0]!))[0]!.vat).toEqual([
			{ rateBps: 2000, grossMinor: 800n, vatMinor: 133n },
			{ rateBps: 550, grossMinor: 211n, vatMinor: 11n }
		]);
	});
	test('after the last day the old price is refused with the new one, and nothing is asked of Stripe', async () => {
		const invoiceId = await fresh();
		await house.advance(16);
		const asked = house.world.world.requests.length;
		expect(await pay(house.services, payer, [invoiceId], 117_600, { option: 'early' })).toMatchObject({
			ok: false,
			refusal: { code: 'offer_expired', detail: { amountMinor: '120000' } }
		});
		expect(house.world.world.requests.slice(asked).filter((one) => one.path === '/v1/payment_intents')).toEqual([]);
	});
	test('what is paid already is not discounted, and never twice', async () => {
		const invoiceId = await fresh();
		expect(await pay(house.services, payer, [invoiceId], 117_600, { option: 'early' })).toMatchObject({ ok: true });
		const receipt = await receiptOf(invoiceId);
		await house.services.payments.refund({
			account: 'acct_lumen',
			intentId: (
				await asSystem((tx) =>
					tx.execute<{ id: string }>(
						sql`select stripe_payment_intent_id as id from payment where receipt_number = ${receipt.receiptNumber}`
					)
				)
			)[0]!.id,
			refundRequestId: newId(),
			amountMinor: 10_000n as never
		});
		await reconcileRecent(house.services, 30);
		expect(await balanceOf(invoiceId)).toBe(10_000n);
		const view = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(view.ok && view.value.refused.find((one) => one.kind === 'early')?.reason).toBe('discount_given');
	});
});

describe('paid early by SEPA debit', () => {
	test('ordered before the deadline and paid after it, the discount stands', async () => {
		const invoiceId = await fresh();
		await house.advance(14);
		expect(
			await pay(house.services, payer, [invoiceId], 117_600, { option: 'early', method: 'pm_success_fr' })
		).toMatchObject({ ok: true, value: { status: 'processing' } });
		expect(await discountsOf(invoiceId)).toEqual([]);
		await house.advance(12);
		await reconcileRecent(house.services, 30);
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect(await discountsOf(invoiceId)).toMatchObject([{ kind: 'granted', amountMinor: 2400n }]);
	});
	test('while it is under way nothing is left to pay, on any page, and nobody is asked for the discount', async () => {
		const [invoiceId, other] = [await fresh(), await fresh()];
		const before = await asSystem((tx) => sumOutstanding(tx, cast.system, today()));
		await pay(house.services, payer, [invoiceId], 117_600, { option: 'early', method: 'pm_success_fr' });
		const view = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(view.ok && view.value).toMatchObject({
			amountMinor: 0n,
			options: [],
			attempt: { status: 'processing', amountMinor: 117_600n },
			invoices: [{ state: 'under_way', payableMinor: 0n, underWayMinor: 117_600n, balanceMinor: 120_000n }]
		});
		const portal = await readPortal(house.services, payer.scope);
		expect(portal.underWay.map((one) => one.invoiceId)).toContain(invoiceId);
		expect(portal.open.map((one) => one.invoiceId)).not.toContain(invoiceId);
		const [euros] = await asSystem((tx) => sumOutstanding(tx, cast.system, today()));
		expect(euros.openMinor).toBe(before[0].openMinor - 120_000n);
		expect(euros.underWayMinor).toBe(before[0].underWayMinor + 117_600n);
		const { rows: clients } = await readClients(house.services, cast.owner);
		expect(clients.reduce((sum, one) => sum + one.openMinor, 0n)).toBe(euros.openMinor);
		// Together with another invoice it is not taken a second time.
		expect(await pay(house.services, payer, [invoiceId, other], 240_000)).toMatchObject({ ok: false });
		await house.advance(12);
		await reconcileRecent(house.services, 30);
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('a debit that fails after the deadline leaves the whole amount due, and no discount', async () => {
		const invoiceId = await fresh();
		await house.advance(14);
		await pay(house.services, payer, [invoiceId], 117_600, { option: 'early', method: 'pm_insufficientFunds_fr' });
		await house.advance(12);
		await reconcileRecent(house.services, 30);
		expect(await balanceOf(invoiceId)).toBe(120_000n);
		expect(await discountsOf(invoiceId)).toEqual([]);
		const view = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(view.ok && view.value.options.map((option) => [option.kind, option.dueNowMinor])).toEqual([
			['now', 120_000n]
		]);
	});
	test('a debit that comes back weeks later takes the discount with it: books, credit note and mail say so', async () => {
		const invoiceId = await fresh();
		await pay(house.services, payer, [invoiceId], 117_600, { option: 'early', method: 'pm_disputed_fr' });
		await house.advance(12);
		await reconcileRecent(house.services, 30);
		expect(await balanceOf(invoiceId)).toBe(0n);
		await house.advance(25);
		for (let again = 0; again < 3; again++) await reconcileRecent(house.services, 60);
		expect(await balanceOf(invoiceId)).toBe(120_000n);
		const [voided, granted, ...more] = await discountsOf(invoiceId);
		expect(more).toEqual([]);
		expect([granted!.kind, voided!.kind]).toEqual(['granted', 'voided']);
		expect(voided).toMatchObject({ cancelsNumber: granted!.documentNumber, sequence: 2 });
		expect(await entriesOf(invoiceId)).toEqual([
			'discount 665  2000',
			'discount 44571 2000 400',
			'discount 411  -2400',
			'discount_void 665  -2000',
			'discount_void 44571 2000 -400',
			'discount_void 411  2400'
		]);
		await house.drain();
		const mail = house.world.mailbox.mails.find((one) => one.subject.includes('est revenu'))!;
		expect(mail.text).toMatch(/escompte de 24,00.€ accordé avec ce paiement est annulé.*1.200,00.€/s);
		expect(mail.attachments.map((file) => file.name)).toEqual([`${voided!.documentNumber}.pdf`]);
	});
});

describe('the rule', () => {
	test('a published version does not change: a new one is offered to the next, the accepted price stays', async () => {
		const invoiceId = await fresh();
		const attemptId = newId();
		await pay(house.services, payer, [invoiceId], 117_600, { option: 'early', attemptId });
		const terms = {
			validFrom: null,
			validUntil: null,
			methods: ['card' as const],
			discount: {
				tiers: [{ discountBps: 100, counted: 'from_issue' as const, days: 15 }],
				capMinor: null,
				vatMode: 'by_law' as const,
				excludes: []
			},
			instalments: null
		};
		const less = { policyId: policy, name: 'Moins', audience: { kind: 'all' as const }, terms };
		const saved = value(await saveDraft(house.services, cast.owner, less));
		const next = await fresh();
		const priceOf = async () => {
			const view = await readPayView(house.services, payer.scope, [next]);
			return view.ok ? view.value.options[0] : null;
		};
		expect(await priceOf()).toMatchObject({ kind: 'early', amountMinor: 117_600n });
		expect(await publishPolicy(house.services, cast.owner, saved)).toMatchObject({
			ok: true,
			value: { version: 2 }
		});
		expect(await priceOf()).toMatchObject({ kind: 'early', amountMinor: 118_800n });
		expect(await pay(house.services, payer, [next], 117_600, { option: 'early' })).toMatchObject({
			ok: false,
			refusal: { code: 'offer_expired', detail: { amountMinor: '118800' } }
		});
		const [evidence] = await asSystem((tx) => listAcceptances(tx, cast.system, [attemptId]));
		expect(evidence!.policyVersion).toBe(1);
		await expect(
			asSystem((tx) =>
				tx.execute(sql`update offer_policy set terms = '{}' where policy_id = ${policy} and version = 1`)
			)
		).rejects.toMatchObject({ cause: { message: expect.stringContaining('is published') } });
		await expect(
			asSystem((tx) => tx.execute(sql`delete from offer_policy where policy_id = ${policy} and version = 2`))
		).rejects.toMatchObject({ cause: { message: expect.stringContaining('is published') } });
	});
	test('one for the client wins over one for everybody', async () => {
		const own = await anOffer(
			house.services,
			cast,
			{
				discount: {
					tiers: [{ discountBps: 500, counted: 'from_issue', days: 5 }],
					capMinor: null,
					vatMode: 'adjusted',
					excludes: []
				}
			},
			{ kind: 'client', clientId: payer.clientId }
		);
		const invoiceId = await fresh();
		const view = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(view.ok && view.value.options[0]).toMatchObject({ kind: 'early', amountMinor: 114_000n });
		await endPolicy(house.services, cast.owner, { policyId: own, version: 1 });
	});
	test('with a mistake in it is kept as a draft and not published; only those who may do either', async () => {
		const terms = {
			validFrom: null,
			validUntil: null,
			methods: ['card' as const],
			discount: {
				tiers: [{ discountBps: 9000, counted: 'from_issue' as const, days: 15 }],
				capMinor: null,
				vatMode: 'by_law' as const,
				excludes: []
			},
			instalments: null
		};
		const input = { policyId: null, name: 'Trop', audience: { kind: 'all' as const }, terms };
		const draft = value(await saveDraft(house.services, cast.owner, input));
		const { policyId } = draft;
		expect(await publishPolicy(house.services, cast.owner, draft)).toMatchObject({
			ok: false,
			refusal: { code: 'offer_invalid', detail: { field: 'discount.tiers.0.discountBps', mistake: 'discount_range' } }
		});
		// Of an end that is past, somebody took the wrong year: nobody would ever be offered it.
		const fair = [{ discountBps: 200, counted: 'from_issue' as const, days: 15 }];
		const past = { ...terms, validUntil: inDays(-1), discount: { ...terms.discount, tiers: fair } };
		const late = value(await saveDraft(house.services, cast.owner, { ...input, policyId, terms: past }));
		expect(await publishPolicy(house.services, cast.owner, late)).toMatchObject({
			ok: false,
			refusal: { code: 'offer_invalid', detail: { field: 'validUntil', mistake: 'validity_over' } }
		});
		expect(await saveDraft(house.services, cast.readOnly, input)).toMatchObject({ refusal: { code: 'not_allowed' } });
		expect(await publishPolicy(house.services, payer.scope, late)).toMatchObject({
			refusal: { code: 'not_allowed' }
		});
	});
	test('the database refuses a discount that nobody accepted', async () => {
		const invoiceId = await fresh();
		await pay(house.services, payer, [invoiceId], 120_000);
		await expect(
			asSystem((tx) =>
				tx.execute(sql`with d as (
					insert into discount (supplier_id, discount_id, payment_id, invoice_id, client_id, sequence, kind, amount_minor, currency, happened_on, created_at)
					select supplier_id, ${newId()}, payment_id, ${invoiceId}, ${payer.clientId}, 1, 'granted', 2400, 'EUR', now(), now()
					from allocation where invoice_id = ${invoiceId} returning supplier_id, discount_id)
					insert into discount_vat select supplier_id, discount_id, 0, 2000, 2400, 400 from d`)
			)
		).rejects.toMatchObject({ message: expect.stringContaining('accepted by nobody') });
	});
});
