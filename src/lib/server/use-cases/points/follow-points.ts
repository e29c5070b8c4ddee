// Points follow the money: called wherever money is booked, goes back, or a try ends. Each invoice of the try is judged once, by the version of the day of the
// act; what is in the ledger is then brought to what stands today, so that messages in any order, and twice, give the same points. Facts: points.changed.
import type { Scope } from '../../../domain/access/scope.ts';
import { addDays, civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { startOfDayIn } from '../../../domain/calendar/day-starts.ts';
import { isDeposit } from '../../../domain/invoices/document.ts';
import { lastDayOfPoints } from '../../../domain/points/expiry.ts';
import { judgeAct, scaled } from '../../../domain/points/judge.ts';
import { multiplierOf, tierOf } from '../../../domain/points/tiers.ts';
import { newId } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import type { Supplier } from '../../store/parties.ts';
import {
	insertAward,
	listAwardsOfAttempt,
	listAwardsOfInvoices,
	lockAccount,
	saveAward,
	type PointsAward
} from '../../store/points.ts';
import { readPointsFacts, type LineFacts } from '../../store/points-facts.ts';
import { findProgrammeAt, hasProgramme } from '../../store/points-programme.ts';
import { followBonuses } from './follow-bonuses.ts';
import { followCredit } from './credit.ts';
import { limited } from './limited.ts';
import { announce, followAccount, settleAward, type Moving } from './move-points.ts';

export type Following = { tx: Tx; scope: Scope; supplier: Supplier; now: Date };

export async function followPoints(
	{ tx, scope, supplier, now }: Following,
	{ attemptId, clientId }: { attemptId: string; clientId: string }
): Promise<void> {
	if (!(await hasProgramme(tx, scope))) return;
	const today = civilDateIn(now, supplier.timeZone);
	const account = await lockAccount(tx, scope, clientId, { today, now });
	const moving: Moving = { tx, scope, now, today, account };
	const [lines, known] = await Promise.all([
		readPointsFacts(tx, scope, attemptId),
		listAwardsOfAttempt(tx, scope, attemptId)
	]);
	let moved = await followCredit(moving, attemptId, lines);
	let earned = false;
	const judged: { line: LineFacts; award: PointsAward }[] = [];
	for (const line of lines) {
		const award =
			known.find((one) => one.kind === 'payment' && one.invoiceId === line.invoiceId) ??
			(await judge(moving, supplier, { attemptId, line }));
		if (!award) continue;
		judged.push({ line, award });
		if (await settleAward(moving, award, await targetOf(moving, { line, award, attemptId }))) earned = true;
	}
	if (await followBonuses(moving, { attemptId, supplier, judged, known })) earned = true;
	moved ||= earned;
	if (moved) await followAccount(moving);
	if (moved) await announce(moving);
}

/** What the client did, when: the order of a debit, the capture of a card, the value day of a transfer. `at` decides which version judges it. */
function actOf(line: LineFacts, timeZone: string): { at: Date; actedOn: CivilDate } {
	if (line.valueOn)
		return { actedOn: line.valueOn, at: new Date(startOfDayIn(addDays(line.valueOn, 1), timeZone).getTime() - 1) };
	const acted = line.methodType === 'sepa_debit' || !line.paidAt ? line.begunAt : line.paidAt;
	const actedOn = civilDateIn(acted, timeZone);
	// Stripe tells whole seconds: what was paid right after a version came counts under it.
	const at = new Date(Math.floor(acted.getTime() / 1000) * 1000 + 999);
	// What the schedule takes by itself is paid on its day, whenever it was ordered; once it was refused, on the day on which it was paid.
	if (line.channel === 'plan' && line.partDueOn !== null)
		return { at, actedOn: line.partFailures === 0 || actedOn < line.partDueOn ? line.partDueOn : actedOn };
	return { at, actedOn };
}

/** A debit under way, or money that came: what nobody has paid or ordered is no act. */
const isAct = (line: LineFacts): boolean => line.paymentId !== null || line.status === 'processing';

async function judge(
	moving: Moving,
	supplier: Supplier,
	{ attemptId, line }: { attemptId: string; line: LineFacts }
): Promise<PointsAward | null> {
	const { tx, scope, now, account } = moving;
	if (!isAct(line)) return null;
	const { at, actedOn } = actOf(line, supplier.timeZone);
	const [programme, awards] = await Promise.all([
		findProgrammeAt(tx, scope, { at, day: actedOn }),
		listAwardsOfInvoices(tx, scope, [line.invoiceId])
	]);
	if (!programme) return null;
	const before = awards.filter((one) => one.kind === 'payment');
	// The tier of the day on which the first part of an invoice was paid counts for all of it: paying in pieces is no way to a better one.
	const multiplierBps =
		before[0]?.multiplierBps ??
		multiplierOf(programme.terms.tiers, tierOf(programme.terms.tiers, account.earnedInYear));
	const amountMinor = line.paymentId ? line.allocatedMinor : line.askedMinor;
	const judgement = judgeAct(programme.terms.earning, {
		amountMinor,
		debtMinor: line.debtMinor,
		netMinor: line.netMinor,
		dueOn: line.partDueOn ?? line.invoiceDueOn,
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
	const points = await limited(moving, programme.terms.earning, base + early + sepa, { before, actedOn });
	const award: PointsAward = {
		supplierId: scope.supplierId,
		awardId: newId(),
		clientId: account.clientId,
		kind: 'payment',
		attemptId,
		invoiceId: line.invoiceId,
		planId: null,
		version: programme.version,
		...judgement,
		multiplierBps,
		points,
		amountMinor,
		dueOn: line.partDueOn ?? line.invoiceDueOn,
		actedOn,
		pendingPoints: 0,
		earnedPoints: 0,
		vestingDays: line.methodType === 'sepa_debit' ? programme.terms.sepaVestingDays : 0,
		finalOn: null,
		expiresOn: lastDayOfPoints(programme.terms.expiry, actedOn),
		createdAt: now
	};
	const { supplierId: _, ...row } = award;
	await insertAward(tx, scope, row);
	return award;
}

/** Contested; or promised for a day that was kept. */
const isHeldOn = ({ holdReason, holdUntil }: LineFacts, actedOn: CivilDate): boolean =>
	holdReason === 'disputed' || (holdReason === 'promised' && holdUntil !== null && actedOn <= holdUntil);

async function targetOf(
	{ tx, scope, today }: Moving,
	{ line, award, attemptId }: { line: LineFacts; award: PointsAward; attemptId: string }
): Promise<{ points: number; isFinal: boolean; causeId: string }> {
	if (!line.paymentId) {
		const points = line.status === 'processing' ? award.points : 0;
		return { points, isFinal: false, causeId: attemptId };
	}
	if (award.vestingDays > 0 && award.finalOn === null) {
		award.finalOn = addDays(line.paidOn ?? today, award.vestingDays);
		await saveAward(tx, scope, award.awardId, { finalOn: award.finalOn });
	}
	const points = scaled(award.points, { standingMinor: line.standingMinor, amountMinor: award.amountMinor });
	return {
		points,
		isFinal: award.finalOn === null || award.finalOn <= today,
		causeId: line.lastReversalId ?? line.paymentId
	};
}
