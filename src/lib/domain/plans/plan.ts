// An instalment plan that a client accepted: dated parts, each with a state of its own. What is left is always the sum of its unpaid parts.
import type { CivilDate } from '../calendar/civil-date.ts';
import { add, ZERO, type Minor } from '../money/minor.ts';
import type { AllocationLine } from '../payments/allocation.ts';

/**
 * `pending` until the first part is paid or ordered; `paused` by the supplier: nothing is taken; `in_default`: the rest fell due at once; `canceled`:
 * never began, or replaced.
 */
export type PlanStatus = 'pending' | 'active' | 'paused' | 'completed' | 'in_default' | 'canceled';
/** `retrying`: refused, another try is planned; `action_needed`: only the client can go on; `forgiven`: given up by the supplier; `credited`: a credit note left nothing of it; `paid_otherwise`: money that came in another way did. */
export type PartStatus =
	| 'scheduled'
	| 'processing'
	| 'retrying'
	| 'action_needed'
	| 'paid'
	| 'forgiven'
	| 'credited'
	| 'paid_otherwise'
	| 'canceled';
export type PlanPart = { position: number; dueOn: CivilDate; amountMinor: Minor; status: PartStatus };

/** Its parts are asked for, or will be again once the supplier lets it go on. */
export const isRunning = ({ status }: { status: PlanStatus }): boolean => status === 'active' || status === 'paused';

const SETTLED: readonly PartStatus[] = ['paid', 'forgiven', 'credited', 'paid_otherwise', 'canceled'];
/** Still to be paid, and not on its way. */
export const isOpen = ({ status }: Pick<PlanPart, 'status'>): boolean =>
	!SETTLED.includes(status) && status !== 'processing';
const isSettled = ({ status }: Pick<PlanPart, 'status'>): boolean => SETTLED.includes(status);

export const openParts = <P extends PlanPart>(parts: readonly P[]): P[] => parts.filter(isOpen);
/** Something was refused, and is not mended yet. */
export const isFailing = (parts: readonly Pick<PlanPart, 'status'>[]): boolean =>
	parts.some(({ status }) => status === 'action_needed' || status === 'retrying');
/** The part that comes next: what "pay the next part now" means. */
export const nextPart = <P extends PlanPart>(parts: readonly P[]): P | null => openParts(parts)[0] ?? null;

/** It will not come to it: what was refused is not mended by then, and the plan ends before. Announced once it is mended. */
export const isDoubtful = (part: Pick<PlanPart, 'dueOn'>, cureEndsOn: CivilDate | null): boolean =>
	cureEndsOn !== null && part.dueOn > cureEndsOn;

/** What the next part makes, the next two, and so on to all that are left. */
export const sumsOfParts = (parts: readonly PlanPart[]): Minor[] => {
	let sum = ZERO;
	return openParts(parts).map((part) => (sum = add(sum, part.amountMinor)));
};
/** The next parts that an amount pays whole. */
export const partsWithin = <P extends PlanPart>(parts: readonly P[], amount: Minor): P[] =>
	openParts(parts).slice(0, sumsOfParts(parts).filter((sum) => sum <= amount).length);

/** One payment for several parts: their lines, joined by invoice. */
export function linesOf(parts: readonly { lines: AllocationLine[] }[]): AllocationLine[] {
	const byInvoice = new Map<string, Minor>();
	for (const line of parts.flatMap((part) => part.lines))
		byInvoice.set(line.invoiceId, add(byInvoice.get(line.invoiceId) ?? ZERO, line.amountMinor));
	return [...byInvoice].map(([invoiceId, amountMinor]) => ({ invoiceId, amountMinor }));
}

/** All that the plan pays is among these invoices: whoever was shown them alone is shown the plan, and may act on it. */
export const isWholeIn = (
	parts: readonly { lines: readonly AllocationLine[] }[],
	invoiceIds: readonly string[]
): boolean => parts.every((part) => part.lines.every((line) => invoiceIds.includes(line.invoiceId)));

/** Where a plan stands once its parts have moved; a plan that ended otherwise stays ended. */
export function statusAfter(status: PlanStatus, parts: readonly Pick<PlanPart, 'status'>[]): PlanStatus {
	if (status === 'canceled' || status === 'in_default') return status;
	if (parts.every(isSettled)) return 'completed';
	return status === 'completed' ? 'active' : status;
}
