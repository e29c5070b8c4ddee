// Writes entries of the points ledger with what follows from them: what is left of earlier earnings, the account's year and tier. Called under the
// account's lock. Facts: points.changed.
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { splitByEnd, type GivenLot } from '../../../domain/points/given-back.ts';
import {
	bookedAfter,
	converge,
	leftOf,
	takeFrom,
	type Booked,
	type Step,
	type Taken
} from '../../../domain/points/ledger.ts';
import type { AwardState } from '../../../domain/points/loyalty.ts';
import { tierOf, yearWith } from '../../../domain/points/tiers.ts';
import { newId } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import { enqueueForLoyalty } from '../../store/loyalty-outbox.ts';
import { recordFact, type Fact } from '../../store/outbox.ts';
import {
	countEntries,
	earnedInYear,
	insertEntry,
	insertLot,
	listEntryIdsOf,
	listExpired,
	listLots,
	listOpenLots,
	saveAward,
	saveLots,
	type NewEntry,
	type NewLot,
	type PointsAccount,
	type PointsAward
} from '../../store/points.ts';
import { emptyBatch, insertPointsBatch, type PointsBatch } from '../../store/points-batch.ts';
import type { ProgrammeRow } from '../../store/points-programme.ts';
import { queueTierReached } from './queue-points-mails.ts';

export type Moving = { tx: Tx; scope: Scope; now: Date; today: CivilDate; account: PointsAccount };
/**
 * `settled`: what awards were brought to, and how much more was earned by it: the account's year and tier follow, and LoyaltyLion is told. `batch`: what is
 * to be kept, before anything of it is read.
 */
export type Settling = Moving & { settled: { award: PointsAward; more: number }[]; batch: PointsBatch };
export const settlingOf = (moving: Moving): Settling => ({ ...moving, settled: [], batch: emptyBatch() });
export async function keep({ tx, scope, account, batch }: Settling): Promise<void> {
	await insertPointsBatch(tx, scope, account.clientId, { ...batch });
	Object.assign(batch, emptyBatch());
}
type Entry = Omit<NewEntry, 'entryId' | 'clientId' | 'createdAt' | 'pendingPoints' | 'happenedOn'> & {
	pendingPoints?: number;
};

/** Points that come in: a debt is paid first, what is left is a lot. */
export async function addPoints(moving: Moving, entry: Entry): Promise<void> {
	const { tx, scope, account } = moving;
	const entryId = newId();
	const left = leftOf(account.balance, entry.points);
	// One connection answers in the order in which it was asked: neither waits for the other's answer.
	await Promise.all([
		write(moving, entry, entryId),
		insertLot(tx, scope, lotOf(account, { entryId, expiresOn: entry.expiresOn ?? null, left }))
	]);
	account.balance += entry.points;
}
/** Points that go: `own` first, then by nearest end. Answers of which earnings they were. */
export async function takePoints(moving: Moving, entry: Entry, own: string[] = []): Promise<Taken[]> {
	const { tx, scope, account } = moving;
	const lots = await listOpenLots(tx, scope, account.clientId);
	const { changes, taken } = takeFrom(lots, -entry.points, new Set(own));
	await write(moving, entry);
	await saveLots(tx, scope, changes);
	account.balance += entry.points;
	return taken;
}
/** Points that were spent on what came to nothing come back: where they were, or, with a later end, beside it. Answers the first of their ends; null: they have none. */
export async function returnPoints(
	moving: Moving,
	{
		sourceId,
		causeId,
		taken,
		endOf = (lot) => lot.expiresOn
	}: { sourceId: string; causeId: string; taken: Taken[]; endOf?: (lot: GivenLot) => CivilDate | null }
): Promise<CivilDate | null> {
	const { tx, scope, account } = moving;
	const lots = await listLots(
		tx,
		scope,
		taken.map((one) => one.entryId)
	);
	const { points, changes, later } = splitByEnd(lots, taken, { balance: account.balance, endOf });
	const entry = { kind: 'given_back' as const, sourceId, causeId };
	if (points > 0) await write(moving, { ...entry, points });
	await saveLots(tx, scope, changes);
	for (const [i, { ofEntryId, left, ...one }] of later.entries()) {
		const entryId = newId();
		await write(moving, { ...entry, ...one, causeId: `${causeId}:${i}` }, entryId);
		await insertLot(tx, scope, { ...lotOf(account, { entryId, left, expiresOn: one.expiresOn }), ofEntryId });
	}
	account.balance += taken.reduce((sum, one) => sum + one.points, 0);
	return lots.map(endOf).reduce<CivilDate | null>((first, end) => earliest(first, end), null);
}

/** null: no day at all. */
const earliest = (one: CivilDate | null, other: CivilDate | null): CivilDate | null =>
	one === null || (other !== null && other < one) ? other : one;
const write = (moving: Moving, entry: Entry, entryId = newId()): Promise<void> =>
	insertEntry(moving.tx, moving.scope, entryOf(moving, entry, entryId));
const entryOf = ({ now, today, account }: Moving, entry: Entry, entryId: string): NewEntry => ({
	entryId,
	clientId: account.clientId,
	expiresOn: null,
	reason: null,
	madeBy: null,
	pendingPoints: 0,
	...entry,
	happenedOn: today,
	createdAt: now
});
const lotOf = ({ clientId }: PointsAccount, lot: Pick<NewLot, 'entryId' | 'expiresOn' | 'left'>): NewLot => ({
	...lot,
	clientId,
	toldOn: null,
	ofEntryId: null
});

/** What stands of an award: so many points, final or not yet. `causeId`: what made it so. */
export type Standing = { points: number; isFinal: boolean; finalOn: CivilDate | null; causeId: string };
export const isFinalBy = (today: CivilDate, finalOn: CivilDate | null): boolean => finalOn === null || finalOn <= today;
/** Brings an award to what stands of it. `false`: nothing to do. */
export async function settleAward(
	moving: Settling,
	award: PointsAward,
	{ finalOn, causeId, ...target }: Standing
): Promise<boolean> {
	const { tx, scope } = moving;
	const steps = converge(award, target);
	if (!steps.length && finalOn === award.finalOn) return false;
	await keep(moving);
	const booked = { ...bookedAfter(award, steps), finalOn };
	// Whatever the cause is called, and however often: each change of an award has a name of its own. Under the lock, asking twice changes nothing.
	const cause = steps.length ? `${causeId}:${await countEntries(tx, scope, award.awardId)}` : '';
	for (const step of steps) {
		const entry = { ...step, sourceId: award.awardId, causeId: cause };
		if (step.kind === 'earned') await addPoints(moving, { ...entry, expiresOn: award.expiresOn });
		else if (step.points < 0) await takeBack(moving, entry);
		else await write(moving, entry);
	}
	await saveAward(tx, scope, award.awardId, booked);
	return note(moving, award, booked, steps);
}
/** A new award, with what of it stands. `false`: no points moved. */
export function openAward(moving: Settling, award: PointsAward, { finalOn, causeId, ...target }: Standing): boolean {
	const { batch, account } = moving;
	const steps = converge(award, target);
	const booked = { ...bookedAfter(award, steps), finalOn };
	batch.awards.push({ ...award, ...booked });
	for (const step of steps) {
		const { expiresOn } = step.kind === 'earned' ? award : { expiresOn: null };
		const entry = entryOf(moving, { ...step, sourceId: award.awardId, causeId: `${causeId}:0`, expiresOn }, newId());
		batch.entries.push(entry);
		if (step.kind !== 'earned') continue;
		const left = leftOf(account.balance, step.points);
		batch.lots.push(lotOf(account, { entryId: entry.entryId, expiresOn, left }));
		account.balance += step.points;
	}
	return note(moving, award, booked, steps);
}
function note({ settled }: Settling, award: PointsAward, booked: Partial<PointsAward>, steps: Step[]): boolean {
	Object.assign(award, booked);
	if (!steps.length) return false;
	settled.push({ award, more: steps.reduce((sum, step) => sum + step.points, 0) });
	return true;
}

/** Of what has expired unused, nothing is left to take: it comes back first, so that no other points and no debt stand for it. */
async function takeBack(moving: Moving, entry: Entry): Promise<void> {
	const { tx, scope } = moving;
	const own = await listEntryIdsOf(tx, scope, entry.sourceId);
	let rest = -entry.points;
	for (const { entryId, points } of await listExpired(tx, scope, own)) {
		const back = Math.min(rest, points);
		if (back <= 0) continue;
		const causeId = `${entry.causeId}:${await countEntries(tx, scope, entryId)}`;
		await returnPoints(moving, { sourceId: entryId, causeId, taken: [{ entryId, points: back }] });
		rest -= back;
	}
	await takePoints(moving, entry, own);
}

/** In one word, for whoever is told of it outside. */
const stateOf = ({ pendingPoints, earnedPoints }: Booked): AwardState =>
	earnedPoints > 0 ? 'earned' : pendingPoints > 0 ? 'pending' : 'reversed';

/**
 * After awards moved: the twelve months, the tier, the series, and whom to tell. `live`: the programme in force. After its end what still comes in goes the way
 * of the rest, so the account is looked at again `afterEnd` (tend-points.ts).
 */
export async function followAccount(
	moving: Settling,
	live: Pick<ProgrammeRow, 'terms'> | null,
	afterEnd: CivilDate | null
): Promise<void> {
	const { tx, scope, now, today, account, settled, batch } = moving;
	const { streak, neutrals } = account;
	const { points, recheckOn } = await yearOf(moving);
	const tier = tierOf(live?.terms.tiers ?? [], points);
	const isHigher = live !== null && tier > account.tier;
	const change = {
		streak,
		neutrals,
		earnedInYear: points,
		recheckOn: live ? recheckOn : afterEnd,
		...(tier === account.tier ? {} : { tier, tierSince: today })
	};
	batch.account = change;
	await keep(moving);
	for (const { award } of settled)
		if (award.kind === 'payment') await enqueueForLoyalty(tx, scope, now, award.awardId, stateOf(award));
	if (isHigher) await queueTierReached(tx, scope, now, account.clientId, tier);
	Object.assign(account, change);
	settled.length = 0;
}
/** What was only added to is the sum with it; anything else is added up anew. */
async function yearOf(moving: Settling) {
	const { tx, scope, today, account, settled } = moving;
	const isStale = account.recheckOn !== null && account.recheckOn <= today;
	if (isStale || settled.some(({ more }) => more < 0)) {
		await keep(moving);
		return earnedInYear(tx, scope, account.clientId, today);
	}
	return yearWith(
		account,
		settled.map(({ award, more }) => ({ actedOn: award.actedOn, points: more })),
		today
	);
}
export const announce = ({ tx, scope, now, account }: Moving): Promise<void> =>
	recordFact(tx, scope, now, newsOf(account));
export const newsOf = ({ clientId }: PointsAccount): Fact => ({
	kind: 'points.changed',
	clientId,
	invoiceId: null,
	attemptId: null
});
