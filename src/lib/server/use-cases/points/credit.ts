// Points used on an invoice, from the attempt that uses them to the books: held while it is under way, used when it is paid, given back when it comes to nothing or
// its money comes back. The id of the redemption is that of the attempt. Called under the account's lock.
import { minor, type Minor } from '../../../domain/money/minor.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { lastDayGivenBack, type GivenBackBy } from '../../../domain/points/given-back.ts';
import { required } from '../../../domain/required.ts';
import type { Tx } from '../../store/database.ts';
import type { Supplier } from '../../store/suppliers.ts';
import { countEntries, findLockedAccount, lastSpentOn } from '../../store/points.ts';
import type { LineFacts } from '../../store/points-facts.ts';
import { findRedemption, insertRedemption, saveRedemption, type Redemption } from '../../store/points-redemptions.ts';
import { expireDue } from './expire-points.ts';
import { announce, returnPoints, takePoints, type Moving } from './move-points.ts';

export type PointsUse = { points: number; valueMinor: Minor; version: number };

/** Whoever comes second finds the points gone: the account is locked, and the database refuses a balance below zero. */
export async function holdCredit(
	of: Of,
	{
		clientId,
		attemptId,
		contactId,
		use
	}: { clientId: string; attemptId: string; contactId: string | null; use: PointsUse }
): Promise<void> {
	const moving = await lockedFor(of, clientId);
	await expireDue(moving);
	const { tx, scope, now, account } = moving;
	const taken = await takePoints(moving, {
		kind: 'spent',
		points: -use.points,
		sourceId: attemptId,
		causeId: attemptId
	});
	await insertRedemption(tx, scope, {
		redemptionId: attemptId,
		clientId: account.clientId,
		contactId,
		kind: 'credit',
		state: 'held',
		points: use.points,
		taken,
		attemptId,
		valueMinor: minor(use.valueMinor),
		rewardId: null,
		name: null,
		version: use.version,
		createdAt: now
	});
	await announce(moving);
}

type Of = { tx: Tx; scope: Scope; supplier: Supplier; now: Date };
async function lockedFor({ tx, scope, supplier, now }: Of, clientId: string): Promise<Moving> {
	const account = required(await findLockedAccount(tx, scope, clientId), 'points account');
	return { tx, scope, now, today: civilDateIn(now, supplier.timeZone), account };
}

/**
 * The payment that used them is whole: they are used. Given back before, when the attempt had come to nothing, they are taken again if they are still there;
 * `false`: they are not, and nothing is taken off the invoice.
 */
export async function useCredit(
	of: Of,
	{ clientId, attemptId }: { clientId: string; attemptId: string }
): Promise<boolean> {
	const { tx, scope, now } = of;
	const moving = await lockedFor(of, clientId);
	const redemption = await findRedemption(tx, scope, attemptId);
	if (!redemption) return false;
	let { taken } = redemption;
	if (redemption.state === 'given_back') {
		if (await expireDue(moving)) await announce(moving);
		if (moving.account.balance < redemption.points || moving.account.frozenAt) return false;
		const again = { kind: 'spent' as const, points: -redemption.points, ...(await namesOf(moving, redemption)) };
		taken = await takePoints(moving, again);
		await announce(moving);
	}
	await saveRedemption(tx, scope, attemptId, { state: 'used', settledAt: now, taken });
	return true;
}
/** The money came back, and the price with it. */
export async function undoCredit(
	of: Of,
	{ clientId, attemptId }: { clientId: string; attemptId: string }
): Promise<void> {
	const moving = await lockedFor(of, clientId);
	const redemption = await findRedemption(of.tx, of.scope, attemptId);
	if (redemption?.state === 'used' || redemption?.state === 'held') await giveCreditBack(moving, redemption);
}
/** An attempt that came to nothing, or brought less than its price: `true` when points were given back. */
export async function followCredit(moving: Moving, attemptId: string, [line]: LineFacts[]): Promise<boolean> {
	if (line?.creditState !== 'held') return false;
	// A whole payment has made them used by now.
	if (line.paymentId === null && line.status !== 'declined' && line.status !== 'canceled') return false;
	const redemption = required(await findRedemption(moving.tx, moving.scope, attemptId), 'redemption');
	await giveCreditBack(moving, redemption);
	return true;
}

async function giveCreditBack(moving: Moving, redemption: Redemption): Promise<void> {
	await giveBack(moving, redemption, 'payment');
	const change = { state: 'given_back' as const, settledAt: moving.now };
	await saveRedemption(moving.tx, moving.scope, redemption.redemptionId, change);
	await announce(moving);
}
/** What the supplier can't give. Answers the first day on which something of it ends. */
export async function giveRewardBack(
	moving: Moving,
	redemption: Redemption,
	by: { settledBy: string; note: string | null }
): Promise<CivilDate | null> {
	const firstEnd = await giveBack(moving, redemption, 'supplier');
	const change = { state: 'canceled' as const, settledAt: moving.now, ...by };
	await saveRedemption(moving.tx, moving.scope, redemption.redemptionId, change);
	await announce(moving);
	return firstEnd;
}
async function giveBack(moving: Moving, redemption: Redemption, by: GivenBackBy): Promise<CivilDate | null> {
	const { tx, scope, today } = moving;
	const takenOn = (await lastSpentOn(tx, scope, redemption.redemptionId)) ?? today;
	return returnPoints(moving, {
		taken: redemption.taken,
		endOf: (lot) => lastDayGivenBack(lot, { by, takenOn, today }),
		...(await namesOf(moving, redemption))
	});
}
/** Each change of one redemption has a name of its own. */
const namesOf = async ({ tx, scope }: Moving, { redemptionId }: Redemption) => ({
	sourceId: redemptionId,
	causeId: `${redemptionId}:${await countEntries(tx, scope, redemptionId)}`
});
