// What clients have at LoyaltyLion, read again once a day: they earn and claim there without us. A key that is refused stops its supplier's.
// Actor: the worker.
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { findConnection, noteSynced, updateConnection } from '../../store/loyalty-connection.ts';
import { listMembersToRead, saveLoyaltyMember } from '../../store/loyalty-members.ts';
import { commit, read, safely } from '../run.ts';
import { doorOf } from './send-to-loyalty.ts';

const DAY_MS = 86_400_000;
/** A round of a few minutes: ten seconds of calls of one key. */
const AT_ONCE = 200;

/** Periodic. Whatever can't be read now stays as it is known, and its turn comes again. */
export async function readMembersAgain(services: Services): Promise<void> {
	const now = services.clock.now();
	const given = new Set<string>();
	const due = await listMembersToRead(services.db, { before: new Date(now.getTime() - DAY_MS), now, limit: AT_ONCE });
	for (const { supplierId, clientId } of due)
		if (!given.has(supplierId))
			await safely(services, clientId, async () => {
				const isAnswered = await readOne(services, supplierId, clientId);
				if (!isAnswered) given.add(supplierId);
			});
}

/** false: nothing more is asked of this supplier in this round. */
async function readOne(services: Services, supplierId: string, clientId: string): Promise<boolean> {
	const scope = mintScope(supplierId, { kind: 'system' });
	const connection = await read(services, scope, (tx) => findConnection(tx, scope));
	const door = connection && doorOf(services, connection);
	if (!door) return false;
	const answer = await services.loyalty.readMember(door, clientId);
	const now = services.clock.now();
	if (answer.kind === 'ok') {
		await commit(services, scope, async (tx) => {
			await saveLoyaltyMember(tx, scope, { clientId, ...answer.value, syncedAt: now });
			await noteSynced(tx, scope, now);
		});
		return true;
	}
	if (answer.kind === 'key_refused' || answer.kind === 'scope_missing')
		await commit(services, scope, (tx) =>
			updateConnection(tx, scope, {
				state: 'broken',
				brokenReason: answer.kind,
				brokenDetail: answer.kind === 'scope_missing' ? answer.problem : null
			})
		);
	return false;
}
