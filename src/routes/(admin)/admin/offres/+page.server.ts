// What is offered to whom, and what it has cost.
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readOffers } from '#lib/server/use-cases/offers/read-offers.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'offers', 'payments', 'points');
	return readOffers((await house()).services, requireMember(event));
};
