// The next invoices of a confirmed import are kept: a file that is one invoice in one transaction, a list some hundreds at a time.
import type { InvoiceDocument } from '../../../domain/invoices/document.ts';
import { newId } from '../../identity.ts';
import { saveOutcomes, listClientsOf, listToKeep, type LineRow } from '../../store/import-lines.ts';
import { countUp, findImport, keepAsDocument, saveImport } from '../../store/imports.ts';
import { fromJson } from '../../store/json.ts';
import { isRefusedByDatabase } from '../../store/tx.ts';
import { refreshStatistics } from '../../store/upkeep.ts';
import { read } from '../run.ts';
import type { ImportLine } from './import-line.ts';
import { hasGrown, step, type Work } from './import-work.ts';
import { keepInvoices, makeClients, notKept, tellOpened } from './keep-invoices.ts';

/** Invoices of a list in one transaction. A file that is one invoice is one transaction. */
const AT_ONCE = 200;
/** How many lines one turn takes: then another import that waits has its turn. */
const LINES_A_TURN = 1000;
/** Transactions side by side: the database has more than one core. */
const SIDE_BY_SIDE = 2;

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

export async function keepNextLines(work: Work): Promise<void> {
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
