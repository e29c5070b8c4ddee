// What a transaction that is accepted pays, fixed under the locks: which invoices, at which price, or which instalments of which plan.
// Refusals: not_found, input_invalid, nothing_to_pay, plan_running (other invoices were chosen with it), transfer_under_part, payment_in_progress.
import { noonOf } from '../../../domain/calendar/day-starts.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import { add, minor, subtract, type Minor } from '../../../domain/money/minor.ts';
import type { PaymentOption } from '../../../domain/offers/quoted.ts';
import { allocateReceived, withinBalance, type AllocationLine } from '../../../domain/payments/allocation.ts';
import { isRunning } from '../../../domain/plans/plan-states.ts';
import { linesOf, nextInstalment, instalmentsWithin } from '../../../domain/plans/plan.ts';
import { required } from '../../../domain/required.ts';
import type { BankTransaction } from '../../store/bank.ts';
import { findLiveAttempt } from '../../store/attempts.ts';
import { type InvoiceRecord } from '../../store/invoices.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { listHeldPositions } from '../../store/held-instalments.ts';
import { listPlansOfInvoices, lockPlan, type PlanWithInstalments } from '../../store/plans.ts';
import { quoteInvoices, type Quoted } from '../offers/quote-invoices.ts';
import type { Booking } from '../settling.ts';
import { done, refuse, type Result } from '../run.ts';
import { valueDay } from './find-matches.ts';

export type Chosen = {
	clientId: string;
	description: string;
	lines: AllocationLine[];
	early: { option: PaymentOption; quoted: Quoted } | null;
	instalments: PlanWithInstalments['instalments'];
};
export const chooseLines = async (
	booking: Booking,
	transaction: BankTransaction,
	invoiceIds: string[]
): Promise<Result<Chosen>> =>
	(await chooseInstalments(booking, transaction, invoiceIds)) ??
	(await chooseInvoices(booking, transaction, invoiceIds));

/**
 * A client whose plan runs pays its next instalments, whole, then what is owed beside it; the rest is kept. What is paid so is not taken from the means of
 * payment any more. null when no plan with instalments to come runs on these invoices. Locked as the debit run locks: invoices, then their plan.
 */
async function chooseInstalments(
	{ tx, scope }: Booking,
	transaction: BankTransaction,
	invoiceIds: string[]
): Promise<Result<Chosen> | null> {
	const plans = await listPlansOfInvoices(tx, scope, invoiceIds, { running: true });
	const [seen] = plans.filter((plan) => nextInstalment(plan.instalments));
	if (!seen) return null;
	const ids = invoicesOf(seen);
	if (!invoiceIds.every((id) => ids.includes(id))) return refuse('plan_running');
	const records = await lockInvoices(tx, scope, ids);
	const plan = required(await lockPlan(tx, scope, seen.planId), 'plan');
	const next = nextInstalment(plan.instalments);
	if (!next || !isRunning(plan)) return null;
	const instalments = instalmentsWithin(plan.instalments, transaction.amountMinor);
	const left = instalments.reduce(
		(rest, instalment) => rest - instalment.amountMinor,
		transaction.amountMinor as bigint
	);
	const owed = records.map((record) => ({ ...record, amountMinor: payableToday(record) }));
	const beside = allocateReceived(owed, minor(left));
	if (!instalments.length && !beside.length)
		return refuse('transfer_under_part', { amountMinor: String(next.amountMinor), currency: plan.currency });
	// Somebody may be paying one of them at this moment.
	const held = await listHeldPositions(tx, scope, plan.planId);
	if (instalments.some((instalment) => held.includes(instalment.position))) return refuse('payment_in_progress');
	const lines = withinBalance(linesOf([...instalments, { lines: beside }]), (invoiceId) =>
		leftOf(
			required(
				records.find((record) => record.invoiceId === invoiceId),
				'invoice of a part'
			)
		)
	);
	if (!lines.length) return refuse('nothing_to_pay');
	return done({
		clientId: plan.clientId,
		description: records.map((record) => record.number).join(', '),
		lines,
		early: null,
		instalments
	});
}
const leftOf = ({ balanceMinor, underWayMinor, promisedMinor }: InvoiceRecord): Minor =>
	subtract(balanceMinor, add(underWayMinor, promisedMinor));
const invoicesOf = (plan: PlanWithInstalments): string[] => [
	...new Set(plan.instalments.flatMap((instalment) => instalment.lines.map((line) => line.invoiceId)))
];

function checkInvoices(records: InvoiceRecord[], invoiceIds: string[]): ReturnType<typeof refuse> | null {
	if (!records.length || records.length !== new Set(invoiceIds).size) return refuse('not_found');
	if (new Set(records.map((record) => record.clientId)).size > 1)
		return refuse('input_invalid', { field: 'invoiceIds' });
	// The instalments to come would be taken all the same.
	if (records.some((record) => record.plannedMinor > 0n)) return refuse('plan_running');
	return records.some((record) => payableToday(record) <= 0n) ? refuse('nothing_to_pay') : null;
}
/** The early price when the transaction is that, at its value date; else each invoice as far as it goes, the oldest first. */
async function chooseInvoices(
	{ tx, scope, supplier }: Booking,
	transaction: BankTransaction,
	invoiceIds: string[]
): Promise<Result<Chosen>> {
	const records = await lockInvoices(tx, scope, invoiceIds);
	const problem = checkInvoices(records, invoiceIds);
	if (problem) return problem;
	// A card that is being asked at this moment may take the same money.
	const live = await findLiveAttempt(tx, scope, invoiceIds);
	if (live) return refuse(live.status === 'processing' ? 'payment_under_way' : 'payment_in_progress');
	const at = noonOf(valueDay(transaction), supplier.timeZone);
	const quoted = await quoteInvoices(tx, scope, { supplier, records, at });
	const option = quoted.quote.options.find(
		(one) => one.kind === 'early' && one.amountMinor === transaction.amountMinor
	);
	const owed = records.map((record) => ({ ...record, amountMinor: payableToday(record) }));
	return done({
		clientId: required(records[0], 'invoice').clientId,
		description: records.map((record) => record.number).join(', '),
		lines: option
			? required(option.instalments[0], 'part of an option').lines
			: allocateReceived(owed, transaction.amountMinor),
		early: option ? { option, quoted } : null,
		instalments: []
	});
}
