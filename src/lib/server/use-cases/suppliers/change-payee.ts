// Where the supplier's money goes: the account clients transfer to, and the Stripe account cards and debits are paid into. Actor: an owner who has just
// proved to be there. All owners are told. Refusals: not_allowed, proof_needed, input_invalid.
import { electronicFormatIBAN, isValidBIC, isValidIBAN } from 'ibantools';
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { getSupplier, savePayee } from '../../store/suppliers.ts';
import { recordAudit } from '../../store/audits.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { findSupplierOfAccount } from '../../store/stripe-accounts.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit, done, refuse, type Result } from '../run.ts';

/** Enough to recognise one's own; mails are not the place for a whole account number. */
const shown = (iban: string | null): string => (iban ? `${iban.slice(0, 4)} … ${iban.slice(-4)}` : '—');

export async function changePayee(
	services: Services,
	scope: Scope,
	input: { iban: string; bic: string | null }
): Promise<Result<null>> {
	if (!may(scope.actor, 'set_payee')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const iban = electronicFormatIBAN(input.iban) ?? '';
	if (!isValidIBAN(iban)) return refuse('input_invalid', { field: 'iban' });
	if (input.bic !== null && !isValidBIC(input.bic)) return refuse('input_invalid', { field: 'bic' });
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const before = shown((await getSupplier(tx, scope)).iban);
		await savePayee(tx, scope, { iban, bic: input.bic });
		const detail = { before, after: shown(iban) };
		const auditId = await recordAudit(tx, scope, now, 'payee_changed', scope.supplierId, detail);
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'account_changed', detail });
		await queueOwnerNotice(tx, scope, now, auditId);
		return done(null);
	});
}

export async function changeStripeAccount(
	services: Services,
	scope: Scope,
	stripeAccount: string
): Promise<Result<null>> {
	if (!may(scope.actor, 'set_payee')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	if (!/^acct_\w{1,60}$/.test(stripeAccount)) return refuse('input_invalid', { field: 'stripeAccount' });
	// For ever: what comes of a former account must find its way home.
	const holder = await findSupplierOfAccount(services.db, stripeAccount);
	if (holder !== null && holder !== scope.supplierId) return refuse('input_invalid', { field: 'stripeAccount' });
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const before = (await getSupplier(tx, scope)).stripeAccount ?? '';
		await savePayee(tx, scope, { stripeAccount });
		const detail = { before, after: stripeAccount };
		const auditId = await recordAudit(tx, scope, now, 'stripe_account_changed', scope.supplierId, detail);
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'account_changed', detail });
		await queueOwnerNotice(tx, scope, now, auditId);
		return done(null);
	});
}
