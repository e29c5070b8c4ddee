// One transaction told by two files, or two transactions that look alike.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alreadyTold, mayBeOneAccount, sameness, type SeenTransaction } from '#lib/domain/bank/same-transaction.ts';
import type { CivilDate } from '#lib/domain/calendar/civil-date.ts';
import type { Minor } from '#lib/domain/money/minor.ts';

const told = (over: Partial<SeenTransaction> = {}): SeenTransaction => ({
	bookedOn: '2026-11-20' as CivilDate,
	valueOn: null,
	amountMinor: 120_000n as Minor,
	currency: 'EUR',
	text: 'VIREMENT RECU MENUISERIE ROCHE FACTURE F-7',
	endToEndId: null,
	bankReference: null,
	counterparty: null,
	counterpartyIban: null,
	account: 'FR7630006000011234567890189',
	format: 'mt940',
	...over
});

describe('the same', () => {
	test.each<[string, Partial<SeenTransaction>]>([
		['words in another order, with and without accents', { text: 'FACTURE F-7 MENUISERIE RÔCHE', format: 'csv' }],
		['the payer in a field of its own', { text: 'FACTURE F-7', counterparty: 'Menuiserie Roche', format: 'ofx' }],
		['words cut by the format', { text: 'VIR MENUISERIE ROCHE', format: 'cfonb120' }],
		['one end-to-end id', { text: 'X', endToEndId: 'E2E-77' }],
		[
			'the day of value for the day of booking',
			{ bookedOn: '2026-11-19' as CivilDate, valueOn: '2026-11-20' as CivilDate, format: 'csv' }
		]
	])('%s', (_, over) => expect(sameness(told({ endToEndId: over.endToEndId ?? null }), told(over))).toBe('same'));
});
describe('another', () => {
	test.each<[string, Partial<SeenTransaction>]>([
		['amount', { amountMinor: 120_001n as Minor }],
		['currency', { currency: 'USD' }],
		['day', { bookedOn: '2026-11-21' as CivilDate }],
		['account', { account: '10278060310001234567812' }],
		['end-to-end id', { endToEndId: 'E2E-78' }],
		['payer account', { counterpartyIban: 'FR7610278021370000123456794' }],
		['reference of the same format', { bankReference: 'B2' }],
		['payer', { text: 'VIR MAISON MARTIN LOYER', format: 'csv' }]
	])('%s', (_, over) =>
		expect(
			sameness(
				told({ endToEndId: 'E2E-77', bankReference: 'B1', counterpartyIban: 'DE89370400440532013000' }),
				told({ endToEndId: null, ...over })
			)
		).toBe('other')
	);
});
test.each([
	['another number', 'VIREMENT RECU MENUISERIE ROCHE FACTURE F-8'],
	['another letter', 'MENUISERIE ROCHE FACTURE F-7 B'],
	['nothing but the bank’s words', 'VIREMENT SEPA RECU']
])('%s: nothing decides, a person looks', (_, text) => {
	const one = told({ text: text.endsWith('B') ? text.replace(/B$/, 'A') : told().text });
	expect(sameness(one, told({ text, format: 'csv' }))).toBe('unclear');
});
test.each([
	['FR7630006000011234567890189', '30006 00001 12345678901 89', true],
	['FR7630006000011234567890189', '12345678901', true],
	['DE89370400440532013000', '37040044/532013000', true],
	['NL69INGB0123456789EUR', 'NL69INGB0123456789', true],
	['Compte courant', 'FR7630006000011234567890189', true],
	['', '12345678901', true],
	['FR7630006000011234567890189', '98765432109', false]
])('accounts %s and %s may be one: %s', (a, b, is) => {
	expect(mayBeOneAccount(a, b)).toBe(is);
	expect(mayBeOneAccount(b, a)).toBe(is);
});
test('each movement that is known explains one that comes, whatever the order; equal transfers stay as many as the fuller file has', () => {
	const transaction = fc.record({
		amount: fc.constantFrom(1n, 2n),
		text: fc.constantFrom('DUPONT LOYER', 'MARTIN LOYER')
	});
	fc.assert(
		fc.property(fc.array(transaction, { maxLength: 8 }), fc.array(transaction, { maxLength: 8 }), (before, now) => {
			const of = (one: { amount: bigint; text: string }, format: string) =>
				told({ amountMinor: one.amount as Minor, text: one.text, format });
			const known = before.map((one) => of(one, 'mt940'));
			const pairs = alreadyTold(
				now.map((one) => of(one, 'csv')),
				known
			);
			const others = [...pairs.values()].map((pair) => pair.known);
			expect(new Set(others).size).toBe(others.length);
			for (const [one, pair] of pairs) expect(pair.known.amountMinor).toBe(one.amountMinor);
			const count = (list: typeof now, amount: bigint, text: string): number =>
				list.filter((one) => one.amount === amount && one.text === text).length;
			for (const amount of [1n, 2n])
				for (const text of ['DUPONT LOYER', 'MARTIN LOYER'])
					expect(
						[...pairs].filter(
							([one, { sameness: is }]) => is === 'same' && one.amountMinor === amount && one.text === text
						)
					).toHaveLength(Math.min(count(before, amount, text), count(now, amount, text)));
		}),
		{ numRuns: 500 }
	);
});

test('ten thousand members who pay the same fee on the same day are compared in the time of a list, and each once', () => {
	const fee = (i: number, format: string, order: (text: string[]) => string[]) =>
		told({ amountMinor: 2_990n as Minor, text: order(['COTISATION', `MEMBRE ${i}`]).join(' '), format });
	const known = Array.from({ length: 10_000 }, (_, i) => fee(i, 'mt940', (text) => text));
	const coming = Array.from({ length: 10_000 }, (_, i) => fee(9_999 - i, 'csv', (text) => text.toReversed()));
	const begun = performance.now();
	const pairs = alreadyTold(coming, known);
	const strangers = alreadyTold(
		coming.map((one, i) => ({ ...one, text: `VIR ${i} AUTRE` })),
		known
	);
	expect(performance.now() - begun).toBeLessThan(20_000);
	expect([...pairs.values()].filter((pair) => pair.sameness === 'same')).toHaveLength(10_000);
	for (const [one, { known: other }] of pairs) expect(other.text).toContain(one.text.replace(/\D/g, ''));
	expect([...strangers.values()].some((pair) => pair.sameness === 'same')).toBe(false);
});

describe('references, word by word', () => {
	const ids = (one: string | null, two: string | null, over: Partial<SeenTransaction> = {}) =>
		sameness(told({ endToEndId: one, text: 'A' }), told({ endToEndId: two, text: 'B', ...over }));
	test('one that a format cuts after twelve characters or more is the same; a shorter beginning is another', () => {
		expect(ids('INVOICE-2026-00041', 'INVOICE-2026-0')).toBe('same'); // twelve letters and figures
		expect(ids('INVOICE-2026-0', 'INVOICE-2026-00041')).toBe('same');
		expect(ids('INVOICE-2026', 'INVOICE-202600041')).toBe('other'); // eleven
		expect(ids('INVOICE-2026-00041', '2026-00041')).toBe('other');
		expect(ids('XX-INVOICE-2026-0', 'INVOICE-2026-0')).toBe('other');
	});
	test('the bank’s own, in whichever format, decides; the words need not be looked at', () => {
		const refs = (format: string, two: string) =>
			sameness(
				told({ bankReference: 'B1', text: 'MARTIN LOYER' }),
				told({ bankReference: two, text: 'DUPONT', format })
			);
		expect(refs('mt940', 'B1')).toBe('same');
		expect(refs('csv', 'B1')).toBe('same');
		// Each format names it in its own way: another reference says nothing, and the words decide.
		expect(refs('csv', 'B2')).toBe('other');
		expect(sameness(told({ bankReference: 'B1' }), told({ bankReference: 'B2', format: 'csv' }))).toBe('same');
	});
});
describe('words', () => {
	const of = (one: string, two: string, over: Partial<SeenTransaction> = { format: 'csv' }) =>
		sameness(told({ text: one }), told({ text: two, ...over }));
	test('of one format, the same words are a question: it may be paid twice', () =>
		expect(of('MARTIN LOYER 12', 'MARTIN LOYER 12', {})).toBe('unclear'));
	test('four of five of the longer ones are enough; three of four are not', () => {
		expect(of('ALPHA BRAVO CHARLIE DELTA ECHOES', 'ALPHA BRAVO CHARLIE DELTA ZULUS')).toBe('same');
		expect(of('ALPHA BRAVO CHARLIE DELTA', 'ALPHA BRAVO CHARLIE ZULUS')).toBe('unclear');
		expect(of('ALPHA BRAVO', 'YANKEE ZULUS')).toBe('other');
	});
	test('figures and short words all count: one that is another is no same', () => {
		expect(of('ALPHA BRAVO CHARLIE DELTA F7', 'ALPHA BRAVO CHARLIE DELTA F8')).toBe('unclear');
		expect(of('ALPHA BRAVO CHARLIE DELTA ABC', 'ALPHA BRAVO CHARLIE DELTA ABD')).toBe('unclear');
		expect(of('ALPHA BRAVO CHARLIE DELTA ABCD', 'ALPHA BRAVO CHARLIE DELTA ABCE')).toBe('same');
		expect(of('AB 12', 'CD 12')).toBe('other');
	});
	test('a word that is glued to its neighbour is there; three letters inside another are not', () => {
		expect(of('ALPHA BRAVO', 'ALPHABRAVO CHARLIE')).toBe('same');
		expect(of('ALPHA ABC', 'ALPHA XABCX')).toBe('unclear');
	});
	test('whichever says less is looked for in the other', () => {
		expect(of('ALPHA BRAVO CHARLIE DELTA', 'ALPHA')).toBe('same');
		expect(of('ALPHA', 'ALPHA BRAVO CHARLIE DELTA')).toBe('same');
	});
	test('of the same number of words, both ways are the same answer', () => {
		expect(of('ALPHAB XRAY', 'ALPHA XRAY')).toBe('unclear');
	});
	test('what banks put in front is no word of the payer; inside another word it is', () => {
		expect(of('VIREMENT RECU DE MARTIN', 'MARTIN')).toBe('same');
		expect(of('ENFIELD', 'LAMOTIF')).toBe('other');
	});
});
describe('days and accounts', () => {
	test('one day in common, of booking or of value, is enough', () => {
		const days = (bookedOn: string, valueOn: string | null) => ({
			bookedOn: bookedOn as CivilDate,
			valueOn: valueOn as CivilDate | null,
			endToEndId: 'E'
		});
		const is = (a: ReturnType<typeof days>, b: ReturnType<typeof days>) => sameness(told(a), told(b));
		expect(is(days('2026-11-19', '2026-11-20'), days('2026-11-20', '2026-11-21'))).toBe('same');
		expect(is(days('2026-11-19', '2026-11-20'), days('2026-11-21', '2026-11-22'))).toBe('other');
		expect(is(days('2026-11-19', null), days('2026-11-20', null))).toBe('other');
	});
	test('a number of six figures is one, of five it is a name', () => {
		expect(mayBeOneAccount('123456', '999999')).toBe(false);
		expect(mayBeOneAccount('12345', '999999')).toBe(true);
		expect(mayBeOneAccount('30006 00001 12345678901 89', '99999 00001 12345678901 00')).toBe(true);
		expect(mayBeOneAccount('nl69ingb0123456789', 'NL69INGB0123456789')).toBe(true);
	});
});
describe('many alike', () => {
	const fee = (over: Partial<SeenTransaction>) => told({ amountMinor: 2_990n as Minor, text: 'COTISATION', ...over });
	const crowd = (make: (i: number) => Partial<SeenTransaction>) => Array.from({ length: 30 }, (_, i) => fee(make(i)));
	test.each<[string, (i: number) => Partial<SeenTransaction>]>([
		['the bank’s reference', (i) => ({ bankReference: `B${i}` })],
		['the end-to-end id', (i) => ({ endToEndId: `E${i}` })],
		['the words', (i) => ({ text: `COTISATION MEMBRE ${i}` })]
	])('are told apart by %s, whatever the order', (_, make) => {
		const known = crowd(make);
		const coming = crowd(make)
			.reverse()
			.map((one) => ({ ...one, format: 'csv' }));
		const pairs = alreadyTold(coming, known);
		expect(pairs.size).toBe(30);
		for (const [one, { known: other, sameness: is }] of pairs)
			expect([other.bankReference, other.endToEndId, other.text, is]).toEqual([
				one.bankReference,
				one.endToEndId,
				one.text,
				'same'
			]);
	});
	test('that nothing tells apart are each a question, once, and those beyond are new', () => {
		const pairs = alreadyTold(
			Array.from({ length: 40 }, () => fee({ text: 'VIREMENT' })),
			Array.from({ length: 30 }, () => fee({ text: 'VIREMENT' }))
		);
		expect(pairs.size).toBe(30);
		expect(new Set([...pairs.values()].map((pair) => pair.known)).size).toBe(30);
		expect([...pairs.values()].every((pair) => pair.sameness === 'unclear')).toBe(true);
	});
	test('the sure ones are found before the doubtful take them', () => {
		const known = [fee({ text: 'MARTIN LOYER' }), fee({ text: 'MARTIN' })];
		const [doubtful, sure] = [
			fee({ text: 'MARTIN BRAVO', format: 'csv' }),
			fee({ text: 'MARTIN LOYER', format: 'csv' })
		];
		const pairs = alreadyTold([doubtful, sure], known);
		expect(pairs.get(sure)).toMatchObject({ known: known[0], sameness: 'same' });
	});
});
