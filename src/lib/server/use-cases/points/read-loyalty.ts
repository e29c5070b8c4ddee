// What the points programme in force means for one client today: for its quote, and for the pages. null: no programme. Reads only.
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Loyalty } from '../../../domain/offers/quoted.ts';
import { periodOf } from '../../../domain/points/limits.ts';
import { multiplierOf } from '../../../domain/points/tiers.ts';
import type { Tx } from '../../store/database.ts';
import { givenBetween } from '../../store/points.ts';
import { findLiveProgramme, type ProgrammeRow } from '../../store/points-programme.ts';
import { listAccountsOn, type AccountOn } from '../../store/points-reading.ts';
import { asOfToday } from './account-today.ts';

export type ClientLoyalty = Loyalty & { version: number; tier: number };

export const readLoyalty = async (
	tx: Tx,
	scope: Scope,
	clientId: string,
	today: CivilDate,
	how: { foresees?: boolean } = {}
): Promise<ClientLoyalty | null> => (await readLoyalties(tx, scope, [clientId], today, how)).get(clientId) ?? null;

/** Of each of these clients; empty without a programme. What they have in common is asked once. */
export async function readLoyalties(
	tx: Tx,
	scope: Scope,
	clientIds: string[],
	today: CivilDate,
	{ foresees = true } = {}
): Promise<Map<string, ClientLoyalty>> {
	const [programme, accounts] = await Promise.all([
		findLiveProgramme(tx, scope),
		listAccountsOn(tx, scope, clientIds, today)
	]);
	const loyalties = new Map<string, ClientLoyalty>();
	if (programme)
		for (const clientId of clientIds)
			loyalties.set(
				clientId,
				await loyaltyOf(tx, scope, clientId, programme, accounts.get(clientId), { today, foresees })
			);
	return loyalties;
}
async function loyaltyOf(
	tx: Tx,
	scope: Scope,
	clientId: string,
	programme: ProgrammeRow,
	found: AccountOn | undefined,
	{ today, foresees }: { today: CivilDate; foresees: boolean }
): Promise<ClientLoyalty> {
	const { tiers, earning, credit } = programme.terms;
	const account = await asOfToday(tx, scope, found ?? null, { tiers, today });
	const isOver = programme.lastSpendOn !== null && programme.lastSpendOn < today;
	// With the programme its tiers are over, and what is offered to them.
	const tier = isOver ? 0 : (account?.tier ?? 0);
	const period = foresees ? periodOf(earning, today) : null;
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
