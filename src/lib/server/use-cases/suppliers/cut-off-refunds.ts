// Refunds of a payment that nobody can ask about, or could not, with what a person said of them.
import type { CutOffRefund } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import type { RefundOutcome } from '../../../domain/payments/outcome.ts';
import type { Tx } from '../../store/database.ts';
import { listMembers } from '../../store/members.ts';
import { getSupplier } from '../../store/suppliers.ts';
import type { Payment } from '../../store/payments.ts';
import { listOpenRefundsOf } from '../../store/refund-requests.ts';
import { listDeclaredOfPayment, listDeclaredRefunds } from '../../store/declared-refunds.ts';
import { listDisconnected } from '../../store/stripe-accounts.ts';
import { mayChangeRefund } from '../payments/declare-refund.ts';

const OUTCOMES: readonly RefundOutcome[] = ['refunded', 'not_refunded'];
export async function cutOffRefunds(
	tx: Tx,
	scope: Scope,
	{ paymentId, stripeAccount }: Pick<Payment, 'paymentId' | 'stripeAccount'>,
	now: Date
): Promise<CutOffRefund[]> {
	const isGone = stripeAccount !== null && (await listDisconnected(tx, scope)).has(stripeAccount);
	const open = isGone ? await listOpenRefundsOf(tx, scope, paymentId) : [];
	const known = await listDeclaredOfPayment(tx, scope, paymentId);
	const requests = [...known.map((one) => one.request), ...open];
	if (!requests.length) return [];
	const words = await listDeclaredRefunds(
		tx,
		scope,
		known.map((one) => one.said.refundRequestId)
	);
	const people = await listMembers(tx, scope);
	const { timeZone } = await getSupplier(tx, scope);
	return requests.map(({ refundRequestId, amountMinor, createdAt }) => {
		const said = words.filter((one) => one.refundRequestId === refundRequestId);
		const last = said.at(-1);
		return {
			refundRequestId,
			amountMinor,
			askedAt: createdAt,
			askedOn: civilDateIn(createdAt, timeZone),
			today: civilDateIn(now, timeZone),
			account: stripeAccount ?? '',
			said: said.map((one) => ({
				outcome: one.outcome,
				refundedOn: one.refundedOn,
				reference: one.reference,
				note: one.note,
				by: people.find((person) => `member:${person.memberId}` === one.saidBy)?.name ?? '',
				at: one.saidAt,
				heard: one.heard,
				round: one.round
			})),
			mayBecome: OUTCOMES.filter((to) => (last ? mayChangeRefund(last, to, isGone) : isGone)),
			awaits: last?.heard === null && !isGone
		};
	});
}
