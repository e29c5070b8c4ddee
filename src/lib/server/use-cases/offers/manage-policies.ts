// What a supplier offers: drafts are edited, published versions stay as they are. Actor: owner or accountant; to publish and to end, an accountant
// only if the owners let them. What is published, ended or thrown away is what the person had before them, never what stands there now.
// Refusals: not_allowed, not_found, input_invalid, offer_invalid, offer_changed. Facts: offers.changed.
import { isDeepStrictEqual } from 'node:util';
import type { OfferTerms } from '../../../contract/offers.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { checkAudience, checkPolicy, type PolicyMistake } from '../../../domain/offers/check-policy.ts';
import type { PolicyAudience } from '../../../domain/offers/resolve-policy.ts';
import type { Services } from '../../services.ts';
import { newId } from '../../identity.ts';
import { hasGroup } from '../../store/client-groups.ts';
import type { Tx } from '../../store/database.ts';
import {
	audienceOf,
	deleteDraft,
	insertDraft,
	lockVersions,
	markEnded,
	markPublished,
	saveDraft as storeDraft,
	type PolicyRow
} from '../../store/offers.ts';
import { recordFact } from '../../store/outbox.ts';
import { findClient } from '../../store/clients.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { type Supplier } from '../../store/suppliers.ts';
import { lockProgrammes } from '../../store/points-programme.ts';
import { recordAudit } from '../../store/audits.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { stampAfter } from '../draft-stamp.ts';
import { commit, done, refuse, type Result } from '../run.ts';

export type DraftInput = {
	policyId: string | null;
	/** The id was made with the form: sent twice, it is one offer; once that is published, another form writes its next version. */
	isNew?: boolean;
	name: string;
	audience: PolicyAudience;
	terms: OfferTerms;
	/** Which version the person writes, when it is to be published at once. */
	version?: number;
};
export type PolicyVersion = { policyId: string; version: number };
/** With what it said when it was saved: it says something else once a colleague has saved it. */
export type SavedPolicy = PolicyVersion & { updatedAt: Date };
const NAME_MAX = 80;

/** Keeps what is typed, mistakes and all: only publishing asks for a policy that holds. A published policy gets its next version as a draft. */
export async function saveDraft(services: Services, scope: Scope, input: DraftInput): Promise<Result<SavedPolicy>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const name = input.name.trim();
	if (!name || name.length > NAME_MAX) return refuse('input_invalid', { field: 'name' });
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		if (!(await audienceExists(tx, scope, input.audience))) return refuse('not_found');
		const versions = input.policyId ? await lockVersions(tx, scope, input.policyId) : [];
		if (input.policyId && !input.isNew && !versions.length) return refuse('not_found');
		const policyId = input.policyId ?? newId();
		const draft = draftOf(versions);
		const version = draft?.version ?? (versions[0]?.version ?? 0) + 1;
		const typed: Written = { name, ...columnsOf(input.audience), terms: input.terms };
		// The version that was meant, with these very words: it is kept, or published by the same form a moment ago.
		const meant = versions.find((one) => one.version === (input.version ?? version));
		if (meant && !meant.endedAt && says(meant, typed))
			return done({ policyId, version: meant.version, updatedAt: meant.updatedAt });
		if (input.isNew && versions.some(({ publishedAt }) => publishedAt)) return refuse('offer_changed');
		if (input.version !== undefined && input.version !== version) return refuse('offer_changed');
		const row = { policyId, version, ...typed, updatedAt: stampAfter(draft?.updatedAt, now) };
		if (draft) await storeDraft(tx, scope, row);
		else await insertDraft(tx, scope, { ...row, createdBy: whoOf(scope), createdAt: now });
		return done({ policyId, version, updatedAt: row.updatedAt });
	});
}
type Written = Pick<PolicyRow, 'name' | 'audienceKind' | 'tier' | 'groupId' | 'clientId' | 'terms'>;
const says = ({ name, audienceKind, tier, groupId, clientId, terms }: PolicyRow, typed: Written): boolean =>
	isDeepStrictEqual({ name, audienceKind, tier, groupId, clientId, terms }, typed);
const draftOf = (versions: PolicyRow[]) => versions.find((version) => version.publishedAt === null);
const whoOf = ({ actor }: Scope): string => (actor.kind === 'member' ? actor.memberId : actor.kind);
const columnsOf = (audience: PolicyAudience) => ({
	audienceKind: audience.kind,
	tier: audience.kind === 'tier' ? audience.tier : null,
	groupId: audience.kind === 'group' ? audience.groupId : null,
	clientId: audience.kind === 'client' ? audience.clientId : null
});
/** A tier is a position: a draft keeps one that the programme has not; it is not published before the programme has it. */
async function audienceExists(tx: Tx, scope: Scope, audience: PolicyAudience): Promise<boolean> {
	switch (audience.kind) {
		case 'all':
			return true;
		case 'tier':
			return Number.isInteger(audience.tier) && audience.tier > 0;
		case 'client':
			return (await findClient(tx, scope, audience.clientId)) !== null;
		case 'group':
			return hasGroup(tx, scope, audience.groupId);
	}
}

/** What is wrong with the terms for this supplier, worst first. */
const mistakesIn = (terms: OfferTerms, supplier: Supplier, now: Date): PolicyMistake[] =>
	checkPolicy(
		{ ...terms, version: 0 },
		{
			defaultTermsDays: supplier.defaultTermsDays,
			terms: { business: supplier.businessTerms, isLargeOnlineSeller: supplier.isLargeOnlineSeller },
			today: civilDateIn(now, supplier.timeZone)
		}
	).sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
/** Under the lock of the programme: no version without that tier is published meanwhile. */
async function mistakesInAudience(tx: Tx, scope: Scope, draft: PolicyRow): Promise<PolicyMistake[]> {
	const audience = audienceOf(draft);
	if (audience.kind !== 'tier') return [];
	const live = (await lockProgrammes(tx, scope)).find((row) => row.publishedAt && !row.endedAt);
	return checkAudience(audience, [...(live?.terms.tiers.keys() ?? [])]);
}

/** null when this person may publish now: asked before a draft is saved, too. */
export const refusePublishing = (services: Services, scope: Scope) =>
	may(scope.actor, 'publish_offers') ? requireFreshProof(services, scope) : refuse('not_allowed');

/** From this instant clients are offered it; the version before ends. Said twice, it is published once. What was accepted under an older version stays as it was accepted. */
export async function publishPolicy(
	services: Services,
	scope: Scope,
	{ policyId, version, updatedAt }: SavedPolicy
): Promise<Result<{ version: number }>> {
	const refused = refusePublishing(services, scope);
	if (refused) return refused;
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const versions = await lockVersions(tx, scope, policyId);
		if (!versions.length) return refuse('not_found');
		const draft = versions.find((one) => one.version === version && one.updatedAt.getTime() === updatedAt.getTime());
		if (draft && isLive(draft)) return done({ version });
		if (!draft || draft.publishedAt) return refuse('offer_changed');
		const mistakes = [
			...(await mistakesInAudience(tx, scope, draft)),
			...mistakesIn(draft.terms, await getSupplier(tx, scope), now)
		];
		const mistake = mistakes.find((one) => one.severity === 'error');
		if (mistake) return refuse('offer_invalid', { field: mistake.field, mistake: mistake.code });
		const live = versions.find(isLive);
		if (live) await markEnded(tx, scope, live, now);
		await markPublished(tx, scope, draft, now);
		await announce(tx, scope, now, 'offer_published', draft);
		return done({ version: draft.version });
	});
}

/** Nobody is offered this version any more. Said twice, it has ended once; a version that came after it stays. */
export async function endPolicy(
	services: Services,
	scope: Scope,
	{ policyId, version }: PolicyVersion
): Promise<Result<null>> {
	if (!may(scope.actor, 'publish_offers')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const versions = await lockVersions(tx, scope, policyId);
		const meant = versions.find((one) => one.version === version);
		if (!meant?.publishedAt) return refuse(versions.length ? 'offer_changed' : 'not_found');
		if (meant.endedAt) return versions.some(isLive) ? refuse('offer_changed') : done(null);
		await markEnded(tx, scope, meant, now);
		await announce(tx, scope, now, 'offer_ended', meant);
		return done(null);
	});
}
/** A draft is thrown away: the one that was begun then, for a number is given again. Said twice, it is gone once; an offer of which nothing is left is one that nobody has. */
export async function deletePolicyDraft(
	services: Services,
	scope: Scope,
	{ policyId, begunAt }: { policyId: string; begunAt: number }
): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const versions = await lockVersions(tx, scope, policyId);
		if (!versions.length) return refuse('not_found');
		const meant = versions.find(({ createdAt }) => createdAt.getTime() === begunAt);
		if (!meant) return draftOf(versions) ? refuse('offer_changed') : done(null);
		if (meant.publishedAt) return refuse('offer_changed');
		await deleteDraft(tx, scope, meant);
		await announce(tx, scope, now, 'offer_draft_deleted', meant);
		return done(null);
	});
}
export const isLive = ({ publishedAt, endedAt }: Pick<PolicyRow, 'publishedAt' | 'endedAt'>): boolean =>
	publishedAt !== null && endedAt === null;

async function announce(
	tx: Tx,
	scope: Scope,
	now: Date,
	action: 'offer_published' | 'offer_ended' | 'offer_draft_deleted',
	{ policyId, version, name }: PolicyRow
): Promise<void> {
	await recordAudit(tx, scope, now, action, policyId, { name, version: String(version) });
	await recordFact(tx, scope, now, { kind: 'offers.changed', clientId: null, invoiceId: null, attemptId: null });
}
