// Somebody tries cards: the first refusal of each bound is in the security log, and the owners are told by mail, once in twelve hours however many links,
// cards and addresses are used: a mail for each would be the next nuisance.
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { recordAudit } from '../../store/audits.ts';
import type { LimitName } from '../../store/rate-limits.ts';
import { noteSecurityEvent, type SecurityWho } from '../../store/security-events.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit } from '../run.ts';

export async function raiseTesting(services: Services, who: SecurityWho, limit: LimitName): Promise<void> {
	const now = services.clock.now();
	await noteSecurityEvent(services.db.system, now, { ...who, kind: 'limit_reached', detail: { limit } });
	const { supplierId } = who;
	if (!supplierId || (await services.limits.spend('try_alarm', supplierId)) !== 'free') return;
	// Who pays may not write to owners: the alarm is the house's.
	const scope = mintScope(supplierId, { kind: 'system' });
	await commit(services, scope, async (tx) => {
		const auditId = await recordAudit(tx, scope, now, 'cards_tested', supplierId, { limit });
		await queueOwnerNotice(tx, scope, now, auditId);
	});
}
