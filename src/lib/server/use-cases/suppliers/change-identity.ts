// How the supplier presents itself: legal form, SIREN, telephone, address. Shown to whoever is asked to pay, and on papers. Actor: an owner who has just
// proved to be there: a number to call is what a swindler would change first. All owners are told. Refusals: not_allowed, proof_needed, input_invalid.
// Facts: offers.changed.
import { identityFrom, type IdentityView, type TypedIdentity } from '../../../contract/identity.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import { formatPhone } from '../../../domain/identity/phone.ts';
import type { Services } from '../../services.ts';
import { recordAudit } from '../../store/audits.ts';
import { recordFact } from '../../store/outbox.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { getSupplier, saveIdentity } from '../../store/suppliers.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';

export const readIdentity = (services: Services, scope: Scope): Promise<IdentityView> =>
	read(services, scope, async (tx) => {
		const { legalName, legalForm, siren, phone, address } = await getSupplier(tx, scope);
		return {
			legalName,
			forme: legalForm ?? '',
			siren: siren ?? '',
			telephone: phone ? formatPhone(phone, 'fr') : '',
			rue: address.lines.join('\n'),
			codePostal: address.postalCode,
			ville: address.town
		};
	});

export async function changeIdentity(services: Services, scope: Scope, typed: TypedIdentity): Promise<Result<null>> {
	// Read before the proof is asked for: nobody proves to be there for a form that will be refused.
	const form = identityFrom(typed);
	if (!form.ok) return refuse('input_invalid', { field: form.fields.join(' ') });
	if (!may(scope.actor, 'set_payee')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const { lines, postalCode, town, ...said } = form.value;
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const before = await getSupplier(tx, scope);
		await saveIdentity(tx, scope, { ...said, address: { ...before.address, lines, postalCode, town } });
		const detail = { before: before.phone ?? '', after: said.phone ?? '' };
		const auditId = await recordAudit(tx, scope, now, 'identity_changed', scope.supplierId, {
			...detail,
			siren: said.siren ?? '',
			town
		});
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'billing_changed', detail: { what: 'identity' } });
		await queueOwnerNotice(tx, scope, now, auditId);
		await recordFact(tx, scope, now, { kind: 'offers.changed', clientId: null, invoiceId: null, attemptId: null });
		return done(null);
	});
}
