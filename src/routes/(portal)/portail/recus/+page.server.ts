// The client's receipts.
import { cursorFrom } from '#lib/contract/lists.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { readReceipts } from '#lib/server/use-cases/invoices/read-portal.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({
	receipts: await readReceipts(
		(await house()).services,
		requireContact(event),
		cursorFrom(event.url.searchParams, 'apres')
	)
});
