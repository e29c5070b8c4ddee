// What the limits of a version leave of what was earned.
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Judgement } from '../../../domain/points/judge.ts';
import { periodOf, withinLimits } from '../../../domain/points/limits.ts';
import type { Tx } from '../../store/database.ts';
import { givenBetween, type PointsAward } from '../../store/points.ts';
import type { ProgrammeRow } from '../../store/points-programme.ts';

type Limited = { programme: ProgrammeRow; before: PointsAward[]; actedOn: CivilDate; clientId: string };
/** What the limits of the version leave of what was earned, at this moment: what they cut stays cut. */
export async function limited(
	tx: Tx,
	scope: Scope,
	{ programme, before, actedOn, clientId }: Limited,
	{ base, early, sepa }: Pick<Judgement, 'base' | 'early' | 'sepa'>
): Promise<number> {
	const rule = programme.terms.earning;
	const period = periodOf(rule, actedOn);
	return withinLimits(rule, base + early + sepa, {
		ofInvoice: before.reduce((sum, one) => sum + one.pendingPoints + one.earnedPoints, 0),
		ofPeriod: period ? await givenBetween(tx, scope, clientId, period) : 0
	});
}
