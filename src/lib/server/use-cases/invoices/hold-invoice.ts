// The client disputes an invoice, or has promised another day: nothing of it is debited by itself until that is over. Actor: owner or accountant.
// Refusals: not_allowed, not_found, day_not_possible. Facts: plan.changed.
import { may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { HoldReason } from '../../../domain/invoices/hold.ts';
import type { Services } from '../../services.ts';
import { saveHold } from '../../store/invoices.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { recordFact } from '../../store/outbox.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { recordAudit } from '../../store/audits.ts';
import { commit, done, refuse, type Result } from '../run.ts';

/** `reason` null lifts the hold. A promise has a last day; a dispute may go without. */
export async function holdInvoice(
	services: Services,
	scope: Scope,
	invoiceId: string,
	{ reason, until }: { reason: HoldReason | null; until: CivilDate | null }
): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	return commit(services, scope, async (tx) => {
		const [record] = await lockInvoices(tx, scope, [invoiceId]);
		if (!record) return refuse('not_found');
		const now = services.clock.now();
		const today = civilDateIn(now, (await getSupplier(tx, scope)).timeZone);
		if ((reason === 'promised' && until === null) || (reason !== null && until !== null && until < today))
			return refuse('day_not_possible');
		await saveHold(tx, scope, invoiceId, { holdReason: reason, holdUntil: reason === null ? null : until });
		await recordAudit(tx, scope, now, reason ? 'invoice_held' : 'invoice_hold_lifted', invoiceId, {
			reason: reason ?? '',
			until: until ?? ''
		});
		await recordFact(tx, scope, now, { kind: 'plan.changed', clientId: record.clientId, invoiceId, attemptId: null });
		return done(null);
	});
}
