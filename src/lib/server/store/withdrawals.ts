// Taking invoices back that nobody has paid: which may be, and what goes with them.
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Minor } from '../../domain/money/minor.ts';
import { STANDING_PLANS } from '../../domain/plans/plan-states.ts';
import type { Tx } from './database.ts';
import { toJson } from './json.ts';
import { words } from './schema/columns.ts';
import { invoice } from './schema/index.ts';

export type Withdrawal = { invoiceId: string; clientId: string; number: string; debtMinor: Minor; currency: string };
const among = (invoiceIds: string[]) =>
	sql`(select value::uuid from jsonb_array_elements_text(${toJson(invoiceIds)}::jsonb))`;

/** Locked in one fixed order, and nobody writes meanwhile what refers to them; those that were withdrawn already are left out. */
export const lockForWithdrawal = (tx: Tx, scope: Scope, invoiceIds: string[]): Promise<Withdrawal[]> =>
	tx
		.select({
			invoiceId: invoice.invoiceId,
			clientId: invoice.clientId,
			number: invoice.number,
			debtMinor: invoice.debtMinor,
			currency: invoice.currency
		})
		.from(invoice)
		.where(
			and(
				eq(invoice.supplierId, scope.supplierId),
				sql`${invoice.invoiceId} in ${among(invoiceIds)}`,
				sql`${invoice.notPayableReason} is distinct from 'withdrawn'`
			)
		)
		.orderBy(asc(invoice.invoiceId))
		.for('update');

/** Numbers of those with any history of money: paid, being paid, discounted, planned. */
export async function listTouched(tx: Tx, scope: Scope, invoiceIds: string[], limit = 20): Promise<string[]> {
	const rows = await tx.execute<{ number: string }>(sql`
		select i.number from invoice i where i.supplier_id = ${scope.supplierId} and i.invoice_id in ${among(invoiceIds)} and (
			exists (select from journal_line l join journal_entry e on e.supplier_id = l.supplier_id and e.entry_id = l.entry_id
				where l.supplier_id = i.supplier_id and l.invoice_id = i.invoice_id and l.account = '411' and e.kind not in ('invoice_opened', 'credit_used', 'credit_use_undone'))
			-- Lowered by a credit note that stays.
			or exists (select from credit_use u where u.supplier_id = i.supplier_id and u.invoice_id = i.invoice_id and u.undoes_id is null
				and u.credit_id not in ${among(invoiceIds)} and not exists (select from credit_use n where n.supplier_id = u.supplier_id and n.undoes_id = u.credit_use_id))
			or exists (select from payment_attempt_invoice x where x.supplier_id = i.supplier_id and x.invoice_id = i.invoice_id and x.live)
			or exists (select from plan_part_line l join plan p on p.supplier_id = l.supplier_id and p.plan_id = l.plan_id
				where l.supplier_id = i.supplier_id and l.invoice_id = i.invoice_id and p.status in (${words(STANDING_PLANS)})))
		order by i.number limit ${limit}`);
	return rows.map((row) => row.number);
}

/** From now on they ask for nothing: a mail that has not left is not sent, for it asks what is payable first. */
export async function saveWithdrawn(tx: Tx, scope: Scope, invoiceIds: string[]): Promise<void> {
	await tx
		.update(invoice)
		.set({ notPayableReason: 'withdrawn' })
		.where(and(eq(invoice.supplierId, scope.supplierId), sql`${invoice.invoiceId} in ${among(invoiceIds)}`));
}
