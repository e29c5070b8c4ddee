// A session as it is kept, for tests that need one and no cookie; answers its hash.
import { newSecret, sha256 } from '#lib/server/identity.ts';
import type { Services } from '#lib/server/services.ts';
import { session, type SubjectKind } from '#lib/server/store/schema/index.ts';

export async function aSession(
	{ db }: Services,
	supplierId: string,
	subjectKind: SubjectKind,
	subjectId: string
): Promise<string> {
	const sessionHash = sha256(newSecret());
	await db.system.insert(session).values({
		supplierId,
		sessionHash,
		subjectKind,
		subjectId,
		userAgent: 'test',
		createdAt: new Date(Date.now()),
		expiresAt: new Date(Date.now() + 3_600_000)
	});
	return sessionHash;
}
