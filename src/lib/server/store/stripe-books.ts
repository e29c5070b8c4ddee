// The books beside Stripe's: whose a movement is, days compared, and objects that could not be settled.
import { and, asc, desc, eq, inArray, lte, ne, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { minor } from '../../domain/money/minor.ts';
import { UNDER_WAY_STATUSES } from '../../domain/payments/attempt-status.ts';
import type { Tx } from './database.ts';
import { withRest, type Latest } from './latest.ts';
import { payment, paymentAttempt, reconciliation, unsettledObject } from './schema/index.ts';
import { accountKey, listStripeAccounts } from './stripe-accounts.ts';
import { listBalances, type ComparedBalance } from './stripe-balances.ts';

/** Of these intents, those that are in the books, and those of ours that are not certain yet. */
export async function findOurs(
	tx: Tx,
	scope: Scope,
	intentIds: string[]
): Promise<{ booked: Set<string>; underWay: Set<string> }> {
	if (!intentIds.length) return { booked: new Set(), underWay: new Set() };
	const booked = await tx
		.select({ id: payment.stripePaymentIntentId })
		.from(payment)
		.where(and(eq(payment.supplierId, scope.supplierId), inArray(payment.stripePaymentIntentId, intentIds)));
	const live = await tx
		.select({ id: paymentAttempt.stripePaymentIntentId })
		.from(paymentAttempt)
		.where(
			and(
				eq(paymentAttempt.supplierId, scope.supplierId),
				inArray(paymentAttempt.stripePaymentIntentId, intentIds),
				inArray(paymentAttempt.status, [...UNDER_WAY_STATUSES])
			)
		);
	return {
		booked: new Set(booked.flatMap((row) => row.id ?? [])),
		underWay: new Set(live.flatMap((row) => row.id ?? []))
	};
}

export type Reconciliation = typeof reconciliation.$inferSelect;
export type ComparedDay = Pick<
	Reconciliation,
	'reconciledOn' | 'stripeMinor' | 'ledgerMinor' | 'foreignMinor' | 'underWayMinor'
>;
/** `readAt`: when Stripe was asked. What was read later is not written over. */
export async function saveDay(
	tx: Tx,
	scope: Scope,
	account: string | null,
	day: ComparedDay,
	readAt: Date
): Promise<void> {
	await tx
		.insert(reconciliation)
		.values({ supplierId: scope.supplierId, stripeAccount: accountKey(account), ...day, checkedAt: readAt })
		.onConflictDoUpdate({
			target: [reconciliation.supplierId, reconciliation.stripeAccount, reconciliation.reconciledOn],
			set: { ...day, checkedAt: readAt },
			setWhere: lte(reconciliation.checkedAt, readAt)
		});
}
/** Days that differ as they were compared last: one that was mended is none. */
export async function listGaps(tx: Tx, scope: Scope, now: Date, limit = 14): Promise<Latest<Reconciliation>> {
	const watched = (await listStripeAccounts(tx, scope, now)).map((one) => one.account);
	const differs = and(
		eq(reconciliation.supplierId, scope.supplierId),
		inArray(reconciliation.stripeAccount, watched),
		ne(reconciliation.stripeMinor, reconciliation.ledgerMinor)
	);
	const rows = await tx
		.select()
		.from(reconciliation)
		.where(differs)
		.orderBy(desc(reconciliation.reconciledOn), asc(reconciliation.stripeAccount))
		.limit(limit);
	return withRest(rows, limit, () => tx.$count(reconciliation, differs));
}
/** The last day compared, and days that are to be looked at again: a gap, or money that was not certain. */
export async function listToCompare(
	tx: Tx,
	scope: Scope,
	account: string | null
): Promise<{ last: CivilDate | null; again: CivilDate[] }> {
	const ofAccount = and(
		eq(reconciliation.supplierId, scope.supplierId),
		eq(reconciliation.stripeAccount, accountKey(account))
	);
	const [last] = await tx
		.select({ day: reconciliation.reconciledOn })
		.from(reconciliation)
		.where(ofAccount)
		.orderBy(desc(reconciliation.reconciledOn))
		.limit(1);
	const again = await tx
		.select({ day: reconciliation.reconciledOn })
		.from(reconciliation)
		.where(
			and(
				ofAccount,
				or(ne(reconciliation.stripeMinor, reconciliation.ledgerMinor), ne(reconciliation.underWayMinor, minor(0n)))
			)
		)
		.orderBy(asc(reconciliation.checkedAt), asc(reconciliation.reconciledOn))
		.limit(100);
	return { last: last?.day ?? null, again: again.map((row) => row.day) };
}
export type UnsettledObject = typeof unsettledObject.$inferSelect;
export async function noteUnsettled(
	tx: Tx,
	scope: Scope,
	{ account, objectId, problem }: { account: string | null; objectId: string; problem: string },
	now: Date
): Promise<void> {
	const values = { problem: problem.slice(0, 300), lastAt: now };
	await tx
		.insert(unsettledObject)
		.values({
			supplierId: scope.supplierId,
			stripeAccount: accountKey(account),
			objectId,
			tries: 1,
			firstAt: now,
			...values
		})
		.onConflictDoUpdate({
			target: [unsettledObject.supplierId, unsettledObject.stripeAccount, unsettledObject.objectId],
			set: { ...values, tries: sql`${unsettledObject.tries} + 1` }
		});
}
export const forgetUnsettled = async (
	tx: Tx,
	scope: Scope,
	{ account, objectId }: { account: string | null; objectId: string }
): Promise<void> =>
	void (await tx
		.delete(unsettledObject)
		.where(
			and(
				eq(unsettledObject.supplierId, scope.supplierId),
				eq(unsettledObject.stripeAccount, accountKey(account)),
				eq(unsettledObject.objectId, objectId)
			)
		));
export const listUnsettledObjects = (
	tx: Tx,
	scope: Scope,
	until: Date,
	{ of, limit = 200 }: { of?: string | null; limit?: number } = {}
): Promise<UnsettledObject[]> =>
	tx
		.select()
		.from(unsettledObject)
		.where(
			and(
				eq(unsettledObject.supplierId, scope.supplierId),
				lte(unsettledObject.firstAt, until),
				of === undefined ? undefined : eq(unsettledObject.stripeAccount, accountKey(of))
			)
		)
		.orderBy(asc(unsettledObject.lastAt), asc(unsettledObject.objectId))
		.limit(limit);

export type StripeBooks = {
	/** The balance of each account beside 511, as it was compared last. */
	balances: ComparedBalance[];
	/** Objects at Stripe that could not be settled, since when. */
	unsettled: Latest<{ objectId: string; since: Date }>;
};
const UNSETTLED_SHOWN = 20;
export async function readStripeBooks(tx: Tx, scope: Scope, now: Date): Promise<StripeBooks> {
	const unsettled = await listUnsettledObjects(tx, scope, now, { limit: UNSETTLED_SHOWN });
	return {
		balances: await listBalances(tx, scope, now),
		unsettled: await withRest(
			unsettled.map((one) => ({ objectId: one.objectId, since: one.firstAt })),
			UNSETTLED_SHOWN,
			() => tx.$count(unsettledObject, eq(unsettledObject.supplierId, scope.supplierId))
		)
	};
}
