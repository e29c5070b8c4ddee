// What an owner reads of the security log. Refusal: not_allowed.
import type { SecurityPage } from '../../../contract/access-views.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { SecurityKind } from '../../../domain/access/security-kinds.ts';
import type { Services } from '../../services.ts';
import { listSecurityEvents } from '../../store/security-events.ts';
import { done, read, refuse, type Result } from '../run.ts';

const PAGE = 50;

export async function readSecurityLog(
	services: Services,
	scope: Scope,
	ask: { kind: SecurityKind | null; before: string | null }
): Promise<Result<SecurityPage>> {
	if (!may(scope.actor, 'manage_members')) return refuse('not_allowed');
	const events = await read(services, scope, (tx) => listSecurityEvents(tx, scope, { ...ask, limit: PAGE + 1 }));
	const shown = events.slice(0, PAGE);
	const last = shown.at(-1);
	return done({ events: shown, next: last && events.length > PAGE ? last.securityEventId : null });
}
