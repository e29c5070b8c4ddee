// Clients and what they owe.
import { requireMember } from '#lib/server/http/guards.ts';
import { readClients } from '#lib/server/use-cases/suppliers/read-admin.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({
	clients: await readClients((await house()).services, requireMember(event))
});
