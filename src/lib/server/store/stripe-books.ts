// The books beside Stripe's: whose a movement is, what 511 holds, days compared, and objects that could not be settled.
import { and, asc, desc, eq, inArray, isNotNull, lte, ne, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { payment, paymentAttempt, reconciliation, unsettledObject } from './schema/index.ts';
import { accountKey } from './stripe-accounts.ts';

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
				inArray(paymentAttempt.status, ['open', 'awaiting_auth', 'processing', 'unknown'])
			)
		);
	return {
		booked: new Set(booked.flatMap((row) => row.id ?? [])),
		underWay: new Set(live.flatMap((row) => row.id ?? []))
	};
}

/** Account 511 in euros: what the books say is held at Stripe. */
export async function sumInTransit(tx: Tx, scope: Scope): Promise<Minor> {
	const [row] = await tx.execute<{ sum: string }>(sql`
		select coalesce(sum(l.debit_minor - l.credit_minor), 0)::text as sum
		from journal_line l join journal_entry e on e.supplier_id = l.supplier_id and e.entry_id = l.entry_id
		where l.supplier_id = ${scope.supplierId} and l.account = '511' and e.currency = 'EUR'`);
	return minor(BigInt(required(row, 'sum').sum));
}

/** Of 511, payments of the last while whose money Stripe has not put on the balance yet (it does so a moment after a card is charged). */
export async function sumNotThereYet(tx: Tx, scope: Scope, since: Date, seen: string[]): Promise<Minor> {
	const [row] = await tx.execute<{ sum: string }>(sql`
		select coalesce(sum(l.debit_minor - l.credit_minor), 0)::text as sum
		from payment p join journal_entry e on e.supplier_id = p.supplier_id and e.source_id = p.stripe_payment_intent_id and e.kind = 'payment'
			join journal_line l on l.supplier_id = e.supplier_id and l.entry_id = e.entry_id and l.account = '511'
		where p.supplier_id = ${scope.supplierId} and p.created_at >= ${since.toISOString()}::timestamptz
			and not (p.stripe_payment_intent_id = any(string_to_array(${seen.join(' ')}, ' ')))`);
	return minor(BigInt(required(row, 'sum').sum));
}

export type Reconciliation = typeof reconciliation.$inferSelect;
export type ComparedDay = Pick<
	Reconciliation,
	'reconciledOn' | 'stripeMinor' | 'ledgerMinor' | 'foreignMinor' | 'underWayMinor'
>;
export async function saveDay(
	tx: Tx,
	scope: Scope,
	account: string | null,
	day: ComparedDay,
	now: Date
): Promise<void> {
	await tx
		.insert(reconciliation)
		.values({ supplierId: scope.supplierId, stripeAccount: accountKey(account), ...day, checkedAt: now })
		.onConflictDoUpdate({
			target: [reconciliation.supplierId, reconciliation.stripeAccount, reconciliation.reconciledOn],
			set: { ...day, checkedAt: now }
		});
}
/** The balance as it was compared last, on the row of that day. */
export const saveBalance = async (
	tx: Tx,
	scope: Scope,
	account: string | null,
	{ day, balanceMinor, booksMinor }: { day: CivilDate; balanceMinor: Minor; booksMinor: Minor }
): Promise<void> =>
	void (await tx
		.update(reconciliation)
		.set({ balanceMinor, booksMinor })
		.where(
			and(
				eq(reconciliation.supplierId, scope.supplierId),
				eq(reconciliation.stripeAccount, accountKey(account)),
				eq(reconciliation.reconciledOn, day)
			)
		));
/** Days that differ as they were compared last: one that was mended is none. */
export const listGaps = (tx: Tx, scope: Scope, limit = 14): Promise<Reconciliation[]> =>
	tx
		.select()
		.from(reconciliation)
		.where(
			and(eq(reconciliation.supplierId, scope.supplierId), ne(reconciliation.stripeMinor, reconciliation.ledgerMinor))
		)
		.orderBy(desc(reconciliation.reconciledOn), asc(reconciliation.stripeAccount))
		.limit(limit);
export async function findBalanceGap(tx: Tx, scope: Scope): Promise<{ stripeMinor: Minor; booksMinor: Minor } | null> {
	const [row] = await tx
		.select()
		.from(reconciliation)
		.where(and(eq(reconciliation.supplierId, scope.supplierId), isNotNull(reconciliation.balanceMinor)))
		.orderBy(desc(reconciliation.reconciledOn))
		.limit(1);
	if (!row || row.balanceMinor === null || row.booksMinor === null) return null;
	return row.balanceMinor === row.booksMinor ? null : { stripeMinor: row.balanceMinor, booksMinor: row.booksMinor };
}
export async function sumForeign(tx: Tx, scope: Scope): Promise<Minor> {
	const [row] = await tx
		.select({ sum: sql<string>`coalesce(sum(${reconciliation.foreignMinor}), 0)` })
		.from(reconciliation)
		.where(eq(reconciliation.supplierId, scope.supplierId));
	return minor(BigInt(required(row, 'sum').sum));
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
		.orderBy(asc(reconciliation.reconciledOn))
		.limit(100);
	return { last: last?.day ?? null, again: again.map((row) => row.day) };
}
/** What is on the accounts and is not in the books, of all days compared. */
export async function sumApart(tx: Tx, scope: Scope): Promise<Minor> {
	const [row] = await tx
		.select({ sum: sql<string>`coalesce(sum(${reconciliation.foreignMinor} + ${reconciliation.underWayMinor}), 0)` })
		.from(reconciliation)
		.where(eq(reconciliation.supplierId, scope.supplierId));
	return minor(BigInt(required(row, 'sum').sum));
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
export const listUnsettledObjects = (tx: Tx, scope: Scope, until: Date, limit = 200): Promise<UnsettledObject[]> =>
	tx
		.select()
		.from(unsettledObject)
		.where(and(eq(unsettledObject.supplierId, scope.supplierId), lte(unsettledObject.firstAt, until)))
		.orderBy(asc(unsettledObject.lastAt), asc(unsettledObject.objectId))
		.limit(limit);

export type StripeBooks = {
	/** The balances at Stripe beside 511, as they were compared last; null while they agree. */
	balanceGap: { stripeMinor: Minor; booksMinor: Minor } | null;
	/** On the accounts and not ours: another program's money, payouts, Stripe's own. */
	foreignMinor: Minor;
	/** Objects at Stripe that could not be settled, since when. */
	unsettled: { objectId: string; since: Date }[];
};
export async function readStripeBooks(tx: Tx, scope: Scope, now: Date): Promise<StripeBooks> {
	const unsettled = await listUnsettledObjects(tx, scope, now, 20);
	return {
		balanceGap: await findBalanceGap(tx, scope),
		foreignMinor: await sumForeign(tx, scope),
		unsettled: unsettled.map((one) => ({ objectId: one.objectId, since: one.firstAt }))
	};
}
