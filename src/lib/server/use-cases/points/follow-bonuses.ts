// What is given on top of what payments earn: a series of invoices on time, a plan finished without a refusal, the first payment on these pages. Each once
// for what it is given for, pending while any of its money is, and taken back with it.
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { lastDayOfPoints } from '../../../domain/points/expiry.ts';
import { scaled } from '../../../domain/points/judge.ts';
import { add } from '../../../domain/money/minor.ts';
import { NO_MULTIPLIER } from '../../../domain/points/programme.ts';
import { afterInvoice, verdictOfInvoice } from '../../../domain/points/streak.ts';
import { newId } from '../../identity.ts';
import type { Supplier } from '../../store/parties.ts';
import {
	findAward,
	findPlanAward,
	insertAward,
	listAwardsOfInvoices,
	saveAccount,
	saveAward,
	type PointsAward
} from '../../store/points.ts';
import { countBeats, findBeat, insertBeat, listLastBeats, readStreak, setStands } from '../../store/points-beats.ts';
import { isFirstOnline, readPlanFacts, type LineFacts } from '../../store/points-facts.ts';
import { findProgramme, type ProgrammeRow } from '../../store/points-programme.ts';
import { limited } from './limited.ts';
import { settleAward, type Moving } from './move-points.ts';

type Judged = { line: LineFacts; award: PointsAward };
type Asked = { attemptId: string; supplier: Supplier; judged: Judged[]; known: PointsAward[] };

/** `true` when anything moved. */
export async function followBonuses(moving: Moving, { attemptId, judged, known }: Asked): Promise<boolean> {
	const [first] = judged;
	if (!first || judged.every(({ line }) => line.paymentId === null)) return false;
	const programme = await findProgramme(moving.tx, moving.scope, first.award.version);
	if (!programme) return false;
	const moved = [
		await followFirstOnline(moving, programme, { attemptId, judged, known }),
		await followPlanBonus(moving, programme, judged),
		...(await followSeries(moving, programme, judged))
	];
	return moved.includes(true);
}

const causeOf = ({ lastReversalId, paymentId, invoiceId }: LineFacts): string =>
	lastReversalId ?? paymentId ?? invoiceId;
/** Final once everything that it is given for is. */
const finalOf = (awards: PointsAward[]): CivilDate | null =>
	awards.reduce<CivilDate | null>((last, { finalOn }) => (finalOn && (!last || finalOn > last) ? finalOn : last), null);
const isFinal = ({ today }: Moving, finalOn: CivilDate | null): boolean => finalOn === null || finalOn <= today;

type Given = Pick<PointsAward, 'kind' | 'attemptId' | 'invoiceId' | 'planId' | 'amountMinor' | 'dueOn' | 'actedOn'>;
async function give(moving: Moving, programme: ProgrammeRow, points: number, of: Given): Promise<PointsAward> {
	const { tx, scope, now, account } = moving;
	const { clientId } = account;
	const row = {
		...of,
		awardId: newId(),
		clientId,
		version: programme.version,
		verdict: 'on_time' as const,
		daysEarly: 0,
		multiplierBps: NO_MULTIPLIER,
		base: 0,
		early: 0,
		sepa: 0,
		points: await limited(moving, programme.terms.earning, points, { before: null, actedOn: of.actedOn }),
		pendingPoints: 0,
		earnedPoints: 0,
		vestingDays: 0,
		finalOn: null,
		expiresOn: lastDayOfPoints(programme.terms.expiry, of.actedOn),
		createdAt: now
	};
	await insertAward(tx, scope, row);
	return { supplierId: scope.supplierId, ...row };
}
async function settle(
	moving: Moving,
	award: PointsAward,
	{ points, finalOn, causeId }: { points: number; finalOn: CivilDate | null; causeId: string }
): Promise<boolean> {
	if (finalOn !== award.finalOn) await saveAward(moving.tx, moving.scope, award.awardId, { finalOn });
	return settleAward(moving, { ...award, finalOn }, { points, isFinal: isFinal(moving, finalOn), causeId });
}

async function followFirstOnline(
	moving: Moving,
	programme: ProgrammeRow,
	{ attemptId, judged, known }: Omit<Asked, 'supplier'>
): Promise<boolean> {
	const [first] = judged;
	if (!first) return false;
	let award = known.find((one) => one.kind === 'first_online') ?? null;
	if (!award) {
		const isOnline = first.line.channel === 'pay_link' || first.line.channel === 'portal';
		const onTime = judged.every((one) => one.award.verdict === 'on_time');
		if (!isOnline || !onTime || programme.terms.earning.firstOnline <= 0) return false;
		if (!(await isFirstOnline(moving.tx, moving.scope, moving.account.clientId, attemptId))) return false;
		const { invoiceId, dueOn, actedOn } = first.award;
		const amountMinor = add(...judged.map(({ line }) => line.allocatedMinor));
		const of = { kind: 'first_online' as const, attemptId, invoiceId, planId: null, amountMinor, dueOn, actedOn };
		award = await give(moving, programme, programme.terms.earning.firstOnline, of);
	}
	const standingMinor = add(...judged.map(({ line }) => line.standingMinor));
	return settle(moving, award, {
		points: scaled(award.points, { standingMinor, amountMinor: award.amountMinor }),
		finalOn: finalOf(judged.map((one) => one.award)),
		causeId: causeOf(first.line)
	});
}

async function followPlanBonus(moving: Moving, programme: ProgrammeRow, judged: Judged[]): Promise<boolean> {
	const { tx, scope } = moving;
	const first = judged.find(({ line }) => line.planId !== null);
	const planId = first?.line.planId;
	if (!first || !planId) return false;
	let award = await findPlanAward(tx, scope, planId);
	if (!award && programme.terms.earning.planFinished <= 0) return false;
	const { isFlawless, stands } = await readPlanFacts(tx, scope, planId);
	if (!award) {
		if (!isFlawless || !stands) return false;
		const { attemptId, invoiceId, amountMinor, dueOn, actedOn } = first.award;
		const of = { kind: 'plan' as const, attemptId, invoiceId, planId, amountMinor, dueOn, actedOn };
		award = await give(moving, programme, programme.terms.earning.planFinished, of);
	}
	const invoices = await listAwardsOfInvoices(tx, scope, [first.line.invoiceId]);
	return settle(moving, award, {
		points: isFlawless && stands ? award.points : 0,
		finalOn: finalOf(invoices.filter((one) => one.kind === 'payment')),
		causeId: causeOf(first.line)
	});
}

async function followSeries(moving: Moving, programme: ProgrammeRow, judged: Judged[]): Promise<boolean[]> {
	const moved: boolean[] = [];
	for (const one of judged) moved.push(await followBeat(moving, programme, one));
	return moved;
}

const BROKEN_BY_CLIENT = ['debit_return', 'chargeback'];
/** `true` when a bonus was given, taken back or given again. */
async function followBeat(moving: Moving, programme: ProgrammeRow, { line, award }: Judged): Promise<boolean> {
	const { tx, scope, account } = moving;
	const rule = programme.terms.earning.streak;
	const isSettled = line.balanceMinor <= 0n;
	const beat = await findBeat(tx, scope, line.invoiceId);
	if (!beat) return isSettled && rule ? beginBeat(moving, programme, { line, award }) : false;
	if (beat.verdict !== 'on_time' || beat.stands === isSettled) return false;
	if (isSettled && !(await isPaidOnTimeAgain(moving, line.invoiceId))) return false;
	// Given back by the supplier, it was paid on time all the same.
	if (!isSettled && line.lastReversalKind === 'refund') return false;
	await setStands(tx, scope, line.invoiceId, isSettled);
	if (beat.streakAwardId) return settleStreak(moving, beat.streakAwardId, causeOf(line));
	if (!isSettled) {
		const broken = BROKEN_BY_CLIENT.includes(line.lastReversalKind ?? '');
		await saveSeries(moving, { streak: broken ? 0 : Math.max(0, account.streak - 1), neutrals: 0 });
	}
	return false;
}
async function saveSeries({ tx, scope, account }: Moving, series: { streak: number; neutrals: number }): Promise<void> {
	await saveAccount(tx, scope, account.clientId, series);
	Object.assign(account, series);
}

async function beginBeat(moving: Moving, programme: ProgrammeRow, { line, award }: Judged): Promise<boolean> {
	const { tx, scope, now, account } = moving;
	const rule = programme.terms.earning.streak;
	const awards = (await listAwardsOfInvoices(tx, scope, [line.invoiceId])).filter((one) => one.kind === 'payment');
	const verdict = verdictOfInvoice(awards.map((one) => one.verdict));
	if (!verdict || !rule) return false;
	await insertBeat(tx, scope, { invoiceId: line.invoiceId, clientId: account.clientId, verdict, createdAt: now });
	const { completes, ...series } = afterInvoice(account, verdict, rule.invoices);
	await saveSeries(moving, series);
	if (!completes) return false;
	const { attemptId, invoiceId, amountMinor, dueOn, actedOn } = award;
	const of = { kind: 'streak' as const, attemptId, invoiceId, planId: null, amountMinor, dueOn, actedOn };
	const bonus = await give(moving, programme, rule.points, of);
	const beats = await listLastBeats(tx, scope, account.clientId, rule.invoices);
	await countBeats(tx, scope, beats, bonus.awardId);
	return settleStreak(moving, bonus.awardId, causeOf(line));
}

/** Its own payments stand again: a dispute that was won. Paid anew after its due day, it is not. */
async function isPaidOnTimeAgain({ tx, scope }: Moving, invoiceId: string): Promise<boolean> {
	const awards = (await listAwardsOfInvoices(tx, scope, [invoiceId])).filter((one) => one.kind === 'payment');
	return awards.every((one) => one.verdict === 'on_time' && one.pendingPoints + one.earnedPoints === one.points);
}

async function settleStreak(moving: Moving, awardId: string, causeId: string): Promise<boolean> {
	const { tx, scope } = moving;
	const award = await findAward(tx, scope, awardId);
	if (!award) return false;
	const { stands, finalOn } = await readStreak(tx, scope, awardId);
	return settle(moving, award, { points: stands ? award.points : 0, finalOn, causeId });
}
