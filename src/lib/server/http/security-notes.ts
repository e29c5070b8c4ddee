// What every request leaves in the books: its id and its address; and in the security log, that somebody known was refused what is not theirs.
import type { Handle, RequestEvent } from '@sveltejs/kit';
import { duringRequest, type RequestContext } from '../request-context.ts';
import { whoIs } from '../store/security-events.ts';
import { noteRepeatable } from '../use-cases/access/note-security.ts';
import { house } from '../wiring.ts';

const REFUSED = new Set(['not_found', 'not_allowed', 'link_revoked']);
/** A page asked for by a page of ours answers 200, with the refusal inside (quotes of what people wrote are escaped there). */
const REFUSED_INSIDE = /\{"type":"error",[^]*?"status":40[34]\}/;

async function isRefused(event: RequestEvent, context: RequestContext, response: Response): Promise<boolean> {
	if (response.status === 403 || response.status === 404) return event.route.id !== null;
	if (context.refusal !== null && REFUSED.has(context.refusal)) return true;
	const isData = event.isDataRequest && response.headers.get('content-type')?.startsWith('application/json');
	return Boolean(isData) && REFUSED_INSIDE.test(await response.clone().text());
}

export const securityNotes: Handle = ({ event, resolve }) => {
	const context: RequestContext = {
		requestId: event.locals.requestId,
		address: event.locals.address,
		scope: null,
		refusal: null
	};
	return duringRequest(context, async () => {
		const response = await resolve(event);
		if (context.scope && (await isRefused(event, context, response))) {
			const { services } = await house();
			const route = event.route.id ?? '';
			try {
				await noteRepeatable(services, route, {
					...whoIs(context.scope),
					kind: 'access_refused',
					detail: { method: event.request.method, route, ...(context.refusal && { code: context.refusal }) }
				});
			} catch (error) {
				// The answer stands: it is a refusal already.
				services.log.error({ err: error, requestId: context.requestId }, 'refusal not noted in the security log');
			}
		}
		return response;
	});
};
