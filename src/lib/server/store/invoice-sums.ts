// What invoices add up to: for the head of a list, for each client, and what is owed or kept beyond invoices. Of one currency each: nothing is added to
// what it can't be added to.
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { balance, planned, promised, underWay } from './invoice-balance.ts';
import { visible } from './invoices.ts';
import { invoice, journalEntry, journalLine } from './schema/index.ts';

/**
 * What clients owe in one currency, from the balances of the journal. `balanceMinor` (all of it, 411 of the invoices) is always `openMinor` +
 * `busyMinor` + `elsewhereMinor` - `creditMinor`.
 */
export type Outstanding = {
	currency: string;
	balanceMinor: Minor;
	/** Payable here today. */
	openMinor: Minor;
	lateMinor: Minor;
	/** Payable here, and being taken: debits under way, parts of plans to come. */
	busyMinor: Minor;
	underWayMinor: Minor;
	/** Owed, and not payable here: another currency, another payee, debited by the supplier… */
	elsewhereMinor: Minor;
	/** Credit notes and invoices paid too much. */
	creditMinor: Minor;
	openCount: number;
	lateCount: number;
};
const NOTHING = minor(0n);
const none = (currency: string): Outstanding => ({
	currency,
	balanceMinor: NOTHING,
	openMinor: NOTHING,
	lateMinor: NOTHING,
	busyMinor: NOTHING,
	underWayMinor: NOTHING,
	elsewhereMinor: NOTHING,
	creditMinor: NOTHING,
	openCount: 0,
	lateCount: 0
});

/** Euros first, always there; then every other currency that something is owed in. */
export async function sumOutstanding(tx: Tx, scope: Scope, today: CivilDate): Promise<[Outstanding, ...Outstanding[]]> {
	const base = tx
		.select({
			due: invoice.dueOn,
			currency: invoice.currency,
			reason: invoice.notPayableReason,
			left: balance.as('left'),
			waiting: sql<string>`${underWay}`.as('waiting'),
			promised: sql<string>`${promised}`.as('promised'),
			planned: sql<string>`${planned}`.as('planned')
		})
		.from(invoice)
		.where(and(...visible(scope)))
		.as('base');
	const here = sql`"left" > 0 and ${base.reason} is null`;
	const payable = sql`greatest("left" - waiting - promised - planned, 0)`;
	const rows = await tx
		.select({
			currency: base.currency,
			balance: sql<string>`coalesce(sum("left"), 0)`,
			open: sql<string>`coalesce(sum(${payable}) filter (where ${here}), 0)`,
			late: sql<string>`coalesce(sum(${payable}) filter (where ${here} and ${base.due} < ${today}), 0)`,
			busy: sql<string>`coalesce(sum("left" - ${payable}) filter (where ${here}), 0)`,
			waiting: sql<string>`coalesce(sum(waiting), 0)`,
			elsewhere: sql<string>`coalesce(sum("left") filter (where "left" > 0 and ${base.reason} is not null), 0)`,
			credit: sql<string>`coalesce(-sum("left") filter (where "left" < 0), 0)`,
			openCount: sql<string>`count(*) filter (where "left" > 0)`,
			lateCount: sql<string>`count(*) filter (where ${here} and ${payable} > 0 and ${base.due} < ${today})`
		})
		.from(base)
		.groupBy(base.currency)
		.orderBy(base.currency);
	const amount = (text: string): Minor => minor(BigInt(text));
	const sums = rows.map((row) => ({
		currency: row.currency,
		balanceMinor: amount(row.balance),
		openMinor: amount(row.open),
		lateMinor: amount(row.late),
		busyMinor: amount(row.busy),
		underWayMinor: amount(row.waiting),
		elsewhereMinor: amount(row.elsewhere),
		creditMinor: amount(row.credit),
		openCount: Number(row.openCount),
		lateCount: Number(row.lateCount)
	}));
	return [
		sums.find((one) => one.currency === 'EUR') ?? none('EUR'),
		...sums.filter((one) => one.currency !== 'EUR' && (one.balanceMinor !== 0n || one.openCount > 0))
	];
}

/** What each client can pay today, and how much of it is late: the balance less what is under way, of what is payable here, which is in euros. */
export async function sumPayableByClient(
	tx: Tx,
	scope: Scope,
	today: CivilDate
): Promise<Map<string, { openMinor: Minor; lateMinor: Minor }>> {
	const base = tx
		.select({
			clientId: invoice.clientId,
			due: invoice.dueOn,
			left: sql<string>`${balance} - ${underWay} - ${promised} - ${planned}`.as('left')
		})
		.from(invoice)
		.where(and(...visible(scope), isNull(invoice.notPayableReason), eq(invoice.currency, 'EUR')))
		.as('base');
	const rows = await tx
		.select({
			clientId: base.clientId,
			open: sql<string>`sum("left")`,
			late: sql<string>`coalesce(sum("left") filter (where ${base.due} < ${today}), 0)`
		})
		.from(base)
		.where(sql`"left" > 0`)
		.groupBy(base.clientId);
	return new Map(
		rows.map((row) => [row.clientId, { openMinor: minor(BigInt(row.open)), lateMinor: minor(BigInt(row.late)) }])
	);
}

/** Paid beyond the invoices, and not given back: the advance (4191) that the supplier owes the client. Only euros are taken here. */
export async function sumAdvance(tx: Tx, scope: Scope, clientId: string): Promise<Minor> {
	const [row] = await tx
		.select({ total: sql<string>`coalesce(sum(${journalLine.creditMinor} - ${journalLine.debitMinor}), 0)` })
		.from(journalLine)
		.where(
			and(
				eq(journalLine.supplierId, scope.supplierId),
				eq(journalLine.clientId, clientId),
				eq(journalLine.account, '4191')
			)
		);
	return minor(BigInt(required(row, 'sum').total));
}

export type BeyondInvoices = { clientId: string; currency: string; claimMinor: Minor };
/** Owed by clients for no invoice: money that went back to them twice (411 without invoice). The supplier's books, not a client's to read. */
export async function listClaims(tx: Tx, scope: Scope, clientId: string | null = null): Promise<BeyondInvoices[]> {
	const total = sql<string>`sum(${journalLine.debitMinor} - ${journalLine.creditMinor})`;
	const rows = await tx
		.select({ clientId: journalLine.clientId, currency: journalEntry.currency, total })
		.from(journalLine)
		.innerJoin(
			journalEntry,
			and(eq(journalEntry.supplierId, journalLine.supplierId), eq(journalEntry.entryId, journalLine.entryId))
		)
		.where(
			and(
				eq(journalLine.supplierId, scope.supplierId),
				eq(journalLine.account, '411'),
				isNull(journalLine.invoiceId),
				...(clientId ? [eq(journalLine.clientId, clientId)] : [])
			)
		)
		.groupBy(journalLine.clientId, journalEntry.currency)
		.having(sql`${total} <> 0`)
		.orderBy(journalLine.clientId, journalEntry.currency);
	return rows.map((row) => ({
		clientId: required(row.clientId, 'client'),
		currency: row.currency,
		claimMinor: minor(BigInt(row.total))
	}));
}
