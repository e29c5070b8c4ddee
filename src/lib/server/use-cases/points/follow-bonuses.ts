// What is given on top of what payments earn: a series of invoices on time, a plan finished without a refusal, the first payment on these pages. Each once
// for what it is given for, pending while any of its money is, and taken back with it.
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { lastDayOfPoints } from '../../../domain/points/expiry.ts';
import { scaled } from '../../../domain/points/judge.ts';
import { add } from '../../../domain/money/minor.ts';
import { NO_MULTIPLIER, type ProgrammeTerms } from '../../../domain/points/programme.ts';
import { afterInvoice, verdictOfInvoice } from '../../../domain/points/streak.ts';
import { newId } from '../../identity.ts';
import type { Supplier } from '../../store/suppliers.ts';
import { findAward, findPlanAward, insertAward, type PointsAward } from '../../store/points.ts';
import { countBeats, listLastBeats, readStreak, setStands } from '../../store/points-beats.ts';
import { listPlanPayments, readPlanFacts, type LineFacts } from '../../store/points-facts.ts';
import { termsOf, type PublishedRow } from '../../store/points-programme.ts';
import { limited } from './limited.ts';
import { isFinalBy, keep, openAward, settleAward, type Moving, type Settling } from './move-points.ts';

/** Of one attempt, which version judged it. */
type Programme = { version: number; terms: ProgrammeTerms };
export type Judged = { line: LineFacts; award: PointsAward };
/** `awards`: of everything that the attempt pays, whichever attempt paid for it. */
export type Asked = { attemptId: string; supplier: Supplier; versions: PublishedRow[]; awards: PointsAward[] };
export const paymentsOf = (awards: readonly PointsAward[], invoiceId: string): PointsAward[] =>
	awards.filter((one) => one.kind === 'payment' && one.invoiceId === invoiceId);

/** What judged an act. */
async function programmeOf(
	{ tx, scope }: Moving,
	{ versions }: Asked,
	{ version }: PointsAward
): Promise<Programme | null> {
	const row = versions.find((one) => one.version === version);
	return row ? { version, terms: await termsOf(tx, scope, row) } : null;
}

/** `true` when anything moved. */
export async function followBonuses(moving: Settling, asked: Asked, judged: Judged[]): Promise<boolean> {
	const [first] = judged;
	if (!first || judged.every(({ line }) => line.paymentId === null)) return false;
	const programme = await programmeOf(moving, asked, first.award);
	if (!programme) return false;
	const moved = [
		await followFirstOnline(moving, programme, asked, judged),
		await followPlanBonus(moving, asked, judged)
	];
	for (const one of judged) moved.push(await followBeat(moving, programme, asked, one));
	return moved.includes(true);
}

const causeOf = ({ lastReversalId, paymentId, invoiceId }: LineFacts): string =>
	lastReversalId ?? paymentId ?? invoiceId;
/** Final once everything that it is given for is. */
const finalOf = (awards: PointsAward[]): CivilDate | null =>
	awards.reduce<CivilDate | null>((last, { finalOn }) => (finalOn && (!last || finalOn > last) ? finalOn : last), null);

type Given = Pick<PointsAward, 'kind' | 'attemptId' | 'invoiceId' | 'planId' | 'amountMinor' | 'dueOn' | 'actedOn'>;
async function bonusOf(moving: Settling, programme: Programme, points: number, of: Given): Promise<PointsAward> {
	return {
		...of,
		supplierId: moving.scope.supplierId,
		awardId: newId(),
		clientId: moving.account.clientId,
		version: programme.version,
		verdict: 'on_time',
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
		createdAt: moving.now
	};
}
const standing = ({ today }: Moving, of: { points: number; finalOn: CivilDate | null; causeId: string }) => ({
	...of,
	isFinal: isFinalBy(today, of.finalOn)
});

async function followFirstOnline(
	moving: Settling,
	programme: Programme,
	{ attemptId, awards }: Asked,
	judged: Judged[]
): Promise<boolean> {
	const [first] = judged;
	if (!first) return false;
	const stands = (award: PointsAward) =>
		standing(moving, {
			points: scaled(award.points, {
				standingMinor: add(...judged.map(({ line }) => line.standingMinor)),
				amountMinor: award.amountMinor
			}),
			finalOn: finalOf(judged.map((one) => one.award)),
			causeId: causeOf(first.line)
		});
	const known = awards.find((one) => one.kind === 'first_online' && one.attemptId === attemptId);
	if (known) return settleAward(moving, known, stands(known));
	const isOnline = first.line.channel === 'pay_link' || first.line.channel === 'portal';
	const onTime = judged.every((one) => one.award.verdict === 'on_time');
	const given = programme.terms.earning.firstOnline;
	if (!isOnline || !onTime || given <= 0 || !first.line.isFirstOnline) return false;
	const { invoiceId, dueOn, actedOn } = first.award;
	const amountMinor = add(...judged.map(({ line }) => line.allocatedMinor));
	const of = { kind: 'first_online' as const, attemptId, invoiceId, planId: null, amountMinor, dueOn, actedOn };
	const award = await bonusOf(moving, programme, given, of);
	return openAward(moving, award, stands(award));
}

async function followPlanBonus(moving: Settling, asked: Asked, judged: Judged[]): Promise<boolean> {
	const { tx, scope } = moving;
	const first = judged.find(({ line }) => line.planId !== null);
	const planId = first?.line.planId;
	if (!first || !planId) return false;
	await keep(moving);
	// Its instalments may be of several invoices, and what this attempt pays of one of them only.
	const payments = await listPlanPayments(tx, scope, planId);
	// The act that finished it, whichever part is followed last.
	const last = payments.reduce((one, other) => (other.actedOn > one.actedOn ? other : one), first.award);
	const programme = await programmeOf(moving, asked, last);
	const known = await findPlanAward(tx, scope, planId);
	if (!programme || (!known && programme.terms.earning.planFinished <= 0)) return false;
	const { isFlawless, stands } = await readPlanFacts(tx, scope, planId);
	const finalOn = finalOf(payments);
	const causeId = causeOf(first.line);
	if (known)
		return settleAward(
			moving,
			known,
			standing(moving, { points: isFlawless && stands ? known.points : 0, finalOn, causeId })
		);
	if (!isFlawless || !stands) return false;
	const { attemptId, invoiceId, amountMinor, dueOn, actedOn } = last;
	const of = { kind: 'plan' as const, attemptId, invoiceId, planId, amountMinor, dueOn, actedOn };
	const award = await bonusOf(moving, programme, programme.terms.earning.planFinished, of);
	return openAward(moving, award, standing(moving, { points: award.points, finalOn, causeId }));
}

const BROKEN_BY_CLIENT = ['debit_return', 'chargeback'];
/** `true` when a bonus was given, taken back or given again. */
async function followBeat(
	moving: Settling,
	programme: Programme,
	{ awards }: Asked,
	{ line, award }: Judged
): Promise<boolean> {
	const { tx, scope, account } = moving;
	const { beat } = line;
	const isSettled = line.balanceMinor <= 0n;
	const payments = paymentsOf(awards, line.invoiceId);
	if (!beat) return isSettled && !line.waitsForAnother && beginBeat(moving, programme, { line, award, payments });
	if (beat.verdict !== 'on_time' || beat.stands === isSettled) return false;
	if (isSettled && !isPaidOnTimeAgain(payments)) return false;
	// Given back by the supplier, it was paid on time all the same.
	if (!isSettled && line.lastReversalKind === 'refund') return false;
	await setStands(tx, scope, line.invoiceId, isSettled);
	if (beat.streakAwardId) return settleStreak(moving, beat.streakAwardId, causeOf(line));
	if (!isSettled) {
		const broken = BROKEN_BY_CLIENT.includes(line.lastReversalKind ?? '');
		Object.assign(account, { streak: broken ? 0 : Math.max(0, account.streak - 1), neutrals: 0 });
	}
	return false;
}

async function beginBeat(
	moving: Settling,
	programme: Programme,
	{ line, award, payments }: Judged & { payments: PointsAward[] }
): Promise<boolean> {
	const { tx, scope, now, account, batch } = moving;
	const rule = programme.terms.earning.streak;
	const verdict = verdictOfInvoice(payments.map((one) => one.verdict));
	if (!verdict || !rule) return false;
	const { invoiceId } = line;
	const { clientId } = account;
	batch.beats.push({ invoiceId, clientId, verdict, createdAt: now, stands: true, streakAwardId: null });
	const { completes, ...series } = afterInvoice(account, verdict, rule.invoices);
	Object.assign(account, series);
	if (!completes) return false;
	await keep(moving);
	const { attemptId, amountMinor, dueOn, actedOn } = award;
	const of = { kind: 'streak' as const, attemptId, invoiceId, planId: null, amountMinor, dueOn, actedOn };
	const bonus = await bonusOf(moving, programme, rule.points, of);
	await insertAward(tx, scope, bonus);
	await countBeats(tx, scope, await listLastBeats(tx, scope, clientId, rule.invoices), bonus.awardId);
	return settleStreak(moving, bonus.awardId, causeOf(line));
}

/** Its own payments stand again: a dispute that was won. Paid anew after its due day, it is not. */
const isPaidOnTimeAgain = (payments: PointsAward[]): boolean =>
	payments.every((one) => one.verdict === 'on_time' && one.pendingPoints + one.earnedPoints === one.points);

async function settleStreak(moving: Settling, awardId: string, causeId: string): Promise<boolean> {
	const { tx, scope } = moving;
	await keep(moving);
	const award = await findAward(tx, scope, awardId);
	if (!award) return false;
	const { stands, finalOn } = await readStreak(tx, scope, awardId);
	return settleAward(moving, award, standing(moving, { points: stands ? award.points : 0, finalOn, causeId }));
}
