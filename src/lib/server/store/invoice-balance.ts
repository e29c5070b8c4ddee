// What is left of an invoice, and what is on its way, as SQL over its open item: every list, sum and page asks these.
import { and, eq, sql } from 'drizzle-orm';
import { invoice, openItem } from './schema/index.ts';

/** Each is of a query that joins `openItem` by this. */
export const ofInvoice = and(eq(openItem.supplierId, invoice.supplierId), eq(openItem.invoiceId, invoice.invoiceId));

// Names are written out: Drizzle drops the table of a column when a query has only one, and a bare name would mean the inner table's.
export const balance = sql<string>`open_item.balance_minor`;
export const underWay = sql<string>`open_item.under_way_minor`;
/** Discounts that debits under way will bring when they succeed: not owed meanwhile. */
export const promised = sql<string>`open_item.promised_minor`;
/** Instalments to come of plans that run. */
const planned = sql<string>`open_item.planned_minor`;
/** What may be paid here today. */
export const payable = sql<string>`open_item.payable_minor`;
/** Of every invoice that is read. `takenOff`: settled without money. */
export const sums = { balance, takenOff: sql<string>`open_item.taken_off_minor`, underWay, promised, planned };
