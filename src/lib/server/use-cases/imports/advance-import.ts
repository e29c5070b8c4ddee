// One step of the import that has waited longest: a file is read and checked, or some invoices are kept. Every step ends in commits of its own, so that
// a process that dies in the middle loses nothing: whoever takes over reads that file again, or keeps what is not kept yet.
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import { buyerKey } from '../../../domain/invoices/buyer.ts';
import type { InvoiceDocument } from '../../../domain/invoices/document.ts';
import type { Services } from '../../services.ts';
import { newId } from '../../identity.ts';
import type { ListHints } from '../../readers/csv.ts';
import { readInvoicesOffPath, type ReadingBatch } from '../../readers/off-path.ts';
import type { Tx } from '../../store/database.ts';
import { listMappings } from '../../store/import-mappings.ts';
import {
	deleteLines,
	saveOutcomes,
	insertLines,
	listPendingNumbers,
	listClientsOf,
	listToKeep,
	type LineRow
} from '../../store/import-lines.ts';
import {
	claimImport,
	countUp,
	findFile,
	findImport,
	listUnreadFiles,
	holdClaim,
	keepAsDocument,
	releaseClaim,
	saveFile,
	saveImport,
	type Claim
} from '../../store/imports.ts';
import { nameKey } from '../../store/invoices.ts';
import { fromJson } from '../../store/json.ts';
import { recordFact } from '../../store/outbox.ts';
import type { ImportState } from '../../store/schema/index.ts';
import { refreshStatistics } from '../../store/upkeep.ts';
import { isRefusedByDatabase } from '../../store/tx.ts';
import { commit, read } from '../run.ts';
import { checkDocuments, nameOf, withoutTwins } from './check-documents.ts';
import type { Checked, ImportLine } from './import-line.ts';
import { keepInvoices, makeClients, notKept, tellOpened } from './keep-invoices.ts';

const LEASE_MS = 60_000;
/** Invoices of a list in one transaction. A file that is one invoice is one transaction. */
const AT_ONCE = 200;
/** How many files, or lines, one turn takes: then another import that waits has its turn. */
const FILES_A_TURN = 20;
const LINES_A_TURN = 1000;
/** Small enough to be read while the one before is checked. */
const READ_AHEAD_BYTES = 1024 * 1024;
/** Transactions side by side: the database has more than one core. */
const SIDE_BY_SIDE = 2;
/** After so many, the tables are no longer what they were. */
const GROWN = [1000, 10_000, 60_000];
const hasGrown = (before: number, after: number): boolean => GROWN.some((size) => before < size && after >= size);

/** `false` when no import waits. */
export async function advanceNextImport(services: Services): Promise<boolean> {
	const claim = await claimImport(services.db, newId(), services.clock.now(), LEASE_MS);
	if (!claim) return false;
	const work: Work = { services, claim, scope: mintScope(claim.supplierId, { kind: 'system' }) };
	try {
		if (claim.state === 'reading') await readNextFiles(work);
		else await keepNextLines(work);
	} catch (error) {
		if (!(error instanceof LostClaim)) throw error;
	} finally {
		await releaseClaim(services.db, claim, services.clock.now());
	}
	return true;
}

type Work = { services: Services; scope: Scope; claim: Claim };
/** Somebody else has taken over, or a person called the import off. */
class LostClaim extends Error {}

/** One transaction of a turn, with its news. `hold` makes sure that the import is still ours: once, at its beginning or at its end. */
async function step({ services, scope, claim }: Work, steps: (tx: Tx, hold: () => Promise<void>) => Promise<void>) {
	const now = services.clock.now();
	const hold = (tx: Tx) => async () => {
		if (!(await holdClaim(tx, scope, claim, new Date(now.getTime() + LEASE_MS)))) throw new LostClaim();
	};
	await commit(services, scope, async (tx) => {
		await steps(tx, hold(tx));
		await recordFact(tx, scope, now, { kind: 'import.changed', clientId: null, invoiceId: null, attemptId: null });
	});
}
/** The import goes on to another state, and is nobody's. */
const moveOn = (work: Work, state: ImportState, change: Parameters<typeof saveImport>[3] = {}): Promise<void> =>
	step(work, async (tx, hold) => {
		await hold();
		await saveImport(tx, work.scope, work.claim.importId, { state, ...change });
	});

/** In order, some at the same time. The first failure is told when all that had begun have ended. */
async function sideBySide<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
	const waiting = items.values();
	const ends = await Promise.allSettled(
		Array.from({ length: SIDE_BY_SIDE }, async () => {
			for (const item of waiting) await work(item);
		})
	);
	for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function readNextFiles(work: Work): Promise<void> {
	const { services, scope, claim } = work;
	const { job, files, hints } = await read(services, scope, async (tx) => {
		const job = (await findImport(tx, scope, claim.importId))!;
		const mappings = await listMappings(tx, scope);
		return {
			job,
			files: await listUnreadFiles(tx, scope, claim.importId, FILES_A_TURN),
			hints: { ...Object.fromEntries(mappings.map((one) => [one.headerKey, one])), ...job.answers }
		};
	});
	if (!files.length) {
		const confirmed = { confirmedBy: job.openedBy, confirmedAt: services.clock.now() };
		return job.confirmsItself ? moveOn(work, 'keeping', confirmed) : moveOn(work, 'ready');
	}
	// In the order of the files, so that of two with the same number the first stands; the next one is read while this one is checked.
	const readings: Promise<Reading>[] = [];
	try {
		for (const [i, { position }] of files.entries()) {
			readings[i] ??= begin(work, position, hints);
			const after = files[i + 1];
			// Its failure, if any, is told in its turn. Two large lists at once would be too much for the memory.
			if (after && after.byteSize < READ_AHEAD_BYTES)
				(readings[i + 1] = begin(work, after.position, hints)).catch(() => {});
			await checkFile(work, await readings[i]!);
		}
	} finally {
		// However it ended, no thread is left with half a file.
		for (const begun of await Promise.allSettled(readings))
			if (begun.status === 'fulfilled') await begun.value.batches.return(undefined);
	}
}

type Reading = {
	filePosition: number;
	fileName: string;
	first: Promise<IteratorResult<ReadingBatch>>;
	batches: AsyncGenerator<ReadingBatch>;
};
/** Its first invoices are being read. */
async function begin({ services, scope, claim }: Work, filePosition: number, hints: ListHints): Promise<Reading> {
	const file = (await read(services, scope, (tx) => findFile(tx, scope, claim.importId, filePosition)))!;
	const { fileName } = file;
	const batches = readInvoicesOffPath({ name: fileName, bytes: file.content ?? new Uint8Array() }, hints);
	return { filePosition, fileName, first: batches.next(), batches };
}

async function checkFile(work: Work, { filePosition, fileName, first, batches }: Reading): Promise<void> {
	const { services, scope, claim } = work;
	const { importId } = claim;
	let position = 0;
	for (let next = await first; !next.done; next = await batches.next()) {
		const batch = next.value;
		const results = batch.results.map((result) => ({ fileName, result }));
		await step(work, async (tx, hold) => {
			await hold();
			if (position === 0) await deleteLines(tx, scope, importId, filePosition);
			const checked = await checkDocuments(tx, scope, results);
			const seen = await numbersOf(tx, scope, importId, checked);
			const lines = withoutTwins(checked, seen).map((one, i) => rowOf(one, position + i));
			await insertLines(tx, scope, { importId, filePosition }, lines);
			const { mediaType, list } = batch;
			if (batch.isLast) await saveFile(tx, scope, { importId, position: filePosition }, { mediaType, list });
		});
		if (hasGrown(position, position + results.length)) await refreshStatistics(services.db);
		position += results.length;
	}
}

/** What this import holds already under the numbers of these. */
async function numbersOf(tx: Tx, scope: Scope, importId: string, checked: Checked[]): Promise<Map<string, bigint>> {
	const rows = await listPendingNumbers(
		tx,
		scope,
		importId,
		checked.map(({ line }) => line.number)
	);
	return new Map(rows.map((row) => [nameKey(row), BigInt(row.debtMinor)]));
}

const rowOf = ({ line, document }: Checked, position: number) => ({
	position,
	outcome: line.outcome,
	number: line.number,
	issueYear: nameOf(line).issueYear || 0,
	buyerKey: document ? buyerKey(document.buyer) : '',
	view: line,
	// What is known already, or refused, is never kept.
	document: line.outcome === 'identical' || line.outcome === 'refused' ? null : document,
	invoiceId: newId()
});

async function keepNextLines(work: Work): Promise<void> {
	const { services, scope, claim } = work;
	const { rows, job } = await read(services, scope, async (tx) => {
		const job = (await findImport(tx, scope, claim.importId))!;
		return { job, rows: await listToKeep(tx, scope, job, LINES_A_TURN) };
	});
	const last = rows.at(-1);
	if (!last) return finish(work);
	const waiting = rows.map(waitingOf);
	// First and alone: where clients are made, nobody else may, and the invoices then need not wait for each other.
	await step(work, async (tx, hold) => {
		await hold();
		await makeClients(tx, scope, waiting, services.clock.now());
	});
	await sideBySide(transactionsOf(waiting), (some) => keepSome(work, some, job.sendsMails));
	// Only now: what was kept beside something that was not is found again, and passed over, if this process dies before.
	await step(work, async (tx, hold) => {
		await hold();
		await saveImport(tx, scope, claim.importId, { keptFile: last.filePosition, keptLine: last.position });
	});
	if (hasGrown(job.keptCount, job.keptCount + rows.length)) await refreshStatistics(services.db);
}
/** A line that waits, with what will be kept of it. */
type Waiting = { row: LineRow; line: ImportLine; document: InvoiceDocument; chosenClientId: string | null };
const waitingOf = (row: LineRow): Waiting => ({
	row,
	line: fromJson<ImportLine>(row.view),
	document: fromJson<InvoiceDocument>(row.document),
	chosenClientId: row.chosenClientId
});
/** Those of one file together, and not too many. */
const transactionsOf = (rows: Waiting[]): Waiting[][] =>
	[...Map.groupBy(rows, ({ row }) => row.filePosition).values()].flatMap((lines) =>
		Array.from({ length: Math.ceil(lines.length / AT_ONCE) }, (_, i) => lines.slice(i * AT_ONCE, (i + 1) * AT_ONCE))
	);

async function keepSome(work: Work, rows: Waiting[], sendMails: boolean): Promise<void> {
	try {
		await keepRows(work, rows, sendMails);
	} catch (error) {
		// One of them is something that the books can't hold: each by itself then, so that it alone is refused.
		if (!isRefusedByDatabase(error)) throw error;
		for (const row of rows)
			await keepRows(work, [row], sendMails).catch((reason: unknown) => {
				if (!isRefusedByDatabase(reason)) throw reason;
				return refuseRow(work, row, reason);
			});
	}
}
async function refuseRow(work: Work, { row, line }: Waiting, reason: unknown): Promise<void> {
	const { services, scope, claim } = work;
	const { importId } = claim;
	services.log.warn({ err: reason, importId, number: row.number }, 'import: an invoice could not be kept');
	const view = notKept(line);
	await step(work, async (tx, hold) => {
		await hold();
		await saveOutcomes(tx, scope, importId, [{ ...row, outcome: 'refused', view }]);
	});
}

const keepRows = (work: Work, waiting: Waiting[], sendMails: boolean): Promise<void> =>
	step(work, async (tx, hold) => {
		const { services, scope, claim } = work;
		const { importId } = claim;
		const now = services.clock.now();
		const at = { importId, position: waiting[0]!.row.filePosition };
		const file = await keepAsDocument(tx, scope, at, { documentId: newId(), now });
		const items = waiting.map(({ row: { invoiceId, replaces }, ...what }) => ({
			...what,
			...file,
			invoiceId,
			replaces
		}));
		const { lines } = await keepInvoices(tx, scope, items, { now, sendMails });
		const others = waiting.flatMap(({ row }, i) =>
			lines[i]!.outcome === row.outcome ? [] : [{ ...row, outcome: lines[i]!.outcome, view: lines[i]! }]
		);
		await saveOutcomes(tx, scope, importId, others);
		// Last, so that transactions side by side wait for each other as little as possible.
		await hold();
		await countUp(tx, scope, importId, lines.filter((line) => line.outcome === 'new').length);
	});

/** Everything is kept: each client that has something new hears of it once. */
const finish = (work: Work): Promise<void> =>
	step(work, async (tx, hold) => {
		await hold();
		const { services, scope, claim } = work;
		const now = services.clock.now();
		await saveImport(tx, scope, claim.importId, { state: 'done', finishedAt: now });
		await tellOpened(tx, scope, await listClientsOf(tx, scope, claim.importId), now);
	});
