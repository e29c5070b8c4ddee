// What the points programme in force means for one client today: for its quote, and for the pages. null: no programme. Reads only.
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Loyalty } from '../../../domain/offers/quoted.ts';
import { periodOf } from '../../../domain/points/limits.ts';
import { multiplierOf, tierOf } from '../../../domain/points/tiers.ts';
import type { Tx } from '../../store/database.ts';
import { earnedInYear, givenBetween } from '../../store/points.ts';
import { findAccount } from '../../store/points-reading.ts';
import { findLiveProgramme } from '../../store/points-programme.ts';

export type ClientLoyalty = Loyalty & { version: number; tier: number };

export async function readLoyalty(
	tx: Tx,
	scope: Scope,
	clientId: string,
	today: CivilDate,
	{ foresees = true } = {}
): Promise<ClientLoyalty | null> {
	const [programme, account] = await Promise.all([findLiveProgramme(tx, scope), findAccount(tx, scope, clientId)]);
	if (!programme) return null;
	const { tiers, earning, credit } = programme.terms;
	// The day on which an earning leaves the twelve months may be today, and nobody has looked yet.
	const isStale = account !== null && account.recheckOn !== null && account.recheckOn <= today;
	const earned = isStale ? (await earnedInYear(tx, scope, clientId, today)).points : (account?.earnedInYear ?? 0);
	const tier = tierOf(tiers, earned);
	const period = foresees ? periodOf(earning, today) : null;
	const isOver = programme.lastSpendOn !== null && programme.lastSpendOn < today;
	return {
		version: programme.version,
		foresees,
		tier,
		earning,
		multiplierBps: multiplierOf(tiers, tier),
		givenInPeriod: period && account ? await givenBetween(tx, scope, clientId, period) : 0,
		lastEarnOn: programme.lastEarnOn,
		credit: isOver ? null : credit,
		available: Math.max(0, account?.balance ?? 0),
		isFrozen: account?.frozenAt != null
	};
}
