// Today: what is owed, late, under way, received; and what keeps money from coming.
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readSilences } from '#lib/server/use-cases/payments/read-silences.ts';
import { readDashboard } from '#lib/server/use-cases/suppliers/read-dashboard.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'clients');
	const { services } = await house();
	const scope = requireMember(event);
	return { board: await readDashboard(services, scope), silences: await readSilences(services, scope) };
};
