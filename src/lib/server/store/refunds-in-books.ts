// Refunds under the name that Stripe gives them: what a person said under it and took back stays beside it, however often that was.
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import type { Reversal } from './payments.ts';
import { nameInBooks } from './payments-of-intents.ts';
import { reversal } from './schema/index.ts';

/** `isWithdrawn`: taken back by a person, or because Stripe said otherwise. `isFailed`: its bank did not take it. */
export type RefundInBooks = Reversal & { isWithdrawn: boolean; isFailed: boolean };

/** What stands behind these names, of whichever payments, in the rounds in which it was booked. */
export async function listRefundsNamed(tx: Tx, scope: Scope, refundIds: string[]): Promise<RefundInBooks[]> {
	const all: RefundInBooks[] = [];
	// No round without the one before it: the first that nobody has is the next.
	for (let round = 1, named = refundIds; named.length; round++) {
		const rows = await find(tx, scope, named, round);
		all.push(...rows);
		named = named.filter((id) => rows.some((row) => row.stripeObjectId === nameInBooks(id, round)));
	}
	return all;
}
async function find(tx: Tx, scope: Scope, refundIds: string[], round: number): Promise<RefundInBooks[]> {
	const rows = await tx
		.select()
		.from(reversal)
		.where(
			and(
				eq(reversal.supplierId, scope.supplierId),
				inArray(
					reversal.stripeObjectId,
					refundIds.map((id) => nameInBooks(id, round))
				),
				inArray(reversal.kind, ['refund', 'refund_unsaid', 'refund_failed'])
			)
		);
	const has = (kind: Reversal['kind'], name: string) =>
		rows.some((one) => one.kind === kind && one.stripeObjectId === name);
	return rows
		.filter((row) => row.kind === 'refund')
		.map((row) => ({
			...row,
			isWithdrawn: has('refund_unsaid', row.stripeObjectId),
			isFailed: has('refund_failed', row.stripeObjectId)
		}));
}
/**
 * Nobody else says or books anything under these names before this transaction ends: two payments can't take one name at once. After their tries and invoices, and all
 * names of a transaction at once.
 */
export async function lockRefundNames(tx: Tx, scope: Scope, refundIds: string[]): Promise<void> {
	for (const id of [...refundIds].sort())
		await tx.execute(
			sql`select pg_advisory_xact_lock(hashtextextended('refund ' || ${scope.supplierId} || ' ' || ${id}, 0))`
		);
}
