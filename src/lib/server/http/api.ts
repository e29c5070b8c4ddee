// What every answer of the API begins with: a key, and not too often.
import { json } from '@sveltejs/kit';
import type { RefusalCode } from '../../contract/refusals.ts';
import { may, type Permission, type Scope } from '../../domain/access/scope.ts';
import { scopeOfApiKey } from '../access/scopes.ts';
import type { Services } from '../services.ts';
import { askedFrom, noteScope } from '../request-context.ts';
import { whoIs } from '../store/security-events.ts';
import { noteRepeatable } from '../use-cases/access/note-security.ts';
import { refusalBody } from './answer.ts';
import { statusOf } from './refusal-status.ts';

export const apiProblem = (code: RefusalCode, detail: Record<string, string> = {}, status = statusOf(code)): Response =>
	json(refusalBody({ code, detail }, 'en'), { status });

/** A scope, or the answer to give instead. `permission`: what the call needs; without one, the use case says so of the object itself. */
export async function requireApiKey(
	services: Services,
	request: Request,
	permission?: Permission
): Promise<Scope | Response> {
	const scope = await scopeOfApiKey(services, request.headers.get('authorization'), askedFrom().address);
	if (scope === 'not_allowed') return apiProblem('not_allowed', {}, 401);
	if (typeof scope === 'string') return apiProblem(scope);
	noteScope(scope);
	if (permission && !may(scope.actor, permission)) return apiProblem('api_key_scope');
	const isWelcome = await services.limits.take('api', scope.actor.kind === 'api_key' ? scope.actor.apiKeyId : '');
	if (!isWelcome) return apiProblem('too_many_requests');
	const { pathname } = new URL(request.url);
	if (request.method === 'GET')
		await noteRepeatable(services, 'api', { ...whoIs(scope), kind: 'api_read', detail: { path: pathname } });
	return scope;
}
