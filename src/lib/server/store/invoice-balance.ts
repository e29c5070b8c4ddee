// What is left of an invoice, and what is on its way, as SQL: every list, sum and page asks these.
import { sql } from 'drizzle-orm';

// Names are written out: Drizzle drops the table of a column when a query has only one, and a bare name would mean the inner table's.
export const balance = sql<string>`(select coalesce(sum(l.debit_minor - l.credit_minor), 0) from journal_line l where l.supplier_id = invoice.supplier_id and l.invoice_id = invoice.invoice_id and l.account = '411')`;
export const underWay = sql<string>`(select coalesce(sum(x.amount_minor), 0) from payment_attempt_invoice x join payment_attempt a on a.supplier_id = x.supplier_id and a.attempt_id = x.attempt_id where x.supplier_id = invoice.supplier_id and x.invoice_id = invoice.invoice_id and x.live and a.status = 'processing')`;
/** What was taken off it without money: discounts, parts given up, credit notes that went with a refund or were set off, less what was taken back of them. */
const takenOff = sql<string>`((select coalesce(sum(case d.kind when 'granted' then d.amount_minor else -d.amount_minor end), 0) from discount d where d.supplier_id = invoice.supplier_id and d.invoice_id = invoice.invoice_id) + (select coalesce(sum(u.amount_minor), 0) from credit_use u where u.supplier_id = invoice.supplier_id and u.invoice_id = invoice.invoice_id))`;
/** Discounts that debits under way will bring when they succeed: not owed meanwhile. */
export const promised = sql<string>`(select coalesce(sum(d.gross_minor), 0) from payment_attempt_invoice x join payment_attempt a on a.supplier_id = x.supplier_id and a.attempt_id = x.attempt_id join attempt_discount d on d.supplier_id = x.supplier_id and d.attempt_id = x.attempt_id and d.invoice_id = x.invoice_id where x.supplier_id = invoice.supplier_id and x.invoice_id = invoice.invoice_id and x.live and a.status = 'processing')`;
const takenOffLine = (table: 'credit_use_part' | 'plan_part_lowered') =>
	sql`coalesce((select sum(u.amount_minor) from ${sql.raw(table)} u where u.supplier_id = l.supplier_id and u.plan_id = l.plan_id and u.position = l.position and u.invoice_id = l.invoice_id), 0)`;
/** What is due of `plan_part_line l`: what was agreed, less what credit notes and money that came in another way took off. As store/plans.ts reads it. */
export const dueOfLine = sql`(l.amount_minor - ${takenOffLine('credit_use_part')} - ${takenOffLine('plan_part_lowered')})`;
/** Parts to come of plans that run. */
export const planned = sql<string>`(select coalesce(sum(${dueOfLine}), 0) from plan_part_line l join plan_part p on p.supplier_id = l.supplier_id and p.plan_id = l.plan_id and p.position = l.position join plan x on x.supplier_id = p.supplier_id and x.plan_id = p.plan_id where l.supplier_id = invoice.supplier_id and l.invoice_id = invoice.invoice_id and x.status in ('active', 'paused') and p.status in ('scheduled', 'retrying', 'action_needed'))`;
/** Of every invoice that is read. */
export const sums = { balance, takenOff, underWay, promised, planned };
