// The signed-in client's area.
import { requireContact } from '#lib/server/http/guards.ts';
import { readPortalFrame } from '#lib/server/use-cases/invoices/read-portal.ts';
import { house } from '#lib/server/wiring.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async (event) => ({
	frame: await readPortalFrame((await house()).services, requireContact(event))
});
