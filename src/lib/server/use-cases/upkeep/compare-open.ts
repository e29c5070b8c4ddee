// Every night: what is stored as open beside what the books say it is. First what news was about since the last time; then the next piece of all there is,
// because what was written past the product makes no news: whatever is wrong is found within a night, or within as many as there are pieces. A supplier who could
// not be compared is compared as a whole the next night. A difference is
// a fault of ours, told to the operator, who reads it anew by `npm run open-items` (runbook).
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import {
	beforeAllOf,
	listDayDifferences,
	listDifferencesOf,
	listInvoicesOfAll,
	listInvoicesOf,
	mergeOpenSums,
	type InvoicePlace,
	type OpenDifference
} from '../../store/open-items.ts';
import { listNamedSince } from '../../store/outbox.ts';
import { findProgress, saveProgress } from '../../store/periodic-tasks.ts';
import { read, safely } from '../run.ts';

export const COMPARE_OPEN = 'compare what is open with the books';
const HOUR_MS = 3_600_000;
const AT_ONCE = 1000;
/** Of all there is, twenty thousand invoices in one night. */
const A_NIGHT = { pieces: 20, invoices: AT_ONCE };

/** `pieces` of so many `invoices` each, of all there is. */
export async function compareOpen(services: Services, { pieces, invoices } = A_NIGHT): Promise<void> {
	await mergeOpenSums(services.db);
	const { since, supplierId, invoiceId, failed } = (await findProgress(services.db, COMPARE_OPEN)) ?? {};
	const again = new Set(failed?.split(' '));
	const failing = await compareWhole(services, again, invoices);
	const begunAt = services.clock.now();
	// An hour earlier: what was begun then may have been committed since. The first time there is no instant to begin at: all there is comes piece by piece.
	await compareNamed(services, new Date((since ? new Date(since) : begunAt).getTime() - HOUR_MS), failing);
	let behind: InvoicePlace | null = supplierId && invoiceId ? { supplierId, invoiceId } : null;
	for (let piece = 0; piece < pieces; piece++) {
		behind = await comparePiece(services, behind, { invoices, failing });
		await saveProgress(services.db, COMPARE_OPEN, {
			since: begunAt.toISOString(),
			...behind,
			...(failing.size ? { failed: [...failing].join(' ') } : {})
		});
		if (!behind) return;
	}
}

/** All of those who could not be compared the last time. Answers with those who still can't. */
async function compareWhole(services: Services, suppliers: Set<string>, atOnce: number): Promise<Set<string>> {
	const failing = new Set<string>();
	for (const supplierId of suppliers)
		await orAgain(services, { supplierId, failing }, async () => {
			const scope = mintScope(supplierId, { kind: 'system' });
			tell(services, await read(services, scope, listDayDifferences));
			let places = [beforeAllOf(supplierId)];
			do {
				places = (await listInvoicesOfAll(services.db, places.at(-1) ?? null, atOnce)).filter(
					(place) => place.supplierId === supplierId
				);
				await compareSome(
					services,
					scope,
					places.map((place) => place.invoiceId)
				);
			} while (places.length);
		});
	return failing;
}
/** What goes wrong with one keeps nothing from the others, and is not forgotten with the news that goes by. */
async function orAgain(
	services: Services,
	{ supplierId, failing }: { supplierId: string; failing: Set<string> },
	work: () => Promise<void>
): Promise<void> {
	if (!(await safely(services, supplierId, work))) failing.add(supplierId);
}
async function compareNamed(services: Services, since: Date, failing: Set<string>): Promise<void> {
	for (const { supplierId, invoiceIds, attemptIds, clientIds } of await listNamedSince(services.db, since))
		await orAgain(services, { supplierId, failing }, async () => {
			const scope = mintScope(supplierId, { kind: 'system' });
			const ids = new Set(invoiceIds);
			const others = await read(services, scope, (tx) => listInvoicesOf(tx, scope, { attemptIds, clientIds, since }));
			for (const id of others) ids.add(id);
			for (const some of inPieces([...ids])) await compareSome(services, scope, some);
		});
}
/** @returns where the next piece begins; null: behind the last one, and it begins anew */
async function comparePiece(
	services: Services,
	behind: InvoicePlace | null,
	{ invoices, failing }: { invoices: number; failing: Set<string> }
): Promise<InvoicePlace | null> {
	const places = await listInvoicesOfAll(services.db, behind, invoices);
	for (const [supplierId, its] of Map.groupBy(places, (place) => place.supplierId))
		await orAgain(services, { supplierId, failing }, async () => {
			const scope = mintScope(supplierId, { kind: 'system' });
			if (supplierId !== behind?.supplierId) tell(services, await read(services, scope, listDayDifferences));
			await compareSome(
				services,
				scope,
				its.map((place) => place.invoiceId)
			);
		});
	return places.length < invoices ? null : (places.at(-1) ?? null);
}

async function compareSome(services: Services, scope: Scope, ids: string[]): Promise<void> {
	tell(services, await read(services, scope, (tx) => listDifferencesOf(tx, scope, ids)));
}
function tell(services: Services, differences: OpenDifference[]): void {
	for (const difference of differences)
		services.log.error(difference, 'what is stored as open is not what the books say');
}
function* inPieces(ids: string[]): Generator<string[]> {
	for (let from = 0; from < ids.length; from += AT_ONCE) yield ids.slice(from, from + AT_ONCE);
}
