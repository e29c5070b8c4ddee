// The signed-in client's area.
import { follows } from '#lib/server/http/follows.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { readPortalFrame } from '#lib/server/use-cases/invoices/read-portal.ts';
import { house } from '#lib/server/wiring.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async (event) => {
	follows(event, 'offers', 'points');
	const scope = requireContact(event);
	const { hub, services } = await house();
	// Before anything is read: what happens from here on is told to the page that is being made.
	const since = hub.place(scope);
	return { since, frame: await readPortalFrame(services, scope, event.locals.locale) };
};
