// Which invoice a transfer pays: never by its amount alone.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	concernedClients,
	doubted,
	matchesOf,
	returnsOf,
	subsets,
	type OpenInvoice,
	type StandingPayment
} from '#lib/domain/bank/matching.ts';
import { namedBy, payersAmong, plainName, possibleNames, possiblePayers } from '#lib/domain/bank/naming.ts';
import { returnClassOf } from '#lib/domain/bank/return-reasons.ts';
import type { Minor } from '#lib/domain/money/minor.ts';

const minor = (amount: number) => BigInt(amount) as Minor;
const open = (
	over: Partial<Omit<OpenInvoice, 'payableMinor'>> & { number: string; payable?: number }
): OpenInvoice => ({
	invoiceId: over.number,
	clientId: 'roche',
	clientName: 'Menuiserie Roche SARL',
	paymentReference: `RF00${over.number.replace(/\W/g, '')}`,
	earlyMinor: null,
	plan: null,
	payableMinor: minor(over.payable ?? 120_000),
	...over
});
const moved = (over: Partial<Parameters<typeof matchesOf>[0]> & { amount?: number }) => ({
	text: '',
	endToEndId: null,
	creditorReference: null,
	counterparty: null,
	counterpartyIban: null,
	isReturn: false,
	...over,
	amountMinor: minor(over.amount ?? 120_000)
});
const NOBODY = new Map<string, string>();
const first = (transaction: ReturnType<typeof moved>, invoices: OpenInvoice[], payers = NOBODY) => {
	const match = matchesOf(transaction, invoices, payers)[0];
	return match ? [match.invoiceIds.join('+'), match.reason, match.certainty, match.amountIs] : null;
};
const two = [open({ number: 'F2026-0041', payable: 50_000 }), open({ number: 'F2026-0042' })];

describe('in the order of what is surest', () => {
	test('the creditor reference, in its field or in the words', () => {
		const reference = two[1]!.paymentReference;
		expect(first(moved({ creditorReference: reference.toLowerCase() }), two)).toEqual([
			'F2026-0042',
			'reference',
			'certain',
			'exact'
		]);
		expect(first(moved({ text: `VIR SEPA ${reference.replace(/(.{4})/g, '$1 ')}` }), two)).toEqual([
			'F2026-0042',
			'reference',
			'certain',
			'exact'
		]);
	});
	test('the end-to-end id', () =>
		expect(first(moved({ endToEndId: 'F2026-0042' }), two)).toEqual(['F2026-0042', 'end_to_end', 'certain', 'exact']));
	test.each(['VIR F2026-0042', 'FACTURE F2026 0042 MERCI', 'facture n° f2026/0042.', 'F20260042'])(
		'the number in “%s”',
		(text) => expect(first(moved({ text }), two)).toEqual(['F2026-0042', 'number', 'certain', 'exact'])
	);
	test('two numbers, one transfer', () =>
		expect(first(moved({ text: 'F2026-0041 F2026-0042', amount: 170_000 }), two)).toEqual([
			'F2026-0041+F2026-0042',
			'number',
			'certain',
			'exact'
		]));
	test('a known account, or a name: with the amount of one invoice', () => {
		const iban = 'FR7610278021370000123456794';
		expect(first(moved({ counterpartyIban: iban }), two, new Map([[iban, 'roche']]))).toEqual([
			'F2026-0042',
			'payer_amount',
			'certain',
			'exact'
		]);
		expect(first(moved({ counterparty: 'MENUISERIE RÔCHE' }), two)).toEqual([
			'F2026-0042',
			'payer_amount',
			'probable',
			'exact'
		]);
		expect(first(moved({ text: 'VIR DE MENUISERIE ROCHE' }), two)).toEqual([
			'F2026-0042',
			'payer_amount',
			'probable',
			'exact'
		]);
	});
	test('several invoices of one payer', () =>
		expect(first(moved({ counterparty: 'Menuiserie Roche', amount: 170_000 }), two)).toEqual([
			'F2026-0041+F2026-0042',
			'payer_sum',
			'probable',
			'exact'
		]));
	test('the early price, a part, too much', () => {
		const early = [open({ number: 'F2026-0042', earlyMinor: minor(117_600) })];
		expect(first(moved({ text: 'F2026-0042', amount: 117_600 }), early)).toEqual([
			'F2026-0042',
			'number',
			'certain',
			'early'
		]);
		// Part of an amount is no second sign: who paid is.
		expect(first(moved({ text: 'F2026-0042', amount: 60_000 }), early)).toEqual([
			'F2026-0042',
			'number',
			'probable',
			'less'
		]);
		expect(first(moved({ text: 'F2026-0042', counterparty: 'MENUISERIE ROCHE', amount: 60_000 }), early)).toEqual([
			'F2026-0042',
			'number',
			'certain',
			'less'
		]);
		expect(first(moved({ text: 'F2026-0042', amount: 130_000 }), early)).toEqual([
			'F2026-0042',
			'number',
			'probable',
			'more'
		]);
	});
});
describe('what is not sure is not called sure', () => {
	test('the amount alone says nothing', () => {
		expect(first(moved({}), two)).toBeNull();
		expect(first(moved({ text: '1 200,00 EUR' }), two)).toBeNull();
	});
	test('a few digits are not a name: probable at most', () =>
		expect(first(moved({ text: 'VIR 2026 LOYER' }), [open({ number: '2026' })])).toEqual([
			'2026',
			'number',
			'probable',
			'exact'
		]));
	describe.each([
		['a day, year first', '2026-1118', 'VIR RECU 2026-11-18 DON ANNUEL'],
		['a day without marks', '2026-1118', 'VIR SEPA RECU 20261118 CAISSE PRIMAIRE'],
		['a day, day first', '18112026', 'VIREMENT DU 18/11/2026'],
		['a day and a time', '20261118-0930', 'INST 20261118 0930'],
		['a telephone number', '06 12 34 56 78', 'APPELER LE 0612345678'],
		['a telephone number from abroad', '33612345678', 'TEL +33 6 12 34 56 78'],
		['a postcode', '75011', 'MAIRIE 75011 PARIS'],
		['an amount in the words', '1234567', 'SOLDE 12 345,67 EUR'],
		['an amount with points', '1234-5678', 'TOTAL 123.456,78'],
		['its own amount', '1200-0000', 'MONTANT 12000000']
	])('a number that reads as %s', (name, number, text) => {
		const amount = text.endsWith('12000000') ? 12_000_000 : 15_000;
		test.each([
			['part of the amount', 300_000_00],
			['the exact amount', amount]
		])('a stranger’s transfer is never certain: %s', (_, payable) =>
			expect(first(moved({ text, amount }), [open({ number, payable })])?.[2]).toBe('probable')
		);
		test('it is certain when its payer is the client, and the amount is right', () =>
			expect(
				first(moved({ text, counterparty: 'Menuiserie Roche', amount }), [open({ number, payable: amount })])?.[2]
			).toBe('certain'));
		test('as the reference of the invoice it is no surer', () => {
			const invoice = open({ number: 'F-77', paymentReference: number, payable: amount });
			expect(first(moved({ text, amount }), [invoice])?.[2]).toBe('probable');
		});
		// A field of its own is no amount in words: nothing but the number itself speaks there.
		test('in the end-to-end field it is no surer, but for amounts', () => {
			const endToEndId = text.replace(/\D/g, '');
			const certainty = first(moved({ endToEndId, amount }), [open({ number: endToEndId, payable: amount })])?.[2];
			expect(certainty).toBe(name.startsWith('an amount') ? 'certain' : 'probable');
		});
		test('nor does it take a payment back by itself', () => {
			const payment = {
				paymentId: 'p',
				clientId: 'roche',
				clientName: 'Roche',
				standingMinor: minor(amount),
				numbers: [number],
				endToEndId: null,
				counterpartyIban: null
			};
			expect(returnsOf(moved({ text, amount: -amount, isReturn: true }), [payment])[0]?.certainty).toBe('probable');
		});
	});
	test('a number of eight digits that is no day is a number', () =>
		expect(first(moved({ text: 'FACTURE 20260042' }), [open({ number: '2026-0042' })])?.[2]).toBe('certain'));
	test('a reference is not a piece of a longer number', () => {
		const invoice = open({ number: 'F-77', paymentReference: '4711235' });
		expect(first(moved({ text: 'REF 9947112350' }), [invoice])).toBeNull();
		expect(first(moved({ text: 'REF 4711235' }), [invoice])?.[2]).toBe('certain');
	});
	test('a number inside a longer one, or too short', () => {
		expect(first(moved({ text: 'F2026-00421' }), two)).toBeNull();
		expect(first(moved({ text: 'REF 12' }), [open({ number: '12' })])).toBeNull();
		expect(first(moved({ text: 'MERCI' }), [open({ number: 'MERCI' })])).toBeNull();
	});
	test('2026-1 is not meant where F-2026-1 is', () =>
		expect(first(moved({ text: 'F-2026-1' }), [open({ number: '2026-1' }), open({ number: 'F-2026-1' })])).toEqual([
			'F-2026-1',
			'number',
			'certain',
			'exact'
		]));
	test('numbers of two clients, two invoices of one amount, two ways to add up', () => {
		const of = (clientId: string) => open({ number: 'F2026-0042', clientId, invoiceId: clientId });
		expect(
			matchesOf(moved({ text: 'F2026-0042' }), [of('a'), of('b')], NOBODY).map((match) => match.certainty)
		).toEqual(['possible', 'possible']);
		const same = [open({ number: 'A-0001' }), open({ number: 'A-0002' })];
		expect(
			matchesOf(moved({ counterparty: 'Menuiserie Roche' }), same, NOBODY).map((match) => match.certainty)
		).toEqual(['possible', 'possible']);
	});
	test('two clients under one name', () => {
		const of = (clientId: string) => open({ number: `F-${clientId}`, clientId });
		expect(
			matchesOf(moved({ counterparty: 'Menuiserie Roche' }), [of('a'), of('b')], NOBODY).every(
				(match) => match.certainty !== 'certain'
			)
		).toBe(true);
	});
	test('money that leaves, and money that comes back, pay nothing', () => {
		expect(first(moved({ text: 'F2026-0042', amount: -120_000 }), two)).toBeNull();
		expect(first(moved({ text: 'F2026-0042', isReturn: true }), two)).toBeNull();
	});
	test('whom it concerns', () => {
		expect([...concernedClients(moved({ text: 'F2026-0041' }), two, NOBODY)]).toEqual(['roche']);
		expect([...concernedClients(moved({}), two, NOBODY)]).toEqual([]);
	});
});
describe('a plan that runs', () => {
	const plan = { planId: 'p', sums: [minor(40_000), minor(80_000)] };
	const inPlan = open({ number: 'F2026-0041', payable: 0, plan });
	test('one part, all that are left, something beyond, less than one', () => {
		const of = (amount: number) => first(moved({ text: 'F2026-0041', amount }), [inPlan]);
		expect(of(40_000)).toEqual(['F2026-0041', 'number', 'certain', 'parts']);
		expect(of(80_000)).toEqual(['F2026-0041', 'number', 'certain', 'parts']);
		expect(of(50_000)).toEqual(['F2026-0041', 'number', 'probable', 'parts_and_more']);
		expect(of(90_000)).toEqual(['F2026-0041', 'number', 'probable', 'parts_and_more']);
		expect(of(39_999)).toEqual(['F2026-0041', 'number', 'possible', 'under_part']);
	});
	test('its part, and another invoice of that very amount: the words decide, else a person', () => {
		const twin = open({ number: 'F2026-0050', payable: 40_000 });
		const payers = new Map([['FR76', 'roche']]);
		const by = (text: string) =>
			first(moved({ text, amount: 40_000, counterpartyIban: 'FR76' }), [twin, inPlan], payers);
		expect(by('F2026-0041')).toEqual(['F2026-0041', 'number', 'certain', 'parts']);
		expect(by('F2026-0050')).toEqual(['F2026-0050', 'number', 'certain', 'exact']);
		expect(by('VIREMENT')).toEqual(['F2026-0050', 'payer_amount', 'possible', 'exact']);
	});
	test('over two invoices it is one thing to pay; beside others it is not booked by itself', () => {
		const both = [inPlan, open({ number: 'F2026-0042', payable: 0, plan })];
		const payers = new Map([['FR76', 'roche']]);
		expect(matchesOf(moved({ amount: 40_000, counterpartyIban: 'FR76' }), both, payers)).toHaveLength(1);
		const apart = first(moved({ text: 'F2026-0041 F2026-0043', amount: 160_000 }), [
			inPlan,
			open({ number: 'F2026-0043' })
		]);
		expect(apart).toEqual(['F2026-0041+F2026-0043', 'number', 'possible', 'with_plan']);
	});
});
test('every name that a movement bears is among the pieces to look for; words without a digit are none', () => {
	fc.assert(
		fc.property(
			fc.stringMatching(/^[A-Z]{0,4}[- /]?\d{1,4}[- /]?\d{3,8}$/),
			fc.stringMatching(/^[A-Za-zé .:/]{0,40}$/),
			fc.stringMatching(/^[A-Za-zé .:/]{0,40}$/),
			(number, before, after) => {
				const invoice = open({ number, paymentReference: 'RF18539007547034' });
				const transaction = moved({ text: `${before} ${number} ${after}`, endToEndId: invoice.paymentReference });
				const looked = new Set(possibleNames(transaction));
				const plain = (written: string) => written.replace(/[^0-9A-Z]/g, '');
				expect(namedBy({ ...transaction, endToEndId: null }, [invoice]) === null || looked.has(plain(number))).toBe(
					true
				);
				expect(looked.has(invoice.paymentReference)).toBe(true);
			}
		)
	);
	expect(possibleNames(moved({ text: 'VIREMENT DE MENUISERIE ROCHE' }))).toEqual([]);
});
test('any subset that is found adds up, and at most two are looked for', () =>
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 20 }),
			fc.integer({ min: 1, max: 3000 }),
			(amounts, wanted) => {
				const found = subsets(
					amounts.map((amount) => ({ payableMinor: minor(amount) })),
					minor(wanted)
				);
				expect(found.length).toBeLessThanOrEqual(2);
				for (const some of found) {
					expect(some.length).toBeGreaterThan(1);
					expect(some.reduce((sum, one) => sum + one.payableMinor, 0n)).toBe(BigInt(wanted));
				}
			}
		)
	));
test('names without form, accents and politeness', () => {
	expect(plainName('S.A.R.L. Ménuiserie  Roché')).toContain('MENUISERIE ROCHE');
	expect(plainName('Menuiserie Roche SARL')).toBe('MENUISERIE ROCHE');
});
describe('what comes back', () => {
	const payment = (over: Partial<StandingPayment>): StandingPayment => ({
		paymentId: 'p1',
		clientId: 'roche',
		clientName: 'Roche',
		standingMinor: minor(120_000),
		numbers: ['F2026-0042'],
		endToEndId: null,
		counterpartyIban: null,
		...over
	});
	const back = (over: Parameters<typeof moved>[0]) => moved({ isReturn: true, amount: -120_000, ...over });
	test('by its end-to-end id, by the invoice, by the account', () => {
		expect(
			returnsOf(back({ endToEndId: 'E2EID1' }), [
				payment({ endToEndId: 'e2eid1' }),
				payment({ paymentId: 'p2', numbers: [] })
			])
		).toMatchObject([{ payment: { paymentId: 'p1' }, certainty: 'certain' }]);
		expect(returnsOf(back({ text: 'REJET F2026-0042' }), [payment({})])).toMatchObject([{ certainty: 'certain' }]);
		expect(returnsOf(back({ counterpartyIban: 'FR76 1' }), [payment({ counterpartyIban: 'FR761' })])).toMatchObject([
			{ certainty: 'probable' }
		]);
	});
	test('never more than what stands, never by the amount alone', () => {
		expect(returnsOf(back({ text: 'F2026-0042' }), [payment({ standingMinor: minor(100) })])).toEqual([]);
		expect(returnsOf(back({}), [payment({})])).toEqual([]);
	});
	test('each reason has its class', () =>
		expect(['AM04', 'AC04', 'MD06', 'FF01', 'ZZ99', null].map(returnClassOf)).toEqual([
			'soft',
			'hard',
			'dispute',
			'technical',
			'unknown',
			'unknown'
		]));
});

describe('where to look in the books', () => {
	const clients = [
		{ clientId: 'roche', clientName: 'Menuiserie Roche SARL' },
		{ clientId: 'abc', clientName: 'ABC' },
		{ clientId: 'martin', clientName: 'Maison Martin' }
	];
	const who = (transactions: ReturnType<typeof moved>[], payers = NOBODY) =>
		possiblePayers(transactions, clients, payers).map((one) => one.clientId);
	test('payers are known by an account that has paid before, or by their name in the field or in the words', () => {
		expect(who([moved({ counterpartyIban: 'FR76 1' })], new Map([['FR761', 'abc']]))).toEqual(['abc']);
		expect(who([moved({ counterparty: 'MENUISERIE RÔCHE' })])).toEqual(['roche']);
		expect(who([moved({ text: 'VIR DE MAISON MARTIN LOYER' }), moved({ counterparty: 'Menuiserie Roche' })])).toEqual([
			'roche',
			'martin'
		]);
		expect(who([moved({ text: 'MAISON MARTINEZ' }), moved({ counterparty: 'Roche' })])).toEqual([]);
	});
	test('three letters are no name', () => expect(who([moved({ text: 'VIR ABC', counterparty: 'ABC' })])).toEqual([]));
	test('a name of four letters is one', () =>
		expect(
			payersAmong(moved({ counterparty: 'ABCD' }), [{ clientId: 'x', clientName: 'ABCD SAS' }], NOBODY)
		).toHaveLength(1));
	test('an account that has paid for one client speaks of no other, whatever name stands beside', () =>
		expect(
			payersAmong(
				moved({ counterparty: 'Maison Martin', counterpartyIban: 'FR761' }),
				clients,
				new Map([['FR761', 'roche']])
			).map((one) => one.clientId)
		).toEqual(['roche']));
	test('pieces of four to thirty characters, each with a digit, and of every length between', () => {
		expect(possibleNames(moved({ text: 'A1 B2' }))).toEqual(['A1B2']);
		expect(possibleNames(moved({ text: 'ABC1' }))).toEqual(['ABC1']);
		expect(possibleNames(moved({ text: 'AB1' }))).toEqual([]);
		const names = possibleNames(moved({ text: '1'.padEnd(40, 'A') }));
		expect([Math.min(...names.map((one) => one.length)), Math.max(...names.map((one) => one.length))]).toEqual([4, 30]);
		expect(names).toHaveLength(27);
		expect(possibleNames(moved({ text: `${'A'.repeat(30)}1` }))).not.toContain(`${'A'.repeat(30)}1`);
		expect(possibleNames(moved({ text: 'ABCDE1' })).sort()).toEqual(['ABCDE1', 'BCDE1', 'CDE1']);
	});
	test('every client that a movement speaks of, in whichever way', () => {
		const each = [
			open({ number: 'F2026-0041', clientId: 'by-reference', paymentReference: 'RF18539007547034' }),
			open({ number: 'E2E-2026-7', clientId: 'by-end-to-end' }),
			open({ number: 'N2026-0042', clientId: 'by-number' }),
			open({ number: 'X-1', clientId: 'by-name', clientName: 'Maison Martin' })
		];
		const transaction = moved({
			text: 'N2026-0042 MAISON MARTIN',
			creditorReference: 'RF18539007547034',
			endToEndId: 'E2E-2026-7'
		});
		expect([...concernedClients(transaction, each, NOBODY)].sort()).toEqual([
			'by-end-to-end',
			'by-name',
			'by-number',
			'by-reference'
		]);
	});
});
describe('how sure it is', () => {
	test('what names an invoice that is settled is never more than possible, and says which', () => {
		const matches = matchesOf(moved({ text: 'F2026-0042' }), two, NOBODY);
		expect(doubted(matches, ['F2026-0001'])).toEqual([
			{ ...matches[0]!, certainty: 'possible', settledNumbers: ['F2026-0001'] }
		]);
		expect(doubted(matches, [])).toBe(matches);
	});
	test('a reference with check digits is enough by itself, also for part of the amount; a reference without is not', () => {
		const checked = open({ number: 'F-77', paymentReference: 'RF18539007547034' });
		expect(first(moved({ creditorReference: 'RF18539007547034', amount: 60_000 }), [checked])?.slice(2)).toEqual([
			'certain',
			'less'
		]);
		const plain = open({ number: 'F-77', paymentReference: 'CLIENT-77-A' });
		expect(first(moved({ creditorReference: 'CLIENT-77-A', amount: 60_000 }), [plain])?.slice(2)).toEqual([
			'probable',
			'less'
		]);
	});
	test('two references, of which one has check digits: the amount must be right', () => {
		const pair = [
			open({ number: 'F-77', paymentReference: 'RF18539007547034' }),
			open({ number: 'F-78', paymentReference: '4711235', payable: 30_000 })
		];
		const text = 'RF18539007547034 4711235';
		expect(first(moved({ text, amount: 150_000 }), pair)?.slice(1)).toEqual(['reference', 'certain', 'exact']);
		expect(first(moved({ text, amount: 140_000 }), pair)?.slice(1)).toEqual(['reference', 'probable', 'less']);
	});
	test('less than several invoices says nothing of which: probable, though the payer is known', () =>
		expect(
			first(moved({ text: 'F2026-0041 F2026-0042', counterparty: 'Menuiserie Roche', amount: 100_000 }), two)?.slice(2)
		).toEqual(['probable', 'less']));
	test('one number among several that reads as something else leaves all of them probable', () => {
		const pair = [open({ number: '2026-1118', payable: 50_000 }), open({ number: 'F2026-0042' })];
		expect(first(moved({ text: '2026-11-18 F2026-0042', amount: 170_000 }), pair)?.[2]).toBe('probable');
	});
	test('the surest first, five at most', () => {
		const client = (i: number, over = {}) =>
			open({ number: `F-100${i}`, clientId: `c${i}`, clientName: 'Maison Martin', ...over });
		const all = matchesOf(
			moved({ counterparty: 'Maison Martin' }),
			[
				...[1, 2].map((i) => client(1, { number: `F-20${i}`, invoiceId: `${i}` })),
				...[2, 3, 4, 5, 6].map((i) => client(i))
			],
			NOBODY
		);
		expect(all.map((one) => one.certainty)).toEqual(['probable', 'probable', 'probable', 'probable', 'probable']);
		expect(all.map((one) => one.clientId)).toEqual(['c2', 'c3', 'c4', 'c5', 'c6']);
	});
	test('of a known payer, the early price is the amount of an invoice too; two ways to add up are only possible', () => {
		const by = (amount: number, invoices: OpenInvoice[]) =>
			first(moved({ counterparty: 'Menuiserie Roche', amount }), invoices);
		expect(by(117_600, [open({ number: 'A-0001', earlyMinor: minor(117_600) })])).toEqual([
			'A-0001',
			'payer_amount',
			'probable',
			'early'
		]);
		const four = [100, 200, 300, 400].map((payable, i) => open({ number: `A-000${i}`, payable }));
		expect(by(500, four)?.slice(1)).toEqual(['payer_sum', 'possible', 'exact']);
		expect(by(900, four)).toEqual(['A-0001+A-0002+A-0003', 'payer_sum', 'probable', 'exact']);
	});
	test('of a plan over several invoices, its parts are certain and something between them is not', () => {
		const plan = { planId: 'p', sums: [minor(40_000), minor(80_000)] };
		const both = ['F2026-0041', 'F2026-0042'].map((number) => open({ number, payable: 0, plan }));
		const of = (amount: number) => first(moved({ text: 'F2026-0041 F2026-0042', amount }), both)?.slice(2);
		expect([of(40_000), of(39_999), of(40_001)]).toEqual([
			['certain', 'parts'],
			['possible', 'under_part'],
			['probable', 'parts_and_more']
		]);
	});
	test('nothing is received by nothing', () =>
		expect(matchesOf(moved({ text: 'F2026-0042', amount: 0 }), two, NOBODY)).toEqual([]));
	test('a movement without a reference in its words or field names none that is too short', () => {
		const short = open({ number: 'F-77', paymentReference: 'A1B2' });
		expect(first(moved({ creditorReference: 'A1B2' }), [short])).toBeNull();
		expect(first(moved({ text: 'A1B2' }), [short])).toBeNull();
	});
	test('the end-to-end id may be the reference as well', () =>
		expect(
			first(moved({ endToEndId: 'CLIENT-77-A' }), [open({ number: 'F-77', paymentReference: 'CLIENT-77-A' })])?.[1]
		).toBe('end_to_end'));
});
describe('numbers that read as something else', () => {
	test.each([
		['41791234567', 'probable'],
		['32471234567', 'probable'],
		['352621123456', 'probable'],
		['1234A', 'certain'],
		['A1234', 'certain'],
		['01201118', 'certain'],
		['0041791234567', 'probable'],
		['041791234567', 'probable'],
		['0032471234567', 'probable'],
		['032471234567', 'probable'],
		['00352621123456', 'probable'],
		['0352621123456', 'probable'],
		['0033612345678', 'probable'],
		['123456', 'probable'],
		['1234567', 'certain'],
		['990612345678', 'certain'],
		['0612345678123', 'certain'],
		['20261332', 'certain'],
		['31122026', 'probable'],
		['12312026', 'probable'],
		['18261118', 'certain'],
		['202611180', 'certain'],
		['202611180930', 'probable'],
		['20261118093000', 'probable']
	])('%s is %s', (number, certainty) =>
		expect(first(moved({ text: `REF ${number} MERCI` }), [open({ number })])?.[2]).toBe(certainty)
	);
	test.each([
		['TOTAL 12 345,67', 'probable'],
		['TOTAL 12.345,67', 'probable'],
		["TOTAL 12'345.67", 'probable'],
		['TOTAL 12345.67', 'probable'],
		['REF 1234567 TOTAL 12 345,67', 'certain'],
		['REF 12345.678', null]
	])('1234567 in “%s” is %s', (text, certainty) =>
		expect(first(moved({ text }), [open({ number: '1234567' })])?.[2] ?? null).toBe(certainty)
	);
});
describe('which payment came back', () => {
	const paid = (over: Partial<StandingPayment> = {}): StandingPayment => ({
		paymentId: 'p1',
		clientId: 'roche',
		clientName: 'Roche',
		standingMinor: minor(120_000),
		numbers: [],
		endToEndId: null,
		counterpartyIban: null,
		...over
	});
	const back = (over: Parameters<typeof moved>[0]) => moved({ isReturn: true, amount: -120_000, ...over });
	const sure = (...asked: Parameters<typeof returnsOf>) => returnsOf(...asked).map((one) => one.certainty);
	test('money that comes in, or leaves without a word of a return, takes nothing back', () => {
		const named = { text: 'REJET F2026-0042', numbers: ['F2026-0042'] };
		expect(sure(moved({ text: named.text, amount: -120_000 }), [paid(named)])).toEqual([]);
		expect(
			sure(moved({ text: named.text, isReturn: true, amount: 1 }), [paid({ ...named, standingMinor: minor(1) })])
		).toEqual([]);
	});
	test('part of what was paid, or one of two that were named, is only probable', () => {
		const numbers = ['F2026-0042'];
		expect(sure(back({ text: 'F2026-0042', amount: -60_000 }), [paid({ numbers })])).toEqual(['probable']);
		expect(sure(back({ text: 'F2026-0042' }), [paid({ numbers }), paid({ paymentId: 'p2', numbers })])).toEqual([
			'probable',
			'probable'
		]);
	});
	test('one number of its invoices that is a name is enough, the others may be weak', () =>
		expect(sure(back({ text: 'F2026-0042 75011' }), [paid({ numbers: ['75011', 'F2026-0042'] })])).toEqual([
			'certain'
		]));
	test('the number may stand in the end-to-end field', () => {
		expect(sure(back({ endToEndId: 'F2026-0042' }), [paid({ numbers: ['F2026-0042'] })])).toEqual(['certain']);
		expect(sure(back({ endToEndId: 'E1234' }), [paid({ endToEndId: 'E9999' }), paid()])).toEqual([]);
	});
	test('by the account alone: the very amount, and of two the supplier chooses', () => {
		const iban = 'FR761';
		const known = paid({ counterpartyIban: iban });
		expect(sure(back({ counterpartyIban: iban }), [known, paid({ counterpartyIban: 'FR762' }), paid()])).toEqual([
			'probable'
		]);
		expect(sure(back({ counterpartyIban: iban }), [known, { ...known, paymentId: 'p2' }])).toEqual([
			'possible',
			'possible'
		]);
		expect(sure(back({ counterpartyIban: iban, amount: -60_000 }), [known])).toEqual([]);
		expect(sure(back({}), [paid({ counterpartyIban: null })])).toEqual([]);
	});
});
describe('which invoices add up', () => {
	const of = (wanted: number, ...amounts: number[]) =>
		subsets(
			amounts.map((amount) => ({ payableMinor: minor(amount) })),
			minor(wanted)
		).map((some) => some.map((one) => Number(one.payableMinor)));
	test('two or more, never one, and none of nothing', () => {
		expect(of(300, 100, 200)).toEqual([[100, 200]]);
		expect(of(300, 300, 100)).toEqual([]);
		expect(of(300, 100, 200, 0)).toEqual([[100, 200]]);
		expect(of(300, 100, 201)).toEqual([]);
		expect(of(300, 400, -100)).toEqual([]);
	});
	test('two answers are enough to know that it is not clear', () => expect(of(4, 1, 3, 2, 2, 1)).toHaveLength(2));
	test('of the first sixteen', () => {
		const small = Array.from({ length: 15 }, (_, i) => 1000 + i);
		expect(of(3, ...small.map((one) => one * 0 + 1), 2)).toHaveLength(2);
		expect(of(100_001, ...Array.from({ length: 16 }, () => 7), 100_000, 1)).toEqual([]);
		expect(of(100_001, ...Array.from({ length: 14 }, () => 7), 100_000, 1)).toEqual([[100_000, 1]]);
	});
	test('what a plan has taken is no part of a sum', () => {
		const plan = { planId: 'p', sums: [] };
		const all = [
			{ payableMinor: minor(100), plan: null },
			{ payableMinor: minor(200), plan },
			{ payableMinor: minor(200), plan: null }
		];
		expect(subsets(all, minor(300))).toEqual([[all[0], all[2]]]);
	});
});
