// What invoices add up to: for the head of a list, for each client, and what is kept for a client beyond its invoices.
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import type { Tx } from './database.ts';
import { balance, planned, underWay, visible } from './invoices.ts';
import { invoice, journalLine } from './schema/index.ts';

/** Totals for the head of a list: what is open, what is late, what is under way. */
export async function sumOutstanding(
	tx: Tx,
	scope: Scope,
	today: CivilDate
): Promise<{
	openMinor: Minor;
	lateMinor: Minor;
	underWayMinor: Minor;
	creditMinor: Minor;
	openCount: number;
	lateCount: number;
}> {
	const base = tx
		.select({
			due: invoice.dueOn,
			left: balance.as('left'),
			waiting: sql<string>`${underWay}`.as('waiting'),
			planned: sql<string>`${planned}`.as('planned')
		})
		.from(invoice)
		.where(
			and(...visible(scope), sql`${invoice.notPayableReason} is null or ${invoice.notPayableReason} = 'credit_note'`)
		)
		.as('base');
	const [row] = await tx
		.select({
			open: sql<string>`coalesce(sum("left" - waiting - planned) filter (where "left" > 0), 0)`,
			late: sql<string>`coalesce(sum("left" - waiting - planned) filter (where "left" > 0 and ${base.due} < ${today}), 0)`,
			waiting: sql<string>`coalesce(sum(waiting), 0)`,
			credit: sql<string>`coalesce(-sum("left") filter (where "left" < 0), 0)`,
			openCount: sql<string>`count(*) filter (where "left" > 0)`,
			lateCount: sql<string>`count(*) filter (where "left" > waiting + planned and ${base.due} < ${today})`
		})
		.from(base);
	const amount = (text: string): Minor => minor(BigInt(text));
	return {
		openMinor: amount(row!.open),
		lateMinor: amount(row!.late),
		underWayMinor: amount(row!.waiting),
		creditMinor: amount(row!.credit),
		openCount: Number(row!.openCount),
		lateCount: Number(row!.lateCount)
	};
}

/** What each client can pay today, and how much of it is late: the balance less what is under way, of what is payable here. */
export async function sumPayableByClient(
	tx: Tx,
	scope: Scope,
	today: CivilDate
): Promise<Map<string, { openMinor: Minor; lateMinor: Minor }>> {
	const base = tx
		.select({
			clientId: invoice.clientId,
			due: invoice.dueOn,
			left: sql<string>`${balance} - ${underWay} - ${planned}`.as('left')
		})
		.from(invoice)
		.where(and(...visible(scope), isNull(invoice.notPayableReason)))
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

/** Paid beyond the invoices, and not given back: the advance (4191) that the supplier owes the client. */
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
	return minor(BigInt(row!.total));
}
