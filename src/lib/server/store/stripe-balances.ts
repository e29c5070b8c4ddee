// The balance of each account at Stripe beside account 511, as compared last: what lay there before, and what is on it without being in the books.
import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import type { Tx } from './database.ts';
import { reconciliation, stripeAccount } from './schema/index.ts';
import { isWatched, type StripeAccount } from './stripe-accounts.ts';

const ofAccount = (scope: Scope, account: string) =>
	and(eq(stripeAccount.supplierId, scope.supplierId), eq(stripeAccount.account, account));
export async function findStripeAccount(tx: Tx, scope: Scope, account: string): Promise<StripeAccount | null> {
	const [row] = await tx.select().from(stripeAccount).where(ofAccount(scope, account));
	return row ?? null;
}

/** Until the transaction ends, nobody else compares it. */
export async function lockStripeAccount(tx: Tx, scope: Scope, account: string): Promise<StripeAccount | null> {
	const [row] = await tx.select().from(stripeAccount).where(ofAccount(scope, account)).for('no key update');
	return row ?? null;
}

/** When the account came here, or was first asked for money, whichever was earlier: an operator may have set it by hand afterwards. */
export async function beginningOf(tx: Tx, scope: Scope, account: string): Promise<Date> {
	const [row] = await tx.execute<{ at: string }>(sql`
		select least(s.since_at, (select min(a.created_at) from payment_attempt a
			where a.supplier_id = s.supplier_id and coalesce(a.stripe_account, '') = s.account and a.stripe_payment_intent_id is not null))::text as at
		from stripe_account s where s.supplier_id = ${scope.supplierId} and s.account = ${account}`);
	if (!row) throw new Error(`no account ${account} of this supplier`);
	return new Date(row.at);
}

/** Account 511 in euros, of one account: what the books say is held there. What says none was written by an older version, for the account of today. */
export async function sumInTransit(tx: Tx, scope: Scope, { account, untilAt }: StripeAccount): Promise<Minor> {
	const [row] = await tx.execute<{ sum: string }>(sql`
		select coalesce(sum(l.debit_minor - l.credit_minor), 0)::text as sum
		from journal_line l join journal_entry e on e.supplier_id = l.supplier_id and e.entry_id = l.entry_id
		where l.supplier_id = ${scope.supplierId} and l.account = '511' and e.currency = 'EUR'
			and coalesce(e.stripe_account, case when ${untilAt === null} then ${account} end) = ${account}`);
	return minor(BigInt(row?.sum ?? '0'));
}

/** Of 511, payments of the last while whose money Stripe has not put on the balance yet (it does so a moment after a card is charged). */
export async function sumNotThereYet(
	tx: Tx,
	scope: Scope,
	{ account, since, seen }: { account: string; since: Date; seen: string[] }
): Promise<Minor> {
	const [row] = await tx.execute<{ sum: string }>(sql`
		select coalesce(sum(l.debit_minor - l.credit_minor), 0)::text as sum
		from payment p join journal_entry e on e.supplier_id = p.supplier_id and e.kind = 'payment'
				and e.source_id = p.stripe_payment_intent_id || case p.intent_round when 1 then '' else ':' || p.intent_round end
			join journal_line l on l.supplier_id = e.supplier_id and l.entry_id = e.entry_id and l.account = '511'
		where p.supplier_id = ${scope.supplierId} and coalesce(p.stripe_account, '') = ${account} and p.created_at >= ${since.toISOString()}::timestamptz
			and not exists (select from reversal r where r.supplier_id = p.supplier_id and r.payment_id = p.payment_id and r.kind = 'payment_unsaid')
			and not (p.stripe_payment_intent_id = any(string_to_array(${seen.join(' ')}, ' ')))`);
	return minor(BigInt(row?.sum ?? '0'));
}

/** What moved on the account outside of the books, and what is ours and not certain yet; before a day, or of all days compared. */
export async function sumApart(
	tx: Tx,
	scope: Scope,
	account: string,
	before: CivilDate | null = null
): Promise<{ foreignMinor: Minor; underWayMinor: Minor }> {
	const [row] = await tx
		.select({
			foreign: sql<string>`coalesce(sum(${reconciliation.foreignMinor}), 0)`,
			underWay: sql<string>`coalesce(sum(${reconciliation.underWayMinor}), 0)`
		})
		.from(reconciliation)
		.where(
			and(
				eq(reconciliation.supplierId, scope.supplierId),
				eq(reconciliation.stripeAccount, account),
				...(before ? [sql`${reconciliation.reconciledOn} < ${before}`] : [])
			)
		);
	return { foreignMinor: minor(BigInt(row?.foreign ?? '0')), underWayMinor: minor(BigInt(row?.underWay ?? '0')) };
}

/** What lay on the account before it came here: said once, by the first comparison. */
export const saveOpening = async (
	tx: Tx,
	scope: Scope,
	account: string,
	opening: { openedOn: CivilDate; openingMinor: Minor }
): Promise<void> =>
	void (await tx
		.update(stripeAccount)
		.set(opening)
		.where(and(ofAccount(scope, account), sql`${stripeAccount.openedOn} is null`)));
export const saveBalance = async (
	tx: Tx,
	scope: Scope,
	account: string,
	compared: { outsideMinor: Minor; balanceMinor: Minor; booksMinor: Minor; comparedAt: Date }
): Promise<void> => void (await tx.update(stripeAccount).set(compared).where(ofAccount(scope, account)));

export type ComparedBalance = {
	account: string;
	isFormer: boolean;
	/** Held by Stripe of what is in the books, and what the books say is held. */
	balanceMinor: Minor;
	booksMinor: Minor;
	/** On the account as well, and outside of the books. */
	outsideMinor: Minor;
	comparedAt: Date;
};
/** Of the accounts that money may still move on. */
export async function listBalances(tx: Tx, scope: Scope, now: Date): Promise<ComparedBalance[]> {
	const rows = await tx
		.select()
		.from(stripeAccount)
		.where(and(eq(stripeAccount.supplierId, scope.supplierId), isNotNull(stripeAccount.comparedAt)))
		.orderBy(sql`${stripeAccount.untilAt} desc nulls first`, asc(stripeAccount.account))
		.limit(50);
	return rows.flatMap((row) => {
		const { account, balanceMinor, booksMinor, outsideMinor, comparedAt } = row;
		if (!isWatched(row, now) || balanceMinor === null || booksMinor === null || comparedAt === null) return [];
		const isFormer = row.untilAt !== null;
		return [{ account, isFormer, balanceMinor, booksMinor, outsideMinor: outsideMinor ?? minor(0n), comparedAt }];
	});
}
