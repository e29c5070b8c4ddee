// The state of an invoice in one word, from its balance and what is under way. Used by page, mail, API and export.
import { daysBetween, type CivilDate } from '../calendar/civil-date.ts';
import { add, smallest, subtract, ZERO, type Minor } from '../money/minor.ts';
import type { NotPayableReason } from './findings.ts';

export type InvoiceFacts = {
	balanceMinor: Minor; // what the ledger says is left; negative for a credit
	underWayMinor: Minor; // debits whose result is awaited
	promisedMinor: Minor; // discounts that those debits bring when they succeed
	plannedMinor: Minor; // parts to come of a plan that runs
	paidMinor: Minor; // settled so far, net of money that went back; of a credit note that was used, negative
	receivedMinor: Minor; // of that, money that stands: the rest was taken off by credit notes and discounts
	dueOn: CivilDate;
	notPayableReason: NotPayableReason | null;
};
export type InvoiceState =
	| 'paid'
	| 'credited'
	| 'credit'
	| 'credit_used'
	| 'under_way'
	| 'in_plan'
	| 'late'
	| 'due_soon'
	| 'open'
	| 'not_payable';

/** What can be asked today: the balance less what is under way and what a plan will take, never below zero. The one source for page, Stripe call, mail and API. */
export function payableToday(facts: InvoiceFacts): Minor {
	if (facts.notPayableReason !== null) return ZERO;
	const left = subtract(facts.balanceMinor, add(facts.underWayMinor, facts.promisedMinor, facts.plannedMinor));
	return left > 0n ? left : ZERO;
}

/** What is still owed, and which way it comes: asked for today, being taken, promised by a plan. */
export type Rest = { payableMinor: Minor; underWayMinor: Minor; plannedMinor: Minor };
/** The one source of every rest that is told. What is owed and not payable here counts as asked for: it is owed all the same. */
export function restOf(facts: InvoiceFacts): Rest {
	const { balanceMinor, underWayMinor, promisedMinor } = facts;
	if (balanceMinor <= 0n) return { payableMinor: ZERO, underWayMinor: ZERO, plannedMinor: ZERO };
	const onItsWay = smallest(balanceMinor, add(underWayMinor, promisedMinor));
	const plannedMinor = smallest(facts.plannedMinor, subtract(balanceMinor, onItsWay));
	const payableMinor = subtract(balanceMinor, add(onItsWay, plannedMinor));
	return { payableMinor, underWayMinor: smallest(underWayMinor, onItsWay), plannedMinor };
}

/** Nothing is left of it and no money stands: credit notes took all of it off. Nobody paid it. */
export const isCredited = ({ balanceMinor, paidMinor, receivedMinor }: InvoiceFacts): boolean =>
	balanceMinor === 0n && paidMinor > 0n && receivedMinor <= 0n;
const SETTLED: readonly InvoiceState[] = ['paid', 'credited', 'credit_used'];
export const isSettled = (state: InvoiceState): boolean => SETTLED.includes(state);

export function stateOf(facts: InvoiceFacts, today: CivilDate): InvoiceState {
	if (facts.notPayableReason === 'withdrawn') return 'not_payable';
	if (facts.balanceMinor < 0n) return 'credit';
	if (isCredited(facts)) return 'credited';
	if (facts.balanceMinor === 0n) return facts.paidMinor < 0n ? 'credit_used' : 'paid';
	if (facts.notPayableReason !== null) return 'not_payable';
	if (payableToday(facts) === 0n) return facts.plannedMinor > 0n ? 'in_plan' : 'under_way';
	const days = daysBetween(today, facts.dueOn);
	return days < 0 ? 'late' : days <= 7 ? 'due_soon' : 'open';
}
