// Which policy applies to a client: the one made for that client, else for one of its groups, else for its loyalty tier (the highest that it has reached), else
// for all. Of two at the same level, the later.
// The screen shows this very rule.
import type { OfferPolicy } from './policy.ts';

export type PolicyAudience =
	| { kind: 'client'; clientId: string }
	| { kind: 'group'; groupId: string }
	| { kind: 'tier'; tier: number }
	| { kind: 'all' };
export type PublishedPolicy = OfferPolicy & { audience: PolicyAudience; publishedAt: Date };

const RANK: Record<PolicyAudience['kind'], number> = { client: 0, group: 1, tier: 2, all: 3 };

/** `tier`: null where no points programme is in force. */
export type PolicyClient = { clientId: string; groupIds: readonly string[]; tier?: number | null };
const tierOf = ({ audience }: PublishedPolicy): number => (audience.kind === 'tier' ? audience.tier : 0);

function isFor({ audience }: PublishedPolicy, client: PolicyClient): boolean {
	if (audience.kind === 'tier') return (client.tier ?? 0) >= audience.tier;
	if (audience.kind === 'client') return audience.clientId === client.clientId;
	return audience.kind === 'all' || client.groupIds.includes(audience.groupId);
}

/** null when nothing was published for this client: it pays what is due, and is offered nothing. */
export const resolvePolicy = (published: readonly PublishedPolicy[], client: PolicyClient): PublishedPolicy | null =>
	published
		.filter((policy) => isFor(policy, client))
		.sort(
			(a, b) =>
				RANK[a.audience.kind] - RANK[b.audience.kind] ||
				tierOf(b) - tierOf(a) ||
				b.publishedAt.getTime() - a.publishedAt.getTime() ||
				b.version - a.version
		)[0] ?? null;
