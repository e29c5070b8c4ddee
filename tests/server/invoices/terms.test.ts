// What an invoice says of its payment: read from the grammars' own fields, kept, offered to its client, and taken.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { notPayableReason, verdictOf } from '#lib/domain/invoices/findings.ts';
import { confirmImport } from '#lib/server/use-cases/imports/decide-import.ts';
import { readImport } from '#lib/server/use-cases/imports/read-import.ts';
import { openHere } from '#lib/server/use-cases/invoices/open-here.ts';
import { readInvoiceDetail } from '#lib/server/use-cases/invoices/read-portal.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { ciiOf } from '#scripts/demo/invoice-file.ts';
import { previewImport, readInvoices } from '../../builders/imports.ts';
import { aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { LUMEN } from '../../builders/invoices.ts';

const SPEC = {
	number: 'T-1',
	issuedOn: '2026-11-12',
	dueOn: '2026-12-12',
	seller: LUMEN,
	buyer: { name: 'Menuiserie Roche', siren: null, email: 'paul@roche.example' },
	lines: [{ label: 'Lustre', netMinor: 100_000, rateBps: 2000 }]
};
const TERMS = /<ram:SpecifiedTradePaymentTerms>[\s\S]*<\/ram:SpecifiedTradePaymentTerms>/;
const day = (iso: string) =>
	`<ram:DueDateDateTime><udt:DateTimeString format="102">${iso.replaceAll('-', '')}</udt:DateTimeString></ram:DueDateDateTime>`;
const block = (inner: string) => `<ram:SpecifiedTradePaymentTerms>${inner}</ram:SpecifiedTradePaymentTerms>`;
const discount = (inner: string) =>
	`<ram:ApplicableTradePaymentDiscountTerms>${inner}</ram:ApplicableTradePaymentDiscountTerms>`;
const instalment = (amount: string, on: string) =>
	block(`${day(on)}<ram:PartialPaymentAmount>${amount}</ram:PartialPaymentAmount>`);
const withTerms = (terms: string, over: Partial<typeof SPEC> = {}) => ciiOf({ ...SPEC, ...over }).replace(TERMS, terms);
const fileOf = (xml: string, name = 'a.xml') => ({ name, bytes: new TextEncoder().encode(xml) });

async function read(xml: string) {
	const [result] = (await readInvoices(fileOf(xml))).results;
	if (!result?.ok) throw new Error(JSON.stringify(result));
	const { document, findings } = result;
	return { document, agreed: document.agreed!, codes: findings.map((finding) => finding.code), findings };
}

describe('structured terms of a CII file', () => {
	test('two per cent within ten days, and the date without discount is the due date', async () => {
		const { document, agreed } = await read(
			withTerms(
				block(
					`<ram:Description>2 %</ram:Description>${day('2026-11-22')}${discount('<ram:BasisPeriodMeasure unitCode="DAY">10</ram:BasisPeriodMeasure><ram:BasisAmount>1200.00</ram:BasisAmount><ram:CalculationPercent>2.00</ram:CalculationPercent>')}`
				) + block(day('2026-12-12'))
			)
		);
		expect(document.dueOn).toBe('2026-12-12');
		expect(agreed.discounts).toEqual([
			{ until: '2026-11-22', discountBps: 200, baseMinor: 120_000n, amountMinor: null }
		]);
	});
	test.each([
		['DAY', '10', '2026-11-22'],
		['WEE', '2', '2026-11-26'],
		['MON', '1', '2026-12-12']
	])('a period in %s', async (unit, count, until) => {
		const { agreed } = await read(
			withTerms(
				block(
					discount(
						`<ram:BasisPeriodMeasure unitCode="${unit}">${count}</ram:BasisPeriodMeasure><ram:ActualDiscountAmount>24.01</ram:ActualDiscountAmount>`
					)
				)
			)
		);
		expect(agreed.discounts).toEqual([{ until, discountBps: null, baseMinor: null, amountMinor: 2401n }]);
	});
	test.each([
		['a rate without a day', '<ram:CalculationPercent>2.00</ram:CalculationPercent>'],
		[
			'a unit nobody knows',
			'<ram:BasisPeriodMeasure unitCode="XXX">10</ram:BasisPeriodMeasure><ram:CalculationPercent>2.00</ram:CalculationPercent>'
		],
		[
			'a rate that is none',
			'<ram:BasisPeriodMeasure unitCode="DAY">10</ram:BasisPeriodMeasure><ram:CalculationPercent>zwei</ram:CalculationPercent>'
		],
		[
			'a rate over all',
			'<ram:BasisPeriodMeasure unitCode="DAY">10</ram:BasisPeriodMeasure><ram:CalculationPercent>120</ram:CalculationPercent>'
		]
	])('%s is said, and not guessed', async (_, inner) => {
		const { agreed, codes } = await read(withTerms(block(discount(inner))));
		expect(agreed.discounts).toEqual([]);
		expect(codes).toContain('TERMS_UNCLEAR');
	});
	test('parts that make the amount due are terms; others are said', async () => {
		const good = await read(withTerms(instalment('500.00', '2026-12-01') + instalment('700.00', '2026-12-31')));
		expect(good.agreed.parts).toEqual([
			{ dueOn: '2026-12-01', amountMinor: 50_000n },
			{ dueOn: '2026-12-31', amountMinor: 70_000n }
		]);
		expect(good.document.dueOn).toBe('2026-12-31');
		expect(verdictOf(good.findings)).toBe('ok');
		expect((await read(withTerms(instalment('500.00', '2026-12-01')))).codes).toContain('PARTS_SUM');
	});
	test('words are never read for terms', async () => {
		const { agreed, document } = await read(
			withTerms(block(`<ram:Description>2 % discount if paid within 2 days</ram:Description>${day('2026-12-12')}`))
		);
		expect(agreed.discounts).toEqual([]);
		expect(document.termsText).toBe('2 % discount if paid within 2 days');
	});
	test('steps in the German grammar, the one of zero being the due date', async () => {
		const { agreed, document } = await read(
			withTerms(
				block(
					'<ram:Description>#SKONTO#TAGE=7#PROZENT=2.00#\n#SKONTO#TAGE=14#PROZENT=1.00#BASISBETRAG=1000.00#\n#SKONTO#TAGE=30#PROZENT=0.00#\n</ram:Description>'
				)
			)
		);
		expect(agreed.discounts).toEqual([
			{ until: '2026-11-19', discountBps: 200, baseMinor: null, amountMinor: null },
			{ until: '2026-11-26', discountBps: 100, baseMinor: 100_000n, amountMinor: null }
		]);
		expect(document.dueOn).toBe('2026-12-12');
	});
	test('the notes that French law asks for, and what the supplier debits itself', async () => {
		const note = (subject: string, words: string) =>
			`<ram:IncludedNote><ram:Content>${words}</ram:Content><ram:SubjectCode>${subject}</ram:SubjectCode></ram:IncludedNote>`;
		const { agreed, document } = await read(
			withTerms(block(`${day('2026-12-12')}<ram:DirectDebitMandateID>RUM-7</ram:DirectDebitMandateID>`))
				.replace(
					'</ram:IssueDateTime>',
					`</ram:IssueDateTime>${note('AAB', 'Pas d’escompte')}${note('REG', 'RCS Lyon')}`
				)
				.replace(/(<ram:SpecifiedTradeSettlementPaymentMeans>\s*<ram:TypeCode>)\d+/, '$159')
		);
		expect(agreed.notes).toEqual([
			{ subject: 'AAB', text: 'Pas d’escompte' },
			{ subject: 'PMT', text: 'Indemnité forfaitaire pour frais de recouvrement : 40 euros.' }
		]);
		expect(agreed).toMatchObject({ mandate: { reference: 'RUM-7' }, isDebited: true });
		expect(notPayableReason(document, 120_000n)).toBe('debited');
	});
});

describe('a payee that the file names', () => {
	const withPayee = (name: string, siren = '') =>
		ciiOf(SPEC).replace(
			'<ram:SpecifiedTradeSettlementPaymentMeans>',
			`<ram:PayeeTradeParty><ram:Name>${name}</ram:Name>${siren && `<ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">${siren}</ram:ID></ram:SpecifiedLegalOrganization>`}</ram:PayeeTradeParty><ram:SpecifiedTradeSettlementPaymentMeans>`
		);
	test.each([
		['somebody else', 'Crédit Affacturage', '', 'other_payee'],
		['somebody else whose name begins like the seller’s', 'Atelier Lumen Factoring', '', 'other_payee'],
		['the seller, written otherwise', 'Atelier Lumen', '', null],
		['the seller, by its SIREN', 'Lumen Paris', '552100554', null]
	])('%s', async (_, name, siren, reason) => {
		const { document } = await read(withPayee(name, siren));
		expect(notPayableReason(document, 120_000n)).toBe(reason);
	});
});
test('a payee whose name is mostly spaces keeps nobody waiting', async () => {
	const { document } = await read(ciiOf(SPEC));
	const payee = `A${' '.repeat(1_000_000)}B`;
	expect(notPayableReason({ ...document, payee }, 120_000n)).toBe('other_payee');
});
test('a single part that is all there is to pay is no mistake', async () => {
	expect((await read(withTerms(instalment('1200.00', '2026-12-12')))).codes).toEqual([]);
});

test('UBL: discounts and dated parts of its own, notes with their code before them', async () => {
	const xml = `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>U-1</cbc:ID><cbc:IssueDate>2026-11-12</cbc:IssueDate><cbc:DueDate>2026-12-01</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
<cbc:Note>#PMD#Trois fois le taux légal#AAB#2 % à 10 jours</cbc:Note><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>Atelier</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>Client</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:PaymentTerms><cbc:SettlementDiscountPercent>2</cbc:SettlementDiscountPercent><cac:SettlementPeriod><cbc:EndDate>2026-11-22</cbc:EndDate></cac:SettlementPeriod></cac:PaymentTerms>
<cac:PaymentTerms><cbc:Amount currencyID="EUR">50.00</cbc:Amount><cbc:InstallmentDueDate>2026-12-01</cbc:InstallmentDueDate></cac:PaymentTerms>
<cac:PaymentTerms><cbc:Amount currencyID="EUR">70.00</cbc:Amount><cbc:InstallmentDueDate>2026-12-31</cbc:InstallmentDueDate></cac:PaymentTerms>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount>100.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount>120.00</cbc:TaxInclusiveAmount><cbc:PayableAmount>120.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">20.00</cbc:TaxAmount></cac:TaxTotal></Invoice>`;
	const { agreed, document } = await read(xml);
	expect(agreed).toMatchObject({
		discounts: [{ until: '2026-11-22', discountBps: 200, baseMinor: null, amountMinor: null }],
		parts: [
			{ dueOn: '2026-12-01', amountMinor: 5000n },
			{ dueOn: '2026-12-31', amountMinor: 7000n }
		],
		notes: [
			{ subject: 'PMD', text: 'Trois fois le taux légal' },
			{ subject: 'AAB', text: '2 % à 10 jours' }
		]
	});
	expect(document.dueOn).toBe('2026-12-31');
});

describe('kept, offered and taken', () => {
	let house: TestHouse;
	let cast: Cast;
	let payer: Payer;
	beforeAll(async () => {
		house = await openHouse();
		cast = await aSupplier(house.services);
		payer = await aPayer(house.services, cast);
	});
	afterAll(() => house.close());
	const today = () => civilDateIn(house.services.clock.now(), 'Europe/Paris');
	/** Without any policy of the supplier. */
	async function imported(xml: string): Promise<string> {
		const preview = await previewImport(house, cast.owner, [fileOf(xml)]);
		if (!preview.ok) throw new Error(preview.refusal.code);
		const { importId } = preview.value;
		await confirmImport(house.services, cast.owner, importId, { sendsMails: false, acceptsReview: false });
		await house.drain();
		const after = await readImport(house.services, cast.owner, importId);
		return (after.ok && after.value.lines[0]!.invoiceId) || '';
	}

	test('the early price that the invoice grants, by the page and by the card', async () => {
		const issuedOn = today();
		const xml = withTerms(
			block(
				`${day(addDays(issuedOn, 30))}${discount('<ram:BasisPeriodMeasure unitCode="DAY">10</ram:BasisPeriodMeasure><ram:CalculationPercent>2.00</ram:CalculationPercent>')}`
			),
			{ number: 'TERMS-EARLY', issuedOn }
		);
		const invoiceId = await imported(xml);
		const view = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(view.ok && view.value.options.map(({ kind, amountMinor }) => [kind, amountMinor])).toEqual([
			['early', 117_600n],
			['now', 120_000n]
		]);
		expect(await pay(house.services, payer, [invoiceId], 117_600, { option: 'early' })).toMatchObject({
			ok: true,
			value: { status: 'paid' }
		});
	});
	test('the parts that the invoice asks for are a plan, whose first part is taken', async () => {
		const issuedOn = today();
		const invoiceId = await imported(
			withTerms(instalment('500.00', issuedOn) + instalment('700.00', addDays(issuedOn, 45)), {
				number: 'TERMS-PARTS',
				issuedOn
			})
		);
		const detail = await readInvoiceDetail(house.services, payer.scope, invoiceId);
		expect(detail.ok && detail.value.agreed?.parts).toHaveLength(2);
		expect(await pay(house.services, payer, [invoiceId], 50_000, { option: 'plan_2' })).toMatchObject({
			ok: true,
			value: { status: 'paid' }
		});
		const plan = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(plan.ok && plan.value.plan?.instalments).toMatchObject([
			{ dueOn: issuedOn, amountMinor: 50_000n, status: 'paid' },
			{ dueOn: addDays(issuedOn, 45), amountMinor: 70_000n, status: 'scheduled' }
		]);
	});
	test('what the supplier debits itself is asked for here only by its word', async () => {
		const invoiceId = await imported(
			ciiOf({ ...SPEC, number: 'TERMS-DEBIT' }).replace(
				/(<ram:SpecifiedTradeSettlementPaymentMeans>\s*<ram:TypeCode>)\d+/,
				'$159'
			)
		);
		const before = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(before.ok && before.value.options).toEqual([]);
		expect(await openHere(house.services, payer.scope, invoiceId)).toMatchObject({ refusal: { code: 'not_allowed' } });
		expect(await openHere(house.services, cast.owner, invoiceId)).toEqual({ ok: true, value: null });
		expect(await openHere(house.services, cast.owner, invoiceId)).toEqual({ ok: true, value: null });
		const after = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(after.ok && after.value.options.map((one) => one.kind)).toEqual(['now']);
	});
});
