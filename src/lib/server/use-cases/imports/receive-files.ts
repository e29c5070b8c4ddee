// Files come in, in one go or in several: each is kept once, and the import begins when the last has come.
// Actor: owner, accountant or API key. Refusals: not_allowed, input_invalid (fichiers), file_too_large, archives_too_large, imports_waiting, review_by_person,
// import_closed. Facts: import.changed.
import { actorName, may, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { sha256 } from '../../identity.ts';
import type { InvoiceFile } from '../../readers/file.ts';
import { unpackedOffPath } from '../../readers/off-path.ts';
import type { Tx } from '../../store/database.ts';
import {
	countFiles,
	hasFiles,
	insertFiles,
	insertImport,
	lockImport,
	saveImport,
	sumBytes,
	sumWaiting
} from '../../store/imports.ts';
import { recordFact } from '../../store/outbox.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';

/** More is several imports. */
export const IMPORT_FILES_MAX = 20_000;
const IMPORT_BYTES_MAX = 2 * 1024 ** 3;
/** What one supplier may have waiting: imports that are not over, and the bytes of files that are not forgotten yet (seven days). */
export const WAITING: { imports: number; bytes: number } = { imports: 100, bytes: 8 * 1024 ** 3 };
const sumOf = (files: InvoiceFile[]): number => files.reduce((sum, file) => sum + file.bytes.length, 0);
async function hasRoom(tx: Tx, scope: Scope, importId: string, more: number): Promise<boolean> {
	const waiting = await sumWaiting(tx, scope, importId);
	return waiting.others < WAITING.imports && waiting.bytes + more <= WAITING.bytes;
}

export type Reception = {
	/** Chosen by whoever sends, so that sending again what may have arrived is harmless. A new one begins a new import. */
	importId: string;
	files: InvoiceFile[];
	isLast: boolean;
	/** Keeps what is new as soon as everything is read, without asking anybody. */
	confirmsItself?: boolean;
	sendsMails?: boolean;
	acceptsReview?: boolean;
};

export async function receiveFiles(services: Services, scope: Scope, input: Reception): Promise<Result<null>> {
	if (!may(scope.actor, 'import_invoices')) return refuse('not_allowed');
	if (input.acceptsReview && !may(scope.actor, 'accept_review')) return refuse('review_by_person');
	// Before anything is unpacked: who has too much waiting costs nothing more.
	const mayWait = await read(services, scope, (tx) => hasRoom(tx, scope, input.importId, sumOf(input.files)));
	if (!mayWait) return refuse('imports_waiting');
	const files = await unpackedOffPath(input.files);
	if (!files) return refuse('archives_too_large');
	return commit(services, scope, (tx) => receive(tx, scope, { ...input, files }, services.clock.now()));
}

async function receive(
	tx: Tx,
	scope: Scope,
	{ importId, files, isLast, confirmsItself = false, sendsMails = false, acceptsReview = false }: Reception,
	now: Date
): Promise<Result<null>> {
	const known = await lockImport(tx, scope, importId);
	const kept = files.map((file) => ({
		fileName: file.name.slice(0, 200),
		sha256: sha256(file.bytes),
		content: file.bytes
	}));
	if (known && known.state !== 'receiving')
		return (await hasFiles(tx, scope, importId, kept)) ? done(null) : refuse('import_closed');
	const count = files.length + (known ? await countFiles(tx, scope, importId) : 0);
	const bytes = sumOf(files) + (known ? await sumBytes(tx, scope, importId) : 0);
	if (!(await hasRoom(tx, scope, importId, sumOf(files)))) return refuse('imports_waiting');
	if (bytes > IMPORT_BYTES_MAX) return refuse('file_too_large');
	if (count === 0 || count > IMPORT_FILES_MAX) return refuse('input_invalid', { field: 'fichiers' });
	if (!known)
		await insertImport(tx, scope, {
			importId,
			openedBy: actorName(scope.actor),
			openedAt: now,
			confirmsItself,
			sendsMails,
			acceptsReview
		});
	await insertFiles(tx, scope, importId, kept);
	if (isLast) {
		await saveImport(tx, scope, importId, { state: 'reading' });
		await recordFact(tx, scope, now, { kind: 'import.changed', clientId: null, invoiceId: null, attemptId: null });
	}
	return done(null);
}
