// From a JSON body to a payment, for the pay link and the portal alike.
import { json, type RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import { AttemptId, StartPayment } from '../../contract/payments.ts';
import type { Scope } from '../../domain/access/scope.ts';
import { limitAttempts } from '../use-cases/stripe/limit-attempts.ts';
import { checkAttempt } from '../use-cases/payments/check-attempt.ts';
import { startPayment } from '../use-cases/payments/start-payment.ts';
import type { PaymentProgress } from '../use-cases/payments/progress.ts';
import { refuse, type Result } from '../use-cases/run.ts';
import { house } from '../wiring.ts';
import { answerJson, refusalBody } from './answer.ts';
import { forgetWayBack, rememberWayBack } from './way-back.ts';
import { progressBody } from './progress.ts';

export async function payResponse(
	{
		request,
		locals,
		cookies,
		url,
		getClientAddress
	}: Pick<RequestEvent, 'request' | 'locals' | 'cookies' | 'url' | 'getClientAddress'>,
	scope: Scope
): Promise<Response> {
	const { services } = await house();
	const read = v.safeParse(StartPayment, await request.json().catch(() => null));
	if (!read.success)
		return json(
			refusalBody({ code: 'input_invalid', detail: { field: v.getDotPath(read.issues[0]) ?? 'body' } }, locals.locale),
			{ status: 400 }
		);
	const payer =
		scope.actor.kind === 'pay_link'
			? scope.actor.payLinkId
			: scope.actor.kind === 'contact'
				? scope.actor.contactId
				: scope.supplierId;
	if (!(await services.limits.take('payment', payer))) return answerJson(refuse('too_many_requests'), locals.locale);
	const from = {
		returnUrl: `${services.config.origin || url.origin}/retour/${read.output.attemptId}`,
		ip: getClientAddress(),
		userAgent: request.headers.get('user-agent'),
		locale: locals.locale
	};
	const tried = { about: read.output.invoiceIds.join(' '), address: getClientAddress() };
	const result = await limitAttempts(services, scope, tried, () => startPayment(services, scope, read.output, from));
	keepWayBack(cookies, services.config.origin, scope, read.output.attemptId, result);
	return answerJson(result, locals.locale, (value) => progressBody(value, locals.locale));
}
/** The address to come back to after a bank's page carries no token: a cookie of this browser knows the way, while the bank waits. */
function keepWayBack(
	cookies: RequestEvent['cookies'],
	origin: string,
	scope: Scope,
	attemptId: string,
	result: Result<PaymentProgress>
): void {
	if (result.ok && result.value.status === 'awaiting_auth') rememberWayBack(cookies, origin, attemptId, pageOf(scope));
	else if (result.ok) forgetWayBack(cookies, origin, attemptId);
}

/** Where the person is, without a token. */
export const pageOf = ({ actor }: Scope): string => (actor.kind === 'pay_link' ? `/p/${actor.payLinkId}` : '/portail');

export async function checkResponse(
	{ locals, cookies }: Pick<RequestEvent, 'locals' | 'cookies'>,
	scope: Scope,
	attemptId: string
): Promise<Response> {
	const { services } = await house();
	if (!v.is(AttemptId, attemptId)) return answerJson(refuse('not_found'), locals.locale);
	const result = await checkAttempt(services, scope, attemptId);
	keepWayBack(cookies, services.config.origin, scope, attemptId, result);
	return answerJson(result, locals.locale, (value) => progressBody(value, locals.locale));
}
