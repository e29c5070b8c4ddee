// A person's own sessions: seen in the account page, ended here or everywhere.
import type { Services } from '../../services.ts';
import type { Subject } from '../../access/sessions.ts';
import { listSessionsOf } from '../../store/access.ts';

export const readSessions = async (
	{ db }: Services,
	subject: Subject
): Promise<{ userAgent: string; createdAt: Date }[]> =>
	(await listSessionsOf(db, subject.supplierId, subject.subjectId)).map(({ userAgent, createdAt }) => ({
		userAgent,
		createdAt
	}));
