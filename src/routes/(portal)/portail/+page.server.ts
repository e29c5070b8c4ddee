// What is open, under way, paid.
import { requireContact } from '#lib/server/http/guards.ts';
import { readPortal } from '#lib/server/use-cases/invoices/read-portal.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({
	portal: await readPortal((await house()).services, requireContact(event))
});
