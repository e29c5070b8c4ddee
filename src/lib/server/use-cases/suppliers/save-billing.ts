// How the supplier bills: the legal cap its contracts follow, the time a client has to mend a plan, its account numbers. Actor: owner or accountant.
// Refusals: not_allowed, input_invalid. Facts: offers.changed.
import type { BillingForm } from '../../../contract/billing.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { recordFact } from '../../store/outbox.ts';
import { getSupplier, saveBilling as keepBilling } from '../../store/parties.ts';
import { recordAudit } from '../../store/records.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';

export const readBilling = (services: Services, scope: Scope): Promise<BillingForm> =>
	read(services, scope, async (tx) => {
		const { businessTerms, isLargeOnlineSeller, planCureDays, accounts } = await getSupplier(tx, scope);
		return { businessTerms, isLargeOnlineSeller, planCureDays, accounts };
	});

export async function saveBilling(services: Services, scope: Scope, form: BillingForm): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		await keepBilling(tx, scope, form);
		await recordAudit(tx, scope, now, 'billing_changed', scope.supplierId, {
			businessTerms: form.businessTerms,
			planCureDays: String(form.planCureDays)
		});
		await recordFact(tx, scope, now, { kind: 'offers.changed', clientId: null, invoiceId: null, attemptId: null });
		return done(null);
	});
}
