// An instalment plan that a client accepted: dated instalments, each with a state of its own. What is left is always the sum of its unpaid instalments.
import type { CivilDate } from '../calendar/civil-date.ts';
import { add, ZERO, type Minor } from '../money/minor.ts';
import type { AllocationLine } from '../payments/allocation.ts';
import { isOpen, isOver, isSettled, type InstalmentStatus, type PlanStatus } from './plan-states.ts';

export type Instalment = { position: number; dueOn: CivilDate; amountMinor: Minor; status: InstalmentStatus };

export const openInstalments = <P extends Instalment>(instalments: readonly P[]): P[] => instalments.filter(isOpen);
/** The instalment that comes next: what "pay the next instalment now" means. */
export const nextInstalment = <P extends Instalment>(instalments: readonly P[]): P | null =>
	openInstalments(instalments)[0] ?? null;

/** It will not come to it: what was refused is not mended by then, and the plan ends before. Announced once it is mended. */
export const isDoubtful = (instalment: Pick<Instalment, 'dueOn'>, cureEndsOn: CivilDate | null): boolean =>
	cureEndsOn !== null && instalment.dueOn > cureEndsOn;

/** What the next instalment makes, the next two, and so on to all that are left. */
export const sumsOfInstalments = (instalments: readonly Instalment[]): Minor[] => {
	let sum = ZERO;
	return openInstalments(instalments).map((instalment) => (sum = add(sum, instalment.amountMinor)));
};
/** The next instalments that an amount pays whole. */
export const instalmentsWithin = <P extends Instalment>(instalments: readonly P[], amount: Minor): P[] =>
	openInstalments(instalments).slice(0, sumsOfInstalments(instalments).filter((sum) => sum <= amount).length);

/** One payment for several instalments: their lines, joined by invoice. */
export function linesOf(instalments: readonly { lines: AllocationLine[] }[]): AllocationLine[] {
	const byInvoice = new Map<string, Minor>();
	for (const line of instalments.flatMap((instalment) => instalment.lines))
		byInvoice.set(line.invoiceId, add(byInvoice.get(line.invoiceId) ?? ZERO, line.amountMinor));
	return [...byInvoice].map(([invoiceId, amountMinor]) => ({ invoiceId, amountMinor }));
}

/** All that the plan pays is among these invoices: whoever was shown them alone is shown the plan, and may act on it. */
export const isWholeIn = (
	instalments: readonly { lines: readonly AllocationLine[] }[],
	invoiceIds: readonly string[]
): boolean => instalments.every((instalment) => instalment.lines.every((line) => invoiceIds.includes(line.invoiceId)));

/** Where a plan stands once its instalments have moved; a plan that ended otherwise stays ended. */
export function statusAfter(status: PlanStatus, instalments: readonly Pick<Instalment, 'status'>[]): PlanStatus {
	if (isOver({ status })) return status;
	if (instalments.every(isSettled)) return 'completed';
	return status === 'completed' ? 'active' : status;
}
