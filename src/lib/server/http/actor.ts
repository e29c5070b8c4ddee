// Who is this? A session cookie becomes a scope, or nothing.
import type { Handle } from '@sveltejs/kit';
import { scopeOfSubject } from '../access/scopes.ts';
import { noteScope } from '../request-context.ts';
import { house } from '../wiring.ts';

export const actor: Handle = async ({ event, resolve }) => {
	const { sessions, services } = await house();
	event.locals.scope = null;
	event.locals.sessionId = null;
	event.locals.hereId = null;
	event.locals.subject = null;
	const id = event.cookies.get(sessions.cookieName);
	if (id) {
		const { session, cookie } = await sessions.validate(id, () => event.getClientAddress());
		if (cookie) event.cookies.set(cookie.name, cookie.value, cookie.attributes);
		if (session) {
			event.locals.scope = await scopeOfSubject(services, session.subject, session.provenAt);
			if (event.locals.scope) noteScope(event.locals.scope);
			event.locals.sessionId = session.id;
			event.locals.hereId = session.sessionId;
			event.locals.subject = session.subject;
		}
	}
	return resolve(event);
};
