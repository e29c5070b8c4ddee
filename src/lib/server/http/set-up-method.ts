// From a JSON body to a means of payment that is kept, for the pay link and the portal alike.
import { json, type RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import { SetUpMethod, isUuid } from '../../contract/payments.ts';
import type { Scope } from '../../domain/access/scope.ts';
import { checkSetup, setUpMethod } from '../use-cases/methods/set-up-method.ts';
import { contactOf } from '../../domain/access/scope.ts';
import { limitAttempts } from '../use-cases/stripe/limit-attempts.ts';
import { refuse } from '../use-cases/run.ts';
import { house } from '../wiring.ts';
import { answerJson, refusalBody } from './answer.ts';
import { pageOf } from './start-payment.ts';

export async function setUpMethodResponse(
	{ request, locals, url, getClientAddress }: Pick<RequestEvent, 'request' | 'locals' | 'url' | 'getClientAddress'>,
	scope: Scope
): Promise<Response> {
	const { services } = await house();
	const read = v.safeParse(SetUpMethod, await request.json().catch(() => null));
	if (!read.success)
		return json(
			refusalBody({ code: 'input_invalid', detail: { field: v.getDotPath(read.issues[0]) ?? 'body' } }, locals.locale),
			{ status: 400 }
		);
	if (!(await services.limits.take('payment', read.output.planId ?? contactOf(scope) ?? scope.supplierId)))
		return answerJson(refuse('too_many_requests'), locals.locale);
	const from = {
		returnUrl: `${services.config.origin || url.origin}${pageOf(scope)}`,
		ip: getClientAddress(),
		userAgent: request.headers.get('user-agent'),
		locale: locals.locale
	};
	const tried = { about: read.output.planId ?? '', address: getClientAddress() };
	const result = await limitAttempts(services, scope, tried, () => setUpMethod(services, scope, read.output, from));
	return answerJson(result, locals.locale);
}
export async function checkSetupResponse(
	{ locals }: Pick<RequestEvent, 'locals'>,
	scope: Scope,
	setupId: string
): Promise<Response> {
	const { services } = await house();
	return answerJson(isUuid(setupId) ? await checkSetup(services, scope, setupId) : refuse('not_found'), locals.locale);
}
