// Which invoice a payment pays, and which one re-opens when money goes back. Lines add up to the cent.
import { daysBetween, type CivilDate } from '../calendar/civil-date.ts';
import { minor, smallest, type Minor } from '../money/minor.ts';

export type AllocationLine = { invoiceId: string; amountMinor: Minor };

/** Received less than asked (a short transfer): oldest due date first. Received in full: the lines as they were fixed. */
export function allocateReceived(
	lines: (AllocationLine & { dueOn: CivilDate })[],
	receivedMinor: Minor
): AllocationLine[] {
	const byAge = [...lines].sort((a, b) => daysBetween(b.dueOn, a.dueOn) || a.invoiceId.localeCompare(b.invoiceId));
	let left = receivedMinor;
	return byAge.flatMap(({ invoiceId, amountMinor }) => {
		const part = smallest(amountMinor, left);
		left = minor(left - part);
		return part > 0n ? [{ invoiceId, amountMinor: part }] : [];
	});
}

/** Lines as they were agreed, none beyond what its invoice still owes: what was paid in another way meanwhile is not paid twice. */
export const withinBalance = (lines: AllocationLine[], balanceOf: (invoiceId: string) => Minor): AllocationLine[] =>
	lines.flatMap(({ invoiceId, amountMinor }) => {
		const part = smallest(amountMinor, balanceOf(invoiceId));
		return part > 0n ? [{ invoiceId, amountMinor: part }] : [];
	});

/**
 * What a payment has beyond its invoices, before and after some money moved: above zero it is kept for the client (an advance), below zero the client
 * owes it (more went back than had come). Answers what the move adds to each.
 */
export const beyondInvoices = (before: Minor, after: Minor): { advanceMinor: Minor; claimMinor: Minor } => {
	const [advance, claim] = [(at: Minor) => (at > 0n ? at : 0n), (at: Minor) => (at < 0n ? -at : 0n)];
	return { advanceMinor: minor(advance(after) - advance(before)), claimMinor: minor(claim(after) - claim(before)) };
};

/**
 * Money that goes back re-opens invoices in the reverse order of the allocation, as far as each still stands.
 * `standing` are the allocations less what earlier reversals took. Never more than what stands.
 */
export function allocateReversal(standing: AllocationLine[], amountMinor: Minor): AllocationLine[] {
	let left = amountMinor;
	return [...standing].reverse().flatMap(({ invoiceId, amountMinor: open }) => {
		const part = smallest(open, left);
		left = minor(left - part);
		return part > 0n ? [{ invoiceId, amountMinor: part }] : [];
	});
}
