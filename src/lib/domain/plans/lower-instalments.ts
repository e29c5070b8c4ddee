// A credit note for an invoice in a plan: which instalments become smaller, and by how much. From the last instalment backwards, so that what comes soonest, and is
// perhaps announced already, changes last.
import { add, smallest, subtract, ZERO, type Minor } from '../money/minor.ts';

export type InstalmentLowered = { planId: string; position: number; amountMinor: Minor };
/** `instalmentMinor`: all of the instalment; `ofInvoiceMinor`: what of it pays the invoice that the credit note is about. */
export type Lowerable = { planId: string; position: number; instalmentMinor: Minor; ofInvoiceMinor: Minor };

/** An instalment of less can't be charged (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts): it is left that much, while another can give the rest. */
export const CHARGEABLE_MINOR = 50n as Minor;
/** What is owed beside the instalments of a plan is asked for before them. Too little to be charged, it comes by transfer, and keeps nobody from paying an instalment. */
export const isAskedBefore = (besideMinor: Minor): boolean => besideMinor >= CHARGEABLE_MINOR;

/**
 * `parts` in their order, those that may still change. Takes off `amountMinor`, or all there is; never more of an instalment than it pays of the invoice. The
 * amounts taken off add up to the smaller of the two.
 */
export function lowerInstalments(instalments: readonly Lowerable[], amountMinor: Minor): InstalmentLowered[] {
	const lowered: InstalmentLowered[] = [];
	let rest = amountMinor;
	const backwards = [...instalments].reverse();
	backwards.forEach((instalment, i) => {
		const before = add(...backwards.slice(i + 1).map((one) => one.ofInvoiceMinor));
		const taken = takenOff(instalment, rest, before);
		if (taken > 0n) lowered.push({ planId: instalment.planId, position: instalment.position, amountMinor: taken });
		rest = subtract(rest, taken);
	});
	return lowered;
}

function takenOff({ instalmentMinor, ofInvoiceMinor }: Lowerable, rest: Minor, before: Minor): Minor {
	const most = smallest(ofInvoiceMinor, rest);
	const left = subtract(instalmentMinor, most);
	if (left === ZERO || left >= CHARGEABLE_MINOR) return most;
	// Below nothing where the instalment was too small before.
	const kept = subtract(most, subtract(CHARGEABLE_MINOR, left));
	return kept >= 0n && subtract(rest, kept) <= before ? kept : most;
}
