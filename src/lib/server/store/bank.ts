// Statements and transactions of the supplier's bank accounts.
import { and, asc, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { alias, type AnyPgColumn } from 'drizzle-orm/pg-core';
import type { Scope } from '../../domain/access/scope.ts';
import type { StandingPayment } from '../../domain/bank/matching.ts';
import { compact, type KnownPayers } from '../../domain/bank/naming.ts';
import { BANK_TRANSACTION_STATES, type BankTransactionState } from '../../domain/bank/transaction-states.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { anyOf } from './insert-many.ts';
import { bankTransaction, bankStatement, client, payment } from './schema/index.ts';
import { requireSet, thatMayBecome } from './set-state.ts';
import { findTold, type NewBankTransaction, type NewStatement } from './told-transactions.ts';

export type BankTransaction = typeof bankTransaction.$inferSelect;
export type { NewBankTransaction };

/**
 * Keeps the transactions that are not known yet, and the statement when it brings any. One that another file has told already is put aside, one that it may
 * have told waits with a word of it. Answers how many were new, and how many were put aside so.
 */
export async function insertStatement(
	tx: Tx,
	scope: Scope,
	row: NewStatement,
	transactions: NewBankTransaction[]
): Promise<{ newCount: number; toldCount: number }> {
	const { supplierId } = scope;
	const known = new Set<string>();
	for (let from = 0; from < transactions.length; from += BATCH) {
		const some = transactions.slice(from, from + BATCH).map((transaction) => transaction.fingerprint);
		const rows = await tx
			.select({ fingerprint: bankTransaction.fingerprint })
			.from(bankTransaction)
			.where(and(eq(bankTransaction.supplierId, supplierId), inArray(bankTransaction.fingerprint, some)));
		for (const { fingerprint } of rows) known.add(fingerprint);
	}
	const fresh = transactions.filter((transaction) => !known.has(transaction.fingerprint));
	if (!fresh.length) return { newCount: 0, toldCount: 0 };
	const told = await findTold(tx, scope, row, { fresh, known });
	await tx.insert(bankStatement).values({ supplierId, ...row });
	let newCount = 0;
	let toldCount = 0;
	for (let from = 0; from < fresh.length; from += BATCH) {
		const values = fresh
			.slice(from, from + BATCH)
			.map((transaction) => ({ supplierId, statementId: row.statementId, ...transaction, ...told.get(transaction) }));
		const inserted = await tx
			.insert(bankTransaction)
			.values(values)
			.onConflictDoNothing({ target: [bankTransaction.supplierId, bankTransaction.fingerprint] })
			.returning({ state: bankTransaction.state, sameAs: bankTransaction.sameAs });
		const aside = inserted.filter(({ state, sameAs }) => state === 'aside' && sameAs !== null).length;
		newCount += inserted.length - aside;
		toldCount += aside;
	}
	return { newCount, toldCount };
}
const BATCH = 500;

/** The transaction that another file has told already, and what became of it. */
export type ToldBefore = {
	fileName: string;
	bookedOn: CivilDate;
	state: BankTransactionState;
	clientName: string | null;
};
export type BankTransactionListing = BankTransaction & {
	account: string;
	fileName: string;
	clientName: string | null;
	toldBefore: ToldBefore | null;
};
/** What waits is shown oldest first, what is settled latest first; ids in their order beside. */
function behind(scope: Scope, state: BankTransactionState, after: string): SQL {
	const last = (column: 'booked_on' | 'settled_at') =>
		sql`(select a.${sql.raw(column)} from bank_entry a where a.supplier_id = ${scope.supplierId} and a.bank_entry_id = ${after})`;
	return state === 'waiting'
		? sql`(${bankTransaction.bookedOn}, ${bankTransaction.bankTransactionId}) > (${last('booked_on')}, ${after}::uuid)`
		: // The first half is where the index begins to be read.
			sql`${bankTransaction.settledAt} <= ${last('settled_at')} and (${bankTransaction.settledAt} < ${last('settled_at')} or ${bankTransaction.bankTransactionId} > ${after})`;
}
export async function listBankTransactions(
	tx: Tx,
	scope: Scope,
	filter: { state: BankTransactionState; after?: string | null; limit: number }
): Promise<BankTransactionListing[]> {
	const rows = await tx
		.select({
			transaction: bankTransaction,
			account: bankStatement.account,
			fileName: bankStatement.fileName,
			clientName: client.name,
			before: {
				fileName: earlierStatement.fileName,
				bookedOn: earlier.bookedOn,
				state: earlier.state,
				clientName: earlierClient.name
			}
		})
		.from(bankTransaction)
		.innerJoin(
			bankStatement,
			and(
				eq(bankStatement.supplierId, bankTransaction.supplierId),
				eq(bankStatement.statementId, bankTransaction.statementId)
			)
		)
		.leftJoin(
			earlier,
			and(eq(earlier.supplierId, bankTransaction.supplierId), eq(earlier.bankTransactionId, bankTransaction.sameAs))
		)
		.leftJoin(
			earlierStatement,
			and(eq(earlierStatement.supplierId, earlier.supplierId), eq(earlierStatement.statementId, earlier.statementId))
		)
		.leftJoin(
			earlierClient,
			and(eq(earlierClient.supplierId, earlier.supplierId), eq(earlierClient.clientId, earlier.clientId))
		)
		.leftJoin(
			client,
			and(eq(client.supplierId, bankTransaction.supplierId), eq(client.clientId, bankTransaction.clientId))
		)
		.where(
			and(
				eq(bankTransaction.supplierId, scope.supplierId),
				eq(bankTransaction.state, filter.state),
				...(filter.after ? [behind(scope, filter.state, filter.after)] : [])
			)
		)
		.orderBy(
			filter.state === 'waiting' ? asc(bankTransaction.bookedOn) : desc(bankTransaction.settledAt),
			asc(bankTransaction.bankTransactionId)
		)
		.limit(filter.limit);
	return rows.map(({ transaction, before, ...rest }) => {
		const { fileName, bookedOn, state, clientName } = before;
		const toldBefore = fileName && bookedOn && state ? { fileName, bookedOn, state, clientName } : null;
		return { ...transaction, ...rest, toldBefore };
	});
}
const earlier = alias(bankTransaction, 'earlier');
const earlierStatement = alias(bankStatement, 'earlier_statement');
const earlierClient = alias(client, 'earlier_client');
export const findBankTransactions = (tx: Tx, scope: Scope, bankTransactionIds: string[]): Promise<BankTransaction[]> =>
	tx
		.select()
		.from(bankTransaction)
		.where(
			and(
				eq(bankTransaction.supplierId, scope.supplierId),
				inArray(bankTransaction.bankTransactionId, bankTransactionIds)
			)
		);
export async function countWaitingTransactions(tx: Tx, scope: Scope): Promise<number> {
	const [row] = await tx
		.select({ count: sql<string>`count(*)` })
		.from(bankTransaction)
		.where(and(eq(bankTransaction.supplierId, scope.supplierId), eq(bankTransaction.state, 'waiting')));
	return Number(required(row, 'count').count);
}
export async function lockBankTransaction(
	tx: Tx,
	scope: Scope,
	bankTransactionId: string
): Promise<BankTransaction | null> {
	const [row] = await tx
		.select()
		.from(bankTransaction)
		.where(
			and(eq(bankTransaction.supplierId, scope.supplierId), eq(bankTransaction.bankTransactionId, bankTransactionId))
		)
		.for('no key update');
	return row ?? null;
}
/** @throws when it can’t become that */
export async function saveBankTransaction(
	tx: Tx,
	scope: Scope,
	bankTransactionId: string,
	change: Pick<BankTransaction, 'state' | 'settledBy' | 'settledAt'> &
		Partial<Pick<BankTransaction, 'round' | 'clientId'>>
): Promise<void> {
	const saved = await tx
		.update(bankTransaction)
		.set(change)
		.where(
			and(
				eq(bankTransaction.supplierId, scope.supplierId),
				eq(bankTransaction.bankTransactionId, bankTransactionId),
				thatMayBecome(bankTransaction.state, BANK_TRANSACTION_STATES, change.state)
			)
		)
		.returning({ state: bankTransaction.state });
	requireSet(saved, `bank transaction ${bankTransactionId}`, change.state);
}

/**
 * For which client a transfer from each of these accounts was accepted, however many came from it: the first client and the last are looked up. An account that
 * paid for several says nothing.
 */
export async function listKnownPayers(tx: Tx, scope: Scope, accounts: string[]): Promise<KnownPayers> {
	if (!accounts.length) return new Map();
	const end = (order: 'asc' | 'desc') =>
		sql`(select b.client_id from bank_entry b where b.supplier_id = ${scope.supplierId} and b.state = 'booked' and b.client_id is not null and b.counterparty_iban = told.iban order by b.client_id ${sql.raw(order)} limit 1)`;
	const rows = await tx.execute<{ iban: string; first: string | null; last: string | null }>(sql`
		select told.iban, ${end('asc')} as first, ${end('desc')} as last from unnest(${`{${accountsAsTold(accounts).join(',')}}`}::text[]) as told(iban)`);
	const clients = Map.groupBy(
		rows.filter(({ first }) => first !== null),
		({ iban }) => compact(iban)
	);
	return new Map(
		[...clients].flatMap(([account, theirs]): [string, string][] => {
			const [one, ...others] = new Set(theirs.flatMap(({ first, last }) => [first, last]));
			return one && !others.length ? [[account, one]] : [];
		})
	);
}
/** Files write an account in small letters too: it was saved as they did. */
const accountsAsTold = (accounts: string[]): string[] => [
	...new Set(accounts.map(compact).flatMap((account) => [account, account.toLowerCase()]))
];

/** What returns say of the transfers they take back: an id of theirs, an invoice they paid, or an account with the very amount. Written plainly. */
export type ReturnSigns = { ids: string[]; invoiceIds: string[]; amounts: { iban: string; amountMinor: Minor }[] };
/** Transfers of which something still stands, and that a return may mean: looked for among all there are, however old. */
const plainly = (column: AnyPgColumn): SQL =>
	sql`upper(regexp_replace(normalize(${column}, NFD), '[^0-9A-Za-z]', '', 'g'))`;
export async function listStandingTransfers(
	tx: Tx,
	scope: Scope,
	{ ids, invoiceIds, amounts }: ReturnSigns
): Promise<StandingPayment[]> {
	if (!ids.length && !invoiceIds.length && !amounts.length) return [];
	const reversed = sql<string>`(select coalesce(sum(case when r.kind = 'return_undone' then -r.amount_minor else r.amount_minor end), 0) from reversal r where r.supplier_id = payment.supplier_id and r.payment_id = payment.payment_id)`;
	const numbers = sql<
		string[]
	>`array(select i.number from allocation a join invoice i on i.supplier_id = a.supplier_id and i.invoice_id = a.invoice_id where a.supplier_id = payment.supplier_id and a.payment_id = payment.payment_id)`;
	const rows = await tx
		.select({
			paymentId: payment.paymentId,
			clientId: payment.clientId,
			clientName: client.name,
			amountMinor: payment.amountMinor,
			reversed,
			numbers,
			endToEndId: bankTransaction.endToEndId,
			counterpartyIban: bankTransaction.counterpartyIban
		})
		.from(payment)
		.innerJoin(
			bankTransaction,
			and(
				eq(bankTransaction.supplierId, payment.supplierId),
				eq(bankTransaction.bankTransactionId, payment.bankTransactionId)
			)
		)
		.innerJoin(client, and(eq(client.supplierId, payment.supplierId), eq(client.clientId, payment.clientId)))
		.where(
			and(
				eq(payment.supplierId, scope.supplierId),
				sql`${payment.amountMinor} > ${reversed}`,
				sql`(${plainly(bankTransaction.endToEndId)} = ${anyOf(ids)}
					or exists (select from allocation a where a.supplier_id = payment.supplier_id and a.payment_id = payment.payment_id and a.invoice_id::text = ${anyOf(invoiceIds)})
					or ${plainly(bankTransaction.counterpartyIban)} || ' ' || (${payment.amountMinor} - ${reversed})::text = ${anyOf(amounts.map(({ iban, amountMinor }) => `${iban} ${amountMinor}`))})`
			)
		)
		.orderBy(desc(payment.paidAt), desc(payment.paymentId));
	return rows.map(({ amountMinor, reversed: back, ...row }) => ({
		...row,
		standingMinor: minor(amountMinor - BigInt(back))
	}));
}
