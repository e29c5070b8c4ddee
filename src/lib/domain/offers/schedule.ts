// The dated instalments of an instalment plan. Instalments add up to the cent, the remainder is on the first; months are counted from the first date.
import { required } from '../required.ts';
import { addDays, addMonths, type CivilDate } from '../calendar/civil-date.ts';
import { minor, smallest, subtract, type Minor } from '../money/minor.ts';
import type { AllocationLine } from '../payments/allocation.ts';
import type { InstalmentRule, InstalmentCount } from './policy.ts';

export type PlannedInstalment = { dueOn: CivilDate; amountMinor: Minor; lines: AllocationLine[] };

export function datesOf(rule: Pick<InstalmentRule, 'spacing'>, first: CivilDate, count: InstalmentCount): CivilDate[] {
	const { unit, every } = rule.spacing;
	const step = unit === 'day' ? addDays : addMonths;
	const dates = [first];
	while (dates.length < count) dates.push(step(first, every * dates.length));
	return dates;
}

/** `total` in `count` instalments; what does not divide is on the first. */
export function amountsOf(total: Minor, count: InstalmentCount): Minor[] {
	const instalment = minor(total / BigInt(count));
	const amounts = [minor(total - instalment * BigInt(count - 1))];
	while (amounts.length < count) amounts.push(instalment);
	return amounts;
}

/** Each instalment pays the invoices in their order (oldest due first), so that a plan's lines add up by part and by invoice. */
export function instalmentsOf(dates: CivilDate[], amounts: Minor[], invoices: AllocationLine[]): PlannedInstalment[] {
	const left = invoices.map((line) => ({ ...line }));
	return dates.map((dueOn, i) => {
		const whole = required(amounts[i], 'amount of a part');
		let rest = whole;
		const lines: AllocationLine[] = [];
		for (const line of left) {
			const amountMinor = smallest(line.amountMinor, rest);
			if (amountMinor <= 0n) continue;
			lines.push({ invoiceId: line.invoiceId, amountMinor });
			line.amountMinor = subtract(line.amountMinor, amountMinor);
			rest = subtract(rest, amountMinor);
		}
		return { dueOn, amountMinor: whole, lines };
	});
}

/** Today, or the due date of the first invoice if that is still to come. */
export function firstDate(rule: InstalmentRule, invoices: { dueOn: CivilDate }[], today: CivilDate): CivilDate {
	const due = required(invoices[0], 'invoice').dueOn;
	return rule.firstPart === 'on_due_date' && due > today ? due : today;
}
