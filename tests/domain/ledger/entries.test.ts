// Every entry the domain makes balances, whatever the amounts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	invoiceOpened,
	moneyGoneBack,
	moneyRestored,
	paymentReceived,
	stripeFee,
	type JournalEntry
} from '#lib/domain/ledger/entries.ts';
import { minor } from '#lib/domain/money/minor.ts';

const lines = fc.array(
	fc.record({ invoiceId: fc.uuid(), amountMinor: fc.bigInt({ min: 1n, max: 10n ** 9n }).map(minor) }),
	{ minLength: 1, maxLength: 5 }
);
const balance = (entry: JournalEntry) =>
	entry.lines.reduce((sum, line) => sum + line.debitMinor - line.creditMinor, 0n);

test('entries balance', () => {
	fc.assert(
		fc.property(lines, fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), (parts, debt) => {
			for (const entry of [
				invoiceOpened('i', 'c', minor(debt)),
				paymentReceived('p', 'c', parts),
				moneyGoneBack('refund', 'r', 'c', parts),
				moneyGoneBack('debit_return', 'r', 'c', parts),
				moneyRestored('chargeback_won', 'd', 'c', parts),
				stripeFee('ch', minor(35n))
			])
				expect(balance(entry)).toBe(0n);
		})
	);
});
test('a credit note opens the other way', () =>
	expect(invoiceOpened('i', 'c', minor(-500n)).lines[0]).toMatchObject({
		account: '411',
		debitMinor: 0n,
		creditMinor: 500n
	}));
test('no line is on both sides or on none', () => {
	fc.assert(
		fc.property(lines, (parts) => {
			for (const line of paymentReceived('p', 'c', parts).lines)
				expect(line.debitMinor === 0n).not.toBe(line.creditMinor === 0n);
		})
	);
});
