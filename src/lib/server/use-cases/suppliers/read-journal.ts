// The journal of a month, as an accountant reads it: every entry with its lines, in the supplier's own account numbers. On the screen a page at a time
// beside the totals of the whole month; as a file the whole month, however long. Reads only.
import type { Journal } from '../../../contract/admin-views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { addDays, addMonths, civilDate, civilDateIn } from '../../../domain/calendar/civil-date.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { listEntries, listLines, pinEntries, sumPeriod, type EntryListing, type Period } from '../../store/journal.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { type Supplier } from '../../store/suppliers.ts';
import { pagesOf } from '../../store/pinned.ts';
import { pageOf } from '../page.ts';
import { read } from '../run.ts';

/** Entries of a page of the screen, and of one question while a file is written; each has two lines or more. */
const ON_SCREEN = 200;
const AT_ONCE = 500;

/** `month` as YYYY-MM; the current one when it is not given. `after`: the last entry of the page before. */
export async function readJournal(
	services: Services,
	scope: Scope,
	{ month, after = null }: { month: string | null; after?: string | null }
): Promise<Journal> {
	return read(services, scope, async (tx) => {
		const { supplier, shown, period } = await monthOf(services, tx, scope, month);
		// The books are the supplier's: a client's person reads none of them.
		if (scope.clientId) return { month: shown, totals: [], lines: [], next: null, isFirst: true };
		const { rows, ...place } = await pageOf(
			{ after, size: ON_SCREEN },
			(ask) => listEntries(tx, scope, { ...period, ...ask }),
			(entry) => entry.entryId
		);
		const lines = await linesOf(tx, scope, supplier, rows);
		return { month: shown, totals: await sumPeriod(tx, scope, period), lines, ...place };
	});
}

/** The whole month as one moment sees it, some lines at a time. */
export async function exportJournal(
	services: Services,
	scope: Scope,
	{ month }: { month: string | null }
): Promise<{ month: string; lines: AsyncGenerator<EntryListing[]> }> {
	const { supplier, shown, pinned } = await read(services, scope, async (tx) => {
		const found = await monthOf(services, tx, scope, month);
		return { ...found, pinned: scope.clientId ? new Uint8Array() : await pinEntries(tx, scope, found.period) };
	});
	const lines = async function* () {
		for (const ids of pagesOf(pinned, AT_ONCE))
			yield await read(services, scope, (tx) =>
				linesOf(
					tx,
					scope,
					supplier,
					ids.map((entryId) => ({ entryId }))
				)
			);
	};
	return { month: shown, lines: lines() };
}

async function monthOf(services: Services, tx: Tx, scope: Scope, month: string | null) {
	const supplier = await getSupplier(tx, scope);
	const shown = month ?? civilDateIn(services.clock.now(), supplier.timeZone).slice(0, 7);
	const from = civilDate(`${shown}-01`);
	const period: Period = { from, until: addDays(addMonths(from, 1), -1) };
	return { supplier, shown, period };
}
async function linesOf(tx: Tx, scope: Scope, { accounts }: Supplier, entries: { entryId: string }[]) {
	const lines = await listLines(
		tx,
		scope,
		entries.map((entry) => entry.entryId)
	);
	return lines.map((line) => ({ ...line, account: accounts[line.account as keyof typeof accounts] ?? line.account }));
}
