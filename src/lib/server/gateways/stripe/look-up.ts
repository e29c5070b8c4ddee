// What a question became whose answer was lost, found by the id that it carried.
import type Stripe from 'stripe';
import type { Asked } from './port.ts';

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
const CLOCKS_APART_MS = 600_000;
const HEARD_WITHIN_MS = 86_400_000;
/**
 * Read from the lists, which know what was made a moment ago (searching does not, https://docs.stripe.com/search#data-freshness) and, unlike events,
 * what was made last year. A list holds what the question may have made: nothing before the row that comes before it, nothing a day after.
 */
const madeBy = ({ since, customerId }: Asked) => ({
	created: { gte: seconds(since) - CLOCKS_APART_MS / 1000, lte: seconds(since) + HEARD_WITHIN_MS / 1000 },
	limit: 100,
	...(customerId ? { customer: customerId } : {})
});
export async function findIntent(stripe: Stripe, asked: Asked, options: Stripe.RequestOptions): Promise<string | null> {
	for await (const intent of stripe.paymentIntents.list(madeBy(asked), options))
		if (intent.metadata.attempt_id === asked.id) return intent.id;
	return null;
}
export async function findSetupIntent(
	stripe: Stripe,
	asked: Asked,
	options: Stripe.RequestOptions
): Promise<string | null> {
	for await (const setup of stripe.setupIntents.list(madeBy(asked), options))
		if (setup.metadata?.setup_id === asked.id) return setup.id;
	return null;
}
