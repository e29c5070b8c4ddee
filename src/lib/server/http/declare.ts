// A member says what became of a try, or of a refund, whose account at Stripe can't be asked any more: made there, or not.
import { error, type RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import {
	NotPaidThereForm,
	NotRefundedThereForm,
	PaidThereForm,
	RefundedThereForm,
	type DeclaredForm
} from '../../contract/outcomes.ts';
import { isUuid } from '../../contract/payments.ts';
import type { Scope } from '../../domain/access/scope.ts';
import type { Services } from '../services.ts';
import { declareOutcome } from '../use-cases/payments/declare-outcome.ts';
import { declareRefund } from '../use-cases/payments/declare-refund.ts';
import type { Result } from '../use-cases/run.ts';
import { house } from '../wiring.ts';
import { failWith } from './answer.ts';
import { refuseOrConfirm } from './confirm-first.ts';
import { requireMember } from './guards.ts';

export const declarePaid = (event: RequestEvent, invoiceId: string) =>
	say(event, invoiceId, PaidThereForm, ({ essai: attemptId, le: paidOn, reference, moyen: methodType }, word) => {
		const input = { invoiceId, attemptId, ...word, outcome: 'paid' as const, paidOn, reference, methodType };
		return (services, scope) => declareOutcome(services, scope, input);
	});
export const declareNotPaid = (event: RequestEvent, invoiceId: string) =>
	say(event, invoiceId, NotPaidThereForm, ({ essai: attemptId }, word) => {
		const input = { invoiceId, attemptId, ...word, outcome: 'not_paid' as const };
		return (services, scope) => declareOutcome(services, scope, input);
	});
export const declareRefunded = (event: RequestEvent, paymentId: string) =>
	say(event, paymentId, RefundedThereForm, ({ demande: refundRequestId, le: refundedOn, reference }, word) => {
		const input = { paymentId, refundRequestId, ...word, outcome: 'refunded' as const, refundedOn, reference };
		return (services, scope) => declareRefund(services, scope, input);
	});
export const declareNotRefunded = (event: RequestEvent, paymentId: string) =>
	say(event, paymentId, NotRefundedThereForm, ({ demande: refundRequestId }, word) => {
		const input = { paymentId, refundRequestId, ...word, outcome: 'not_refunded' as const };
		return (services, scope) => declareRefund(services, scope, input);
	});

/** `instead`: of what was said last, as the page showed it, and is taken back. */
type Word = { note: string; instead?: number };
type Declare = (services: Services, scope: Scope) => Promise<Result<null>>;
async function say<T extends DeclaredForm>(
	event: RequestEvent,
	pageId: string,
	schema: v.GenericSchema<unknown, T>,
	declaring: (typed: T, word: Word) => Declare
) {
	const scope = requireMember(event);
	if (!isUuid(pageId)) error(404, 'Not found');
	const form = await event.request.formData();
	const values = Object.fromEntries(form) as Record<string, string>;
	const read = v.safeParse(schema, values);
	if (!read.success) {
		const field = String(read.issues[0].path?.[0]?.key ?? '');
		return failWith({ code: 'input_invalid', detail: { field } }, event.locals.locale, values);
	}
	const { motif: note, constat } = read.output;
	const declare = declaring(read.output, { note, ...(constat === undefined ? {} : { instead: constat }) });
	const result = await declare((await house()).services, scope);
	if (result.ok) return { said: true };
	// An id of somebody else's answers as one that does not exist: nothing of it is told back.
	if (result.refusal.code === 'not_found') error(404, 'Not found');
	return refuseOrConfirm(event, result.refusal, 'outcome', form, values);
}
