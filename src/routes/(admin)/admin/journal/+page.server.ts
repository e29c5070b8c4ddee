// The journal of one month, a page at a time.
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { cursorFrom, monthFrom } from '#lib/contract/lists.ts';
import { readJournal } from '#lib/server/use-cases/suppliers/read-journal.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'payments', 'invoices', 'plans', 'bank');
	const { searchParams } = event.url;
	return {
		journal: await readJournal((await house()).services, requireMember(event), {
			month: monthFrom(searchParams.get('mois')),
			after: cursorFrom(searchParams, 'apres')
		})
	};
};
