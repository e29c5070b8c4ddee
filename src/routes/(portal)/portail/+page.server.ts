// What is open, under way, paid; the tier and its points.
import { cursorFrom } from '#lib/contract/lists.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { readPortal } from '#lib/server/use-cases/invoices/read-portal.ts';
import { readTierCard } from '#lib/server/use-cases/points/read-points.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'clients');
	const scope = requireContact(event);
	const { services } = await house();
	const [portal, tierCard] = await Promise.all([
		readPortal(services, scope, {
			openAfter: cursorFrom(event.url.searchParams, 'ouvertes'),
			paidAfter: cursorFrom(event.url.searchParams, 'payees')
		}),
		readTierCard(services, scope, event.locals.locale)
	]);
	return { portal, tierCard };
};
