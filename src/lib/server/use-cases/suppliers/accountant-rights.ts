// What the owners let accountants do besides the daily work: give money back, publish offers. Actor: an owner who has just proved to be there. All owners
// are told. It holds from the next request on (access/scopes.ts). Refusals: not_allowed, proof_needed.
import type { AccountantRights } from '../../../contract/access-views.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { getSupplier, saveAccountantChoices } from '../../store/suppliers.ts';
import { recordAudit } from '../../store/audits.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';

export const readAccountantRights = (services: Services, scope: Scope): Promise<AccountantRights> =>
	read(services, scope, async (tx) => {
		const { accountantsMayRefund, accountantsMayPublish } = await getSupplier(tx, scope);
		return { mayRefund: accountantsMayRefund, mayPublish: accountantsMayPublish };
	});

export async function setAccountantRights(
	services: Services,
	scope: Scope,
	choices: AccountantRights
): Promise<Result<null>> {
	if (!may(scope.actor, 'manage_members')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		await saveAccountantChoices(tx, scope, choices);
		const detail = { refund: String(choices.mayRefund), publish: String(choices.mayPublish) };
		const auditId = await recordAudit(tx, scope, now, 'accountant_rights_changed', scope.supplierId, detail);
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'rights_changed', detail });
		await queueOwnerNotice(tx, scope, now, auditId);
		return done(null);
	});
}
