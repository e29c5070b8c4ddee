// Imports as they stand: how far they are, what will become of each invoice, who said what. Refusals: not_found.
import type {
	ForeseenClient,
	ForeseenPage,
	ImportLine,
	ImportPage,
	ImportView,
	LineView,
	ListView
} from '../../../contract/import-views.ts';
import { actorName, may, type Actor, type Scope } from '../../../domain/access/scope.ts';
import type { ImportOutcome } from '../../../domain/invoices/import-states.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { countOutcomes, countReplacing, listLines, type LinePlace, type ListedLine } from '../../store/import-lines.ts';
import {
	countFilesOf,
	findFile,
	findImport,
	listFiles,
	listImports,
	listLists,
	type ImportJob
} from '../../store/imports.ts';
import type { Tx } from '../../store/database.ts';
import { listMappings } from '../../store/import-mappings.ts';
import { fromJson } from '../../store/json.ts';
import { getSupplier } from '../../store/suppliers.ts';
import type { ListShape } from '../../store/schema/index.ts';
import { clientChoices } from '../choose-client.ts';
import type { ClientChoices } from '../../../contract/offer-views.ts';
import { pageOf } from '../page.ts';
import type { Page } from '../../../contract/lists.ts';
import { namesOfActors, type NameOfActor } from '../access/actor-names.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { foresee } from './foresee.ts';

const PAGE = 50;
const FILES_SHOWN = 100;

/** A key that may only import follows what it opened itself. */
const maySee = (actor: Actor, job: ImportJob): boolean =>
	actor.kind === 'api_key' && may(actor, 'read_invoices')
		? true
		: may(actor, 'import_invoices') && (actor.kind !== 'api_key' || job.openedBy === actorName(actor));

export async function readImport(
	services: Services,
	scope: Scope,
	importId: string,
	{
		outcome,
		after = null,
		clientPage,
		files = FILES_SHOWN
	}: { outcome?: ImportOutcome | undefined; after?: string | null; clientPage?: number; files?: number } = {}
): Promise<Result<ImportPage>> {
	return read(services, scope, async (tx) => {
		const job = await findImport(tx, scope, importId);
		if (!job || !maySee(scope.actor, job)) return refuse('not_found');
		const names = Object.fromEntries((await listMappings(tx, scope)).map((one) => [one.headerKey, one.name]));
		const lists = await listLists(tx, scope, importId);
		const { rows: lines, ...linesPage } = await pageOf(
			// An address that names no line is the beginning.
			{ after: readCursor(after) && after, size: PAGE },
			(ask) => listLines(tx, scope, importId, { outcome, after: readCursor(ask.after), limit: ask.limit }),
			cursorOf
		);
		const view = await viewOf(tx, scope, job, await namesOfActors(tx, scope));
		// Asked for by the page where it is decided, and by nobody else.
		const asks = view.state === 'ready' || (view.state === 'done' && view.counts.review + view.waitingCount > 0);
		return done({
			...view,
			foreseen: asks && clientPage ? await foreseenPage(tx, scope, importId, clientPage) : null,
			files: (await listFiles(tx, scope, importId, files)).map((file) => ({
				position: file.position,
				fileName: file.fileName,
				sha256: file.sha256,
				byteSize: file.byteSize,
				isRead: file.mediaType !== null
			})),
			lists: lists.map(({ fileName, list }) => namedList(fileName, required(list, 'list'), names)),
			lines: lines.map(lineView),
			linesPage
		});
	});
}

export const CLIENTS_A_PAGE = 25;
async function foreseenPage(tx: Tx, scope: Scope, importId: string, page: number): Promise<ForeseenPage> {
	const all = await foresee(tx, scope, importId, true);
	const { mails } = await foresee(tx, scope, importId, false);
	const isUnknown = ({ kind }: ForeseenClient): boolean => kind === 'unknown';
	const sorted = [...all.clients.filter(isUnknown), ...all.clients.filter((client) => !isUnknown(client))];
	return {
		mails,
		mailsReviewed: all.mails,
		clients: sorted.slice((page - 1) * CLIENTS_A_PAGE, page * CLIENTS_A_PAGE),
		clientCount: sorted.length,
		unknownCount: sorted.filter(isUnknown).length,
		page
	};
}

/** The clients that a buyer may be, by name. */
export const readClientChoices = (
	services: Services,
	scope: Scope,
	{ search = '', lines = [] }: { search?: string; lines?: { clientName: string }[] } = {}
): Promise<ClientChoices> =>
	read(services, scope, (tx) =>
		clientChoices(tx, scope, { search, always: { names: lines.map((line) => line.clientName) } })
	);

export async function readImports(
	services: Services,
	scope: Scope,
	after: string | null = null
): Promise<Page<ImportView>> {
	return read(services, scope, async (tx) => {
		const names = await namesOfActors(tx, scope);
		const page = await pageOf(
			{ after, size: IMPORTS_SHOWN },
			(ask) => listImports(tx, scope, ask),
			(one) => one.importId
		);
		return { ...page, rows: await viewsOf(tx, scope, page.rows, names) };
	});
}
const IMPORTS_SHOWN = 20;

/** A file of an import, for whoever is about to confirm it. */
export const readImportFile = (services: Services, scope: Scope, importId: string, position: number) =>
	read(services, scope, async (tx) => {
		const file = may(scope.actor, 'import_invoices') ? await findFile(tx, scope, importId, position) : null;
		return file?.content
			? { content: file.content, mediaType: file.mediaType ?? 'application/octet-stream', fileName: file.fileName }
			: null;
	});

/** Every line, some at a time, in the order of the files. */
export async function* readLines(services: Services, scope: Scope, importId: string): AsyncGenerator<LineView[]> {
	let after: LinePlace | null = null;
	for (;;) {
		const ask = { after, limit: 1000 };
		const rows: ListedLine[] = await read(services, scope, (tx) => listLines(tx, scope, importId, ask));
		if (!rows.length) return;
		yield rows.map(lineView);
		after = rows.at(-1) ?? null;
	}
}
/** Some lines after one of them, for readers that come back for more. */
export const readSomeLines = (
	services: Services,
	scope: Scope,
	importId: string,
	{ after, limit }: { after: LinePlace | null; limit: number }
): Promise<LineView[]> =>
	read(services, scope, async (tx) => (await listLines(tx, scope, importId, { after, limit })).map(lineView));

/** Where the next lines begin, as an address or a reader of the API names it: `3.120`. */
export const cursorOf = ({ filePosition, position }: LinePlace): string => `${filePosition}.${position}`;
/** null for what names no line. */
export function readCursor(text: string | null): LinePlace | null {
	const [, file, line] = /^(\d{1,9})\.(\d{1,9})$/.exec(text ?? '') ?? [];
	return file === undefined ? null : { filePosition: Number(file), position: Number(line) };
}

const lineView = (row: ListedLine): LineView => ({
	...fromJson<ImportLine>(row.view),
	outcome: row.outcome,
	invoiceId: row.isKept ? row.invoiceId : (row.view as ImportLine).invoiceId,
	filePosition: row.filePosition,
	position: row.position,
	buyerKey: row.buyerKey,
	replaces: row.replaces,
	isOpen: row.document !== null && !row.isKept,
	isPdf: row.isPdf
});

const viewOf = async (tx: Tx, scope: Scope, job: ImportJob, names: NameOfActor): Promise<ImportView> =>
	required((await viewsOf(tx, scope, [job], names))[0], 'view');
/** Of each, in their order: as many questions for one as for all. */
async function viewsOf(tx: Tx, scope: Scope, jobs: ImportJob[], names: NameOfActor): Promise<ImportView[]> {
	const importIds = jobs.map((job) => job.importId);
	const [{ timeZone }, files, outcomes, replacing] = await Promise.all([
		getSupplier(tx, scope),
		countFilesOf(tx, scope, importIds),
		countOutcomes(tx, scope, importIds),
		countReplacing(tx, scope, importIds)
	]);
	return jobs.map((job) => {
		const { importId } = job;
		const { files: fileCount, unread } = files.get(importId) ?? { files: 0, unread: 0 };
		const counts = required(outcomes.get(importId), 'counts');
		const wanted = counts.new + (job.acceptsReview ? counts.review : 0) + (replacing.get(importId) ?? 0);
		return {
			importId,
			state: job.state,
			timeZone,
			openedAt: job.openedAt,
			openedBy: names(job.openedBy),
			confirmedAt: job.confirmedAt,
			confirmedBy: job.confirmedBy && names(job.confirmedBy),
			finishedAt: job.finishedAt,
			undoneAt: job.undoneAt,
			undoneBy: job.undoneBy && names(job.undoneBy),
			sendsMails: job.sendsMails,
			fileCount,
			readCount: fileCount - unread,
			counts,
			keptCount: job.keptCount,
			waitingCount: wanted - job.keptCount
		};
	});
}

const namedList = (fileName: string, list: ListShape, names: Record<string, string>): ListView => ({
	...list,
	fileName,
	name: names[list.key] ?? ''
});
