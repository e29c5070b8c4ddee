// A member says what became of a refund whose account at Stripe can't be asked any more: made there, or not.
import { error, type RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import { NotRefundedThereForm, RefundedThereForm } from '../../contract/outcomes.ts';
import { isUuid } from '../../contract/payments.ts';
import { declareRefund, type RefundAnswer } from '../use-cases/payments/declare-refund.ts';
import { house } from '../wiring.ts';
import { failWith } from './answer.ts';
import { refuseOrConfirm } from './confirm-first.ts';
import { requireMember } from './guards.ts';

export const declareRefunded = (event: RequestEvent, paymentId: string) =>
	say(event, paymentId, RefundedThereForm, ({ le, reference }) => ({ outcome: 'refunded', refundedOn: le, reference }));
export const declareNotRefunded = (event: RequestEvent, paymentId: string) =>
	say(event, paymentId, NotRefundedThereForm, () => ({ outcome: 'not_refunded' }));

async function say<T extends v.InferOutput<typeof NotRefundedThereForm>>(
	event: RequestEvent,
	paymentId: string,
	schema: v.GenericSchema<unknown, T>,
	answerOf: (typed: T) => RefundAnswer
) {
	const scope = requireMember(event);
	if (!isUuid(paymentId)) error(404, 'Not found');
	const form = await event.request.formData();
	const values = Object.fromEntries(form) as Record<string, string>;
	const read = v.safeParse(schema, values);
	if (!read.success) {
		const field = String(read.issues[0].path?.[0]?.key ?? '');
		return failWith({ code: 'input_invalid', detail: { field } }, event.locals.locale, values);
	}
	const { demande: refundRequestId, motif: note, constat } = read.output;
	const instead = constat === undefined ? {} : { instead: constat };
	const input = { paymentId, refundRequestId, note, ...instead, ...answerOf(read.output) };
	const result = await declareRefund((await house()).services, scope, input);
	if (result.ok) return { said: true };
	// An id of somebody else's answers as one that does not exist: nothing of it is told back.
	if (result.refusal.code === 'not_found') error(404, 'Not found');
	return refuseOrConfirm(event, result.refusal, 'outcome', form, values);
}
