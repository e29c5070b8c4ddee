// A client's account as it stands today, for whoever shows it or makes a price of it. What is kept may be of yesterday: the day on which an earning leaves the
// twelve months, or on which points expire, may be today, and a version with other tiers may have come, before anybody has looked (tend-points.ts). Reads only.
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { LoyaltyTier } from '../../../domain/points/programme.ts';
import { tierOf } from '../../../domain/points/tiers.ts';
import type { Tx } from '../../store/database.ts';
import { earnedInYear as sumYear } from '../../store/points.ts';
import { findAccountOn, type AccountRow } from '../../store/points-reading.ts';

/** null: nothing was ever earned. `balance` is without what has expired; `tier` is of the tiers given, those of the version in force. */
export async function accountToday(
	tx: Tx,
	scope: Scope,
	clientId: string,
	{ tiers, today }: { tiers: readonly LoyaltyTier[]; today: CivilDate }
): Promise<AccountRow | null> {
	return asOfToday(tx, scope, await findAccountOn(tx, scope, clientId, today), { tiers, today });
}
/** The same, of what was found of it. */
export async function asOfToday(
	tx: Tx,
	scope: Scope,
	found: Awaited<ReturnType<typeof findAccountOn>>,
	{ tiers, today }: { tiers: readonly LoyaltyTier[]; today: CivilDate }
): Promise<AccountRow | null> {
	if (!found) return null;
	const { account, lapsed } = found;
	const year = isYearStale(account, today) ? await yearToday(tx, scope, account.clientId, today) : account;
	const { earnedInYear, recheckOn } = year;
	return {
		...account,
		balance: account.balance - lapsed,
		earnedInYear,
		recheckOn,
		tier: tierOf(tiers, earnedInYear)
	};
}
export const isYearStale = ({ recheckOn }: Year, today: CivilDate): boolean => recheckOn !== null && recheckOn <= today;
type Year = Pick<AccountRow, 'earnedInYear' | 'recheckOn'>;
export async function yearToday(tx: Tx, scope: Scope, clientId: string, today: CivilDate): Promise<Year> {
	const { points, recheckOn } = await sumYear(tx, scope, clientId, today);
	return { earnedInYear: points, recheckOn };
}
