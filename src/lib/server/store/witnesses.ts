// What an account at Stripe has named itself, and is known here: whoever answers for it with the right key knows it too.
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { paymentAttempt, stripeCustomer } from './schema/index.ts';
import { accountKey } from './stripe-accounts.ts';

/** A payment first, or else a customer. What only a person named there witnesses nothing. */
export async function findWitness(tx: Tx, scope: Scope, account: string | null): Promise<string | null> {
	const [intent] = await tx
		.select({ id: paymentAttempt.stripePaymentIntentId })
		.from(paymentAttempt)
		.where(
			and(
				eq(paymentAttempt.supplierId, scope.supplierId),
				sql`${paymentAttempt.stripeAccount} is not distinct from ${account}`,
				sql`${paymentAttempt.stripePaymentIntentId} is not null`,
				eq(paymentAttempt.retriesIntent, false),
				sql`not exists (select from said_outcome s where s.supplier_id = ${paymentAttempt.supplierId} and s.reference = ${paymentAttempt.stripePaymentIntentId})`
			)
		)
		.orderBy(desc(paymentAttempt.createdAt))
		.limit(1);
	if (intent) return intent.id;
	const [customer] = await tx
		.select({ id: stripeCustomer.customerId })
		.from(stripeCustomer)
		.where(and(eq(stripeCustomer.supplierId, scope.supplierId), eq(stripeCustomer.stripeAccount, accountKey(account))))
		.orderBy(desc(stripeCustomer.createdAt))
		.limit(1);
	return customer?.id ?? null;
}
