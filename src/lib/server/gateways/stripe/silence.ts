// What could not be asked is never an answer. Stripe's refusals of the question itself, and everything by which an answer is lost, told apart from what it
// says of a payment (https://docs.stripe.com/error-handling, https://docs.stripe.com/api/errors).
import Stripe from 'stripe';
import type { Silence } from '../../../domain/payments/silence.ts';
import { NotAsked } from './port.ts';

/**
 * A key or an account is refused before Stripe looks at anything else: such an answer says nothing of a question that was asked before under the same
 * idempotency key. null: Stripe did answer.
 */
function silenceOf(error: unknown): Silence | null {
	const { errors } = Stripe;
	if (!(error instanceof errors.StripeError)) return null;
	if (error instanceof errors.StripeAuthenticationError) return 'key_refused';
	if (error instanceof errors.StripePermissionError) return 'account_refused';
	const isAnswer =
		error instanceof errors.StripeCardError ||
		error instanceof errors.StripeInvalidRequestError ||
		error instanceof errors.StripeIdempotencyError ||
		// Somebody else asks the same at this moment: the account is well, and what became of it is not known yet.
		error.statusCode === 409;
	return isAnswer ? null : 'unreachable';
}

export type OnSilence = (account: string | null, silence: Silence) => Promise<void>;
/** One question to an account. @throws NotAsked when Stripe could not be asked, or its answer was lost; Stripe's own errors when it said no. */
export async function asking<T>(account: string | null, onSilence: OnSilence, ask: () => Promise<T>): Promise<T> {
	try {
		return await ask();
	} catch (error) {
		const silence = silenceOf(error);
		if (!silence) throw error;
		await onSilence(account, silence);
		throw new NotAsked(account, silence, error);
	}
}

/** Stripe said no, or could not be asked: nothing of our own is broken. */
export const isOfStripe = (error: unknown): boolean =>
	error instanceof Stripe.errors.StripeError || error instanceof NotAsked;

/** Stripe looked at what it was asked and refused that: nothing moved by this question. Whether it had by an earlier one is looked up. */
export const isRefusal = (error: unknown): error is InstanceType<typeof Stripe.errors.StripeInvalidRequestError> =>
	error instanceof Stripe.errors.StripeInvalidRequestError;

/** Not of the payment, but of the card or account that is to be charged: another one is needed, and no other day helps. */
export const isAboutMethod = ({ code, param }: { code?: string | undefined; param?: string | undefined }): boolean =>
	/^(payment_method|mandate|customer)/.test(param ?? '') ||
	/mandate|^payment_method_|_payment_method$/.test(code ?? '');
