// The client's receipts.
import { cursorFrom } from '#lib/contract/lists.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { readPayments } from '#lib/server/use-cases/suppliers/read-payments.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'payments');
	return {
		receipts: await readPayments(
			(await house()).services,
			requireContact(event),
			cursorFrom(event.url.searchParams, 'apres')
		)
	};
};
