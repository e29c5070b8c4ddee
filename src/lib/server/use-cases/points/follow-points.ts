// Points follow the money: called wherever money is booked, goes back, or an attempt ends. Each invoice of the attempt is judged once, by the version of the day of the
// act; what is in the ledger is then brought to what stands today, so that messages in any order, and twice, give the same points. Facts: points.changed.
import type { Scope } from '../../../domain/access/scope.ts';
import { addDays, civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { isDeposit } from '../../../domain/invoices/document.ts';
import { whenActed } from '../../../domain/points/acted.ts';
import { lastDayOfPoints } from '../../../domain/points/expiry.ts';
import { judgeAct, scaled } from '../../../domain/points/judge.ts';
import { multiplierOf, tierOf } from '../../../domain/points/tiers.ts';
import { versionAt, versionInForce } from '../../../domain/points/versions.ts';
import { newId } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import { askForWork } from '../../store/due-work.ts';
import type { Supplier } from '../../store/suppliers.ts';
import { earnedBefore, listAwardsAround, lockAccount, type PointsAward } from '../../store/points.ts';
import { readPointsFacts, type LineFacts } from '../../store/points-facts.ts';
import { hasPublished, listPublished, termsOf } from '../../store/points-programme.ts';
import { isYearStale, yearToday } from './account-today.ts';
import { followCredit } from './credit.ts';
import { followBonuses, paymentsOf, type Asked, type Judged } from './follow-bonuses.ts';
import { limited } from './limited.ts';
import {
	followAccount,
	isFinalBy,
	keep,
	newsOf,
	openAward,
	settleAward,
	settlingOf,
	type Moving,
	type Settling,
	type Standing
} from './move-points.ts';

export type Following = { tx: Tx; scope: Scope; supplier: Supplier; now: Date };

type OfAttempt = { attemptId: string; clientId: string };

/** Asked for with the money, done right after its commit (follow-due-points.ts): the money waits for no account, and a fault in points never stops it. */
export async function followPoints({ tx, scope, now }: Following, { attemptId, clientId }: OfAttempt): Promise<void> {
	if (await hasPublished(tx, scope))
		await askForWork(tx, scope, { job: 'points', subjectId: attemptId, clientId, at: now });
}

/** Brings what the attempt earns to what of its money stands. */
export async function bringToMoney(
	{ tx, scope, supplier, now }: Following,
	{ attemptId, clientId }: OfAttempt
): Promise<void> {
	const today = civilDateIn(now, supplier.timeZone);
	const account = await lockAccount(tx, scope, clientId, { today, now });
	// Whoever publishes has every account looked at again, under this lock: they are read after it was taken.
	const versions = await listPublished(tx, scope);
	if (isYearStale(account, today)) Object.assign(account, await yearToday(tx, scope, clientId, today));
	const moving = settlingOf({ tx, scope, now, today, account });
	const lines = await readPointsFacts(tx, scope, attemptId);
	const awards = lines.some((line) => line.isAwarded) ? await listAwardsAround(tx, scope, attemptId) : [];
	const asked: Asked = { attemptId, supplier, versions, awards };
	let moved = await followCredit(moving, attemptId, lines);
	const judged: Judged[] = [];
	const moves: string[] = moved ? lines.map((line) => line.invoiceId) : [];
	for (const line of lines) {
		const one = await judgeOnce(moving, asked, line);
		if (!one) continue;
		judged.push(one);
		if (one.moved) moves.push(line.invoiceId);
	}
	const { streak, neutrals } = account;
	moved = (await followBonuses(moving, asked, judged)) || moved || moves.length > 0;
	// By invoice: whoever came by the link of one hears of it too, and of no other.
	if (moved)
		for (const invoiceId of moves.length ? new Set(moves) : [null])
			moving.batch.facts.push({ ...newsOf(account), attemptId, invoiceId, createdAt: now });
	const live = versionInForce(versions);
	if (moved || account.streak !== streak || account.neutrals !== neutrals)
		await followAccount(moving, live && { terms: await termsOf(tx, scope, live) }, today);
	await keep(moving);
}

/** What was judged before stays judged, and is brought to what stands of its money. null: nobody has paid or ordered anything yet. */
async function judgeOnce(
	moving: Settling,
	asked: Asked,
	line: LineFacts
): Promise<(Judged & { moved: boolean }) | null> {
	const { attemptId, awards } = asked;
	const known = paymentsOf(awards, line.invoiceId).find((one) => one.attemptId === attemptId);
	if (known) {
		const moved = await settleAward(moving, known, standingOf(moving, { line, award: known, attemptId }));
		return { line, award: known, moved };
	}
	const award = await judge(moving, asked, line);
	if (!award) return null;
	awards.push(award);
	return { line, award, moved: openAward(moving, award, standingOf(moving, { line, award, attemptId })) };
}

/** A debit under way, or money that came: what nobody has paid or ordered is no act. */
const isAct = (line: LineFacts): boolean => line.paymentId !== null || line.status === 'processing';

async function judge(
	moving: Settling,
	{ attemptId, supplier, versions, awards }: Asked,
	line: LineFacts
): Promise<PointsAward | null> {
	const { tx, scope, now, account } = moving;
	if (!isAct(line)) return null;
	const { at, actedOn } = whenActed(line, supplier.timeZone);
	const version = versionAt(versions, { at, day: actedOn });
	if (!version) return null;
	const terms = await termsOf(tx, scope, version);
	const before = paymentsOf(awards, line.invoiceId);
	// The tier of the day on which the first instalment of an invoice was paid counts for all of it: paying in pieces is no way to a better one.
	const multiplierBps =
		before[0]?.multiplierBps ??
		multiplierOf(terms.tiers, tierOf(terms.tiers, await yearAt(moving, attemptId, actedOn)));
	const amountMinor = line.paymentId ? line.allocatedMinor : line.askedMinor;
	const judgement = judgeAct(terms.earning, {
		amountMinor,
		debtMinor: line.debtMinor,
		netMinor: line.netMinor,
		dueOn: line.instalmentDueOn ?? line.invoiceDueOn,
		actedOn,
		isSepa: line.methodType === 'sepa_debit',
		isDeposit: isDeposit(line.typeCode),
		isFactored: line.isFactored,
		isSettlement: line.isSettlement,
		isHeld: isHeldOn(line, actedOn),
		isDiscounted: line.isDiscounted,
		multiplierBps
	});
	const { base, early, sepa } = judgement;
	const points = await limited(moving, terms.earning, base + early + sepa, { before, actedOn });
	return {
		supplierId: scope.supplierId,
		awardId: newId(),
		clientId: account.clientId,
		kind: 'payment',
		attemptId,
		invoiceId: line.invoiceId,
		planId: null,
		version: version.version,
		...judgement,
		multiplierBps,
		points,
		amountMinor,
		dueOn: line.instalmentDueOn ?? line.invoiceDueOn,
		actedOn,
		pendingPoints: 0,
		earnedPoints: 0,
		vestingDays: line.methodType === 'sepa_debit' ? terms.sepaVestingDays : 0,
		finalOn: null,
		expiresOn: lastDayOfPoints(terms.expiry, actedOn),
		createdAt: now
	};
}

/** What was earned in the twelve months, on the day of the act: followed days later, it is judged as if it had been at once. */
const yearAt = async (
	{ tx, scope, today, account: { clientId, earnedInYear } }: Moving,
	attemptId: string,
	actedOn: CivilDate
): Promise<number> => (actedOn < today ? earnedBefore(tx, scope, { clientId, attemptId, actedOn }) : earnedInYear);

/** Contested; or promised for a day that was kept. */
const isHeldOn = ({ holdReason, holdUntil }: LineFacts, actedOn: CivilDate): boolean =>
	holdReason === 'disputed' || (holdReason === 'promised' && holdUntil !== null && actedOn <= holdUntil);

function standingOf(
	{ today }: Moving,
	{ line, award, attemptId }: { line: LineFacts; award: PointsAward; attemptId: string }
): Standing {
	let { finalOn } = award;
	if (!line.paymentId) {
		const points = line.status === 'processing' ? award.points : 0;
		return { points, isFinal: false, finalOn, causeId: attemptId };
	}
	if (award.vestingDays > 0) finalOn ??= addDays(line.paidOn ?? today, award.vestingDays);
	const points = scaled(award.points, { standingMinor: line.standingMinor, amountMinor: award.amountMinor });
	return {
		points,
		isFinal: isFinalBy(today, finalOn),
		finalOn,
		causeId: line.lastReversalId ?? line.paymentId
	};
}
