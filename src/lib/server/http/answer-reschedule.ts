// From a JSON body to the client's answer about another day for a part, for the pay link and the portal alike.
import { json, type RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import { AnswerMove } from '../../contract/payments.ts';
import type { Scope } from '../../domain/access/scope.ts';
import { answerReschedule } from '../use-cases/plans/reschedule-instalment.ts';
import { refuse } from '../use-cases/run.ts';
import { house } from '../wiring.ts';
import { answerJson, refusalBody } from './answer.ts';

export async function answerMoveResponse(
	{ request, locals, url, getClientAddress }: Pick<RequestEvent, 'request' | 'locals' | 'url' | 'getClientAddress'>,
	scope: Scope
): Promise<Response> {
	const { services } = await house();
	const read = v.safeParse(AnswerMove, await request.json().catch(() => null));
	if (!read.success)
		return json(
			refusalBody({ code: 'input_invalid', detail: { field: v.getDotPath(read.issues[0]) ?? 'body' } }, locals.locale),
			{ status: 400 }
		);
	if (!(await services.limits.take('payment', read.output.planId)))
		return answerJson(refuse('too_many_requests'), locals.locale);
	const result = await answerReschedule(services, scope, read.output, {
		returnUrl: url.origin,
		ip: getClientAddress(),
		userAgent: request.headers.get('user-agent'),
		locale: locals.locale
	});
	return answerJson(result.ok ? { ok: true, value: { answered: true } } : result, locals.locale);
}
