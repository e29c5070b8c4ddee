// The journal of one month.
import { requireMember } from '#lib/server/http/guards.ts';
import { monthFrom } from '#lib/contract/lists.ts';
import { readJournal } from '#lib/server/use-cases/suppliers/read-journal.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({
	journal: await readJournal(
		(await house()).services,
		requireMember(event),
		monthFrom(event.url.searchParams.get('mois'))
	)
});
