// What is open, under way, paid.
import { cursorFrom } from '#lib/contract/lists.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { readPortal } from '#lib/server/use-cases/invoices/read-portal.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({
	portal: await readPortal((await house()).services, requireContact(event), {
		openAfter: cursorFrom(event.url.searchParams, 'ouvertes'),
		paidAfter: cursorFrom(event.url.searchParams, 'payees')
	})
});
