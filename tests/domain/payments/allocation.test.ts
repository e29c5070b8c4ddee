// Which invoices money pays, and which it re-opens.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor, type Minor } from '#lib/domain/money/minor.ts';
import { allocateReceived, allocateReversal, beyondInvoices, withinBalance } from '#lib/domain/payments/allocation.ts';

const lines = fc.array(
	fc.record({ invoiceId: fc.uuid(), amountMinor: fc.bigInt({ min: 1n, max: 10n ** 7n }).map(minor) }),
	{ minLength: 1, maxLength: 6 }
);
const sum = (instalments: { amountMinor: Minor }[]) =>
	instalments.reduce((total, instalment) => total + instalment.amountMinor, 0n);
describe('allocation', () => {
	test('received money is allocated to the cent, oldest first, never more than asked', () => {
		fc.assert(
			fc.property(lines, fc.bigInt({ min: 0n, max: 10n ** 8n }), (asked, received) => {
				const dated = asked.map((line, i) => ({ ...line, dueOn: civilDate(`2026-0${(i % 9) + 1}-01`) }));
				const instalments = allocateReceived(dated, minor(received));
				const total = sum(dated);
				expect(sum(instalments)).toBe(received < total ? received : total);
				for (const instalment of instalments)
					expect(
						instalment.amountMinor <= dated.find((line) => line.invoiceId === instalment.invoiceId)!.amountMinor
					).toBe(true);
			})
		);
	});
	test('oldest due first, whatever the order given; of one day, by id; an invoice that nothing reaches has no line', () => {
		const owed = [
			{ invoiceId: 'c', amountMinor: minor(300n), dueOn: civilDate('2026-11-30') },
			{ invoiceId: 'b', amountMinor: minor(200n), dueOn: civilDate('2026-10-31') },
			{ invoiceId: 'a', amountMinor: minor(100n), dueOn: civilDate('2026-10-31') },
			{ invoiceId: 'd', amountMinor: minor(400n), dueOn: civilDate('2026-09-30') }
		];
		const paid = (received: bigint) => allocateReceived(owed, minor(received)).map((line) => Object.values(line));
		expect(paid(550n)).toEqual([
			['d', 400n],
			['a', 100n],
			['b', 50n]
		]);
		// Just enough for two: the others are not named with nothing.
		expect(paid(500n)).toEqual([
			['d', 400n],
			['a', 100n]
		]);
		expect(paid(0n)).toEqual([]);
		expect(paid(5000n)).toEqual([
			['d', 400n],
			['a', 100n],
			['b', 200n],
			['c', 300n]
		]);
		expect(owed.map((line) => line.invoiceId)).toEqual(['c', 'b', 'a', 'd']);
	});
	test('lines as they were agreed stop at what each invoice still owes; one paid meanwhile, or overpaid, has none', () => {
		const balances: Record<string, bigint> = { whole: 500n, short: 120n, paid: 0n, over: -40n };
		const agreed = Object.keys(balances).map((invoiceId) => ({ invoiceId, amountMinor: minor(300n) }));
		expect(withinBalance(agreed, (invoiceId) => minor(balances[invoiceId] ?? 0n))).toEqual([
			{ invoiceId: 'whole', amountMinor: 300n },
			{ invoiceId: 'short', amountMinor: 120n }
		]);
	});
	test.each([
		['more came than the invoices take', 0n, 500n, 500n, 0n],
		['some of the advance goes back', 500n, 200n, -300n, 0n],
		['more goes back than had come', 200n, -100n, -200n, 100n],
		['what the client owes beyond grows', -100n, -250n, 0n, 150n],
		['it comes back in part', -250n, -50n, 0n, -200n],
		['it comes back, and more', -50n, 30n, 30n, -50n],
		['nothing moves', 70n, 70n, 0n, 0n]
	])(
		'beyond the invoices, %s: from %s to %s, the advance moves by %s, the claim by %s',
		(_, before, after, advance, claim) =>
			expect(beyondInvoices(minor(before), minor(after))).toEqual({ advanceMinor: advance, claimMinor: claim })
	);
	test('beyond the invoices, advance less claim moves by what the money moved, and what is kept is never both', () => {
		const at = fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n }).map(minor);
		fc.assert(
			fc.property(at, at, (before, after) => {
				const moved = beyondInvoices(before, after);
				expect(moved.advanceMinor - moved.claimMinor).toBe(after - before);
				const from0 = beyondInvoices(minor(0n), after);
				expect(from0.advanceMinor === 0n || from0.claimMinor === 0n).toBe(true);
				expect(from0.advanceMinor >= 0n && from0.claimMinor >= 0n).toBe(true);
			})
		);
	});
	test('a reversal of less than the last allocation names that one alone; of nothing, none', () => {
		const standing = [
			{ invoiceId: 'a', amountMinor: minor(100n) },
			{ invoiceId: 'none', amountMinor: minor(0n) },
			{ invoiceId: 'b', amountMinor: minor(50n) }
		];
		const back = (amount: bigint) => allocateReversal(standing, minor(amount)).map((line) => Object.values(line));
		expect(back(50n)).toEqual([['b', 50n]]);
		expect(back(0n)).toEqual([]);
		expect(back(60n)).toEqual([
			['b', 50n],
			['a', 10n]
		]);
		expect(standing.map((line) => line.invoiceId)).toEqual(['a', 'none', 'b']);
	});
	test('a reversal takes from the last allocation first, never more than stands', () => {
		expect(
			allocateReversal(
				[
					{ invoiceId: 'a', amountMinor: minor(100n) },
					{ invoiceId: 'b', amountMinor: minor(50n) }
				],
				minor(70n)
			)
		).toEqual([
			{ invoiceId: 'b', amountMinor: 50n },
			{ invoiceId: 'a', amountMinor: 20n }
		]);
		fc.assert(
			fc.property(
				lines,
				fc.bigInt({ min: 0n, max: 10n ** 8n }),
				(standing, amount) =>
					void expect(sum(allocateReversal(standing, minor(amount)))).toBe(
						amount < sum(standing) ? amount : sum(standing)
					)
			)
		);
	});
});
