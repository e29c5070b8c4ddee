// One line per request: id, route, status, duration. Never a query, a token or a body.
import { building } from '$app/environment';
import type { Handle, HandleServerError } from '@sveltejs/kit';
import { newId } from '../identity.ts';
import { withoutTokens } from '../log.ts';
import { house } from '../wiring.ts';

export const requestLog: Handle = async ({ event, resolve }) => {
	const started = performance.now();
	event.locals.requestId = newId();
	const { services } = await house();
	const response = await services.visitors.serve(async () => resolve(event));
	response.headers.set('x-request-id', event.locals.requestId);
	const line = {
		requestId: event.locals.requestId,
		method: event.request.method,
		path: withoutTokens(event.url.pathname),
		status: response.status,
		ms: Math.round(performance.now() - started),
		supplierId: event.locals.scope?.supplierId
	};
	services.log[response.status >= 500 ? 'error' : 'debug'](line, 'request');
	return response;
};

/** What is wrong with a request is its sender's affair: whoever is woken by errors hears only of ours. */
export const reportError: HandleServerError = async ({ error, event, status, message }) => {
	if (status < 500) return { message };
	if (building) throw error;
	const { services } = await house();
	services.log.error({ err: error, requestId: event.locals.requestId, route: event.route.id }, 'request failed');
	return { message, requestId: event.locals.requestId };
};
