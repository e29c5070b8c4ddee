// The supplier's payments, and one of them: what it paid, what went back of it. Reads only.
import type { AdminPayment } from '../../../contract/admin-views.ts';
import type { PaymentView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { listAllocations, listPayments, listReversals } from '../../store/payments.ts';
import { sumOpenRefunds } from '../../store/refund-requests.ts';
import { paymentView } from '../invoices/views.ts';
import { cutOffRefunds } from './cut-off-refunds.ts';
import { pageOf } from '../page.ts';
import type { Page } from '../../../contract/lists.ts';
import { done, read, refuse, type Result } from '../run.ts';

export async function readAdminPayment(
	services: Services,
	scope: Scope,
	paymentId: string
): Promise<Result<AdminPayment>> {
	return read(services, scope, async (tx) => {
		const [listing] = await listPayments(tx, scope, { paymentId });
		if (!listing) return refuse('not_found');
		const lines = await listAllocations(tx, scope, paymentId);
		return done({
			payment: paymentView(listing),
			lines,
			reversals: (await listReversals(tx, scope, paymentId)).map(({ kind, amountMinor, reason, occurredAt }) => ({
				kind,
				amountMinor,
				reason,
				occurredAt
			})),
			refundWaitingMinor: await sumOpenRefunds(tx, scope, paymentId),
			cutOffRefunds: await cutOffRefunds(tx, scope, listing, services.clock.now())
		});
	});
}
const SHOWN = 100;
/** Newest first, a page at a time; of a client's person, its own. */
export const readPayments = (
	services: Services,
	scope: Scope,
	after: string | null = null
): Promise<Page<PaymentView>> =>
	read(services, scope, async (tx) => {
		const page = await pageOf(
			{ after, size: SHOWN },
			(ask) => listPayments(tx, scope, ask),
			(one) => one.paymentId
		);
		return { ...page, rows: page.rows.map(paymentView) };
	});
