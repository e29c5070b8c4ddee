// What the limits of a version leave of what was earned, at this moment: what they cut stays cut.
import { ACCOUNT_MAX, periodOf, withinLimits } from '../../../domain/points/limits.ts';
import type { EarningRule } from '../../../domain/points/programme.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { givenBetween, type PointsAward } from '../../store/points.ts';
import { keep, type Settling } from './move-points.ts';

/** `before`: what other payments of the invoice earned; null: of several, and the limit of an invoice is not asked. */
export async function limited(
	moving: Settling,
	rule: EarningRule,
	points: number,
	{ before, actedOn }: { before: PointsAward[] | null; actedOn: CivilDate }
): Promise<number> {
	const { tx, scope, account } = moving;
	const period = periodOf(rule, actedOn);
	if (period) await keep(moving);
	const within = withinLimits(before ? rule : { ...rule, maxPerInvoice: null }, points, {
		ofInvoice: before?.reduce((sum, one) => sum + one.pendingPoints + one.earnedPoints, 0) ?? 0,
		ofPeriod: period ? await givenBetween(tx, scope, account.clientId, period) : 0
	});
	const room = ACCOUNT_MAX - Math.max(account.balance + account.pending, account.earnedInYear);
	return Math.max(0, Math.min(within, room));
}
