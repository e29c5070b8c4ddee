// Payments under the name that their intent has at Stripe: one stands, and what a person said under it and took back stays beside it.
import { and, eq, inArray, max, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import type { Payment } from './payments.ts';
import { payment } from './schema/index.ts';
import { writtenOnce } from './written-once.ts';

/** What a person said of an attempt and took back is no payment of its intent any more. */
const stands = sql`not exists (select from reversal r where r.supplier_id = payment.supplier_id and r.payment_id = payment.payment_id and r.kind = 'payment_unsaid')`;
const standingOfIntent = writtenOnce<{ supplierId: string; clientId: string | null; intentId: string }>()((tx, given) =>
	tx
		.select()
		.from(payment)
		.where(
			and(
				eq(payment.supplierId, given.supplierId),
				given.clientId && eq(payment.clientId, given.clientId),
				eq(payment.stripePaymentIntentId, given.intentId),
				stands
			)
		)
);
/** The one that stands, of those booked under its name. */
export async function findPaymentOfIntent(
	tx: Tx,
	{ supplierId, clientId }: Scope,
	intentId: string
): Promise<Payment | null> {
	const [row] = await standingOfIntent(tx, { supplierId, clientId, intentId });
	return row ?? null;
}
const lastRoundOfIntent = writtenOnce<{ supplierId: string; intentId: string }>()((tx, given) =>
	tx
		.select({ last: max(payment.intentRound) })
		.from(payment)
		.where(and(eq(payment.supplierId, given.supplierId), eq(payment.stripePaymentIntentId, given.intentId)))
);
/** Of the next payment under the name of an intent: the first, or the one after what was taken back. The database refuses a second that stands. */
export async function nextIntentRound(tx: Tx, { supplierId }: Scope, intentId: string): Promise<number> {
	const [row] = await lastRoundOfIntent(tx, { supplierId, intentId });
	return (row?.last ?? 0) + 1;
}
/** Under which name a payment's entry is in the journal: its intent's, told apart from what was said under it before. */
export const nameInBooks = (intentId: string, round: number): string =>
	round === 1 ? intentId : `${intentId}:${round}`;
/** The same of the payments of these intents that stand. */
export async function listNamesInBooks(tx: Tx, scope: Scope, intentIds: string[]): Promise<string[]> {
	if (!intentIds.length) return [];
	const rows = await tx
		.select({ intentId: payment.stripePaymentIntentId, round: payment.intentRound })
		.from(payment)
		.where(and(eq(payment.supplierId, scope.supplierId), inArray(payment.stripePaymentIntentId, intentIds), stands));
	return rows.flatMap(({ intentId, round }) => (intentId ? [nameInBooks(intentId, round)] : []));
}
/** The name without its round: what Stripe calls it. */
export const nameAtStripe = (nameInBooks: string): string => nameInBooks.replace(/:\d+$/, '');
