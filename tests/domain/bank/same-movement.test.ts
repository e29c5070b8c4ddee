// One movement told by two files, or two movements that look alike.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alreadyTold, mayBeOneAccount, sameness, type ToldMovement } from '#lib/domain/bank/same-movement.ts';
import type { CivilDate } from '#lib/domain/calendar/civil-date.ts';
import type { Minor } from '#lib/domain/money/minor.ts';

const told = (over: Partial<ToldMovement> = {}): ToldMovement => ({
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
	test.each<[string, Partial<ToldMovement>]>([
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
	test.each<[string, Partial<ToldMovement>]>([
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
	const movement = fc.record({
		amount: fc.constantFrom(1n, 2n),
		text: fc.constantFrom('DUPONT LOYER', 'MARTIN LOYER')
	});
	fc.assert(
		fc.property(fc.array(movement, { maxLength: 8 }), fc.array(movement, { maxLength: 8 }), (before, now) => {
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
