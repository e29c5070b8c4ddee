// The points programme of a supplier: a draft is edited, a published version stays as it is, the end is announced once and for all. Actor: owner or
// accountant; to publish and to end, an accountant only if the owners let them, with a fresh proof. Refusals: not_allowed, proof_needed, not_found,
// programme_invalid, programme_changed, programme_ending, programme_ends_too_soon, codes_invalid, codes_changed. Facts: points.changed.
// What is published or thrown away is what the person had before them, never what stands there now.
import { isDeepStrictEqual } from 'node:util';
import { may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { checkProgramme, worstFirst } from '../../../domain/points/check-programme.ts';
import { earliestEarnOn, earliestSpendOn } from '../../../domain/points/ending.ts';
import type { ProgrammeTerms } from '../../../domain/points/programme.ts';
import { readCodes, type LeftOut } from '../../../domain/points/voucher-codes.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { listTierPolicies } from '../../store/offers.ts';
import { recordFact } from '../../store/outbox.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { recheckAccounts } from '../../store/points-due.ts';
import {
	announceProgrammeEnd,
	deleteProgrammeDraft,
	insertProgrammeDraft,
	lockProgrammes,
	markProgrammeEnded,
	markProgrammePublished,
	saveProgrammeDraft,
	type ProgrammeRow
} from '../../store/points-programme.ts';
import { recordAudit } from '../../store/audits.ts';
import { countCodes, deleteFreeCodes, insertCodes } from '../../store/voucher-codes.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { stampAfter } from '../draft-stamp.ts';
import { commit, done, refuse, type Result } from '../run.ts';
import { queuePointsEnding, queueRulesChanged } from './queue-points-mails.ts';
import { tryOnPast } from './try-programme.ts';

/** With what it said when it was saved: it says something else once a colleague has saved it. */
export type SavedProgramme = { version: number; updatedAt: Date };

/** Keeps what is typed, mistakes and all: only publishing asks for a programme that holds. */
export async function saveProgramme(
	services: Services,
	scope: Scope,
	terms: ProgrammeTerms,
	/** Which version the person writes, when it is to be published at once. */
	seen?: number
): Promise<Result<SavedProgramme>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const versions = await lockProgrammes(tx, scope);
		if (isEnding(versions)) return refuse('programme_ending');
		const draft = draftOf(versions);
		const version = draft?.version ?? (versions[0]?.version ?? 0) + 1;
		// The version that was meant, with these very rules: it is kept, or published by the same form a moment ago.
		const meant = versions.find((one) => one.version === (seen ?? version));
		if (meant && !meant.endedAt && isDeepStrictEqual(meant.terms, terms))
			return done({ version: meant.version, updatedAt: meant.updatedAt });
		if (seen !== undefined && seen !== version) return refuse('programme_changed');
		const updatedAt = stampAfter(draft?.updatedAt, now);
		if (draft) await saveProgrammeDraft(tx, scope, { version, terms, updatedAt });
		else
			await insertProgrammeDraft(tx, scope, {
				version,
				terms,
				createdBy: whoOf(scope),
				createdAt: now,
				updatedAt
			});
		return done({ version, updatedAt });
	});
}
/** The proposal as the first draft: of somebody whose page says that there is nothing yet. A draft that a colleague has begun since stays. */
export async function beginProgramme(services: Services, scope: Scope, terms: ProgrammeTerms): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const [last] = await lockProgrammes(tx, scope);
		if (last)
			return isDeepStrictEqual(last.terms, terms) && !last.publishedAt ? done(null) : refuse('programme_changed');
		const draft = { version: 1, terms, createdBy: whoOf(scope), createdAt: now, updatedAt: now };
		await insertProgrammeDraft(tx, scope, draft);
		return done(null);
	});
}
const whoOf = ({ actor }: Scope): string => (actor.kind === 'member' ? actor.memberId : actor.kind);
const draftOf = (versions: ProgrammeRow[]) => versions.find((version) => version.publishedAt === null);
const liveOf = (versions: ProgrammeRow[]) => versions.find((version) => version.publishedAt && !version.endedAt);
/** What the tiers of a draft are held against: those that were published last, and what is offered to them. */
export const tiersOffered = async (tx: Tx, scope: Scope, versions: ProgrammeRow[]) => ({
	lastTiers: versions.find((version) => version.publishedAt)?.terms.tiers ?? [],
	tierOffers: await listTierPolicies(tx, scope)
});
const isEnding = (versions: ProgrammeRow[]): boolean => Boolean(liveOf(versions)?.endAnnouncedAt);

/** null when this person may publish now: asked before a draft is saved, too. */
export const refusePublishingProgramme = (services: Services, scope: Scope) =>
	may(scope.actor, 'publish_offers') ? requireFreshProof(services, scope) : refuse('not_allowed');

/** From this instant acts are judged by it; the version before ends. Said twice, it is published once. What was earned under an older version stays as it was earned. */
export async function publishProgramme(
	services: Services,
	scope: Scope,
	{ version, updatedAt }: SavedProgramme
): Promise<Result<{ version: number }>> {
	const refused = refusePublishingProgramme(services, scope);
	if (refused) return refused;
	return commit(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const versions = await lockProgrammes(tx, scope);
		if (isEnding(versions)) return refuse('programme_ending');
		const draft = versions.find((one) => one.version === version && one.updatedAt.getTime() === updatedAt.getTime());
		if (draft && draft === liveOf(versions)) return done({ version });
		if (!draft || draft.publishedAt) return refuse(versions.length ? 'programme_changed' : 'not_found');
		const asked = services.clock.now();
		const { trial } = await tryOnPast(tx, scope, { terms: draft.terms, supplier, now: asked });
		const codes = await countCodes(tx, scope);
		const freeCodes = new Map([...codes].map(([rewardId, { free }]) => [rewardId, free]));
		const context = {
			today: civilDateIn(asked, supplier.timeZone),
			trialMinor: trial.costMinor,
			freeCodes,
			...(await tiersOffered(tx, scope, versions))
		};
		const [mistake] = worstFirst(checkProgramme(draft.terms, context));
		if (mistake?.severity === 'error')
			return refuse('programme_invalid', {
				field: mistake.field,
				mistake: mistake.code,
				...(mistake.offers ? { offers: mistake.offers } : {})
			});
		// The trial of a year takes a while: what is paid meanwhile is judged by the version that everybody still reads.
		const now = services.clock.now();
		const live = liveOf(versions);
		if (live) await markProgrammeEnded(tx, scope, live.version, now);
		await markProgrammePublished(tx, scope, draft.version, now);
		// Tiers may be others: every account is looked at again.
		await recheckAccounts(tx, scope, civilDateIn(now, supplier.timeZone));
		await queueRulesChanged(tx, scope, now, { version: draft.version });
		await announce(tx, scope, now, 'points_published', { version: draft.version });
		return done({ version: draft.version });
	});
}

/**
 * Codes that only the draft's rewards could have given go with it. It is the draft that was begun then, for a number is given again; said twice, it is gone
 * once.
 */
export async function deleteDraft(
	services: Services,
	scope: Scope,
	{ begunAt }: { begunAt: number }
): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const versions = await lockProgrammes(tx, scope);
		const draft = draftOf(versions);
		const meant = versions.find(({ createdAt }) => createdAt.getTime() === begunAt);
		if (!meant && !draft) return done(null);
		if (!draft || meant !== draft) return refuse('programme_changed');
		await dropDraft(tx, scope, now, { draft, published: versions.filter((version) => version.publishedAt) });
		return done(null);
	});
}
async function dropDraft(
	tx: Tx,
	scope: Scope,
	now: Date,
	{ draft, published }: { draft: ProgrammeRow; published: ProgrammeRow[] }
): Promise<void> {
	const known = new Set(published.flatMap(({ terms }) => terms.rewards.map((reward) => reward.rewardId)));
	await deleteFreeCodes(
		tx,
		scope,
		draft.terms.rewards.flatMap(({ rewardId }) => (known.has(rewardId) ? [] : [rewardId]))
	);
	await deleteProgrammeDraft(tx, scope, draft.version);
	await announce(tx, scope, now, 'points_draft_deleted', { version: draft.version });
}

/**
 * The end of the whole programme, announced: a last day to earn, and after it time to use what is left. Clients are told, so it is not taken back; who
 * changes their mind begins a new programme when this one is over. The draft that was begun then goes with it: the one that was seen, or none.
 */
export async function endProgramme(
	services: Services,
	scope: Scope,
	{ lastEarnOn, lastSpendOn, begunAt = 0 }: { lastEarnOn: CivilDate; lastSpendOn: CivilDate; begunAt?: number }
): Promise<Result<null>> {
	const refused = refusePublishingProgramme(services, scope);
	if (refused) return refused;
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const versions = await lockProgrammes(tx, scope);
		const live = liveOf(versions);
		if (!live) return refuse('not_found');
		if (live.endAnnouncedAt) return refuse('programme_ending');
		const draft = draftOf(versions);
		if ((draft?.createdAt.getTime() ?? 0) !== begunAt) return refuse('programme_changed');
		const earnOn = earliestEarnOn(civilDateIn(now, supplier.timeZone));
		const spendOn = earliestSpendOn(lastEarnOn < earnOn ? earnOn : lastEarnOn, live.terms);
		if (lastEarnOn < earnOn || lastSpendOn < spendOn) return refuse('programme_ends_too_soon', { earnOn, spendOn });
		if (draft) await dropDraft(tx, scope, now, { draft, published: versions.filter((version) => version.publishedAt) });
		await announceProgrammeEnd(tx, scope, live.version, { endAnnouncedAt: now, lastEarnOn, lastSpendOn });
		await queuePointsEnding(tx, scope, now, { lastSpendOn });
		await announce(tx, scope, now, 'points_end_announced', { version: live.version, lastEarnOn, lastSpendOn });
		return done(null);
	});
}

/** Codes for a voucher of the draft or of the version in force: they can be given at once. What can't be added is told line by line, and the rest is added. */
export async function addCodes(
	services: Services,
	scope: Scope,
	{ rewardId, text }: { rewardId: string; text: string }
): Promise<Result<{ count: number; leftOut: LeftOut[] }>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const read = readCodes(text);
	if (!read) return refuse('codes_invalid', { rewardId, mistake: 'too_many_codes' });
	const { codes, leftOut } = read;
	if (!codes.length && leftOut.every(({ why }) => why === 'empty'))
		return refuse('codes_invalid', { rewardId, mistake: 'no_code' });
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		if (!(await isVoucher(tx, scope, rewardId))) return refuse('not_found');
		const kept = await insertCodes(
			tx,
			scope,
			rewardId,
			codes.map(({ code }) => code),
			now
		);
		if (kept.size) await announce(tx, scope, now, 'voucher_codes_added', { rewardId, count: kept.size });
		const known = codes.flatMap(({ line, code }): LeftOut[] =>
			kept.has(code) ? [] : [{ line, text: code, why: 'known' }]
		);
		return done({ count: kept.size, leftOut: [...leftOut, ...known].sort((a, b) => a.line - b.line) });
	});
}
/** Those that nobody was given are thrown away; never more than the person was asked about. */
export async function dropCodes(
	services: Services,
	scope: Scope,
	{ rewardId, atMost }: { rewardId: string; atMost: number }
): Promise<Result<{ count: number }>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		// Codes are added under the same lock.
		await lockProgrammes(tx, scope);
		const free = (await countCodes(tx, scope)).get(rewardId)?.free ?? 0;
		if (free > atMost) return refuse('codes_changed');
		const count = await deleteFreeCodes(tx, scope, [rewardId]);
		if (count) await announce(tx, scope, now, 'voucher_codes_dropped', { rewardId, count });
		return done({ count });
	});
}
const isVoucher = async (tx: Tx, scope: Scope, rewardId: string): Promise<boolean> =>
	(await lockProgrammes(tx, scope))
		.filter((row) => !row.endedAt)
		.some(({ terms }) => terms.rewards.some((one) => one.rewardId === rewardId && one.kind === 'voucher'));

async function announce(
	tx: Tx,
	scope: Scope,
	now: Date,
	action:
		| 'points_published'
		| 'points_draft_deleted'
		| 'points_end_announced'
		| 'voucher_codes_added'
		| 'voucher_codes_dropped',
	detail: Record<string, string | number>
): Promise<void> {
	const words = Object.fromEntries(Object.entries(detail).map(([key, value]) => [key, String(value)]));
	await recordAudit(tx, scope, now, action, null, words);
	await recordFact(tx, scope, now, { kind: 'points.changed', clientId: null, invoiceId: null, attemptId: null });
}
