// Discounts: promised by an attempt, given when it is paid, taken back when the money comes back.
import { and, asc, desc, eq, inArray, notInArray, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { DiscountVat } from '../../domain/ledger/entries.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import { together } from '../../domain/payments/vat.ts';
import type { InvoiceDiscount } from '../../domain/offers/quoted.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { attemptDiscount, client, discount, discountVat, invoice, type PromisedReason } from './schema/index.ts';
import { listOf } from './insert-many.ts';
import { writtenOnce } from './written-once.ts';

export type Discount = typeof discount.$inferSelect;
export type PromisedDiscount = { invoiceId: string; reason: PromisedReason; amountMinor: Minor; vat: DiscountVat[] };

/** Without a usable VAT split the whole discount is one part without a rate. */
const vatOf = ({ discountMinor, vat }: InvoiceDiscount): DiscountVat[] =>
	vat.length ? vat : [{ rateBps: null, grossMinor: discountMinor, vatMinor: minor(0n) }];

export async function insertPromisedDiscounts(
	tx: Tx,
	scope: Scope,
	attemptId: string,
	discounts: InvoiceDiscount[]
): Promise<void> {
	const places = new Map<string, number>();
	const rows = discounts.flatMap((one) =>
		vatOf(one).map((part) => {
			const position = places.get(one.invoiceId) ?? 0;
			places.set(one.invoiceId, position + 1);
			return {
				supplierId: scope.supplierId,
				attemptId,
				invoiceId: one.invoiceId,
				position,
				reason: one.reason,
				...part
			};
		})
	);
	if (rows.length) await tx.insert(attemptDiscount).values(rows);
}

const discountsOfAttempt = writtenOnce<{ supplierId: string; attemptId: string }>()((tx, given) =>
	tx
		.select()
		.from(attemptDiscount)
		.where(and(eq(attemptDiscount.supplierId, given.supplierId), eq(attemptDiscount.attemptId, given.attemptId)))
		.orderBy(asc(attemptDiscount.invoiceId), asc(attemptDiscount.position))
);
export async function listPromisedDiscounts(
	tx: Tx,
	{ supplierId }: Scope,
	attemptId: string
): Promise<PromisedDiscount[]> {
	const rows = await discountsOfAttempt(tx, { supplierId, attemptId });
	const found: PromisedDiscount[] = [];
	for (const { invoiceId, reason, ...part } of rows) {
		let one = found.find((known) => known.invoiceId === invoiceId && known.reason === reason);
		if (!one) found.push((one = { invoiceId, reason, amountMinor: minor(0n), vat: [] }));
		one.vat.push({ rateBps: part.rateBps, grossMinor: part.grossMinor, vatMinor: part.vatMinor });
		one.amountMinor = minor(one.amountMinor + part.grossMinor);
	}
	return found;
}
/** What is taken off one invoice, for whatever reasons. */
export const allOf = (
	promised: readonly PromisedDiscount[],
	invoiceId: string
): Pick<PromisedDiscount, 'amountMinor' | 'vat'> | undefined =>
	promised
		.filter((one) => one.invoiceId === invoiceId)
		.reduce<Pick<PromisedDiscount, 'amountMinor' | 'vat'> | undefined>(
			(sum, one) =>
				sum
					? { amountMinor: minor(sum.amountMinor + one.amountMinor), vat: together(sum.vat, one.vat) }
					: { amountMinor: one.amountMinor, vat: one.vat },
			undefined
		);

export async function insertDiscount(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof discount.$inferInsert, 'supplierId'>,
	vat: DiscountVat[]
): Promise<void> {
	await tx.insert(discount).values({ supplierId: scope.supplierId, ...row });
	await tx
		.insert(discountVat)
		.values(
			vat.map((part, position) => ({ supplierId: scope.supplierId, discountId: row.discountId, position, ...part }))
		);
}

/** What was given and taken back on a payment, oldest first. */
export async function listDiscountsOfPayment(tx: Tx, scope: Scope, paymentId: string): Promise<Discount[]> {
	return tx
		.select()
		.from(discount)
		.where(and(eq(discount.supplierId, scope.supplierId), eq(discount.paymentId, paymentId)))
		.orderBy(asc(discount.invoiceId), asc(discount.sequence));
}

/** What was given up of an invoice so far: parts of plans, credit notes of money given back; what a payment took off is no part of it. */
export async function sumGivenUp(tx: Tx, scope: Scope, invoiceId: string): Promise<Minor> {
	const [row] = await tx
		.select({
			total: sql<string>`coalesce(sum(case ${discount.kind} when 'granted' then ${discount.amountMinor} else -${discount.amountMinor} end), 0)`
		})
		.from(discount)
		.where(
			and(
				eq(discount.supplierId, scope.supplierId),
				eq(discount.invoiceId, invoiceId),
				notInArray(discount.reason, ['early', 'points'])
			)
		);
	return minor(BigInt(required(row, 'sum').total));
}

/** The VAT of a discount, as it was booked. */
export const listDiscountVat = (tx: Tx, scope: Scope, discountId: string): Promise<DiscountVat[]> =>
	tx
		.select({ rateBps: discountVat.rateBps, grossMinor: discountVat.grossMinor, vatMinor: discountVat.vatMinor })
		.from(discountVat)
		.where(and(eq(discountVat.supplierId, scope.supplierId), eq(discountVat.discountId, discountId)))
		.orderBy(asc(discountVat.position));

const discountedOf = writtenOnce<{ supplierId: string; invoiceIds: string }>()((tx, given) =>
	tx
		.select({ invoiceId: discount.invoiceId })
		.from(discount)
		.where(
			and(
				eq(discount.supplierId, given.supplierId),
				sql`${discount.invoiceId} = any(${given.invoiceIds}::uuid[])`,
				sql`${discount.reason} in ('early', 'forgiven')`
			)
		)
		.groupBy(discount.invoiceId)
		.having(
			sql`count(*) filter (where ${discount.kind} = 'granted') > count(*) filter (where ${discount.kind} = 'voided')`
		)
);
/** Of these invoices, those whose discount stands. */
export async function listDiscounted(tx: Tx, scope: Scope, invoiceIds: string[]): Promise<Set<string>> {
	if (!invoiceIds.length) return new Set();
	const rows = await discountedOf(tx, { supplierId: scope.supplierId, invoiceIds: listOf(invoiceIds) });
	return new Set(rows.map((row) => row.invoiceId));
}

export type DiscountListing = Discount & { number: string; clientName: string; vat: DiscountVat[] };
/** Newest first, with the invoice and the VAT of each. */
type DiscountFilter = {
	invoiceId?: string;
	clientId?: string;
	paymentId?: string;
	discountId?: string;
	reason?: PromisedReason;
};
type OfWhom = { supplierId: string; ownClientId: string | null; ownInvoiceId: string | null; most: number };
const discountListing = writtenOnce<DiscountFilter & OfWhom>()((tx, given) =>
	tx
		.select({ discount, number: invoice.number, clientName: client.name })
		.from(discount)
		.innerJoin(invoice, and(eq(invoice.supplierId, discount.supplierId), eq(invoice.invoiceId, discount.invoiceId)))
		.innerJoin(client, and(eq(client.supplierId, discount.supplierId), eq(client.clientId, discount.clientId)))
		.where(
			and(
				eq(discount.supplierId, given.supplierId),
				given.ownClientId && eq(discount.clientId, given.ownClientId),
				given.ownInvoiceId && eq(discount.invoiceId, given.ownInvoiceId),
				given.invoiceId && eq(discount.invoiceId, given.invoiceId),
				given.clientId && eq(discount.clientId, given.clientId),
				given.paymentId && eq(discount.paymentId, given.paymentId),
				given.reason && eq(discount.reason, given.reason),
				given.discountId && eq(discount.discountId, given.discountId)
			)
		)
		.orderBy(desc(discount.createdAt), desc(discount.sequence), asc(discount.discountId))
		.limit(given.most)
);
export async function listDiscounts(
	tx: Tx,
	scope: Scope,
	filter: DiscountFilter & { limit?: number } = {}
): Promise<DiscountListing[]> {
	const { limit = 50, ...asked } = filter;
	const rows = await discountListing(tx, {
		...asked,
		supplierId: scope.supplierId,
		ownClientId: scope.clientId,
		ownInvoiceId: scope.invoiceId,
		most: Math.min(limit, 200)
	});
	if (!rows.length) return [];
	const parts = await tx
		.select()
		.from(discountVat)
		.where(
			and(
				eq(discountVat.supplierId, scope.supplierId),
				inArray(
					discountVat.discountId,
					rows.map((row) => row.discount.discountId)
				)
			)
		)
		.orderBy(asc(discountVat.position));
	return rows.map((row) => ({
		...row.discount,
		number: row.number,
		clientName: row.clientName,
		vat: parts
			.filter((part) => part.discountId === row.discount.discountId)
			.map(({ rateBps, grossMinor, vatMinor }) => ({ rateBps, grossMinor, vatMinor }))
	}));
}

/** How often something was taken off, and how much of it stands, with the VAT inside it. */
export type TakenOff = { count: number; amountMinor: Minor; vatMinor: Minor };
/** For paying early; for points, which is another reduction with another account; what was given up otherwise (parts of plans, credit notes of refunds), VAT included. */
export type DiscountCost = { early: TakenOff; points: TakenOff; forgivenMinor: Minor };
/** What was taken off between two days, by its reason: given less taken back. */
export async function sumDiscounts(
	tx: Tx,
	scope: Scope,
	{ from, until, clientId = null }: { from: CivilDate; until: CivilDate; clientId?: string | null }
): Promise<DiscountCost> {
	const rows = await tx.execute<{ reason: string; count: string; amount: string; vat: string }>(sql`
		select d.reason, count(*) filter (where d.kind = 'granted') as count,
			sum(case d.kind when 'granted' then v.gross else -v.gross end) as amount,
			sum(case d.kind when 'granted' then v.vat else -v.vat end) as vat
		from discount d cross join lateral (
			select sum(gross_minor) as gross, sum(vat_minor) as vat from discount_vat x
			where x.supplier_id = d.supplier_id and x.discount_id = d.discount_id) v
		where d.supplier_id = ${scope.supplierId} and d.happened_on between ${from} and ${until}
			and (${clientId}::uuid is null or d.client_id = ${clientId}::uuid)
		group by d.reason`);
	const of = (reason: PromisedReason): TakenOff => {
		const row = rows.find((one) => one.reason === reason);
		return {
			count: Number(row?.count ?? 0),
			amountMinor: minor(BigInt(row?.amount ?? 0)),
			vatMinor: minor(BigInt(row?.vat ?? 0))
		};
	};
	const others = rows.filter(({ reason }) => reason !== 'early' && reason !== 'points');
	return {
		early: of('early'),
		points: of('points'),
		forgivenMinor: minor(others.reduce((sum, { amount }) => sum + BigInt(amount), 0n))
	};
}
