// The accounts at Stripe that a supplier has and had, and which of them can't be asked at the moment.
import { and, asc, desc, eq, gte, isNotNull, isNull, lte, ne, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Silence } from '../../domain/payments/silence.ts';
import type { Database, Tx } from './database.ts';
import { stripeAccount, stripeEvent } from './schema/index.ts';

export type StripeAccount = typeof stripeAccount.$inferSelect;
/** As a key of a row: '' is the platform's own account, which everywhere else is null. */
export const accountKey = (account: string | null): string => account ?? '';
export const accountOf = ({ account }: Pick<StripeAccount, 'account'>): string | null => account || null;

/** A debit may come back for thirteen months (unauthorised, SEPA rulebook): an account is asked for a little longer than that after its last move, or after it was left. */
export const WATCHED_DAYS = 400;
const DAY_MS = 86_400_000;
const WATCHED_MS = WATCHED_DAYS * DAY_MS;
export const isWatched = ({ untilAt, isMovedAway }: StripeAccount, now: Date): boolean =>
	!isMovedAway && (untilAt === null || now.getTime() - untilAt.getTime() < WATCHED_MS);

/** Today's first, then those on which money may still come or go. */
export async function listStripeAccounts(tx: Tx, scope: Scope, now: Date): Promise<StripeAccount[]> {
	const rows = await tx
		.select()
		.from(stripeAccount)
		.where(eq(stripeAccount.supplierId, scope.supplierId))
		.orderBy(sql`${stripeAccount.untilAt} desc nulls first`, asc(stripeAccount.account))
		.limit(50);
	return rows.filter((row) => isWatched(row, now));
}

export type AccountDue = { supplierId: string; account: string | null };
/**
 * Accounts that answer, of suppliers on whose account something of ours moved in the last `days` (Stripe takes its fees on the others too); or on which
 * something is not settled; `orHeld`: or that money of ours lies on, or that differ.
 * Found by index, of all suppliers: of those that nothing can move on any more there may be any number.
 */
export async function listAccountsDue(
	db: Database,
	now: Date,
	{ days, orHeld = false }: { days: number; orHeld?: boolean }
): Promise<AccountDue[]> {
	const since = (count: number) => sql`${new Date(now.getTime() - count * DAY_MS).toISOString()}::timestamptz`;
	const held = sql`union select supplier_id, account from stripe_account where books_minor <> 0 or balance_minor <> books_minor`;
	const rows = await db.system.execute<{ supplier_id: string; account: string }>(sql`
		select a.supplier_id, a.account from (
			select one.supplier_id, one.account from stripe_account moved join stripe_account one using (supplier_id)
				where moved.moved_at >= ${since(days)}
			union select supplier_id, stripe_account from unsettled_object
			${orHeld ? held : sql``}) due
		join stripe_account a using (supplier_id, account)
		where a.confirmed_at is null and not a.is_moved_away and (a.until_at is null or a.until_at > ${since(WATCHED_DAYS)})
		order by a.supplier_id, a.account`);
	return rows.map((row) => ({ supplierId: row.supplier_id, account: accountOf(row) }));
}

/** The supplier whose account it is, or was. null for an account that is not ours; the platform's own must be of one supplier alone. */
export async function findSupplierOfAccount(db: Database, account: string | null): Promise<string | null> {
	const rows = await db.system
		.select({ supplierId: stripeAccount.supplierId })
		.from(stripeAccount)
		.where(and(eq(stripeAccount.account, accountKey(account)), eq(stripeAccount.isMovedAway, false)))
		.limit(2);
	const [only, ...others] = rows;
	return only && !others.length ? only.supplierId : null;
}

/** A question found no answer: nothing is taken of the account until it has been asked again. What is known to be silent stays as it is known. */
export async function noteSilence(
	db: Database,
	account: string | null,
	{ silence, askAgainAt, now }: { silence: Silence; askAgainAt: Date; now: Date }
): Promise<void> {
	await db.system
		.update(stripeAccount)
		.set({
			silence: sql`coalesce(case when ${stripeAccount.silence} = 'unreachable' then null else ${stripeAccount.silence} end, ${silence})`,
			silentSince: sql`coalesce(${stripeAccount.silentSince}, ${now.toISOString()}::timestamptz)`,
			askAgainAt: sql`coalesce(${stripeAccount.askAgainAt}, ${askAgainAt.toISOString()}::timestamptz)`
		})
		.where(eq(stripeAccount.account, accountKey(account)));
}
/**
 * Silent twice, or since an instant: not one lost answer of before, which asking again may mend. Without `since`, only what is known for certain: nobody is
 * let begin what can't be done.
 */
export const isSilent = async (db: Database, account: string | null, since: Date | null = null): Promise<boolean> =>
	(
		await db.system
			.select({ account: stripeAccount.account })
			.from(stripeAccount)
			.where(
				and(
					eq(stripeAccount.account, accountKey(account)),
					since
						? or(isNotNull(stripeAccount.confirmedAt), gte(stripeAccount.silentSince, since))
						: isNotNull(stripeAccount.confirmedAt)
				)
			)
			.limit(1)
	).length > 0;
/**
 * A former account that refuses the platform, asked twice: it was disconnected, and nobody mends that. Of today's, of a key and of Stripe itself somebody
 * does: what they don't answer stays no answer.
 */
export const isDisconnected = async (db: Database, scope: Scope, account: string | null): Promise<boolean> =>
	account !== null &&
	(
		await db.system
			.select({ account: stripeAccount.account })
			.from(stripeAccount)
			.where(
				and(
					thisOne(scope, account),
					isNotNull(stripeAccount.untilAt),
					isNotNull(stripeAccount.confirmedAt),
					eq(stripeAccount.silence, 'account_refused')
				)
			)
	).length > 0;
/** The same of all of a supplier's, for its screens and its people. */
export async function listDisconnected(tx: Tx, scope: Scope): Promise<Set<string>> {
	const rows = await tx
		.select({ account: stripeAccount.account })
		.from(stripeAccount)
		.where(
			and(
				eq(stripeAccount.supplierId, scope.supplierId),
				ne(stripeAccount.account, ''),
				isNotNull(stripeAccount.untilAt),
				isNotNull(stripeAccount.confirmedAt),
				eq(stripeAccount.silence, 'account_refused')
			)
		);
	return new Set(rows.map((row) => row.account));
}
/** Today's account has just not answered, or does not: nothing more is taken. */
export const isTodaysSilent = async (tx: Tx, scope: Scope): Promise<boolean> =>
	(
		await tx
			.select({ account: stripeAccount.account })
			.from(stripeAccount)
			.where(
				and(
					eq(stripeAccount.supplierId, scope.supplierId),
					isNull(stripeAccount.untilAt),
					isNotNull(stripeAccount.silence)
				)
			)
	).length > 0;
/** Silent ones whose turn to be asked again has come. */
export const listToAskAgain = (db: Database, now: Date): Promise<StripeAccount[]> =>
	db.system
		.select()
		.from(stripeAccount)
		.where(and(isNotNull(stripeAccount.silence), lte(stripeAccount.askAgainAt, now)))
		.orderBy(asc(stripeAccount.askAgainAt))
		.limit(1000);
/** Asked again in vain. */
export const confirmSilence = async (
	tx: Tx,
	scope: Scope,
	account: string,
	change: Pick<StripeAccount, 'silence' | 'askAgainAt' | 'confirmedAt'> & { toldAt?: Date }
): Promise<void> => void (await tx.update(stripeAccount).set(change).where(thisOne(scope, account)));
/** It answers. `false` when somebody noted that before. */
export async function endSilence(tx: Tx, scope: Scope, account: string): Promise<boolean> {
	const ended = await tx
		.update(stripeAccount)
		.set({ silence: null, silentSince: null, askAgainAt: null, confirmedAt: null })
		.where(and(thisOne(scope, account), isNotNull(stripeAccount.silence)))
		.returning({ account: stripeAccount.account });
	return ended.length > 0;
}
const thisOne = (scope: Scope, account: string) =>
	and(eq(stripeAccount.supplierId, scope.supplierId), eq(stripeAccount.account, account));

/** Those that have been silent twice, as the owners are shown. */
export const listConfirmedSilences = (tx: Tx, scope: Scope): Promise<StripeAccount[]> =>
	tx
		.select()
		.from(stripeAccount)
		.where(and(eq(stripeAccount.supplierId, scope.supplierId), isNotNull(stripeAccount.confirmedAt)))
		.orderBy(desc(stripeAccount.silentSince), asc(stripeAccount.account))
		.limit(20);

/** What Stripe told of an account while it could not be asked is worked now, what had failed too. */
export const wakeStripeEvents = async (
	db: Database,
	{ supplierId, account }: StripeAccount,
	now: Date
): Promise<void> =>
	void (await db.system
		.update(stripeEvent)
		.set({ state: 'new', tries: 0, nextTryAt: now })
		.where(
			and(
				eq(stripeEvent.supplierId, supplierId),
				sql`coalesce(${stripeEvent.stripeAccount}, '') = ${account}`,
				sql`${stripeEvent.state} <> 'done'`
			)
		));
