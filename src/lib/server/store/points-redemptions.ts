// What was taken for points: less to pay in one payment, or a reward. Its points are in the ledger under its id.
import { and, asc, eq } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Taken } from '../../domain/points/ledger.ts';
import { REDEMPTION_STATES, type RedemptionState } from '../../domain/points/redemption-states.ts';
import type { Tx } from './database.ts';
import { client, pointsRedemption } from './schema/index.ts';
import { requireSet, thatMayBecome } from './set-state.ts';

export type Redemption = typeof pointsRedemption.$inferSelect;
export type NewRedemption = Omit<Redemption, 'supplierId' | 'settledAt' | 'settledBy' | 'note' | 'code'>;

/** Of a voucher, the code that it was given. */
export async function insertRedemption(tx: Tx, scope: Scope, row: NewRedemption): Promise<Redemption> {
	const [kept] = await tx
		.insert(pointsRedemption)
		.values({ supplierId: scope.supplierId, ...row })
		.returning();
	if (!kept) throw new Error('redemption not kept');
	return kept;
}
export async function findRedemption(tx: Tx, scope: Scope, redemptionId: string): Promise<Redemption | null> {
	const [row] = await tx
		.select()
		.from(pointsRedemption)
		.where(and(eq(pointsRedemption.supplierId, scope.supplierId), eq(pointsRedemption.redemptionId, redemptionId)));
	return row ?? null;
}
/** @throws when it can’t become that */
export async function saveRedemption(
	tx: Tx,
	scope: Scope,
	redemptionId: string,
	change: { state: RedemptionState; settledAt: Date; taken?: Taken[]; settledBy?: string; note?: string | null }
): Promise<void> {
	const saved = await tx
		.update(pointsRedemption)
		.set(change)
		.where(
			and(
				eq(pointsRedemption.supplierId, scope.supplierId),
				eq(pointsRedemption.redemptionId, redemptionId),
				thatMayBecome(pointsRedemption.state, REDEMPTION_STATES, change.state)
			)
		)
		.returning({ state: pointsRedemption.state });
	requireSet(saved, `redemption ${redemptionId}`, change.state);
}

/** Rewards that the supplier has to give, the oldest first. */
export async function listAskedRewards(tx: Tx, scope: Scope): Promise<(Redemption & { clientName: string })[]> {
	const rows = await tx
		.select({ redemption: pointsRedemption, clientName: client.name })
		.from(pointsRedemption)
		.innerJoin(
			client,
			and(eq(client.supplierId, pointsRedemption.supplierId), eq(client.clientId, pointsRedemption.clientId))
		)
		.where(and(eq(pointsRedemption.supplierId, scope.supplierId), eq(pointsRedemption.state, 'asked')))
		.orderBy(asc(pointsRedemption.createdAt), asc(pointsRedemption.redemptionId))
		.limit(200);
	return rows.map(({ redemption, clientName }) => ({ ...redemption, clientName }));
}
