// Clients and what they owe.
import { cursorFrom, searchFrom } from '#lib/contract/lists.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readClients } from '#lib/server/use-cases/suppliers/read-clients.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'clients');
	const scope = requireMember(event);
	const { searchParams } = event.url;
	const search = searchFrom(searchParams, 'q');
	const after = cursorFrom(searchParams, 'apres');
	return { clients: await readClients((await house()).services, scope, { search, after }), search };
};
