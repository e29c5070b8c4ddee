// What an answer of Stripe is worth: an answer, a refusal that is certain, or nobody's knowledge.
import { NotAsked, type Refused } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';

/** For whom it is no error that Stripe could not be asked, or that its answer was lost. */
export async function ifAsked<T>(ask: () => Promise<T>): Promise<T | 'not_asked'> {
	try {
		return await ask();
	} catch (error) {
		if (error instanceof NotAsked) return 'not_asked';
		throw error;
	}
}

/** Asked now, whatever was known of it a moment ago. */
export const answers = async (services: Services, account: string | null): Promise<boolean> =>
	(await ifAsked(() => services.payments.greet(account))) !== 'not_asked';

/**
 * A refusal is said of one question: an earlier one under the same key may have been heard, its answer lost, and money moved. It stays a refusal, and is
 * certain, once what an earlier question became was looked up and is nothing (null). Every other answer is given back as it came.
 * @throws NotAsked when that can't be looked up: then nothing is certain, and everything stays as it is
 */
export async function certainOf<Answer extends { kind: string }, Earlier>(
	answer: Answer | Refused,
	findEarlier: () => Promise<Earlier | null>
): Promise<Answer | Refused | { kind: 'earlier'; earlier: Earlier }> {
	if (answer.kind !== 'refused') return answer;
	const earlier = await findEarlier();
	return earlier === null ? answer : { kind: 'earlier', earlier };
}
