// The journal of a month, as an accountant reads it: every entry with its lines, in the supplier's own account numbers. Reads only.
import type { Scope } from '../../../domain/access/scope.ts';
import { addDays, addMonths, civilDate, civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Services } from '../../services.ts';
import { listEntries, type EntryListing } from '../../store/journal.ts';
import { getSupplier } from '../../store/parties.ts';
import { read } from '../run.ts';

export type Journal = { month: string; lines: EntryListing[]; hasMore: boolean };
const LINES_MAX = 5000;

/** `month` as YYYY-MM; the current one when it is not given. */
export async function readJournal(services: Services, scope: Scope, month: string | null): Promise<Journal> {
	return read(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const shown = month ?? civilDateIn(services.clock.now(), supplier.timeZone).slice(0, 7);
		const from = civilDate(`${shown}-01`);
		const until: CivilDate = addDays(addMonths(from, 1), -1);
		// The books are the supplier's: a client's person reads none of them.
		const lines = scope.clientId ? [] : await listEntries(tx, scope, { from, until, limit: LINES_MAX + 1 });
		return {
			month: shown,
			hasMore: lines.length > LINES_MAX,
			lines: lines.slice(0, LINES_MAX).map((line) => ({
				...line,
				account: supplier.accounts[line.account as keyof typeof supplier.accounts] ?? line.account
			}))
		};
	});
}
