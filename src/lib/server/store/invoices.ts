// Invoices with their balance. One select gives every screen the same figures.
import { and, asc, desc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { AgreedTerms } from '../../domain/invoices/agreed-terms.ts';
import type { ClientKind } from '../../domain/invoices/client-kind.ts';
import type { VatLine } from '../../domain/invoices/document.ts';
import type { NotPayableReason } from '../../domain/invoices/findings.ts';
import type { Hold, HoldReason } from '../../domain/invoices/hold.ts';
import type { InvoiceFacts } from '../../domain/invoices/state.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import type { Tx } from './database.ts';
import { balance, ofInvoice, payable, promised, sums, underWay } from './invoice-balance.ts';
import { insertMany } from './insert-many.ts';
import { fromJson, toJson } from './json.ts';
import { client, invoice, invoiceName, invoiceVat, openItem } from './schema/index.ts';
import { writtenOnce, type Given } from './written-once.ts';

export type InvoiceRecord = InvoiceFacts & {
	invoiceId: string;
	clientId: string;
	clientName: string;
	clientKind: ClientKind;
	number: string;
	typeCode: string;
	issuedOn: CivilDate;
	dueOn: CivilDate;
	dueIsDefault: boolean;
	currency: string;
	netMinor: Minor;
	vatMinor: Minor;
	grossMinor: Minor;
	prepaidMinor: Minor;
	debtMinor: Minor;
	paymentReference: string;
	deliveredOn: CivilDate | null;
	freightMinor: Minor;
	vatOnReceipts: boolean;
	termsText: string | null;
	agreed: AgreedTerms | null;
	notPayableReason: NotPayableReason | null;
	holdReason: HoldReason | null;
	holdUntil: CivilDate | null;
	documentId: string | null;
	documentIsShown: boolean;
};

/** What the scope may see at most: its supplier, for a client's person its client, for a pay link its one invoice. */
export const visible = (scope: Scope): SQL[] => [
	eq(invoice.supplierId, scope.supplierId),
	...(scope.clientId ? [eq(invoice.clientId, scope.clientId)] : []),
	...(scope.invoiceId ? [eq(invoice.invoiceId, scope.invoiceId)] : [])
];

/** Not withdrawn: what was imported by mistake is no invoice any more. */
export const isStanding = sql`invoice.not_payable_reason is distinct from 'withdrawn'`;

export const selectInvoices = (tx: Tx) =>
	tx
		.select({ invoice, clientName: client.name, clientKind: client.kind, ...sums })
		.from(invoice)
		.innerJoin(openItem, ofInvoice)
		.innerJoin(client, and(eq(client.supplierId, invoice.supplierId), eq(client.clientId, invoice.clientId)));

type Row = {
	invoice: typeof invoice.$inferSelect;
	clientName: string;
	clientKind: ClientKind;
	balance: string;
	takenOff: string;
	underWay: string;
	promised: string;
	planned: string;
};
export function recordOf({
	invoice: row,
	clientName,
	clientKind,
	balance: left,
	takenOff: off,
	underWay: waiting,
	promised: given,
	planned: toCome
}: Row): InvoiceRecord {
	const balanceMinor = minor(BigInt(left));
	const paidMinor = minor(row.debtMinor - balanceMinor);
	return {
		...row,
		agreed: fromJson(row.agreedTerms),
		clientName,
		clientKind,
		balanceMinor,
		underWayMinor: minor(BigInt(waiting)),
		promisedMinor: minor(BigInt(given)),
		plannedMinor: minor(BigInt(toCome)),
		paidMinor,
		receivedMinor: minor(paidMinor - BigInt(off))
	};
}

/** A client's person is given its client, a pay link its one invoice: as `visible`. */
export type Seen = { supplierId: string; clientId: string | null; onlyInvoiceId: string | null };
export const seenBy = ({ supplierId, clientId, invoiceId }: Scope): Seen => ({
	supplierId,
	clientId,
	onlyInvoiceId: invoiceId
});
export const seen = (given: Given<Seen>): SQL | undefined =>
	and(
		eq(invoice.supplierId, given.supplierId),
		given.clientId && eq(invoice.clientId, given.clientId),
		given.onlyInvoiceId && eq(invoice.invoiceId, given.onlyInvoiceId)
	);
const invoiceById = writtenOnce<Seen & { invoiceId: string }>()((tx, given) =>
	selectInvoices(tx).where(and(seen(given), eq(invoice.invoiceId, given.invoiceId)))
);
export async function findInvoice(tx: Tx, scope: Scope, invoiceId: string): Promise<InvoiceRecord | null> {
	const [row] = await invoiceById(tx, { ...seenBy(scope), invoiceId });
	return row ? recordOf(row) : null;
}

export type InvoiceFilter = {
	clientId?: string;
	status?: 'open' | 'paid' | 'late' | 'under_way';
	search?: string;
	today: CivilDate;
	sort?: 'due' | 'number' | 'amount' | 'client';
	pageSize?: number;
};

export function invoiceFilters(scope: Scope, filter: InvoiceFilter): SQL[] {
	const where = [...visible(scope), isStanding];
	const clientId = filter.clientId ?? scope.clientId;
	if (filter.clientId) where.push(eq(invoice.clientId, filter.clientId));
	// The database does not know that it is the same client: what is open is found by the open item.
	if (clientId && filter.status && filter.status !== 'paid') where.push(eq(openItem.clientId, clientId));
	if (filter.status === 'open') where.push(sql`${balance} <> 0`);
	if (filter.status === 'paid') where.push(sql`${balance} = 0`);
	if (filter.status === 'late') where.push(sql`${payable} > 0 and ${openItem.dueOn} < ${filter.today}`);
	if (filter.status === 'under_way') where.push(sql`${underWay} > 0`);
	if (filter.search)
		where.push(sql`(${invoice.number} ilike ${`%${filter.search}%`} or ${client.name} ilike ${`%${filter.search}%`})`);
	return where;
}

/** The first of them. */
export async function listInvoices(tx: Tx, scope: Scope, filter: InvoiceFilter): Promise<InvoiceRecord[]> {
	const rows = await selectInvoices(tx)
		.where(and(...invoiceFilters(scope, filter)))
		.orderBy(...orderOf(filter))
		.limit(Math.min(filter.pageSize ?? 50, 200));
	return rows.map(recordOf);
}
/** Of two that are equal, always the same one first. */
export const orderOf = ({ sort = 'due', status }: Pick<InvoiceFilter, 'sort' | 'status'>): SQL[] => [
	{ due: asc(dueOf(status)), number: desc(invoice.number), amount: desc(size), client: asc(client.name) }[sort],
	asc(status && status !== 'paid' && sort === 'due' ? openItem.invoiceId : invoice.invoiceId)
];
/** What is open is read in the order of its own index, whatever was settled since the beginning. */
export const dueOf = (status: InvoiceFilter['status']) =>
	status && status !== 'paid' ? openItem.dueOn : invoice.dueOn;
/** What is left of it, owed by the client or to it. */
export const size = sql`abs(${balance})`;

/** What a transfer may pay: in euros, payable here, with something left. The oldest first. */
const mayBeTransferred = (scope: Scope): SQL[] => [
	...visible(scope),
	eq(openItem.currency, 'EUR'),
	isNull(openItem.notPayableReason),
	sql`${balance} <> 0 and ${balance} - ${underWay} - ${promised} > 0`
];
export async function listOpenInvoices(
	tx: Tx,
	scope: Scope,
	{ limit, of }: { limit: number; of?: { invoiceIds: string[] } | { clientIds: string[] } }
): Promise<InvoiceRecord[]> {
	const only = !of
		? []
		: 'clientIds' in of
			? [inArray(openItem.clientId, of.clientIds)]
			: [inArray(invoice.invoiceId, of.invoiceIds)];
	const rows = await selectInvoices(tx)
		.where(and(...mayBeTransferred(scope), ...only))
		.orderBy(asc(openItem.dueOn), asc(openItem.invoiceId))
		.limit(limit);
	return rows.map(recordOf);
}
/** Invoices whose number or reference, written plainly, is one of these; asked as one list, however many they are. */
export async function findInvoicesCalled(tx: Tx, scope: Scope, names: string[]): Promise<string[]> {
	if (!names.length) return [];
	const rows = await tx
		.selectDistinct({ invoiceId: invoice.invoiceId })
		.from(invoiceName)
		.innerJoin(
			invoice,
			and(eq(invoice.supplierId, invoiceName.supplierId), eq(invoice.invoiceId, invoiceName.invoiceId))
		)
		.where(
			and(
				...visible(scope),
				eq(invoiceName.supplierId, scope.supplierId),
				eq(invoice.currency, 'EUR'),
				sql`${invoiceName.name} = any(string_to_array(${names.join(' ')}, ' '))`
			)
		);
	return rows.map((row) => row.invoiceId);
}

export type InvoiceLabel = Pick<InvoiceRecord, 'clientId' | 'clientName' | 'number' | 'paymentReference'>;
/** Those of these invoices that nothing is left to pay on: named in a transfer, they are not what it pays. */
export async function listSettled(tx: Tx, scope: Scope, invoiceIds: string[]): Promise<InvoiceLabel[]> {
	const rows = await selectInvoices(tx)
		.where(and(...visible(scope), inArray(invoice.invoiceId, invoiceIds), isStanding, sql`${balance} <= 0`))
		.orderBy(asc(invoice.invoiceId));
	return rows.map(recordOf);
}

/** A number and the year it was given: what names an invoice of one supplier. */
export type InvoiceName = { number: string; issueYear: number };
export const nameKey = ({ number, issueYear }: InvoiceName): string => `${issueYear} ${number}`;
export async function findInvoicesNamed(
	tx: Tx,
	scope: Scope,
	names: InvoiceName[]
): Promise<Map<string, InvoiceRecord>> {
	const rows = await selectInvoices(tx).where(
		and(
			...visible(scope),
			isStanding,
			sql`(invoice.number, invoice.issue_year) in (select x."number", x."issueYear" from jsonb_to_recordset(${toJson(names)}::jsonb) as x("number" text, "issueYear" integer))`
		)
	);
	return new Map(rows.map((row) => [nameKey(row.invoice), recordOf(row)]));
}

export async function listInvoicesByNumber(tx: Tx, scope: Scope, number: string): Promise<InvoiceRecord[]> {
	const rows = await selectInvoices(tx)
		.where(and(...visible(scope), isStanding, eq(invoice.number, number)))
		.orderBy(desc(invoice.issueYear), asc(invoice.invoiceId));
	return rows.map(recordOf);
}

export async function saveDeliveryDay(tx: Tx, scope: Scope, invoiceId: string, day: CivilDate | null): Promise<void> {
	await tx
		.update(invoice)
		.set({ deliveredOn: day })
		.where(and(...visible(scope), eq(invoice.invoiceId, invoiceId)));
}

export async function saveHold(tx: Tx, scope: Scope, invoiceId: string, hold: Hold): Promise<void> {
	await tx
		.update(invoice)
		.set(hold)
		.where(and(...visible(scope), eq(invoice.invoiceId, invoiceId)));
}

export async function saveOpened(tx: Tx, scope: Scope, invoiceId: string): Promise<void> {
	await tx
		.update(invoice)
		.set({ notPayableReason: null })
		.where(and(...visible(scope), eq(invoice.invoiceId, invoiceId)));
}

export type NewInvoice = Omit<typeof invoice.$inferInsert, 'supplierId'>;
/** Answers with the ids that were kept: a number that already exists for its year is left out. */
export async function insertInvoices(
	tx: Tx,
	scope: Scope,
	rows: { invoice: NewInvoice; vatLines: VatLine[] }[]
): Promise<Set<string>> {
	const kept = await insertMany<typeof invoice, { invoice_id: string }>(
		tx,
		scope,
		invoice,
		rows.map((row) => row.invoice),
		sql`on conflict (supplier_id, number, issue_year) where not_payable_reason is distinct from 'withdrawn' do nothing returning invoice_id`
	);
	const ids = new Set(kept.map((row) => row.invoice_id));
	const vatLines = rows
		.filter((row) => ids.has(row.invoice.invoiceId))
		.flatMap((row) => row.vatLines.map((line, position) => ({ invoiceId: row.invoice.invoiceId, position, ...line })));
	await insertMany(tx, scope, invoiceVat, vatLines);
	return ids;
}
