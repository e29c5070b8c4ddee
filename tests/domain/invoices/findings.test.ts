// What a document says against itself: each rule by itself, on a document with which nothing else is wrong.
import { describe, expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import type { AgreedTerms } from '#lib/domain/invoices/agreed-terms.ts';
import type { InvoiceDocument, Party } from '#lib/domain/invoices/document.ts';
import {
	block,
	checkDocument,
	confirm,
	contactNew,
	isMinimum,
	mayOpen,
	nameKeyOf,
	notPayableReason,
	verdictOf,
	warn
} from '#lib/domain/invoices/findings.ts';
import { minor } from '#lib/domain/money/minor.ts';

const party = (over: Partial<Party> = {}): Party => ({
	name: 'Atelier Lumen',
	siren: null,
	vatNumber: null,
	email: null,
	...over
});
const agreed = (over: Partial<AgreedTerms> = {}): AgreedTerms =>
	({ parts: [], discounts: [], isDebited: false, ...over }) as AgreedTerms;
const sound = (over: Partial<InvoiceDocument> = {}): InvoiceDocument => ({
	number: 'F-1',
	typeCode: '380',
	issuedOn: civilDate('2026-11-01'),
	dueOn: civilDate('2026-12-01'),
	currency: 'EUR',
	seller: party(),
	buyer: party({ name: 'Menuiserie Roche' }),
	payee: null,
	netMinor: minor(100_000n),
	vatMinor: minor(20_000n),
	grossMinor: minor(120_000n),
	prepaidMinor: minor(0n),
	roundingMinor: minor(0n),
	dueMinor: minor(120_000n),
	vatLines: [],
	paymentReference: null,
	payeeIban: null,
	payeeAccounts: [],
	meansCode: null,
	deliveredOn: null,
	freightMinor: minor(0n),
	vatOnReceipts: false,
	termsText: null,
	agreed: null,
	businessProcess: null,
	profile: 'urn:cen.eu:en16931:2017',
	...over
});
const found = (over: Partial<InvoiceDocument>) => checkDocument(sound(over));
const vat = (...amounts: bigint[]) =>
	amounts.map((amount) => ({ category: 'S', rateBps: 2000, baseMinor: minor(amount * 5n), vatMinor: minor(amount) }));
const MINIMUM = 'urn:factur-x.eu:1p0:minimum';

test('of a sound document there is nothing to say', () => expect(found({})).toEqual([]));

describe('who it is', () => {
	test('a number of one to thirty-five characters; a hundred at the very most', () => {
		const long = (length: number) => found({ number: 'F'.repeat(length) });
		expect(found({ number: '' })).toEqual([block('NUMBER_MISSING', 'BT-1', '', 'un numéro de facture')]);
		expect([long(1), long(35)]).toEqual([[], []]);
		expect(long(36)).toEqual([warn('NUMBER_LONG', 'BT-1', 'F'.repeat(36), '35 caractères au plus')]);
		expect(long(100)).toEqual([warn('NUMBER_LONG', 'BT-1', 'F'.repeat(100), '35 caractères au plus')]);
		expect(long(101)).toEqual([block('NUMBER_LONG', 'BT-1', 'F'.repeat(100), '35 caractères au plus')]);
	});
	test('a currency of three capitals; without one a person says that it is the euro', () => {
		expect(found({ currency: 'USD' })).toEqual([]);
		expect(found({ currency: '' })).toEqual([confirm('CURRENCY_MISSING', 'BT-5', '', 'EUR')]);
		for (const currency of ['eur', 'EURO', 'XEUR', '€'])
			expect(found({ currency })).toEqual([block('CURRENCY', 'BT-5', currency, 'EUR')]);
		expect(found({ currency: 'x'.repeat(30) })).toEqual([block('CURRENCY', 'BT-5', 'x'.repeat(20), 'EUR')]);
	});
	test('a paper that is no invoice', () => {
		for (const typeCode of ['751', '325'])
			expect(found({ typeCode })).toEqual([warn('INFORMATION_ONLY', 'BT-3', typeCode, '380')]);
	});
	test('a profile, by its last word or the norm’s own name; lists and books need none', () => {
		for (const profile of [
			'csv',
			'json',
			'fec',
			'ximport',
			'rimport',
			MINIMUM,
			'urn:ferd:CrossIndustryDocument:invoice:1p0:comfort',
			'urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic',
			'urn:cen.eu:en16931:2017#anything-else',
			'BASICWL',
			'urn:x:en16931',
			'urn:x:en16931:2017',
			'urn:x:extended',
			'xrechnung_3.0.2',
			'xrechnung_3',
			'en16931-ctc-fr',
			'extended-ctc-fr',
			'urn:fdc:peppol.eu:2017:poacc:billing:3.0',
			'nlcius:v1.0.3',
			'nlcius:v2',
			'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0'
		])
			expect([profile, found({ profile })]).toEqual([profile, []]);
		expect(found({ profile: null })).toEqual([confirm('PROFILE_MISSING', 'BT-24', '', 'urn:cen.eu:en16931:2017')]);
		for (const profile of [
			'urn:somebody:own',
			'minimum-plus',
			'acsv',
			'xrechnung_',
			'nlcius:v',
			'poacc:billing:3x0',
			''
		])
			expect(found({ profile })).toEqual([warn('PROFILE_UNKNOWN', 'BT-24', profile, 'urn:cen.eu:en16931:2017')]);
		expect([MINIMUM, MINIMUM.toUpperCase(), 'urn:x:basic', 'minimum', null].map(isMinimum)).toEqual([
			true,
			true,
			false,
			false,
			false
		]);
	});
});
describe('its sums', () => {
	test('net and VAT make the total, to the cent', () =>
		expect(found({ grossMinor: minor(120_001n), dueMinor: minor(120_001n) })).toEqual([
			block('TOTALS', 'BT-112', '120001', '120000')
		]));
	test('what is due is the total less what was paid, rounded as it says; the minimum has no field for it', () => {
		const over = { prepaidMinor: minor(20_000n), roundingMinor: minor(1n) };
		expect(found({ ...over, dueMinor: minor(100_001n) })).toEqual([]);
		expect(found({ ...over, dueMinor: minor(100_000n) })).toEqual([
			confirm('AMOUNT_DUE', 'BT-115', '100000', '100001')
		]);
		expect(found({ profile: MINIMUM, dueMinor: minor(100_000n) })).toEqual([]);
	});
	test('its VAT is that of its rates, where it tells them', () => {
		expect(found({ vatLines: vat(15_000n, 5_000n) })).toEqual([]);
		expect(found({ vatLines: vat(15_000n, 5_001n) })).toMatchObject([
			warn('VAT_SPLIT', 'BT-110', '20000', '20001'),
			{}
		]);
	});
	const lines = (...parts: [bigint, bigint][]) =>
		parts.map(([base, tax]) => ({ category: 'S', rateBps: 2000, baseMinor: minor(base), vatMinor: minor(tax) }));
	test('each rate may have been rounded on its own, and is said; more is asked about: a discount would tell a VAT that is not there', () => {
		const two = (first: bigint, second: bigint) => found({ vatLines: lines([60_000n, first], [40_000n, second]) });
		expect(two(12_000n, 8_000n)).toEqual([]);
		expect(two(12_000n, 8_002n)).toEqual([warn('VAT_SPLIT', 'BT-110', '20000', '20002')]);
		expect(two(12_000n, 7_998n)).toEqual([warn('VAT_SPLIT', 'BT-110', '20000', '19998')]);
		expect(two(12_000n, 8_003n)).toEqual([confirm('VAT_SPLIT', 'BT-110', '20000', '20003')]);
		expect(two(12_000n, 7_997n)).toEqual([confirm('VAT_SPLIT', 'BT-110', '20000', '19997')]);
	});
	test('what it is of makes the net total', () => {
		const of = (...bases: bigint[]) =>
			found({ vatLines: lines(...bases.map((one, i) => [one, i ? 0n : 20_000n] as [bigint, bigint])) });
		expect([of(100_001n), of(99_999n), of(60_000n, 40_002n)]).toEqual([[], [], []]);
		expect(of(100_002n)).toEqual([confirm('VAT_BASE', 'BT-116', '100002', '100000')]);
		expect(of(60_000n, 39_997n)).toEqual([confirm('VAT_BASE', 'BT-116', '99997', '100000')]);
	});
	test('nobody is asked for more than the total before a person has looked, whatever was paid before', () => {
		const over = (dueMinor: bigint, rest: Partial<InvoiceDocument> = {}) =>
			found({ dueMinor: minor(dueMinor), prepaidMinor: minor(120_000n - dueMinor), ...rest });
		expect(over(120_001n)).toEqual([confirm('DUE_ABOVE_TOTAL', 'BT-115', '120001', '≤ 120000')]);
		expect(over(120_001n, { prepaidMinor: minor(0n), roundingMinor: minor(1n) })).toEqual([]);
		expect(over(120_001n, { profile: MINIMUM })).toEqual([confirm('DUE_ABOVE_TOTAL', 'BT-115', '120001', '≤ 120000')]);
		const negative = { netMinor: minor(-100_000n), vatMinor: minor(-20_000n), grossMinor: minor(-120_000n) };
		expect(found({ ...negative, dueMinor: minor(-120_000n) })).toEqual([]);
		expect(found({ ...negative, dueMinor: minor(5n), prepaidMinor: minor(-120_005n) })).toEqual([
			confirm('DUE_ABOVE_TOTAL', 'BT-115', '5', '≤ 0')
		]);
	});
	test('an amount of another currency is told with it where it has not two decimals', () => {
		expect(found({ currency: 'JPY', dueMinor: minor(1n) })).toEqual([
			confirm('AMOUNT_DUE', 'BT-115', '1 JPY', '120000 JPY')
		]);
		expect(found({ currency: 'USD', dueMinor: minor(1n) })).toEqual([confirm('AMOUNT_DUE', 'BT-115', '1', '120000')]);
	});
	test('its parts make what is due', () => {
		const parts = (...amounts: bigint[]) =>
			agreed({ parts: amounts.map((amount) => ({ dueOn: civilDate('2026-12-01'), amountMinor: minor(amount) })) });
		expect(found({ agreed: parts(70_000n, 50_000n) })).toEqual([]);
		expect(found({ agreed: parts(70_000n, 50_001n) })).toEqual([warn('PARTS_SUM', 'BT-20', '120001', '120000')]);
		expect(found({ agreed: parts() })).toEqual([]);
	});
});
describe('its days', () => {
	test('without a due date it is said, but where the profile has no field for it', () => {
		expect(found({ dueOn: null })).toEqual([warn('DUE_DATE_MISSING', 'BT-9', '', 'AAAA-MM-JJ')]);
		expect(found({ dueOn: null, profile: MINIMUM })).toEqual([]);
	});
	test('due before it was issued is asked about, but for deposits and what is paid already; the day itself is none before', () => {
		const before = civilDate('2026-10-31');
		expect(found({ dueOn: before })).toEqual([confirm('DUE_BEFORE_ISSUE', 'BT-9', '2026-10-31', '≥ 2026-11-01')]);
		expect(found({ dueOn: civilDate('2026-11-01') })).toEqual([]);
		expect(found({ dueOn: before, typeCode: '386' })).toEqual([]);
		const paid = { prepaidMinor: minor(120_000n), dueMinor: minor(0n) };
		for (const businessProcess of ['B2', 'S2', 'M2'])
			expect(found({ dueOn: before, businessProcess, ...paid })).toEqual([]);
		expect(found({ dueOn: before, businessProcess: 'B1' })).toHaveLength(1);
	});
	test('more than four hundred days ahead is said', () => {
		expect(found({ dueOn: civilDate('2027-12-06') })).toEqual([]); // 400
		expect(found({ dueOn: civilDate('2027-12-07') })).toEqual([warn('DUE_FAR', 'BT-9', '2027-12-07', '≤ 400 jours')]);
		expect(found({ dueOn: civilDate('2029-11-05') })).toEqual([warn('DUE_FAR', 'BT-9', '2029-11-05', '≤ 400 jours')]); // 1100
		expect(found({ dueOn: civilDate('2029-11-06') })).toEqual([
			confirm('DUE_FAR', 'BT-9', '2029-11-06', '≤ 400 jours')
		]);
	});
	test('issued more than a year ahead is asked about: somebody mistook a year', () => {
		const on = (day: string) =>
			checkDocument(sound({ issuedOn: civilDate(day), dueOn: civilDate(day) }), civilDate('2026-11-27'));
		expect([on('2027-11-28'), on('2006-11-26'), on('2026-11-27')]).toEqual([[], [], []]);
		expect(on('2027-11-29')).toEqual([confirm('ISSUE_FAR', 'BT-2', '2027-11-29', '≤ 2027-11-28')]);
		expect(found({ issuedOn: civilDate('2126-11-01'), dueOn: civilDate('2126-12-01') })).toEqual([]);
	});
});
describe('the process it names', () => {
	test('paid already and still asking is a question; a deposit is no final invoice', () => {
		for (const businessProcess of ['B2', 'S2', 'M2']) {
			expect(found({ businessProcess })).toEqual([confirm('PAID_FRAMEWORK', 'BT-115', '120000', '0')]);
			expect(found({ businessProcess, prepaidMinor: minor(120_000n), dueMinor: minor(0n) })).toEqual([]);
		}
		for (const businessProcess of ['B4', 'S4', 'M4'])
			for (const typeCode of ['386', '500', '503'])
				expect(found({ businessProcess, typeCode })).toEqual([warn('TYPE_FRAMEWORK', 'BT-3', typeCode, '380')]);
		expect([found({ businessProcess: 'S4' }), found({ businessProcess: 'S1', typeCode: '386' })]).toEqual([[], []]);
	});
});
describe('its parties', () => {
	test('an account to be debited is an account', () => {
		const of = (debtorIban: string | null) =>
			found({ agreed: agreed({ mandate: { reference: 'M1', creditorId: null, debtorIban } }) });
		expect([of(null), of('FR76 3000 6000 0112 3456 7890 189')]).toEqual([[], []]);
		expect(of('FRDEBIT')).toEqual([warn('DEBTOR_IBAN', 'BT-91', 'FRDEBIT', 'FR76…')]);
	});
	test('the client has a name', () =>
		expect(found({ buyer: party({ name: '' }) })).toEqual([block('BUYER_MISSING', 'BT-44', '', 'le nom du client')]));
	test('a French VAT number has its key, and the right one is told; others are not ours to check', () => {
		const right = 'FR96552100554';
		const wrong = 'FR95552100554';
		expect(found({ seller: party({ vatNumber: right }), buyer: party({ vatNumber: 'DE1' }) })).toEqual([]);
		expect(found({ seller: party({ vatNumber: wrong }) })).toEqual([warn('VAT_KEY', 'BT-31', wrong, right)]);
		expect(found({ buyer: party({ vatNumber: wrong }) })).toEqual([warn('VAT_KEY', 'BT-48', wrong, right)]);
	});
	test('the account to pay to has the digits of one', () => {
		expect(found({ payeeIban: 'FR7630006000011234567890189' })).toEqual([]);
		const wrong = 'FR7630006000011234567890188';
		expect(found({ payeeIban: wrong })).toEqual([warn('IBAN', 'BT-84', wrong, 'FR76…')]);
	});
});
test('the verdict is the gravest finding, in whatever order they come', () => {
	const [stops, asks, says] = [block('A', '', '', ''), confirm('B', '', '', ''), warn('C', '', '', '')];
	expect([[says, asks, stops], [says, asks], [says], []].map(verdictOf)).toEqual(['block', 'confirm', 'warn', 'ok']);
});
test('an address that a client does not have yet is asked about', () =>
	expect(contactNew('a@b.example')).toEqual({
		code: 'CONTACT_NEW',
		severity: 'confirm',
		field: 'BT-58',
		found: 'a@b.example',
		expected: ''
	}));
test('names are one without form, accents, marks and capitals', () => {
	for (const name of [
		'Café Müller',
		' CAFE MULLER, S.A.R.L. ',
		'café-müller SAS',
		'Cafe Muller GmbH',
		'Cafe Muller b.v'
	])
		expect(nameKeyOf(name)).toBe('cafemuller');
	for (const form of 'SARL,S.A.R.L,SAS,S.A.S,SASU,S.A.S.U,SA,S.A,EURL,E.U.R.L,SNC,S.N.C,SCI,S.C.I,GmbH,AG,UG,KG,Ltd,BV,B.V,NV,N.V,SRL,S.R.L'.split(
		','
	))
		for (const written of [`Muller ${form}`, `Muller,  ${form}.`])
			expect([written, nameKeyOf(written)]).toEqual([written, 'muller']);
	expect(['SA Muller', 'Muller SA Lyon', 'Mullersa'].map(nameKeyOf)).toEqual(['samuller', 'mullersalyon', 'mullersa']);
	expect(nameKeyOf('Sarlat')).toBe('sarlat');
	expect(nameKeyOf(`${'a'.repeat(200)}b`)).toBe('a'.repeat(200));
});
describe('what can’t be paid here', () => {
	const why = (over: Partial<InvoiceDocument>, debt = 120_000n) => notPayableReason(sound(over), debt);
	test.each<[ReturnType<typeof why>, Partial<InvoiceDocument>, bigint?]>([
		[null, {}],
		[null, { currency: '' }],
		['information_only', { typeCode: '751' }],
		['information_only', { typeCode: '325' }],
		['factored', { typeCode: '393' }],
		['factored', { typeCode: '396' }],
		['credit_note', {}, -1n],
		['settled', {}, 0n],
		['settled', { businessProcess: 'S2' }],
		['currency', { currency: 'USD' }],
		['other_payee', { payee: 'Affacturage SA' }],
		[null, { payee: 'ATELIER LUMEN SARL' }],
		['debited', { agreed: agreed({ isDebited: true }) }],
		['other_payee', { payee: 'Affacturage SA', agreed: agreed({ isDebited: true }) }]
	])('%s: %j', (reason, over, debt) => expect(why(over, debt)).toBe(reason));
	test('its own debit and its own payee a supplier may open again, and nothing else', () =>
		expect(
			(['debited', 'other_payee', 'settled', 'credit_note', 'factored', 'currency', 'withdrawn', null] as const).map(
				mayOpen
			)
		).toEqual([true, true, false, false, false, false, false, false]));
});
