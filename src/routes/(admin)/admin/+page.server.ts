// Today: what is owed, late, under way, received.
import { requireMember } from '#lib/server/http/guards.ts';
import { readDashboard } from '#lib/server/use-cases/suppliers/read-admin.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({
	board: await readDashboard((await house()).services, requireMember(event))
});
