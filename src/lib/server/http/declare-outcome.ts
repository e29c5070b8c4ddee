// A member says what became of a try whose account at Stripe can't be asked any more: paid there, or not.
import { error, type RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import { NotPaidThereForm, PaidThereForm } from '../../contract/outcomes.ts';
import { isUuid } from '../../contract/payments.ts';
import { declareOutcome, type Answer } from '../use-cases/payments/declare-outcome.ts';
import { house } from '../wiring.ts';
import { failWith } from './answer.ts';
import { refuseOrConfirm } from './confirm-first.ts';
import { requireMember } from './guards.ts';

export const declarePaid = (event: RequestEvent, invoiceId: string) =>
	say(event, invoiceId, PaidThereForm, ({ le, reference, moyen }) => ({
		outcome: 'paid',
		paidOn: le,
		reference,
		methodType: moyen
	}));
export const declareNotPaid = (event: RequestEvent, invoiceId: string) =>
	say(event, invoiceId, NotPaidThereForm, () => ({ outcome: 'not_paid' }));

async function say<T extends v.InferOutput<typeof NotPaidThereForm>>(
	event: RequestEvent,
	invoiceId: string,
	schema: v.GenericSchema<unknown, T>,
	answerOf: (typed: T) => Answer
) {
	const scope = requireMember(event);
	if (!isUuid(invoiceId)) error(404, 'Not found');
	const form = await event.request.formData();
	const values = Object.fromEntries(form) as Record<string, string>;
	const read = v.safeParse(schema, values);
	if (!read.success) {
		const field = String(read.issues[0].path?.[0]?.key ?? '');
		return failWith({ code: 'input_invalid', detail: { field } }, event.locals.locale, values);
	}
	const { essai: attemptId, motif: note, constat } = read.output;
	const instead = constat === undefined ? {} : { instead: constat };
	const input = { invoiceId, attemptId, note, ...instead, ...answerOf(read.output) };
	const result = await declareOutcome((await house()).services, scope, input);
	if (result.ok) return { said: true };
	// An id of somebody else's answers as one that does not exist: nothing of it is told back.
	if (result.refusal.code === 'not_found') error(404, 'Not found');
	return refuseOrConfirm(event, result.refusal, 'outcome', form, values);
}
