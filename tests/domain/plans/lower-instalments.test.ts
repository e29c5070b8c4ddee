// Which instalments of a plan a credit note makes smaller.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minor } from '#lib/domain/money/minor.ts';
import { lowerInstalments, type Lowerable } from '#lib/domain/plans/lower-instalments.ts';

const instalment = (position: number, ofInvoice: bigint, whole = ofInvoice): Lowerable => ({
	planId: 'p',
	position,
	instalmentMinor: minor(whole),
	ofInvoiceMinor: minor(ofInvoice)
});
const lowered = (instalments: Lowerable[], amount: bigint) =>
	lowerInstalments(instalments, minor(amount)).map((one) => [one.position, one.amountMinor]);

test('from the last part backwards: what comes soonest changes last', () => {
	const instalments = [instalment(1, 400n), instalment(2, 400n), instalment(3, 400n)];
	expect(lowered(instalments, 300n)).toEqual([[3, 300n]]);
	expect(lowered(instalments, 500n)).toEqual([
		[3, 400n],
		[2, 100n]
	]);
	expect(lowered(instalments, 5000n)).toEqual([
		[3, 400n],
		[2, 400n],
		[1, 400n]
	]);
	expect(lowered(instalments, 0n)).toEqual([]);
});
test('no part is left that is too small to be charged, while another can give the difference', () => {
	expect(lowered([instalment(1, 400n), instalment(2, 400n)], 380n)).toEqual([
		[2, 350n],
		[1, 30n]
	]);
	expect(lowered([instalment(1, 400n)], 380n)).toEqual([[1, 380n]]);
	// The other has just enough of this invoice, or a cent less.
	expect(lowered([instalment(1, 30n, 430n), instalment(2, 400n)], 380n)).toEqual([
		[2, 350n],
		[1, 30n]
	]);
	expect(lowered([instalment(1, 29n, 430n), instalment(2, 400n)], 380n)).toEqual([[2, 380n]]);
	// One of 0.50 gives nothing; one that was less before can't be kept chargeable.
	expect(lowered([instalment(1, 400n), instalment(2, 50n)], 10n)).toEqual([[1, 10n]]);
	expect(lowered([instalment(1, 400n), instalment(2, 30n)], 20n)).toEqual([[2, 20n]]);
});
test('whatever the parts and the credit note: taken off is the smaller of the two, no part goes below nothing, and nothing is taken of other invoices', () => {
	const instalments = fc.array(
		fc.record({ ofInvoice: fc.bigInt({ min: 1n, max: 2000n }), others: fc.bigInt({ min: 0n, max: 500n }) }),
		{ maxLength: 4 }
	);
	fc.assert(
		fc.property(instalments, fc.bigInt({ min: 0n, max: 6000n }), (some, amount) => {
			const all = some.map(({ ofInvoice, others }, i) => instalment(i + 1, ofInvoice, ofInvoice + others));
			const taken = lowerInstalments(all, minor(amount));
			const most = all.reduce((sum, one) => sum + one.ofInvoiceMinor, 0n);
			expect(taken.reduce((sum, one) => sum + one.amountMinor, 0n)).toBe(amount < most ? amount : most);
			for (const one of taken) {
				const of = all.find((candidate) => candidate.position === one.position)!;
				expect(one.amountMinor > 0n && one.amountMinor <= of.ofInvoiceMinor).toBe(true);
			}
		})
	);
});
