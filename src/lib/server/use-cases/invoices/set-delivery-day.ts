// The supplier says when an invoice was delivered: a consumer's instalments are counted from that day. Actor: owner or accountant. Refusals:
// not_allowed, not_found. Facts: offers.changed.
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Services } from '../../services.ts';
import { findInvoice, saveDeliveryDay } from '../../store/invoices.ts';
import { recordFact } from '../../store/outbox.ts';
import { recordAudit } from '../../store/audits.ts';
import { commit, done, refuse, type Result } from '../run.ts';

export async function setDeliveryDay(
	services: Services,
	scope: Scope,
	invoiceId: string,
	day: CivilDate | null
): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const record = await findInvoice(tx, scope, invoiceId);
		if (!record) return refuse('not_found');
		await saveDeliveryDay(tx, scope, invoiceId, day);
		await recordAudit(tx, scope, now, 'delivery_day_set', invoiceId, { day: day ?? '' });
		await recordFact(tx, scope, now, { kind: 'offers.changed', clientId: record.clientId, invoiceId, attemptId: null });
		return done(null);
	});
}
