// Credit notes set off against the invoices they are about: which may be, and what was.
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import { OPEN_INSTALMENTS, RUNNING_PLANS } from '../../domain/plans/plan-states.ts';
import type { InstalmentLowered } from '../../domain/plans/lower-instalments.ts';
import type { Tx } from './database.ts';
import { insertMany } from './insert-many.ts';
import { words } from './schema/columns.ts';
import { creditUse, creditUseInstalment, invoice } from './schema/index.ts';

export type CreditUse = typeof creditUse.$inferSelect;
type Pair = { creditId: string; invoiceId: string };

const left = (of: 'c' | 'i') =>
	sql`(select o.balance_minor from open_item o where o.supplier_id = ${sql.raw(of)}.supplier_id and o.invoice_id = ${sql.raw(of)}.invoice_id)`;
/**
 * Credit notes with something left, and the one invoice of the same client that each says it is about (BT-25, and BT-26 where the file has it) with
 * something left too, from one on. Two invoices of that number: nobody guesses which.
 */
export async function listCreditsToUse(
	tx: Tx,
	scope: Scope,
	creditIds: string[] | null,
	after: Pair | null = null,
	limit = 500
): Promise<Pair[]> {
	const among =
		creditIds === null
			? sql``
			: sql`and c.invoice_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(creditIds)}::jsonb))`;
	const from = after
		? sql`and (c.issued_on, c.invoice_id) > (select f.issued_on, f.invoice_id from invoice f where f.supplier_id = ${scope.supplierId} and f.invoice_id = ${after.creditId})`
		: sql``;
	const about = sql`x.supplier_id = c.supplier_id and x.client_id = c.client_id and x.number = c.preceding_number and x.debt_minor > 0
		and x.currency = c.currency and x.not_payable_reason is distinct from 'withdrawn' and (c.preceding_on is null or x.issued_on = c.preceding_on)`;
	return tx.execute<Pair>(sql`
		select c.invoice_id as "creditId", i.invoice_id as "invoiceId"
		from invoice c join invoice i on i.supplier_id = c.supplier_id and i.invoice_id = (select (array_agg(x.invoice_id))[1] from invoice x where ${about} having count(*) = 1)
		where c.supplier_id = ${scope.supplierId} and c.preceding_number is not null and c.debt_minor < 0
			and c.not_payable_reason is distinct from 'withdrawn' ${among}
			and ${left('c')} < 0 and ${left('i')} > 0 ${from}
		order by c.issued_on, c.invoice_id limit ${limit}`);
}

/**
 * Somebody is paying the whole invoice, begins a plan of it, or pays an instalment of a plan that has ended meanwhile, and no bank has answered yet: nothing is
 * taken off it. An instalment of a plan that runs is left alone by itself (set-off-credits.ts).
 */
export async function isBeingPaid(tx: Tx, scope: Scope, invoiceId: string): Promise<boolean> {
	const rows = await tx.execute(sql`select from payment_attempt_invoice x
		join payment_attempt a on a.supplier_id = x.supplier_id and a.attempt_id = x.attempt_id
		where x.supplier_id = ${scope.supplierId} and x.invoice_id = ${invoiceId} and x.live and a.status <> 'processing'
			and not (x.of_part and exists (select from attempt_part h
				join plan_part p on p.supplier_id = h.supplier_id and p.plan_id = h.plan_id and p.position = h.position
				join plan n on n.supplier_id = p.supplier_id and n.plan_id = p.plan_id
				where h.supplier_id = a.supplier_id and h.attempt_id = a.attempt_id and n.status in (${words(RUNNING_PLANS)})
					and p.status in (${words(OPEN_INSTALMENTS)}))) limit 1`);
	return rows.length > 0;
}

export async function insertCreditUse(
	tx: Tx,
	scope: Scope,
	row: Omit<CreditUse, 'supplierId'>,
	instalments: InstalmentLowered[]
): Promise<void> {
	const { supplierId } = scope;
	const { creditUseId, invoiceId } = row;
	await tx.insert(creditUse).values({ supplierId, ...row });
	await insertMany(
		tx,
		scope,
		creditUseInstalment,
		instalments.map((instalment) => ({ creditUseId, invoiceId, ...instalment }))
	);
}

const notUndone = sql`not exists (select from credit_use u where u.supplier_id = credit_use.supplier_id and u.undoes_id = credit_use.credit_use_id)`;
/** What stands of these credit notes, oldest first. */
export const listUsesOfCredits = async (tx: Tx, scope: Scope, creditIds: string[]): Promise<CreditUse[]> =>
	creditIds.length
		? tx
				.select()
				.from(creditUse)
				.where(
					and(
						eq(creditUse.supplierId, scope.supplierId),
						inArray(creditUse.creditId, creditIds),
						isNull(creditUse.undoesId),
						notUndone
					)
				)
				.orderBy(asc(creditUse.createdAt), asc(creditUse.creditUseId))
		: [];
export const listUseInstalments = async (tx: Tx, scope: Scope, creditUseId: string): Promise<InstalmentLowered[]> =>
	tx
		.select({
			planId: creditUseInstalment.planId,
			position: creditUseInstalment.position,
			amountMinor: creditUseInstalment.amountMinor
		})
		.from(creditUseInstalment)
		.where(and(eq(creditUseInstalment.supplierId, scope.supplierId), eq(creditUseInstalment.creditUseId, creditUseId)))
		.orderBy(asc(creditUseInstalment.planId), asc(creditUseInstalment.position));

/** What new credit notes may be set off against: of these numbers, whose ever they are. */
export const listNumbered = async (tx: Tx, scope: Scope, numbers: string[]): Promise<string[]> =>
	numbers.length
		? (
				await tx
					.select({ invoiceId: invoice.invoiceId })
					.from(invoice)
					.where(and(eq(invoice.supplierId, scope.supplierId), inArray(invoice.number, numbers)))
			).map((row) => row.invoiceId)
		: [];

type CreditListing = {
	creditUseId: string;
	creditNumber: string;
	amountMinor: Minor;
	currency: string;
	usedOn: CivilDate;
};
/** Credit notes that an invoice was lowered by, as its screens show them. */
export async function listCreditsOfInvoice(
	tx: Tx,
	scope: Scope,
	invoiceId: string,
	timeZone: string
): Promise<CreditListing[]> {
	const rows = await tx.execute<{ id: string; number: string; amount: string; currency: string; day: CivilDate }>(sql`
		select credit_use.credit_use_id as id, c.number, credit_use.amount_minor::text as amount, c.currency,
			(credit_use.created_at at time zone ${timeZone})::date::text as day
		from credit_use join invoice c on c.supplier_id = credit_use.supplier_id and c.invoice_id = credit_use.credit_id
		where credit_use.supplier_id = ${scope.supplierId} and credit_use.invoice_id = ${invoiceId} and credit_use.undoes_id is null and ${notUndone}
		order by credit_use.created_at, credit_use.credit_use_id limit 50`);
	return rows.map((row) => ({
		creditUseId: row.id,
		creditNumber: row.number,
		amountMinor: minor(BigInt(row.amount)),
		currency: row.currency,
		usedOn: row.day
	}));
}
