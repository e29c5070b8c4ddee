// How the supplier bills: the legal cap its contracts follow, the time a client has to mend a plan, its account numbers. Actor: owner or accountant.
// Other account numbers ask for a fresh proof, and owners are told. Refusals: not_allowed, proof_needed, input_invalid, late_rate_too_low. Facts: offers.changed.
import type { BillingForm } from '../../../contract/billing.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { ACCOUNTS } from '../../../domain/ledger/entries.ts';
import { lateRateFloor } from '../../../domain/offers/legal.ts';
import type { Services } from '../../services.ts';
import { recordFact } from '../../store/outbox.ts';
import { getSupplier, saveBilling as storeBilling } from '../../store/suppliers.ts';
import type { AccountNames } from '../../store/schema/index.ts';
import { recordAudit } from '../../store/audits.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';

/** With the day it is at the supplier's, which legal floors depend on. */
export const readBilling = (services: Services, scope: Scope): Promise<BillingForm & { today: CivilDate }> =>
	read(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const { businessTerms, isLargeOnlineSeller, planCureDays, lateRateBps, accounts } = supplier;
		const today = civilDateIn(services.clock.now(), supplier.timeZone);
		return { businessTerms, isLargeOnlineSeller, planCureDays, lateRateBps, accounts, today };
	});

export async function saveBilling(services: Services, scope: Scope, form: BillingForm): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const movesAccounts = !sameAccounts(supplier.accounts, form.accounts);
		const unproven = movesAccounts ? requireFreshProof(services, scope) : null;
		if (unproven) return unproven;
		const today = civilDateIn(now, supplier.timeZone);
		if (form.lateRateBps !== null && form.lateRateBps < lateRateFloor(today).bps)
			return refuse('late_rate_too_low', { rateBps: String(lateRateFloor(today).bps) });
		await storeBilling(tx, scope, form);
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'billing_changed' });
		await recordAudit(tx, scope, now, 'billing_changed', scope.supplierId, {
			businessTerms: form.businessTerms,
			planCureDays: String(form.planCureDays),
			lateRateBps: String(form.lateRateBps ?? '')
		});
		if (movesAccounts)
			await queueOwnerNotice(tx, scope, now, await recordAudit(tx, scope, now, 'accounts_changed', scope.supplierId));
		await recordFact(tx, scope, now, { kind: 'offers.changed', clientId: null, invoiceId: null, attemptId: null });
		return done(null);
	});
}

/** Whatever the order they are kept in. */
const sameAccounts = (a: AccountNames, b: AccountNames): boolean =>
	ACCOUNTS.every((account) => (a[account] ?? account) === (b[account] ?? account));
