// One step of the import that has waited longest: a file is read and checked, or some invoices are kept. Every step ends in commits of its own, so that
// a process that dies in the middle loses nothing: whoever takes over reads that file again, or keeps what is not kept yet.
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import { buyerKey } from '../../../domain/invoices/buyer.ts';
import type { Services } from '../../services.ts';
import { newId } from '../../identity.ts';
import { readInvoicesOffPath, type ReadingBatch } from '../../readers/off-path.ts';
import type { Tx } from '../../store/database.ts';
import { listMappings } from '../../store/import-mappings.ts';
import {
	deleteLines,
	finishLines,
	insertLines,
	listPendingNumbers,
	listToKeep,
	type LineRow
} from '../../store/import-lines.ts';
import {
	claimImport,
	findFile,
	findImport,
	findUnreadFile,
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
import { isRefusedByDatabase } from '../../store/tx.ts';
import { commit, read } from '../run.ts';
import { checkDocuments, nameOf, withoutTwins } from './check-documents.ts';
import type { Checked, ImportLine } from './import-line.ts';
import { keepInvoices, notKept } from './keep-invoices.ts';

const LEASE_MS = 60_000;
/** Invoices of a list in one transaction. A file that is one invoice is one transaction. */
const AT_ONCE = 200;

/** `false` when no import waits. */
export async function advanceNextImport(services: Services): Promise<boolean> {
	const claim = await claimImport(services.db, services.clock.now(), LEASE_MS);
	if (!claim) return false;
	const work: Work = { services, claim, scope: mintScope(claim.supplierId, { kind: 'system' }) };
	try {
		if (claim.state === 'reading') await readNextFile(work);
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

/** One transaction of a step: ours still, with its news. The claim lasts on from there. */
async function step(work: Work, steps: (tx: Tx) => Promise<void>): Promise<void> {
	const { services, scope, claim } = work;
	const now = services.clock.now();
	const until = new Date(now.getTime() + LEASE_MS);
	await commit(services, scope, async (tx) => {
		if (!(await holdClaim(tx, scope, claim, until))) throw new LostClaim();
		await steps(tx);
		await recordFact(tx, scope, now, { kind: 'import.changed', clientId: null, invoiceId: null, attemptId: null });
	});
	claim.claimedUntil = until;
}
/** The import goes on to another state, and is nobody's. */
async function moveOn(work: Work, state: ImportState, change: Parameters<typeof saveImport>[3] = {}): Promise<void> {
	await step(work, (tx) => saveImport(tx, work.scope, work.claim.importId, { state, ...change }));
}

async function readNextFile(work: Work): Promise<void> {
	const { services, scope, claim } = work;
	const { importId } = claim;
	const { job, file, mappings } = await read(services, scope, async (tx) => {
		const position = await findUnreadFile(tx, scope, importId);
		return {
			job: (await findImport(tx, scope, importId))!,
			file: position === null ? null : await findFile(tx, scope, importId, position),
			mappings: await listMappings(tx, scope)
		};
	});
	if (!file?.content) {
		const confirmed = { confirmedBy: job.openedBy, confirmedAt: services.clock.now() };
		return job.confirmsItself ? moveOn(work, 'keeping', confirmed) : moveOn(work, 'ready');
	}
	const at = { importId, filePosition: file.position };
	await step(work, (tx) => deleteLines(tx, scope, importId, file.position));
	const hints = { ...Object.fromEntries(mappings.map((one) => [one.headerKey, one])), ...job.answers };
	let [position, mediaType, list]: [number, string, ReadingBatch['list']] = [0, 'application/octet-stream', null];
	for await (const batch of readInvoicesOffPath({ name: file.fileName, bytes: file.content }, hints)) {
		[mediaType, list] = [batch.mediaType, batch.list ?? list];
		const results = batch.results.map((result) => ({ fileName: file.fileName, result }));
		await step(work, async (tx) => {
			const checked = await checkDocuments(tx, scope, results);
			const seen = await numbersOf(tx, scope, importId, checked);
			const lines = withoutTwins(checked, seen).map((one, i) => rowOf(one, position + i));
			await insertLines(tx, scope, at, lines);
		});
		position += results.length;
	}
	await step(work, (tx) => saveFile(tx, scope, { importId, position: file.position }, { mediaType, list }));
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
	invoiceId: null
});

async function keepNextLines(work: Work): Promise<void> {
	const { services, scope, claim } = work;
	const { importId } = claim;
	const { rows, job } = await read(services, scope, async (tx) => {
		const job = (await findImport(tx, scope, importId))!;
		return { job, rows: await listToKeep(tx, scope, job, AT_ONCE) };
	});
	if (!rows.length) return moveOn(work, 'done', { finishedAt: services.clock.now() });
	const keep = (some: LineRow[]) => step(work, (tx) => keepRows(tx, work, some, job.sendsMails));
	try {
		await keep(rows);
	} catch (error) {
		// One of them is something that the books can't hold: each by itself then, so that it alone is refused.
		if (!isRefusedByDatabase(error)) throw error;
		for (const row of rows)
			await keep([row]).catch((reason: unknown) => {
				if (!isRefusedByDatabase(reason)) throw reason;
				services.log.warn({ err: reason, importId, number: row.number }, 'import: an invoice could not be kept');
				return step(work, (tx) => finishLines(tx, scope, importId, [refusedRow(row)]));
			});
	}
}

async function keepRows(tx: Tx, { services, scope, claim }: Work, rows: LineRow[], sendMails: boolean): Promise<void> {
	const now = services.clock.now();
	const at = { importId: claim.importId, position: rows[0]!.filePosition };
	const kept = await keepAsDocument(tx, scope, at, { documentId: newId(), now });
	const items = rows.map((row) => {
		const { line, document } = fromJson<Checked>({ line: row.view, document: row.document });
		const { chosenClientId, replaces } = row;
		return { line, document: document!, ...kept, chosenClientId, replaces };
	});
	const lines = await keepInvoices(tx, scope, items, { now, sendMails });
	const ends = rows.map(({ filePosition, position }, i) => {
		const { outcome, invoiceId } = lines[i]!;
		return { filePosition, position, outcome, invoiceId: outcome === 'new' ? invoiceId : null, view: null };
	});
	await finishLines(tx, scope, claim.importId, ends);
}

const refusedRow = ({ filePosition, position, view }: LineRow) => ({
	filePosition,
	position,
	outcome: 'refused' as const,
	invoiceId: null,
	view: notKept(view as ImportLine)
});
