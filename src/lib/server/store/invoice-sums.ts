// What invoices add up to: for the head of a list, for each client, and what is owed or kept beyond invoices. Of one currency each: nothing is added to
// what it can't be added to.
import { and, eq, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { journalEntry, journalLine } from './schema/index.ts';

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
	/** Payable here, and being taken: debits under way, instalments of plans to come. */
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
	const rows = await tx.execute<Record<keyof Outstanding, string>>(sql`
		with days as (${scope.clientId ? openOfClient(scope) : openOfSupplier(scope)})
		select currency, sum(balance) as "balanceMinor", sum(payable) as "openMinor", coalesce(sum(payable) filter (where due_on < ${today}), 0) as "lateMinor",
			sum(busy) as "busyMinor", sum(under_way) as "underWayMinor", sum(elsewhere) as "elsewhereMinor", sum(credit) as "creditMinor",
			sum(owed) as "openCount", coalesce(sum(payable_count) filter (where due_on < ${today}), 0) as "lateCount"
		from days group by currency order by currency`);
	const amount = (text: string): Minor => minor(BigInt(text));
	const sums = rows.map((row) => ({
		currency: row.currency,
		balanceMinor: amount(row.balanceMinor),
		openMinor: amount(row.openMinor),
		lateMinor: amount(row.lateMinor),
		busyMinor: amount(row.busyMinor),
		underWayMinor: amount(row.underWayMinor),
		elsewhereMinor: amount(row.elsewhereMinor),
		creditMinor: amount(row.creditMinor),
		openCount: Number(row.openCount),
		lateCount: Number(row.lateCount)
	}));
	return [
		sums.find((one) => one.currency === 'EUR') ?? none('EUR'),
		...sums.filter((one) => one.currency !== 'EUR' && (one.balanceMinor !== 0n || one.openCount > 0))
	];
}

/** By due day, of all clients together: as many rows as there are days on which something falls due. */
const openOfSupplier = ({ supplierId }: Scope) => sql`
	select currency, due_on, balance_minor as balance, payable_minor as payable, busy_minor as busy, under_way_minor as under_way, elsewhere_minor as elsewhere,
		credit_minor as credit, owed_count as owed, payable_count from open_sum where supplier_id = ${supplierId}`;
/** Item by item, of one client or one pay link: what is settled is not read. */
const openOfClient = ({ supplierId, clientId, invoiceId }: Scope) => sql`
	select i.currency, i.due_on, i.balance_minor as balance, i.payable_minor as payable, s.busy_minor as busy, i.under_way_minor as under_way,
		s.elsewhere_minor as elsewhere, s.credit_minor as credit, s.owed_count as owed, s.payable_count
	from open_item i, open_share(i.not_payable_reason, i.balance_minor, i.payable_minor) s
	where supplier_id = ${supplierId} and client_id = ${clientId} and balance_minor <> 0
		and (${invoiceId}::uuid is null or invoice_id = ${invoiceId}::uuid)`;

/** What these clients can pay today, and how much of it is late: of what is payable here, which is in euros. Who can pay nothing is not there. */
export async function sumPayableByClient(
	tx: Tx,
	scope: Scope,
	{ clientIds, today }: { clientIds: readonly string[]; today: CivilDate }
): Promise<Map<string, { openMinor: Minor; lateMinor: Minor }>> {
	const rows = await tx.execute<{ client_id: string; open: string; late: string }>(sql`
		select client_id, sum(payable_minor) as open, coalesce(sum(payable_minor) filter (where due_on < ${today}), 0) as late
		from open_item where supplier_id = ${scope.supplierId} and client_id = any(${`{${clientIds.join(',')}}`}::uuid[]) and balance_minor <> 0 and payable_minor > 0
			and (${scope.clientId}::uuid is null or client_id = ${scope.clientId}::uuid) and (${scope.invoiceId}::uuid is null or invoice_id = ${scope.invoiceId}::uuid)
		group by client_id`);
	return new Map(
		rows.map((row) => [row.client_id, { openMinor: minor(BigInt(row.open)), lateMinor: minor(BigInt(row.late)) }])
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
				// As the index says it: a plan that knows no values finds it too.
				sql`${journalLine.account} = '4191'`
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
				// As the index says it.
				sql`${journalLine.account} = '411' and ${journalLine.invoiceId} is null`,
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
