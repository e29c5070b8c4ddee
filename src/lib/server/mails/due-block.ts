// What is due, in a mail: asked for today, being taken, or coming with a plan. Never one sum that mixes them.
import { m } from '#lib/paraglide/messages.js';
import type { Rest } from '../../domain/invoices/state.ts';
import { formatMoney, type Locale } from '../../domain/money/format.ts';
import type { Minor } from '../../domain/money/minor.ts';
import type { Block } from './layout.ts';

export type DueWords = Rest & { numbers: string; currency: string };

export function dueRows(
	{ payableMinor, underWayMinor, plannedMinor, currency }: Rest & { currency: string },
	locale: Locale
): [string, string][] {
	const say = { locale };
	const rows: [string, Minor][] = [
		[m.amount_left({}, say), payableMinor],
		[m.state_under_way({}, say), underWayMinor],
		[m.due_in_plan({}, say), plannedMinor]
	];
	return rows
		.filter(([, amount]) => amount > 0n)
		.map(([label, amount]) => [label, formatMoney(amount, currency, locale)]);
}
const nothingDue = (due: Rest): boolean => due.payableMinor + due.underWayMinor + due.plannedMinor === 0n;
/** The rest in figures, or the sentence that nothing is left. */
export function dueBlock(due: DueWords, locale: Locale): Block {
	return nothingDue(due)
		? { kind: 'text', text: m.mail_nothing_due({ numbers: due.numbers }, { locale }) }
		: { kind: 'facts', rows: dueRows(due, locale) };
}
/** In the line that mail programs show under the subject. */
export function duePreview(due: DueWords, locale: Locale): string {
	const say = { locale };
	if (due.payableMinor > 0n)
		return m.mail_due_preview({ amount: formatMoney(due.payableMinor, due.currency, locale) }, say);
	return nothingDue(due)
		? m.mail_nothing_due({ numbers: due.numbers }, say)
		: m.mail_due_nothing_now({ numbers: due.numbers }, say);
}
