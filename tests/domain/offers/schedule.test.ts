// The dated instalments of a plan, and which invoices each instalment pays.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { amountsOf, datesOf, firstDate, instalmentsOf } from '#lib/domain/offers/schedule.ts';
import { policy } from '../../builders/quotes.ts';

const today = civilDate('2026-11-26');
const rule = { ...policy().instalments!, firstPart: 'on_due_date' as const };
const dates = [today, civilDate('2026-12-26'), civilDate('2027-01-26')];
const line = (invoiceId: string, amount: bigint) => ({ invoiceId, amountMinor: minor(amount) });

test('each part pays the invoices in their order, and leaves them as they were given', () => {
	const invoices = [line('a', 50n), line('b', 50n)];
	expect(instalmentsOf(dates, [minor(40n), minor(30n), minor(30n)], invoices)).toEqual([
		{ dueOn: dates[0], amountMinor: 40n, lines: [line('a', 40n)] },
		{ dueOn: dates[1], amountMinor: 30n, lines: [line('a', 10n), line('b', 20n)] },
		{ dueOn: dates[2], amountMinor: 30n, lines: [line('b', 30n)] }
	]);
	expect(invoices).toEqual([line('a', 50n), line('b', 50n)]);
});
test('what does not divide is on the first part; parts add up, and differ by less than their number', () => {
	expect([amountsOf(minor(100n), 3), amountsOf(minor(101n), 3), amountsOf(minor(101n), 2)]).toEqual([
		[34n, 33n, 33n],
		[35n, 33n, 33n],
		[51n, 50n]
	]);
	fc.assert(
		fc.property(fc.bigInt({ min: 0n, max: 10n ** 10n }), fc.constantFrom(2, 3), (total, count) => {
			const [first = 0n, ...others] = amountsOf(minor(total), count as 2 | 3);
			expect(others.reduce((sum, instalment) => sum + instalment, first as bigint)).toBe(total);
			expect(others.every((instalment) => first >= instalment && first - instalment < BigInt(count))).toBe(true);
		})
	);
});
test('days are counted from the first part, months too', () => {
	const from = civilDate('2026-12-31');
	expect(datesOf({ spacing: { unit: 'day', every: 20 } }, from, 3)).toEqual(['2026-12-31', '2027-01-20', '2027-02-09']);
	expect(datesOf({ spacing: { unit: 'month', every: 2 } }, from, 2)).toEqual(['2026-12-31', '2027-02-28']);
});
test('the first part is due with the invoice, today at the earliest, or now', () => {
	const first = (due: string, firstPart: 'now' | 'on_due_date' = 'on_due_date') =>
		firstDate({ ...rule, firstPart }, [{ dueOn: civilDate(due) }, { dueOn: civilDate('2027-06-30') }], today);
	expect([first('2026-12-10'), first('2026-11-26'), first('2026-11-01'), first('2026-12-10', 'now')]).toEqual([
		'2026-12-10',
		today,
		today,
		today
	]);
});
