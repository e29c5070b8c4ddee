// Page, mail, API, export and the payment itself show and take the same price; and what a contract may state as late interest.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mintScope } from '#lib/domain/access/scope.ts';
import { addDays, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { formatMoney } from '#lib/domain/money/format.ts';
import { invoicesCsv } from '#lib/server/documents/invoices-csv.ts';
import { newId } from '#lib/server/identity.ts';
import { exportInvoices } from '#lib/server/use-cases/invoices/export-invoices.ts';
import { findInvoicesByApi, readInvoiceByApi } from '#lib/server/use-cases/invoices/read-by-api.ts';
import { readPortal } from '#lib/server/use-cases/invoices/read-portal.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { readBilling, saveBilling } from '#lib/server/use-cases/suppliers/save-billing.ts';
import { aPayer, anInvoice, anOffer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast);
});
afterAll(() => house.close());

const today = () => civilDateIn(house.services.clock.now(), 'Europe/Paris');
test('the price of a choice is one figure wherever it is read, and the one that is taken', async () => {
	const apiKey = mintScope(cast.supplierId, { kind: 'api_key', apiKeyId: newId(), scopes: ['read'] });
	const invoiceId = await anInvoice(
		house.services,
		cast,
		{},
		{ number: 'ONE-1', grossMinor: 123_457, issuedOn: today(), dueOn: today(), sendMails: true }
	);
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	const early = view.ok ? view.value.options.find((option) => option.kind === 'early')! : null;
	expect(early!.amountMinor).toBeLessThan(123_457n);
	const [byNumber] = await findInvoicesByApi(house.services, apiKey, 'ONE-1');
	const byId = await readInvoiceByApi(house.services, apiKey, invoiceId);
	expect(byId).toEqual({ ok: true, value: byNumber });
	expect(byNumber!.options.find((option) => option.kind === 'early')).toMatchObject({
		amount_minor: String(early!.amountMinor),
		due_now_minor: String(early!.dueNowMinor),
		discount_minor: String(early!.discountMinor),
		ends_at: early!.endsAt!.toISOString()
	});
	expect(byNumber!.not_offered.map((one) => one.kind)).toEqual(['plan_2', 'plan_3']);
	const exported = (await Array.fromAsync(exportInvoices(house.services, cast.owner)))
		.flat()
		.find((one) => one.number === 'ONE-1')!;
	expect(exported.early).toMatchObject({ amountMinor: early!.amountMinor, discountMinor: early!.discountMinor });
	const euros = (amount: bigint) => `${amount / 100n},${String(amount % 100n).padStart(2, '0')}`;
	expect((await Array.fromAsync(invoicesCsv(exportInvoices(house.services, cast.owner)))).join('')).toContain(
		`;1234,57;1234,57;1234,57;${euros(early!.amountMinor)};${euros(early!.discountMinor)};`
	);
	await house.drain();
	const mail = house.world.mailbox.mails.find((one) => one.subject.includes('ONE-1'))!;
	expect(mail.text).toContain(formatMoney(early!.amountMinor, 'EUR', 'fr'));
	expect(await pay(house.services, payer, [invoiceId], Number(early!.amountMinor), { option: 'early' })).toMatchObject({
		ok: true,
		value: { status: 'paid' }
	});
	expect(await readInvoiceByApi(house.services, apiKey, invoiceId)).toMatchObject({
		value: { state: 'paid', payable_minor: '0', options: [] }
	});
	// A client's person has no key: the API's door is closed, whatever it asks.
	expect(await readInvoiceByApi(house.services, payer.scope, invoiceId)).toMatchObject({ ok: false });
});
test('several together: what the client’s list asks for is what the page that pays them asks for first', async () => {
	const of = (number: string, grossMinor: number, issued: number) =>
		anInvoice(
			house.services,
			cast,
			{},
			{ number, grossMinor, issuedOn: addDays(today(), -issued), dueOn: addDays(today(), 30 - issued) }
		);
	const ids = [await of('SUM-1', 120_001, 0), await of('SUM-2', 54_003, 1), await of('SUM-3', 99_999, 40)];
	const { open, early } = await readPortal(house.services, payer.scope);
	for (const chosen of [ids, ids.slice(0, 2), ids.slice(1), ids.slice(2)]) {
		const lines = open.filter(({ invoiceId }) => chosen.includes(invoiceId));
		const gain = early.filter(({ invoiceId }) => chosen.includes(invoiceId));
		const asked =
			lines.reduce((sum, line) => sum + line.payableMinor, 0n) -
			gain.reduce((sum, { discountMinor }) => sum + discountMinor, 0n);
		const view = await readPayView(house.services, payer.scope, chosen);
		expect(view.ok && view.value.options[0]?.dueNowMinor, `${chosen.length}`).toBe(asked);
	}
	expect(early.map(({ invoiceId }) => invoiceId).sort()).toEqual(ids.slice(0, 2).sort());
});
test('a late rate under the legal floor is refused with the floor, and nothing is saved', async () => {
	const { today: _today, ...form } = await readBilling(house.services, cast.owner);
	expect(await saveBilling(house.services, cast.owner, { ...form, planCureDays: 20, lateRateBps: 785 })).toMatchObject({
		refusal: { code: 'late_rate_too_low', detail: { rateBps: '786' } }
	});
	expect(await readBilling(house.services, cast.owner)).toMatchObject({
		planCureDays: form.planCureDays,
		lateRateBps: null
	});
	expect(await saveBilling(house.services, cast.owner, { ...form, lateRateBps: 786 })).toMatchObject({ ok: true });
	expect(await saveBilling(house.services, cast.readOnly, form)).toMatchObject({ refusal: { code: 'not_allowed' } });
	expect(await readBilling(house.services, cast.owner)).toMatchObject({ lateRateBps: 786 });
});

test('several invoices that are settled show the receipt of the payment that made the whole of them, and of no other', async () => {
	const invoice = (number: string) => anInvoice(house.services, cast, {}, { number, grossMinor: 60_000 });
	const [a, b, c] = [await invoice('SET-A'), await invoice('SET-B'), await invoice('SET-C')];
	const shown = async (ids: string[]) => {
		const view = await readPayView(house.services, payer.scope, ids);
		return view.ok ? view.value.payments.map((payment) => [payment.numbers, payment.amountMinor]) : null;
	};
	await pay(house.services, payer, [a, c], 120_000);
	expect(await shown([a, b])).toEqual([]);
	await pay(house.services, payer, [b], 60_000);
	expect(await shown([a, b])).toEqual([]);
	expect(await shown([c, a])).toEqual([['SET-A, SET-C', 120_000n]]);
});
