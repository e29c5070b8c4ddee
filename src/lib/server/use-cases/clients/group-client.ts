// Which groups a client is in, and new groups: what offers are made to. Actor: owner or accountant. Refusals: not_allowed, not_found, input_invalid.
// Facts: offers.changed.
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { newId } from '../../identity.ts';
import { insertGroup, listGroups, setGroupsOf } from '../../store/client-groups.ts';
import { recordFact } from '../../store/outbox.ts';
import { findClient } from '../../store/clients.ts';
import { recordAudit } from '../../store/audits.ts';
import { commit, done, refuse, type Result } from '../run.ts';

const NAME_MAX = 60;

/** `newName` makes a group (or finds the one of that name) and puts the client in it. */
export async function groupClient(
	services: Services,
	scope: Scope,
	{ clientId, groupIds, newName }: { clientId: string; groupIds: string[]; newName: string }
): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const name = newName.trim();
	if (name.length > NAME_MAX) return refuse('input_invalid', { field: 'name' });
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		if (!(await findClient(tx, scope, clientId))) return refuse('not_found');
		if (name) await insertGroup(tx, scope, { groupId: newId(), name, createdAt: now });
		const groups = await listGroups(tx, scope);
		const wanted = groups.filter((group) => groupIds.includes(group.groupId) || group.name === name);
		await setGroupsOf(
			tx,
			scope,
			clientId,
			wanted.map((group) => group.groupId)
		);
		await recordAudit(tx, scope, now, 'client_grouped', clientId, {
			groups: wanted.map((group) => group.name).join(', ')
		});
		await recordFact(tx, scope, now, { kind: 'offers.changed', clientId: null, invoiceId: null, attemptId: null });
		return done(null);
	});
}
