// An invoice that its file says is debited by the supplier, or paid to somebody else, becomes payable here by the supplier's word: the debit came back,
// the payee is the supplier itself. Actor: owner or accountant. Refusals: not_allowed, not_found, nothing_to_pay. Facts: invoice.opened.
import { may, type Scope } from '../../../domain/access/scope.ts';
import { mayOpen } from '../../../domain/invoices/findings.ts';
import type { Services } from '../../services.ts';
import { saveOpened } from '../../store/invoices.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { recordFact } from '../../store/outbox.ts';
import { recordAudit } from '../../store/audits.ts';
import { commit, done, refuse, type Result } from '../run.ts';

export async function openHere(services: Services, scope: Scope, invoiceId: string): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const [record] = await lockInvoices(tx, scope, [invoiceId]);
		if (!record) return refuse('not_found');
		if (record.notPayableReason === null) return done(null);
		if (!mayOpen(record.notPayableReason)) return refuse('nothing_to_pay');
		await saveOpened(tx, scope, invoiceId);
		await recordAudit(tx, scope, now, 'invoice_opened_here', invoiceId, { was: record.notPayableReason });
		await recordFact(tx, scope, now, { kind: 'invoice.opened', clientId: record.clientId, invoiceId, attemptId: null });
		return done(null);
	});
}
