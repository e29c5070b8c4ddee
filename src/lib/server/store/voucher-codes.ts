// Codes of voucher rewards, as the supplier brought them; each is given once (drizzle/0035_points.sql gives them).
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { insertMany } from './insert-many.ts';
import { voucherCode } from './schema/index.ts';

export type CodeCount = { free: number; given: number };
export async function countCodes(tx: Tx, scope: Scope): Promise<Map<string, CodeCount>> {
	const rows = await tx
		.select({
			rewardId: voucherCode.rewardId,
			free: sql<number>`(count(*) filter (where ${voucherCode.redemptionId} is null))::int`,
			given: sql<number>`(count(*) filter (where ${voucherCode.redemptionId} is not null))::int`
		})
		.from(voucherCode)
		.where(eq(voucherCode.supplierId, scope.supplierId))
		.groupBy(voucherCode.rewardId);
	return new Map(rows.map(({ rewardId, free, given }) => [rewardId, { free, given }]));
}

/** Those that were kept: one that the reward has, in whatever letters, given or not, is left where it is. */
export async function insertCodes(
	tx: Tx,
	scope: Scope,
	rewardId: string,
	codes: string[],
	now: Date
): Promise<Set<string>> {
	const kept = await insertMany<typeof voucherCode, { code: string }>(
		tx,
		scope,
		voucherCode,
		codes.map((code) => ({ rewardId, code, redemptionId: null, addedAt: now })),
		sql`on conflict do nothing returning code`
	);
	return new Set(kept.map((row) => row.code));
}
/** Those that nobody was given; what was given stays written down. */
export async function deleteFreeCodes(tx: Tx, scope: Scope, rewardIds: string[]): Promise<number> {
	if (!rewardIds.length) return 0;
	const rows = await tx
		.delete(voucherCode)
		.where(
			and(
				eq(voucherCode.supplierId, scope.supplierId),
				inArray(voucherCode.rewardId, rewardIds),
				isNull(voucherCode.redemptionId)
			)
		)
		.returning({ code: voucherCode.code });
	return rows.length;
}
