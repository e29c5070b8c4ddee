// The feed of a scope: a stream for EventSource, or JSON for those who poll.
import { json, type RequestEvent } from '@sveltejs/kit';
import type { Scope } from '../../domain/access/scope.ts';
import { isCursor } from '../store/outbox.ts';
import { house } from '../wiring.ts';

export async function liveResponse(
	{ request, url }: Pick<RequestEvent, 'request' | 'url'>,
	scope: Scope
): Promise<Response> {
	const { hub } = await house();
	const asked = request.headers.get('last-event-id') ?? url.searchParams.get('depuis');
	const cursor = asked && isCursor(asked) ? asked : null;
	if (!request.headers.get('accept')?.includes('text/event-stream'))
		return json(await hub.since(scope, cursor), { headers: { 'cache-control': 'no-store' } });
	return new Response(hub.stream(scope, cursor, request.signal), {
		headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
	});
}
