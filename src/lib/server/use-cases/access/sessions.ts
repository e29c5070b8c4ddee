// A person's own sessions: seen in the account page, ended one by one or all at once. Refusal: not_found.
import type { OwnSession } from '../../../contract/access-views.ts';
import type { Services } from '../../services.ts';
import { whoIsSubject, type Subject } from '../../access/sessions.ts';
import { deleteSessionOf, listSessionsOf } from '../../store/access.ts';
import { noteSecurityEvent } from '../../store/security-events.ts';
import { done, refuse, type Result } from '../run.ts';

export const readSessions = async ({ db }: Services, subject: Subject): Promise<OwnSession[]> =>
	(await listSessionsOf(db, subject.supplierId, subject.subjectId)).map(
		({ sessionId, userAgent, address, createdAt, lastSeenAt }) => ({
			sessionId,
			userAgent,
			address,
			createdAt,
			lastSeenAt
		})
	);

/** Whoever asks with it finds out at the next request. */
export async function endSession(services: Services, subject: Subject, sessionId: string): Promise<Result<null>> {
	if (!(await deleteSessionOf(services.db, subject, sessionId))) return refuse('not_found');
	await noteSecurityEvent(services.db.system, services.clock.now(), {
		...whoIsSubject(subject),
		kind: 'session_ended'
	});
	return done(null);
}
