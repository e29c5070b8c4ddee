// Stripe's events: stored once on arrival, worked later.
import { and, asc, eq, lte, ne, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { stripeEvent } from './schema/index.ts';

export type StripeEventRow = typeof stripeEvent.$inferSelect;
/** `false` for one we already have: Stripe delivers at least once. */
export async function keepStripeEvent(db: Database, row: typeof stripeEvent.$inferInsert): Promise<boolean> {
	const kept = await db.system
		.insert(stripeEvent)
		.values(row)
		.onConflictDoNothing()
		.returning({ id: stripeEvent.stripeEventId });
	return kept.length > 0;
}
/** What failed too: it waits for its next day. */
export async function claimStripeEvent(db: Database, now: Date, leaseMs: number): Promise<StripeEventRow | null> {
	return db.system.transaction(async (tx) => {
		const [row] = await tx
			.select()
			.from(stripeEvent)
			.where(and(ne(stripeEvent.state, 'done'), lte(stripeEvent.nextTryAt, now)))
			.orderBy(asc(stripeEvent.nextTryAt))
			.limit(1)
			.for('no key update', { skipLocked: true });
		if (!row) return null;
		await tx
			.update(stripeEvent)
			.set({ tries: sql`${stripeEvent.tries} + 1`, nextTryAt: new Date(now.getTime() + leaseMs) })
			.where(and(eq(stripeEvent.supplierId, row.supplierId), eq(stripeEvent.stripeEventId, row.stripeEventId)));
		return { ...row, tries: row.tries + 1 };
	});
}
export async function finishStripeEvent(
	db: Database,
	row: StripeEventRow,
	outcome: { state: StripeEventRow['state']; problem?: string; nextTryAt?: Date; tries?: number }
): Promise<void> {
	await db.system
		.update(stripeEvent)
		.set({
			state: outcome.state,
			problem: outcome.problem ?? null,
			...(outcome.nextTryAt ? { nextTryAt: outcome.nextTryAt } : {}),
			...(outcome.tries === undefined ? {} : { tries: outcome.tries })
		})
		.where(and(eq(stripeEvent.supplierId, row.supplierId), eq(stripeEvent.stripeEventId, row.stripeEventId)));
}
