// Stripe's events: stored once on arrival, worked later, of several suppliers at once and in turn.
import { and, asc, eq, gt, lte, ne, notInArray, or, sql } from 'drizzle-orm';
import type { Database, Tx } from './database.ts';
import { stripeEvent } from './schema/index.ts';

type StripeEventRow = typeof stripeEvent.$inferSelect;
/** In somebody's hands. */
export type ClaimedEvent = StripeEventRow & { claimedUntil: Date };
/** `false` for one we already have: Stripe delivers at least once. */
export async function insertStripeEvent(db: Database, row: typeof stripeEvent.$inferInsert): Promise<boolean> {
	const kept = await db.system
		.insert(stripeEvent)
		.values(row)
		.onConflictDoNothing()
		.returning({ id: stripeEvent.stripeEventId });
	return kept.length > 0;
}

/** What is read again for it; a payout, the whole account. Of two events about one, the second waits for the first. */
const about = sql<string>`coalesce(${stripeEvent.paymentIntentId}, case when ${stripeEvent.type} like 'payout.%' then 'payouts of ' || coalesce(${stripeEvent.stripeAccount}, '') else ${stripeEvent.objectId} end)`;
/** What failed too: it waits for its next day. */
const isDue = (now: Date) => and(ne(stripeEvent.state, 'done'), lte(stripeEvent.nextTryAt, now));
const isHeld = (now: Date) => gt(stripeEvent.claimedUntil, now);
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

export type EventClaim = {
	leaseMs: number;
	/** So many of one supplier are in hand at once, whoever has them. */
	each: number;
	limit: number;
	/** Whose turn it was last. */
	served: string | null;
};
/**
 * Takes up to `limit` due events for `leaseMs`: one of each supplier from the one behind `served` on, then the second of each. Whoever waits with thousands
 * keeps nobody waiting. Claims are made one after the other, or two workers would each count what the other is about to take.
 */
export async function claimStripeEvents(
	db: Database,
	now: Date,
	{ leaseMs, each, limit, served }: EventClaim
): Promise<ClaimedEvent[]> {
	const any = await db.system.select({ id: stripeEvent.stripeEventId }).from(stripeEvent).where(isDue(now)).limit(1);
	if (!any.length) return [];
	return db.system.transaction(async (tx) => {
		await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('claim of stripe events', 0))`);
		const held = await tx.select({ supplierId: stripeEvent.supplierId, about }).from(stripeEvent).where(isHeld(now));
		const claimedUntil = new Date(now.getTime() + leaseMs);
		const claimed: ClaimedEvent[] = [];
		const first = served ?? BEFORE_ALL;
		for (let [place, isAgain, before] = [first, false, 0]; claimed.length < limit;) {
			const next: string | null = await supplierBehind(tx, now, place, isAgain ? first : null);
			if (next === null) {
				// From the first one to where it began; a round that found nothing is the last.
				if (isAgain && claimed.length === before) break;
				if (isAgain) before = claimed.length;
				[place, isAgain] = isAgain ? [first, false] : [BEFORE_ALL, true];
				continue;
			}
			place = next;
			const own = held.filter(({ supplierId }) => supplierId === next);
			const row =
				own.length < each
					? await dueOf(
							tx,
							now,
							next,
							own.map((one) => one.about)
						)
					: null;
			if (!row) continue;
			await tx
				.update(stripeEvent)
				.set({ tries: row.tries + 1, claimedUntil })
				.where(named(row));
			held.push({ supplierId: next, about: row.about });
			claimed.push({ ...row, tries: row.tries + 1, claimedUntil });
		}
		return claimed;
	});
}
/** The next one after `place` for whom something is due, to `last` at most. */
async function supplierBehind(tx: Tx, now: Date, place: string, last: string | null): Promise<string | null> {
	const [row] = await tx
		.select({ supplierId: stripeEvent.supplierId })
		.from(stripeEvent)
		.where(
			and(isDue(now), gt(stripeEvent.supplierId, place), last === null ? undefined : lte(stripeEvent.supplierId, last))
		)
		.orderBy(asc(stripeEvent.supplierId), asc(stripeEvent.nextTryAt))
		.limit(1);
	return row?.supplierId ?? null;
}
async function dueOf(
	tx: Tx,
	now: Date,
	supplierId: string,
	held: string[]
): Promise<(StripeEventRow & { about: string }) | null> {
	const [row] = await tx
		.select({ event: stripeEvent, about })
		.from(stripeEvent)
		.where(
			and(
				eq(stripeEvent.supplierId, supplierId),
				isDue(now),
				or(sql`${stripeEvent.claimedUntil} is null`, lte(stripeEvent.claimedUntil, now)),
				held.length ? notInArray(about, held) : undefined
			)
		)
		.orderBy(asc(stripeEvent.nextTryAt), asc(stripeEvent.createdAt), asc(stripeEvent.stripeEventId))
		.limit(1)
		.for('no key update', { skipLocked: true });
	return row ? { ...row.event, about: row.about } : null;
}

const named = (row: StripeEventRow) =>
	and(eq(stripeEvent.supplierId, row.supplierId), eq(stripeEvent.stripeEventId, row.stripeEventId));
/** Still in the hands of who claimed it: a lease that ended may be another's, who is working on it. */
const inHand = (row: ClaimedEvent) => and(named(row), eq(stripeEvent.claimedUntil, row.claimedUntil));
/** `false`: its lease had ended, and another has it or has done it. */
export async function finishStripeEvent(db: Database, row: ClaimedEvent): Promise<boolean> {
	const finished = await db.system
		.update(stripeEvent)
		.set({ state: 'done', problem: null, claimedUntil: null })
		.where(inHand(row))
		.returning({ id: stripeEvent.stripeEventId });
	return finished.length > 0;
}
/** To be worked again. Woken since it was claimed (its account answers again), it is due as that says. */
export async function putOffStripeEvent(
	db: Database,
	row: ClaimedEvent,
	put: { state: 'new' | 'failed'; problem?: string; nextTryAt: Date; tries: number }
): Promise<void> {
	const asClaimed = and(inHand(row), eq(stripeEvent.nextTryAt, row.nextTryAt));
	const off = await db.system
		.update(stripeEvent)
		.set({ ...put, problem: put.problem ?? null, claimedUntil: null })
		.where(asClaimed)
		.returning({ id: stripeEvent.stripeEventId });
	if (!off.length) await db.system.update(stripeEvent).set({ claimedUntil: null }).where(inHand(row));
}
/** One is due, or in somebody's hands. */
export const isEventDue = async (db: Database, now: Date): Promise<boolean> =>
	(
		await db.system
			.select({ id: stripeEvent.stripeEventId })
			.from(stripeEvent)
			.where(or(isDue(now), isHeld(now)))
			.limit(1)
	).length > 0;
