// Owners are told which addresses an API key lets in with new clients, as they are of those that a person lets in: with a stolen key somebody would make a
// company known under an address of their own, before its first invoice, and get all that follow.
import type { Scope } from '../../../domain/access/scope.ts';
import { listApiKeys } from '../../store/access.ts';
import type { Tx } from '../../store/database.ts';
import { recordAudit } from '../../store/audits.ts';
import { noteSecurityEvent } from '../../store/security-events.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';

/** As many as one reads; of the others the number is told, and their clients show them. */
const TOLD = 5;
const KEY = 'api_key:';

/** `by`: whose word it was (actorName); a person has seen the addresses before. One mail for all that come together. */
export async function tellContactsByKey(
	tx: Tx,
	scope: Scope,
	now: Date,
	{ by, emails }: { by: string; emails: string[] }
): Promise<void> {
	if (!by.startsWith(KEY) || !emails.length) return;
	const apiKeyId = by.slice(KEY.length);
	const key = (await listApiKeys(tx, scope)).find((one) => one.apiKeyId === apiKeyId);
	const told = emails.slice(0, TOLD).join(', ');
	const detail = { name: key?.name ?? '', emails: told, others: String(Math.max(0, emails.length - TOLD)) };
	await queueOwnerNotice(tx, scope, now, await recordAudit(tx, scope, now, 'contacts_by_key', apiKeyId, detail));
	await noteSecurityEvent(tx, now, {
		supplierId: scope.supplierId,
		actorKind: 'api_key',
		actorId: apiKeyId,
		kind: 'contact_added',
		detail: { email: told }
	});
}
