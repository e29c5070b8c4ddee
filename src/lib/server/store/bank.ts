// Statements and movements of the supplier's bank accounts.
import { and, asc, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { StandingPayment } from '../../domain/bank/matching.ts';
import type { KnownPayers } from '../../domain/bank/naming.ts';
import { minor } from '../../domain/money/minor.ts';
import type { Tx } from './database.ts';
import { bankEntry, bankStatement, client, payment, type BankEntryState } from './schema/index.ts';

export type BankEntry = typeof bankEntry.$inferSelect;
type NewStatement = Omit<typeof bankStatement.$inferInsert, 'supplierId'>;
export type NewBankEntry = Omit<typeof bankEntry.$inferInsert, 'supplierId' | 'statementId'>;

/** Keeps the movements that are not known yet, and the statement when it brings any. Answers how many were new. */
export async function keepStatement(tx: Tx, scope: Scope, row: NewStatement, entries: NewBankEntry[]): Promise<number> {
	const { supplierId } = scope;
	const known = new Set<string>();
	for (let from = 0; from < entries.length; from += BATCH) {
		const some = entries.slice(from, from + BATCH).map((entry) => entry.fingerprint);
		const rows = await tx
			.select({ fingerprint: bankEntry.fingerprint })
			.from(bankEntry)
			.where(and(eq(bankEntry.supplierId, supplierId), inArray(bankEntry.fingerprint, some)));
		for (const { fingerprint } of rows) known.add(fingerprint);
	}
	const fresh = entries.filter((entry) => !known.has(entry.fingerprint));
	if (!fresh.length) return 0;
	await tx.insert(bankStatement).values({ supplierId, ...row });
	let kept = 0;
	for (let from = 0; from < fresh.length; from += BATCH) {
		const values = fresh
			.slice(from, from + BATCH)
			.map((entry) => ({ supplierId, statementId: row.statementId, ...entry }));
		const inserted = await tx
			.insert(bankEntry)
			.values(values)
			.onConflictDoNothing({ target: [bankEntry.supplierId, bankEntry.fingerprint] })
			.returning({ id: bankEntry.bankEntryId });
		kept += inserted.length;
	}
	return kept;
}
const BATCH = 500;

export type BankEntryListing = BankEntry & { account: string; fileName: string; clientName: string | null };
export async function listBankEntries(
	tx: Tx,
	scope: Scope,
	filter: { state: BankEntryState; limit?: number }
): Promise<BankEntryListing[]> {
	const rows = await tx
		.select({
			entry: bankEntry,
			account: bankStatement.account,
			fileName: bankStatement.fileName,
			clientName: client.name
		})
		.from(bankEntry)
		.innerJoin(
			bankStatement,
			and(eq(bankStatement.supplierId, bankEntry.supplierId), eq(bankStatement.statementId, bankEntry.statementId))
		)
		.leftJoin(client, and(eq(client.supplierId, bankEntry.supplierId), eq(client.clientId, bankEntry.clientId)))
		.where(and(eq(bankEntry.supplierId, scope.supplierId), eq(bankEntry.state, filter.state)))
		.orderBy(
			filter.state === 'waiting' ? asc(bankEntry.bookedOn) : desc(bankEntry.settledAt),
			asc(bankEntry.bankEntryId)
		)
		.limit(Math.min(filter.limit ?? 50, 500));
	return rows.map(({ entry, ...rest }) => ({ ...entry, ...rest }));
}
export const findBankEntries = (tx: Tx, scope: Scope, bankEntryIds: string[]): Promise<BankEntry[]> =>
	tx
		.select()
		.from(bankEntry)
		.where(and(eq(bankEntry.supplierId, scope.supplierId), inArray(bankEntry.bankEntryId, bankEntryIds)));
export async function countWaitingEntries(tx: Tx, scope: Scope): Promise<number> {
	const [row] = await tx
		.select({ count: sql<string>`count(*)` })
		.from(bankEntry)
		.where(and(eq(bankEntry.supplierId, scope.supplierId), eq(bankEntry.state, 'waiting')));
	return Number(row!.count);
}
export async function lockBankEntry(tx: Tx, scope: Scope, bankEntryId: string): Promise<BankEntry | null> {
	const [row] = await tx
		.select()
		.from(bankEntry)
		.where(and(eq(bankEntry.supplierId, scope.supplierId), eq(bankEntry.bankEntryId, bankEntryId)))
		.for('update');
	return row ?? null;
}
export async function saveBankEntry(
	tx: Tx,
	scope: Scope,
	bankEntryId: string,
	change: Pick<BankEntry, 'state' | 'settledBy' | 'settledAt'> & Partial<Pick<BankEntry, 'round' | 'clientId'>>
): Promise<void> {
	await tx
		.update(bankEntry)
		.set(change)
		.where(and(eq(bankEntry.supplierId, scope.supplierId), eq(bankEntry.bankEntryId, bankEntryId)));
}

/** Accounts from which a transfer was accepted, and for which client; an account that paid for several says nothing. */
export async function listKnownPayers(tx: Tx, scope: Scope): Promise<KnownPayers> {
	const rows = await tx
		.selectDistinct({ iban: bankEntry.counterpartyIban, clientId: bankEntry.clientId })
		.from(bankEntry)
		.where(
			and(
				eq(bankEntry.supplierId, scope.supplierId),
				eq(bankEntry.state, 'booked'),
				isNotNull(bankEntry.counterpartyIban),
				isNotNull(bankEntry.clientId)
			)
		);
	const payers = new Map<string, string>();
	const shared = new Set<string>();
	for (const { iban, clientId } of rows) {
		const account = iban!.replace(/\s/g, '').toUpperCase();
		if (payers.has(account)) shared.add(account);
		payers.set(account, clientId!);
	}
	for (const account of shared) payers.delete(account);
	return payers;
}

/** Transfers of which something still stands: what the bank may take back. */
export async function listStandingTransfers(tx: Tx, scope: Scope): Promise<StandingPayment[]> {
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
			endToEndId: bankEntry.endToEndId,
			counterpartyIban: bankEntry.counterpartyIban
		})
		.from(payment)
		.innerJoin(
			bankEntry,
			and(eq(bankEntry.supplierId, payment.supplierId), eq(bankEntry.bankEntryId, payment.bankEntryId))
		)
		.innerJoin(client, and(eq(client.supplierId, payment.supplierId), eq(client.clientId, payment.clientId)))
		.where(eq(payment.supplierId, scope.supplierId))
		.orderBy(desc(payment.paidAt))
		.limit(1000);
	return rows
		.map(({ amountMinor, reversed: back, ...row }) => ({ ...row, standingMinor: minor(amountMinor - BigInt(back)) }))
		.filter((row) => row.standingMinor > 0n);
}
