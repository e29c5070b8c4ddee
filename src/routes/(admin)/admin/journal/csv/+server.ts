// The journal of one month as CSV.
import { getLocale } from '#lib/paraglide/runtime.js';
import { monthFrom } from '#lib/contract/lists.ts';
import { journalCsv } from '#lib/server/documents/journal-csv.ts';
import { csvResponse } from '#lib/server/http/csv-response.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { readProvision } from '#lib/server/use-cases/points/read-provision.ts';
import { exportJournal } from '#lib/server/use-cases/suppliers/read-journal.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async (event) => {
	const scope = requireMember(event);
	const month = monthFrom(event.url.searchParams.get('mois'));
	const journal = await exportJournal((await house()).services, scope, { month });
	// What is owed for points, only when it is asked for.
	const asked = event.url.searchParams.get('provision') === 'oui';
	const provision = asked ? await readProvision((await house()).services, scope, journal.month) : null;
	return csvResponse(scope, `journal-${journal.month}.csv`, journalCsv(journal.lines, getLocale(), provision));
};
