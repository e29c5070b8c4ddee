// The next files of an import are read, in their own thread, and what will become of each invoice is written down. Nothing is kept yet.
import type { Scope } from '../../../domain/access/scope.ts';
import { buyerKey } from '../../../domain/invoices/buyer.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import type { ListHints } from '../../readers/csv.ts';
import type { When } from '../../readers/norm-values.ts';
import { readInvoicesOffPath, type ReadingBatch } from '../../readers/off-path.ts';
import type { Tx } from '../../store/database.ts';
import { listMappings } from '../../store/import-mappings.ts';
import { deleteLines, insertLines, listPendingNumbers } from '../../store/import-lines.ts';
import { findImport, listUnreadFiles, readContent, saveFile } from '../../store/imports.ts';
import { nameKey } from '../../store/invoices.ts';
import { refreshStatistics } from '../../store/upkeep.ts';
import { giveWay } from '../../visitors.ts';
import { read } from '../run.ts';
import { checkDocuments, nameOf, withoutTwins, type Twin } from './check-documents.ts';
import type { Checked } from './checked.ts';
import { readingDay } from '../reading-day.ts';
import { hasGrown, moveOn, step, type Work } from './import-work.ts';

/** How many files one turn takes: then another import that waits has its turn. */
const FILES_A_TURN = 20;
/** Files that are slow to read are not waited for together: the import would be taken for abandoned (LEASE_MS). */
const HOLD_EVERY_MS = 10_000;
/** Small enough to be read while the one before is checked. */
const READ_AHEAD_BYTES = 1024 * 1024;

export async function readNextFiles(work: Work): Promise<void> {
	const { services, scope, claim } = work;
	const { job, files, how } = await read(services, scope, async (tx) => {
		const job = required(await findImport(tx, scope, claim.importId), 'import');
		const mappings = await listMappings(tx, scope);
		return {
			job,
			files: await listUnreadFiles(tx, scope, claim.importId, FILES_A_TURN),
			how: {
				hints: { ...Object.fromEntries(mappings.map((one) => [one.headerKey, one])), ...job.answers },
				when: await readingDay(tx, scope, services)
			}
		};
	});
	if (!files.length) {
		const confirmed = { confirmedBy: job.openedBy, confirmedAt: services.clock.now() };
		return job.confirmsItself ? moveOn(work, 'keeping', confirmed) : moveOn(work, 'ready');
	}
	// In the order of the files, so that of two with the same number the first stands; the next one is read while this one is checked.
	const readings: Promise<Reading>[] = [];
	let small: Slice[] = [];
	let heldAt = performance.now();
	const checkSmall = async () => {
		if (small.length) await writeSlices(work, small, await checkSlices(work, small));
		small = [];
		heldAt = performance.now();
	};
	try {
		for (const [i, file] of files.entries()) {
			const begun = (readings[i] ??= begin(work, file, how));
			const after = files[i + 1];
			// Its failure, if any, is told in its turn. Two large lists at once would be too much for the memory.
			if (after && after.byteSize < READ_AHEAD_BYTES) (readings[i + 1] = begin(work, after, how)).catch(() => {});
			const { first, ...reading } = await begun;
			if (first.isLast) {
				small.push({ ...reading, batch: first, from: 0 });
				if (performance.now() - heldAt > HOLD_EVERY_MS) await checkSmall();
			} else {
				await checkSmall();
				await checkList(work, first, reading);
			}
		}
		await checkSmall();
	} finally {
		// However it ended, no thread is left with half a file.
		for (const begun of await Promise.allSettled(readings))
			if (begun.status === 'fulfilled') await begun.value.batches.return(undefined);
	}
}

type UnreadFile = { position: number; byteSize: number; fileName: string };
type Reading = {
	filePosition: number;
	fileName: string;
	first: ReadingBatch;
	batches: AsyncGenerator<ReadingBatch>;
};
/** Its first invoices are read; of most files they are all, and the thread is free for another. */
async function begin(
	{ services, scope, claim }: Work,
	file: UnreadFile,
	{ hints, when }: { hints: ListHints; when: When }
): Promise<Reading> {
	const { position, byteSize, fileName } = file;
	const { importId } = claim;
	const bytes = await read(services, scope, (tx) => readContent(tx, scope, { importId, position, byteSize }));
	const batches = readInvoicesOffPath({ name: fileName, bytes }, hints, when);
	const first = (await batches.next()).value as ReadingBatch;
	if (first.isLast) await batches.return(undefined);
	return { filePosition: position, fileName, first, batches };
}

async function checkList(work: Work, first: ReadingBatch, { batches, ...file }: Omit<Reading, 'first'>): Promise<void> {
	let from = 0;
	let written = Promise.resolve();
	try {
		for (let batch = first; ;) {
			// Asked about while the one before is being written.
			const begunAt = performance.now();
			const slices = [{ ...file, batch, from }];
			const checked = await checkSlices(work, slices);
			await written;
			written = writeSlices(work, slices, checked);
			// Its failure, if any, is told when it is waited for.
			written.catch(() => {});
			const upTo = from + batch.results.length;
			if (hasGrown(from, upTo)) {
				await written;
				await refreshStatistics(work.services.db);
			}
			from = upTo;
			await giveWay(work.services.visitors, begunAt);
			const next = await batches.next();
			if (next.done) break;
			batch = next.value;
		}
	} finally {
		await written;
	}
}

/** Some invoices of a file, from this position on. */
type Slice = { filePosition: number; fileName: string; batch: ReadingBatch; from: number };
const resultsOf = (slices: Slice[]) =>
	slices.flatMap(({ fileName, filePosition, batch, from }) =>
		batch.results.map((result, i) => ({ fileName, result, at: { filePosition, position: from + i } }))
	);
const checkSlices = ({ services, scope }: Work, slices: Slice[]): Promise<Checked[]> =>
	read(services, scope, (tx) => checkDocuments(tx, scope, resultsOf(slices)));
/** In one transaction: a few hundred of a list, or some files that are one invoice each. */
const writeSlices = (work: Work, slices: Slice[], checked: Checked[]): Promise<void> =>
	step(work, async (tx, hold) => {
		const { scope, claim } = work;
		const { importId } = claim;
		await hold();
		const begun = slices.filter(({ from }) => from === 0).map(({ filePosition }) => filePosition);
		if (begun.length) await deleteLines(tx, scope, importId, begun);
		const results = resultsOf(slices);
		const seen = await numbersOf(tx, scope, importId, checked);
		const lines = withoutTwins(checked, seen).map((one, i) => ({
			...required(results[i], 'result').at,
			...rowOf(one)
		}));
		await insertLines(tx, scope, importId, lines);
		for (const { filePosition, batch } of slices)
			if (batch.isLast)
				await saveFile(
					tx,
					scope,
					{ importId, position: filePosition },
					{ mediaType: batch.mediaType, list: batch.list }
				);
	});

/** What this import holds already under the numbers of these. */
async function numbersOf(tx: Tx, scope: Scope, importId: string, checked: Checked[]): Promise<Map<string, Twin>> {
	const rows = await listPendingNumbers(
		tx,
		scope,
		importId,
		checked.map(({ line }) => line.number)
	);
	return new Map(rows.map(({ number, issueYear, ...twin }) => [nameKey({ number, issueYear }), twin]));
}

const rowOf = ({ line, document }: Checked) => ({
	outcome: line.outcome,
	number: line.number,
	issueYear: nameOf(line).issueYear || 0,
	buyerKey: document ? buyerKey(document.buyer) : '',
	view: line,
	// What is known already, or refused, is never kept.
	document: line.outcome === 'identical' || line.outcome === 'refused' ? null : document,
	invoiceId: newId()
});
