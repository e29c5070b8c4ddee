// A person says whether a client is a company or a private person, or that nobody knows. It stands against every later file. Actor: owner or accountant.
// Refusals: not_allowed, not_found. Facts: offers.changed.
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { ClientKind } from '../../../domain/invoices/client-kind.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { recordFact } from '../../store/outbox.ts';
import { findClient } from '../../store/clients.ts';
import { saveKind } from '../../store/client-kinds.ts';
import { recordAudit } from '../../store/audits.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { commit, done, refuse, type Result } from '../run.ts';

export async function setKind(
	services: Services,
	scope: Scope,
	{ clientId, kind }: { clientId: string; kind: ClientKind }
): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	return commit(services, scope, (tx) => changeKind(tx, scope, services.clock.now(), { clientId, kind }));
}

/** Inside the caller's transaction, which has asked whether the actor may. What is so already is a person's word from now on. */
export async function changeKind(
	tx: Tx,
	scope: Scope,
	now: Date,
	{ clientId, kind }: { clientId: string; kind: ClientKind }
): Promise<Result<null>> {
	const client = await findClient(tx, scope, clientId);
	if (!client) return refuse('not_found');
	await saveKind(tx, scope, clientId, { kind, kindFrom: kind === 'unknown' ? null : 'person' });
	const detail = { before: client.kind, after: kind };
	await recordAudit(tx, scope, now, 'client_kind_set', clientId, detail);
	await noteSecurityEvent(tx, now, {
		...whoIs(scope),
		kind: 'client_changed',
		detail: { client: client.name, kindBefore: client.kind, kindAfter: kind }
	});
	// What may be offered and asked depends on it.
	await recordFact(tx, scope, now, { kind: 'offers.changed', clientId, invoiceId: null, attemptId: null });
	return done(null);
}
