// What the points programme does and costs.
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readFigures } from '#lib/server/use-cases/points/read-figures.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'points', 'payments', 'invoices');
	return {
		figures: await readFigures((await house()).services, requireMember(event))
	};
};
