// Which policy applies to a client: the one made for that client, else for one of its groups, else for all. Of two at the same level, the later.
// The screen shows this very rule.
import type { OfferPolicy } from './policy.ts';

export type PolicyAudience =
	{ kind: 'client'; clientId: string } | { kind: 'group'; groupId: string } | { kind: 'all' };
export type PublishedPolicy = OfferPolicy & { audience: PolicyAudience; publishedAt: Date };

const RANK: Record<PolicyAudience['kind'], number> = { client: 0, group: 1, all: 2 };

function isFor({ audience }: PublishedPolicy, client: { clientId: string; groupIds: readonly string[] }): boolean {
	if (audience.kind === 'client') return audience.clientId === client.clientId;
	return audience.kind === 'all' || client.groupIds.includes(audience.groupId);
}

/** null when nothing was published for this client: it pays what is due, and is offered nothing. */
export const resolvePolicy = (
	published: readonly PublishedPolicy[],
	client: { clientId: string; groupIds: readonly string[] }
): PublishedPolicy | null =>
	published
		.filter((policy) => isFor(policy, client))
		.sort(
			(a, b) =>
				RANK[a.audience.kind] - RANK[b.audience.kind] ||
				b.publishedAt.getTime() - a.publishedAt.getTime() ||
				b.version - a.version
		)[0] ?? null;
