// Payments received.
import { cursorFrom } from '#lib/contract/lists.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readPayments } from '#lib/server/use-cases/suppliers/read-payments.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'payments');
	return {
		payments: await readPayments(
			(await house()).services,
			requireMember(event),
			cursorFrom(event.url.searchParams, 'apres')
		)
	};
};
