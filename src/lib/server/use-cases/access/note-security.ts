// Noting in the security log what strangers can repeat at will: the same person, doing the same, fills a page of it and not a disk.
import type { Services } from '../../services.ts';
import { noteSecurityEvent, type SecurityNote } from '../../store/security-events.ts';

/** `about`: what makes two of them the same besides who and what. Thirty in ten minutes; the last says that more came. */
export async function noteRepeatable(services: Services, about: string, note: SecurityNote): Promise<void> {
	const place = await services.limits.spend(
		'security_note',
		[note.kind, note.supplierId, note.actorId, about].join(' ')
	);
	if (place === 'over') return;
	const detail = place === 'reached' ? { ...note.detail, more: 'yes' } : note.detail;
	await noteSecurityEvent(services.db.system, services.clock.now(), { ...note, ...(detail && { detail }) });
}
