// The feed of a scope: a stream for EventSource, or JSON for those who poll.
import { json, type RequestEvent } from '@sveltejs/kit';
import type { Scope } from '../../domain/access/scope.ts';
import { sha256 } from '../identity.ts';
import { RETRY_AFTER_S } from '../live/places.ts';
import { whoIs } from '../store/security-events.ts';
import { noteRepeatable } from '../use-cases/access/note-security.ts';
import { refuse } from '../use-cases/run.ts';
import { house } from '../wiring.ts';
import { refusalBody } from './answer.ts';

export async function liveResponse(
	{ request, url, locals, getClientAddress }: Pick<RequestEvent, 'request' | 'url' | 'locals' | 'getClientAddress'>,
	scope: Scope
): Promise<Response> {
	const { hub, services } = await house();
	const lastId = request.headers.get('last-event-id') ?? url.searchParams.get('depuis');
	if (!request.headers.get('accept')?.includes('text/event-stream'))
		return json(await hub.since(scope, lastId), { headers: { 'cache-control': 'no-store' } });
	const sessionHash = scope.actor.kind === 'pay_link' || !locals.sessionId ? null : sha256(locals.sessionId);
	const stream = hub.stream({ scope, sessionHash, address: getClientAddress() }, lastId, request.signal);
	if (!stream) {
		await noteRepeatable(services, 'live', { ...whoIs(scope), kind: 'limit_reached', detail: { limit: 'live' } });
		return json(refusalBody(refuse('too_many_requests').refusal, locals.locale), {
			status: 429,
			headers: { 'retry-after': String(RETRY_AFTER_S), 'cache-control': 'no-store' }
		});
	}
	return new Response(stream, {
		headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
	});
}
