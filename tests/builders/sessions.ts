// A session as it is kept, for tests that need one and no cookie; answers its hash.
import type { Scope } from '#lib/domain/access/scope.ts';
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

/** By which door a scope listens to the news: the session of a person who has just signed in; null for a link, which is its own. */
export async function aDoor(services: Services, { supplierId, actor }: Scope): Promise<string | null> {
	if (actor.kind === 'member') return await aSession(services, supplierId, 'member', actor.memberId);
	if (actor.kind === 'contact') return await aSession(services, supplierId, 'contact', actor.contactId);
	return null;
}
