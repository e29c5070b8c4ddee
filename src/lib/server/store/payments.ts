// Payments, what they pay, and what went back.
import { and, asc, desc, eq, sql, sum } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import type { AllocationLine } from '../../domain/payments/allocation.ts';
import type { PaidVat } from '../../domain/payments/vat.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import {
	allocation,
	allocationVat,
	client,
	invoice,
	payment,
	reversal,
	reversalAllocation,
	type ReversalKind
} from './schema/index.ts';
import { writtenOnce } from './written-once.ts';

export type Payment = typeof payment.$inferSelect;
export type Reversal = typeof reversal.$inferSelect;

/** Money restored counts the other way. */
const RESTORES: readonly ReversalKind[] = ['refund_failed', 'chargeback_won', 'return_undone', 'refund_unsaid'];
const signOf = (kind: ReversalKind): bigint => (RESTORES.includes(kind) ? -1n : 1n);

const mine = (scope: Scope) => [
	eq(payment.supplierId, scope.supplierId),
	...(scope.clientId ? [eq(payment.clientId, scope.clientId)] : [])
];

export async function insertPayment(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof payment.$inferInsert, 'supplierId'>,
	lines: (AllocationLine & { vat: PaidVat[] })[]
): Promise<Payment> {
	const [inserted] = await tx
		.insert(payment)
		.values({ supplierId: scope.supplierId, ...row })
		.returning();
	const allocations = lines.map(({ invoiceId, amountMinor }, position) => ({
		supplierId: scope.supplierId,
		paymentId: row.paymentId,
		invoiceId,
		amountMinor,
		position
	}));
	if (allocations.length) await tx.insert(allocation).values(allocations);
	const vat = lines.flatMap((line) =>
		mergeRates(line.vat).map((part) => ({
			supplierId: scope.supplierId,
			paymentId: row.paymentId,
			invoiceId: line.invoiceId,
			...part
		}))
	);
	if (vat.length) await tx.insert(allocationVat).values(vat);
	return required(inserted, 'payment');
}
/** Two categories at one rate (exempt and zero-rated) are one line on a receipt. */
function mergeRates(vat: PaidVat[]): PaidVat[] {
	const byRate = new Map<number, PaidVat>();
	for (const part of vat) {
		const known = byRate.get(part.rateBps);
		byRate.set(
			part.rateBps,
			known
				? {
						rateBps: part.rateBps,
						grossMinor: minor(known.grossMinor + part.grossMinor),
						vatMinor: minor(known.vatMinor + part.vatMinor)
					}
				: part
		);
	}
	return [...byRate.values()];
}

/** Of a movement of the bank, as it was accepted last. */
export async function findPaymentOfTransaction(
	tx: Tx,
	scope: Scope,
	bankTransactionId: string
): Promise<Payment | null> {
	const [row] = await tx
		.select()
		.from(payment)
		.where(and(...mine(scope), eq(payment.bankTransactionId, bankTransactionId)))
		.orderBy(desc(payment.bankRound))
		.limit(1);
	return row ?? null;
}
export async function findPayment(tx: Tx, scope: Scope, paymentId: string): Promise<Payment | null> {
	const [row] = await tx
		.select()
		.from(payment)
		.where(and(...mine(scope), eq(payment.paymentId, paymentId)));
	return row ?? null;
}

export async function listAllocations(
	tx: Tx,
	scope: Scope,
	paymentId: string
): Promise<(AllocationLine & { number: string })[]> {
	return tx
		.select({ invoiceId: allocation.invoiceId, amountMinor: allocation.amountMinor, number: invoice.number })
		.from(allocation)
		.innerJoin(invoice, and(eq(invoice.supplierId, allocation.supplierId), eq(invoice.invoiceId, allocation.invoiceId)))
		.where(and(eq(allocation.supplierId, scope.supplierId), eq(allocation.paymentId, paymentId)))
		.orderBy(asc(allocation.position));
}
export async function listPaymentVat(tx: Tx, scope: Scope, paymentId: string): Promise<PaidVat[]> {
	const rows = await tx
		.select({ rateBps: allocationVat.rateBps, gross: sum(allocationVat.grossMinor), vat: sum(allocationVat.vatMinor) })
		.from(allocationVat)
		.where(and(eq(allocationVat.supplierId, scope.supplierId), eq(allocationVat.paymentId, paymentId)))
		.groupBy(allocationVat.rateBps)
		.orderBy(desc(allocationVat.rateBps));
	return rows.map((row) => ({
		rateBps: row.rateBps,
		grossMinor: minor(BigInt(required(row.gross, 'sum'))),
		vatMinor: minor(BigInt(required(row.vat, 'sum')))
	}));
}
export async function listReversals(tx: Tx, scope: Scope, paymentId: string): Promise<Reversal[]> {
	return tx
		.select()
		.from(reversal)
		.where(and(eq(reversal.supplierId, scope.supplierId), eq(reversal.paymentId, paymentId)))
		.orderBy(asc(reversal.occurredAt), asc(reversal.reversalId));
}
/** What has gone back of a payment, net of what came back again. */
export const netReversed = (reversals: Reversal[]): Minor =>
	minor(reversals.reduce((total, row) => total + signOf(row.kind) * row.amountMinor, 0n));

/** Allocations less what reversals took: what can still go back, in allocation order. */
export async function listStanding(tx: Tx, scope: Scope, paymentId: string): Promise<AllocationLine[]> {
	const lines = await listAllocations(tx, scope, paymentId);
	const taken = await tx
		.select({
			invoiceId: reversalAllocation.invoiceId,
			amountMinor: reversalAllocation.amountMinor,
			kind: reversal.kind
		})
		.from(reversalAllocation)
		.innerJoin(
			reversal,
			and(
				eq(reversal.supplierId, reversalAllocation.supplierId),
				eq(reversal.reversalId, reversalAllocation.reversalId)
			)
		)
		.where(and(eq(reversal.supplierId, scope.supplierId), eq(reversal.paymentId, paymentId)));
	return lines.map((line) => ({
		invoiceId: line.invoiceId,
		amountMinor: minor(
			line.amountMinor -
				taken
					.filter((row) => row.invoiceId === line.invoiceId)
					.reduce((total, row) => total + signOf(row.kind) * row.amountMinor, 0n)
		)
	}));
}
/** What went back of a payment beyond its invoices, net of what came back: out of its advance, or more than had come. */
export async function sumBeyond(tx: Tx, scope: Scope, paymentId: string): Promise<Minor> {
	const [row] = await tx.execute<{ beyond: string }>(sql`
		select coalesce(sum(case when r.kind in ('refund_failed', 'chargeback_won', 'return_undone', 'refund_unsaid') then -1 else 1 end
			* (r.amount_minor - coalesce((select sum(a.amount_minor) from reversal_allocation a
				where a.supplier_id = r.supplier_id and a.reversal_id = r.reversal_id), 0))), 0)::text as beyond
		from reversal r where r.supplier_id = ${scope.supplierId} and r.payment_id = ${paymentId}`);
	return minor(BigInt(required(row, 'sum').beyond));
}
export async function listReversalLines(
	tx: Tx,
	scope: Scope,
	stripeObjectId: string,
	kind: ReversalKind
): Promise<AllocationLine[]> {
	return tx
		.select({ invoiceId: reversalAllocation.invoiceId, amountMinor: reversalAllocation.amountMinor })
		.from(reversalAllocation)
		.innerJoin(
			reversal,
			and(
				eq(reversal.supplierId, reversalAllocation.supplierId),
				eq(reversal.reversalId, reversalAllocation.reversalId)
			)
		)
		.where(
			and(
				eq(reversal.supplierId, scope.supplierId),
				eq(reversal.stripeObjectId, stripeObjectId),
				eq(reversal.kind, kind)
			)
		);
}

/** Keeps a reversal once: `false` when this Stripe object already gave this kind. */
export async function insertReversal(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof reversal.$inferInsert, 'supplierId'>,
	lines: AllocationLine[]
): Promise<boolean> {
	const kept = await tx
		.insert(reversal)
		.values({ supplierId: scope.supplierId, ...row })
		.onConflictDoNothing({ target: [reversal.supplierId, reversal.stripeObjectId, reversal.kind] })
		.returning({ id: reversal.reversalId });
	if (!kept.length) return false;
	if (lines.length)
		await tx
			.insert(reversalAllocation)
			.values(lines.map((line) => ({ supplierId: scope.supplierId, reversalId: row.reversalId, ...line })));
	return true;
}
export async function findReversal(tx: Tx, scope: Scope, reversalId: string): Promise<Reversal | null> {
	const [row] = await tx
		.select()
		.from(reversal)
		.where(and(eq(reversal.supplierId, scope.supplierId), eq(reversal.reversalId, reversalId)));
	return row ?? null;
}

/** By what said so, and its kind. */
export async function findReversalOf(
	tx: Tx,
	scope: Scope,
	objectId: string,
	kind: ReversalKind
): Promise<Reversal | null> {
	const [row] = await tx
		.select()
		.from(reversal)
		.where(
			and(eq(reversal.supplierId, scope.supplierId), eq(reversal.stripeObjectId, objectId), eq(reversal.kind, kind))
		);
	return row ?? null;
}

export type PaymentListing = Payment & {
	clientName: string;
	numbers: string;
	invoiceCount: number;
	reversedMinor: Minor;
};
/** Newest first, with the invoices each pays and what of it went back. */
type PaymentFilter = { invoiceId?: string; clientId?: string; paymentId?: string; after?: string | null };
type OfWhom = { supplierId: string; ownClientId: string | null; most: number };
const paymentListing = writtenOnce<PaymentFilter & OfWhom>()((tx, given) => {
	const numbers = sql<string>`(select string_agg(i.number, ', ' order by a.position) from allocation a join invoice i on i.supplier_id = a.supplier_id and i.invoice_id = a.invoice_id where a.supplier_id = payment.supplier_id and a.payment_id = payment.payment_id)`;
	const invoiceCount = sql<string>`(select count(*) from allocation a where a.supplier_id = payment.supplier_id and a.payment_id = payment.payment_id)`;
	const reversed = sql<string>`(select coalesce(sum(case when r.kind in ('refund_failed', 'chargeback_won', 'return_undone', 'refund_unsaid') then -r.amount_minor else r.amount_minor end), 0) from reversal r where r.supplier_id = payment.supplier_id and r.payment_id = payment.payment_id)`;
	return tx
		.select({ payment, clientName: client.name, numbers, invoiceCount, reversed })
		.from(payment)
		.innerJoin(client, and(eq(client.supplierId, payment.supplierId), eq(client.clientId, payment.clientId)))
		.where(
			and(
				eq(payment.supplierId, given.supplierId),
				given.ownClientId && eq(payment.clientId, given.ownClientId),
				given.clientId && eq(payment.clientId, given.clientId),
				given.paymentId && eq(payment.paymentId, given.paymentId),
				given.after &&
					sql`(${payment.paidAt}, ${payment.paymentId}) < (select a.paid_at, a.payment_id from payment a where a.supplier_id = ${given.supplierId} and a.payment_id = ${given.after})`,
				given.invoiceId &&
					sql`exists (select 1 from allocation a where a.supplier_id = payment.supplier_id and a.payment_id = payment.payment_id and a.invoice_id = ${given.invoiceId})`
			)
		)
		.orderBy(desc(payment.paidAt), desc(payment.paymentId))
		.limit(given.most);
});
export async function listPayments(
	tx: Tx,
	scope: Scope,
	{ limit = 200, ...filter }: PaymentFilter & { limit?: number } = {}
): Promise<PaymentListing[]> {
	const rows = await paymentListing(tx, {
		...filter,
		supplierId: scope.supplierId,
		ownClientId: scope.clientId,
		most: limit
	});
	return rows.map((row) => ({
		...row.payment,
		clientName: row.clientName,
		numbers: row.numbers ?? '',
		invoiceCount: Number(row.invoiceCount),
		reversedMinor: minor(BigInt(row.reversed))
	}));
}
