// French first: the person's cookie, else the browser's preference, else French. Machines (webhooks, API, health) are answered in English.
import type { Handle } from '@sveltejs/kit';
import { paraglideMiddleware } from '#lib/paraglide/server.js';

const FOR_MACHINES = /^\/(webhooks|api|health)\//;

export const language: Handle = ({ event, resolve }) => {
	if (FOR_MACHINES.test(event.url.pathname)) {
		event.locals.locale = 'en';
		return resolve(event);
	}
	return paraglideMiddleware(event.request, ({ request, locale }) => {
		event.request = request;
		event.locals.locale = locale;
		return resolve(event, { transformPageChunk: ({ html }) => html.replace('%lang%', locale) });
	});
};
