// The next invoices of a confirmed import are kept: a file that is one invoice in one transaction, a list some hundreds at a time. The next block is made ready
// while one is kept. Two transactions that keep side by side were measured: five per cent faster, and a pay page half as slow again on two cores.
import type { ChosenKind } from '../../../domain/invoices/client-kind.ts';
import type { InvoiceDocument } from '../../../domain/invoices/document.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import { saveOutcomes, listClientsOf, listToSave, type LineRow } from '../../store/import-lines.ts';
import { listBuyers } from '../../store/import-buyers.ts';
import { findFileSize, saveAsDocument } from '../../store/documents.ts';
import { countUp, findImport, readContent, saveImport, type ImportJob } from '../../store/imports.ts';
import { fromJson } from '../../store/json.ts';
import { isRefusedByDatabase } from '../../store/tx.ts';
import { refreshStatistics } from '../../store/upkeep.ts';
import { giveWay } from '../../visitors.ts';
import { read } from '../run.ts';
import { putContent } from '../documents/put-content.ts';
import type { ImportLine } from '../../../contract/import-views.ts';
import { hasGrown, lastStep, step, type Work } from './import-work.ts';
import { buyingOf, heldLine, isHeld, saveInvoices, makeClients, notSaved, tellOpened } from './save-invoices.ts';

/** Lines that are made ready together, and kept in one transaction where they are of one list. A file that is one invoice is one transaction. */
const BLOCK = 400;
/** While people wait for pages, one at a time and small: measured on two cores, a page then takes less than twice its time. */
const SMALL_BLOCK = 100;
/** How many blocks one turn takes: then another import that waits has its turn. */
const BLOCKS_A_TURN = 12;

export async function saveNextLines(work: Work): Promise<void> {
	const { services, scope, claim } = work;
	const job = await read(services, scope, async (tx) =>
		required(await findImport(tx, scope, claim.importId), 'import')
	);
	if (job.keptFile === 0 && job.keptLine === -1) await makeAllClients(work, job);
	let block = await nextBlock(work, job);
	if (!block.length) return finish(work);
	let { keptCount } = job;
	const { visitors } = services;
	for (let n = 1; block.length; n++) {
		const begunAt = performance.now();
		const { filePosition: keptFile, position: keptLine } = required(block.at(-1), 'line').row;
		const following = (): Promise<Waiting[]> =>
			n < BLOCKS_A_TURN ? nextBlock(work, { ...job, keptFile, keptLine }) : Promise.resolve([]);
		// Made ready while this one is kept. Its failure, if any, is told when it is waited for.
		const ahead = visitors.areHere() ? null : following();
		ahead?.catch(() => {});
		try {
			for (const some of transactionsOf(block)) await saveSome(work, some, job);
			// What is kept and not said here yet is found again, and passed over, if this process dies before.
			await step(work, async (tx, hold) => {
				await hold();
				await saveImport(tx, scope, claim.importId, { keptFile, keptLine });
			});
		} finally {
			await Promise.allSettled([ahead]);
		}
		if (hasGrown(keptCount, keptCount + block.length)) await refreshStatistics(services.db);
		keptCount += block.length;
		await giveWay(visitors, begunAt);
		block = await (ahead ?? following());
	}
}
/** So many at a time: others may create clients in between. */
const BUYERS_AT_ONCE = 1000;
/** Before the first invoice is kept, the clients of all of them, with every address that the files give: what was foreseen does not depend on where a block ends. */
async function makeAllClients(work: Work, job: ImportJob): Promise<void> {
	const { services, scope } = work;
	const buyers = await read(services, scope, (tx) => listBuyers(tx, scope, job.importId, job.acceptsReview));
	const made = new Set<string>();
	for (let from = 0; from < buyers.length; from += BUYERS_AT_ONCE)
		await step(work, async (tx, hold) => {
			await makeClients(tx, scope, buyers.slice(from, from + BUYERS_AT_ONCE), {
				now: services.clock.now(),
				by: job.confirmedBy ?? job.openedBy,
				madeBefore: made
			});
			await hold();
		});
}

/** Lines that wait, from where keeping has come to. Their clients are made, alone: the invoices then need not wait for each other. */
async function nextBlock(work: Work, job: ImportJob): Promise<Waiting[]> {
	const { services, scope } = work;
	const size = services.visitors.areHere() ? SMALL_BLOCK : BLOCK;
	for (;;) {
		const rows = await read(services, scope, (tx) => listToSave(tx, scope, job, size));
		const waiting = rows.map(waitingOf);
		if (!waiting.length) return [];
		const held = new Set<Waiting>();
		await step(work, async (tx, hold) => {
			const places = await makeClients(tx, scope, waiting.map(buyingOf), {
				now: services.clock.now(),
				by: job.confirmedBy ?? job.openedBy
			});
			for (const [i, one] of waiting.entries()) {
				const place = required(places[i], 'place');
				one.clientId = place.clientId;
				if (!job.acceptsReview && isHeld(one.line, place)) held.add(one);
			}
			await saveOutcomes(
				tx,
				scope,
				job.importId,
				[...held].map(({ row, line }) => ({ ...row, outcome: 'review' as const, view: heldLine(line) }))
			);
			await hold();
		});
		// What is held is no longer to be kept: if that was all of them, others may follow.
		if (held.size < waiting.length) return waiting.filter((one) => !held.has(one));
	}
}
/** A line that waits, with what will be kept of it. */
type Waiting = {
	row: LineRow;
	line: ImportLine;
	document: InvoiceDocument;
	chosenClientId: string | null;
	chosenKind: ChosenKind | null;
	clientId?: string | undefined;
};
const waitingOf = (row: LineRow): Waiting => ({
	row,
	line: fromJson<ImportLine>(row.view),
	document: fromJson<InvoiceDocument>(row.document),
	chosenClientId: row.chosenClientId,
	chosenKind: row.chosenKind
});
/** Those of one file together. */
const transactionsOf = (rows: Waiting[]): Waiting[][] => [...Map.groupBy(rows, ({ row }) => row.filePosition).values()];

async function saveSome(work: Work, rows: Waiting[], job: ImportJob): Promise<void> {
	try {
		await saveRows(work, rows, job);
	} catch (error) {
		// One of them is something that the books can't hold: each by itself then, so that it alone is refused.
		if (!isRefusedByDatabase(error)) throw error;
		for (const row of rows)
			await saveRows(work, [{ ...row, clientId: undefined }], job).catch((reason: unknown) => {
				if (!isRefusedByDatabase(reason)) throw reason;
				return refuseRow(work, row, reason);
			});
	}
}
async function refuseRow(work: Work, { row, line }: Waiting, reason: unknown): Promise<void> {
	const { services, scope, claim } = work;
	const { importId } = claim;
	services.log.warn({ err: reason, importId, number: row.number }, 'import: an invoice could not be kept');
	const view = notSaved(line);
	await step(work, async (tx, hold) => {
		await hold();
		await saveOutcomes(tx, scope, importId, [{ ...row, outcome: 'refused', view }]);
	});
}

async function saveRows(work: Work, waiting: Waiting[], job: ImportJob): Promise<void> {
	const isStored = await putFile(work, required(waiting[0], 'line').row.filePosition);
	await step(work, async (tx, hold) => {
		const { services, scope, claim } = work;
		const { importId } = claim;
		const now = services.clock.now();
		const at = { importId, position: required(waiting[0], 'line').row.filePosition };
		const file = await saveAsDocument(tx, scope, at, { documentId: newId(), isStored, now });
		const items = waiting.map(({ row: { invoiceId, replaces }, ...what }) => ({
			...what,
			...file,
			invoiceId,
			replaces
		}));
		const { lines } = await saveInvoices(tx, scope, items, {
			now,
			sendMails: job.sendsMails,
			isReviewed: job.acceptsReview
		});
		const others = waiting.flatMap(({ row }, i) => {
			const view = required(lines[i], 'line');
			return view.outcome === row.outcome ? [] : [{ ...row, outcome: view.outcome, view }];
		});
		await saveOutcomes(tx, scope, importId, others);
		// Last, so that the next block, which is being made ready, waits as little as possible.
		await hold();
		await countUp(tx, scope, importId, lines.filter((line) => line.outcome === 'new').length);
	});
}
/** Whether its bytes lie beside the database. Until then they wait with the import, in it. */
async function putFile({ services, scope, claim }: Work, position: number): Promise<boolean> {
	if (!services.storage) return false;
	const at = { importId: claim.importId, position };
	const { sha256, byteSize } = await read(services, scope, (tx) => findFileSize(tx, scope, at));
	return putContent(services, scope, sha256, (tx) => readContent(tx, scope, { ...at, byteSize }));
}

/** Everything is kept: each client that has something new hears of it once. */
const finish = (work: Work): Promise<void> =>
	lastStep(work, async (tx, hold) => {
		await hold();
		const { services, scope, claim } = work;
		const now = services.clock.now();
		await saveImport(tx, scope, claim.importId, { state: 'done', finishedAt: now });
		await tellOpened(tx, scope, await listClientsOf(tx, scope, claim.importId), now);
	});
