// What a statement says of itself: its balances, and the words with which banks say that there is no reference.
import { expect, test } from 'vitest';
import { returnClassOf } from '#lib/domain/bank/return-reasons.ts';
import { meaningful, reconciles, type BankStatement } from '#lib/domain/bank/statement.ts';
import { minor, type Minor } from '#lib/domain/money/minor.ts';

const statement = (
	openingMinor: bigint | null,
	closingMinor: bigint | null,
	...moved: [bigint, string?][]
): BankStatement => ({
	account: 'FR761',
	reference: 'r',
	currency: 'EUR',
	openingMinor: openingMinor as Minor | null,
	closingMinor: closingMinor as Minor | null,
	lines: moved.map(
		([amount, currency = 'EUR']) => ({ amountMinor: minor(amount), currency }) as BankStatement['lines'][number]
	)
});
test('opening and movements make the closing balance, each currency by itself; without balances nothing is said', () => {
	expect(reconciles(statement(100n, 150n, [80n], [-30n]))).toBe(true);
	expect(reconciles(statement(100n, 151n, [80n], [-30n]))).toBe(false);
	expect(reconciles(statement(100n, 100n, [80n, 'USD']))).toBe(true);
	expect(reconciles(statement(0n, 0n))).toBe(true);
	expect([reconciles(statement(null, 0n)), reconciles(statement(0n, null))]).toEqual([null, null]);
});
test('a bank that says that there is no reference has said none', () => {
	for (const none of ['NOTPROVIDED', 'notavailable', 'NONREF', 'None', '-', '', ' ', ' NOTPROVIDED ', null, undefined])
		expect(meaningful(none)).toBeNull();
	for (const some of ['NOTPROVIDED1', 'XNONE', '--', 'E1']) expect(meaningful(some)).toBe(some);
	expect(meaningful(' E1 ')).toBe('E1');
});
test('a reason is known in small letters and between spaces; none is no class', () => {
	expect([' am04 ', 'Md06', '', 'STRYKER WAS HERE!'].map(returnClassOf)).toEqual([
		'soft',
		'dispute',
		'unknown',
		'unknown'
	]);
});
