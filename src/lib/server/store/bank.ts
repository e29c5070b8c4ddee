// Statements and movements of the supplier's bank accounts.
import { and, asc, between, desc, eq, inArray, isNotNull, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Scope } from '../../domain/access/scope.ts';
import type { StandingPayment } from '../../domain/bank/matching.ts';
import type { KnownPayers } from '../../domain/bank/naming.ts';
import { alreadyTold, type ToldMovement } from '../../domain/bank/same-movement.ts';
import { addDays, type CivilDate } from '../../domain/calendar/civil-date.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { anyOf } from './insert-many.ts';
import { plainly } from './invoices.ts';
import { bankEntry, bankStatement, client, payment, type BankEntryState } from './schema/index.ts';

export type BankEntry = typeof bankEntry.$inferSelect;
type NewStatement = Omit<typeof bankStatement.$inferInsert, 'supplierId'>;
export type NewBankEntry = Omit<typeof bankEntry.$inferInsert, 'supplierId' | 'statementId'>;

/**
 * Keeps the movements that are not known yet, and the statement when it brings any. One that another file has told already is put aside, one that it may
 * have told waits with a word of it. Answers how many were new, and how many were put aside so.
 */
export async function keepStatement(
	tx: Tx,
	scope: Scope,
	row: NewStatement,
	entries: NewBankEntry[]
): Promise<{ newCount: number; toldCount: number }> {
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
	if (!fresh.length) return { newCount: 0, toldCount: 0 };
	const told = await findTold(tx, scope, row, { fresh, known });
	await tx.insert(bankStatement).values({ supplierId, ...row });
	let newCount = 0;
	let toldCount = 0;
	for (let from = 0; from < fresh.length; from += BATCH) {
		const values = fresh
			.slice(from, from + BATCH)
			.map((entry) => ({ supplierId, statementId: row.statementId, ...entry, ...told.get(entry) }));
		const inserted = await tx
			.insert(bankEntry)
			.values(values)
			.onConflictDoNothing({ target: [bankEntry.supplierId, bankEntry.fingerprint] })
			.returning({ state: bankEntry.state, sameAs: bankEntry.sameAs });
		const aside = inserted.filter(({ state, sameAs }) => state === 'aside' && sameAs !== null).length;
		newCount += inserted.length - aside;
		toldCount += aside;
	}
	return { newCount, toldCount };
}
const BATCH = 500;

/** A file that has the booking day of another's value day, and the reverse. */
const DAYS_APART = 7;
/** What comes in or back is compared with the movements of other files; those that this file tells too are explained by that. */
async function findTold(
	tx: Tx,
	{ supplierId }: Scope,
	{ account, format }: NewStatement,
	{ fresh, known }: { fresh: NewBankEntry[]; known: Set<string> }
): Promise<Map<NewBankEntry, Pick<NewBankEntry, 'state' | 'sameAs'>>> {
	const coming = fresh
		.filter((entry) => entry.state === 'waiting')
		.map((entry) => ({ ...asTold(entry), account, format, entry }));
	const days = coming.map((one) => one.bookedOn).sort();
	const [first, last] = [days[0], days.at(-1)];
	if (!first || !last) return new Map();
	const [from, to] = [addDays(first, -DAYS_APART), addDays(last, DAYS_APART)];
	const amounts = [...new Set(coming.map((one) => one.amountMinor))];
	const others: (ToldMovement & { bankEntryId: string })[] = [];
	for (let at = 0; at < amounts.length; at += BATCH) {
		const rows = await tx
			.select({ entry: bankEntry, account: bankStatement.account, format: bankStatement.format })
			.from(bankEntry)
			.innerJoin(
				bankStatement,
				and(eq(bankStatement.supplierId, bankEntry.supplierId), eq(bankStatement.statementId, bankEntry.statementId))
			)
			.where(
				and(
					eq(bankEntry.supplierId, supplierId),
					inArray(bankEntry.amountMinor, amounts.slice(at, at + BATCH)),
					between(bankEntry.bookedOn, from, to)
				)
			)
			.orderBy(asc(bankEntry.bookedOn), asc(bankEntry.bankEntryId));
		for (const { entry, ...rest } of rows)
			if (!known.has(entry.fingerprint) && entry.sameAs === null) others.push({ ...entry, ...rest });
	}
	const pairs = alreadyTold(coming, others);
	return new Map(
		[...pairs].map(([{ entry }, { known: other, sameness }]) => [
			entry,
			{ state: sameness === 'same' ? 'aside' : 'waiting', sameAs: other.bankEntryId }
		])
	);
}
const asTold = (entry: NewBankEntry): Omit<ToldMovement, 'account' | 'format'> => ({
	bookedOn: entry.bookedOn as CivilDate,
	valueOn: (entry.valueOn ?? null) as CivilDate | null,
	amountMinor: entry.amountMinor,
	currency: entry.currency,
	text: entry.text,
	endToEndId: entry.endToEndId ?? null,
	bankReference: entry.bankReference ?? null,
	counterparty: entry.counterparty ?? null,
	counterpartyIban: entry.counterpartyIban ?? null
});

/** The movement that another file has told already, and what became of it. */
export type ToldBefore = { fileName: string; bookedOn: CivilDate; state: BankEntryState; clientName: string | null };
export type BankEntryListing = BankEntry & {
	account: string;
	fileName: string;
	clientName: string | null;
	toldBefore: ToldBefore | null;
};
/** What waits is shown oldest first, what is settled latest first; ids in their order beside. */
function behind(scope: Scope, state: BankEntryState, after: string): SQL {
	const last = (column: 'booked_on' | 'settled_at') =>
		sql`(select a.${sql.raw(column)} from bank_entry a where a.supplier_id = ${scope.supplierId} and a.bank_entry_id = ${after})`;
	return state === 'waiting'
		? sql`(${bankEntry.bookedOn}, ${bankEntry.bankEntryId}) > (${last('booked_on')}, ${after}::uuid)`
		: sql`(${bankEntry.settledAt} < ${last('settled_at')} or ${bankEntry.settledAt} = ${last('settled_at')} and ${bankEntry.bankEntryId} > ${after})`;
}
export async function listBankEntries(
	tx: Tx,
	scope: Scope,
	filter: { state: BankEntryState; after?: string | null; limit: number }
): Promise<BankEntryListing[]> {
	const rows = await tx
		.select({
			entry: bankEntry,
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
		.from(bankEntry)
		.innerJoin(
			bankStatement,
			and(eq(bankStatement.supplierId, bankEntry.supplierId), eq(bankStatement.statementId, bankEntry.statementId))
		)
		.leftJoin(earlier, and(eq(earlier.supplierId, bankEntry.supplierId), eq(earlier.bankEntryId, bankEntry.sameAs)))
		.leftJoin(
			earlierStatement,
			and(eq(earlierStatement.supplierId, earlier.supplierId), eq(earlierStatement.statementId, earlier.statementId))
		)
		.leftJoin(
			earlierClient,
			and(eq(earlierClient.supplierId, earlier.supplierId), eq(earlierClient.clientId, earlier.clientId))
		)
		.leftJoin(client, and(eq(client.supplierId, bankEntry.supplierId), eq(client.clientId, bankEntry.clientId)))
		.where(
			and(
				eq(bankEntry.supplierId, scope.supplierId),
				eq(bankEntry.state, filter.state),
				...(filter.after ? [behind(scope, filter.state, filter.after)] : [])
			)
		)
		.orderBy(
			filter.state === 'waiting' ? asc(bankEntry.bookedOn) : desc(bankEntry.settledAt),
			asc(bankEntry.bankEntryId)
		)
		.limit(filter.limit);
	return rows.map(({ entry, before, ...rest }) => {
		const { fileName, bookedOn, state, clientName } = before;
		const toldBefore = fileName && bookedOn && state ? { fileName, bookedOn, state, clientName } : null;
		return { ...entry, ...rest, toldBefore };
	});
}
const earlier = alias(bankEntry, 'earlier');
const earlierStatement = alias(bankStatement, 'earlier_statement');
const earlierClient = alias(client, 'earlier_client');
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
	return Number(required(row, 'count').count);
}
export async function lockBankEntry(tx: Tx, scope: Scope, bankEntryId: string): Promise<BankEntry | null> {
	const [row] = await tx
		.select()
		.from(bankEntry)
		.where(and(eq(bankEntry.supplierId, scope.supplierId), eq(bankEntry.bankEntryId, bankEntryId)))
		.for('no key update');
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
		const account = required(iban, 'account').replace(/\s/g, '').toUpperCase();
		if (payers.has(account)) shared.add(account);
		payers.set(account, required(clientId, 'client'));
	}
	for (const account of shared) payers.delete(account);
	return payers;
}

/** What returns say of the transfers they take back: an id of theirs, an invoice they paid, or an account with the very amount. Written plainly. */
export type ReturnSigns = { ids: string[]; invoiceIds: string[]; amounts: { iban: string; amountMinor: Minor }[] };
/** Transfers of which something still stands, and that a return may mean: looked for among all there are, however old. */
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
			endToEndId: bankEntry.endToEndId,
			counterpartyIban: bankEntry.counterpartyIban
		})
		.from(payment)
		.innerJoin(
			bankEntry,
			and(eq(bankEntry.supplierId, payment.supplierId), eq(bankEntry.bankEntryId, payment.bankEntryId))
		)
		.innerJoin(client, and(eq(client.supplierId, payment.supplierId), eq(client.clientId, payment.clientId)))
		.where(
			and(
				eq(payment.supplierId, scope.supplierId),
				sql`${payment.amountMinor} > ${reversed}`,
				sql`(${plainly(bankEntry.endToEndId)} = ${anyOf(ids)}
					or exists (select from allocation a where a.supplier_id = payment.supplier_id and a.payment_id = payment.payment_id and a.invoice_id::text = ${anyOf(invoiceIds)})
					or ${plainly(bankEntry.counterpartyIban)} || ' ' || (${payment.amountMinor} - ${reversed})::text = ${anyOf(amounts.map(({ iban, amountMinor }) => `${iban} ${amountMinor}`))})`
			)
		)
		.orderBy(desc(payment.paidAt), desc(payment.paymentId));
	return rows.map(({ amountMinor, reversed: back, ...row }) => ({
		...row,
		standingMinor: minor(amountMinor - BigInt(back))
	}));
}
