// Figures of a points programme: what is out, what came and went month by month, who is in which tier. Reads only.
import { sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { PointsMonth } from '../../domain/points/figures.ts';
import type { LoyaltyTier } from '../../domain/points/programme.ts';
import { tierOf, yearBefore } from '../../domain/points/tiers.ts';
import type { Tx } from './database.ts';

export type Standing = {
	/** Sum of balances above zero, of those below, and of what is pending. */
	outstanding: number;
	owed: number;
	pending: number;
	/** How many clients in each tier, by its position. */
	tiers: Map<number, number>;
};
/** Accounts with what they have earned in the twelve months that end today, as use-cases/points/account-today.ts has it of one: nobody may have looked yet. */
const accountsToday = (scope: Scope, today: CivilDate) => sql`(
	select x.*, case when x.recheck_on <= ${today} then (select coalesce(sum(w.earned_points), 0)::int from points_award w
			where w.supplier_id = x.supplier_id and w.client_id = x.client_id and w.acted_on > ${yearBefore(today)} and w.earned_points > 0)
		else x.earned_in_year end as earned
	from points_account x where x.supplier_id = ${scope.supplierId})`;

/** `tiers`: of the programme in force. */
export async function readStanding(
	tx: Tx,
	scope: Scope,
	{ tiers, today }: { tiers: readonly LoyaltyTier[]; today: CivilDate }
): Promise<Standing> {
	const thresholds = `{${tiers.map((tier) => tier.threshold).join(',')}}`;
	const rows = await tx.execute<{
		tier: number;
		clients: number;
		outstanding: number;
		owed: number;
		pending: number;
	}>(sql`
		select tier, count(*)::int as clients, coalesce(sum(balance) filter (where balance > 0), 0)::float8 as outstanding,
			coalesce(-sum(balance) filter (where balance < 0), 0)::float8 as owed, sum(pending)::float8 as pending
		from (select a.balance, a.pending, (select greatest(count(*) - 1, 0)::int from unnest(${thresholds}::int[]) t where t <= a.earned) as tier
			from ${accountsToday(scope, today)} a) a group by tier`);
	const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
	return {
		outstanding: sum((row) => row.outstanding),
		owed: sum((row) => row.owed),
		pending: sum((row) => row.pending),
		tiers: new Map(rows.map((row) => [row.tier, row.clients]))
	};
}

/** What each month from a day on changed, as the ledger says; months without a line are left out. */
export async function sumPointsMonths(tx: Tx, scope: Scope, from: CivilDate): Promise<PointsMonth[]> {
	const rows = await tx.execute<PointsMonth>(sql`
		select to_char(happened_on, 'YYYY-MM') as month,
			coalesce(sum(points) filter (where kind = 'earned'), 0)::float8 as gained,
			coalesce(-sum(points) filter (where kind = 'reversed'), 0)::float8 as taken,
			coalesce(-sum(points) filter (where kind = 'spent' or (kind = 'given_back' and is_redeemed)), 0)::float8 as used,
			coalesce(sum(points) filter (where kind = 'adjusted'), 0)::float8 as adjusted,
			coalesce(-sum(points) filter (where kind = 'expired' or (kind = 'given_back' and not is_redeemed)), 0)::float8 as expired
		from (select e.*, kind = 'given_back' and exists (select from points_redemption r
			where r.supplier_id = e.supplier_id and r.redemption_id = e.source_id) as is_redeemed from points_entry e) e where supplier_id = ${scope.supplierId} and happened_on >= ${from} group by 1 order by 1`);
	return [...rows];
}

export type ClientFigures = {
	clientId: string;
	name: string;
	balance: number;
	pending: number;
	earnedInYear: number;
	tier: number;
	isFrozen: boolean;
};
/** Most points first, behind one of them: `balance` and id of the last. */
export async function listClientFigures(
	tx: Tx,
	scope: Scope,
	{
		tiers,
		today,
		after,
		limit
	}: {
		tiers: readonly LoyaltyTier[];
		today: CivilDate;
		after: { balance: number; clientId: string } | null;
		limit: number;
	}
): Promise<ClientFigures[]> {
	const behind = after ? sql`where (a.balance, a.client_id) < (${after.balance}::int, ${after.clientId}::uuid)` : sql``;
	const rows = await tx.execute<{
		client_id: string;
		name: string;
		balance: number;
		pending: number;
		earned: number;
		is_frozen: boolean;
	}>(sql`
		select a.client_id, c.name, a.balance, a.pending, a.earned, a.frozen_at is not null as is_frozen
		from ${accountsToday(scope, today)} a join client c on c.supplier_id = a.supplier_id and c.client_id = a.client_id
		${behind} order by a.balance desc, a.client_id desc limit ${limit}`);
	return rows.map(({ client_id, earned, is_frozen, ...row }) => ({
		clientId: client_id,
		earnedInYear: earned,
		tier: tierOf(tiers, earned),
		isFrozen: is_frozen,
		...row
	}));
}
