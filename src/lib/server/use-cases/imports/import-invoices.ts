// From files to claims in one call, for those who wait for the answer: the API, the demo. The same engine as an import in steps.
// Actor: owner, accountant or API key. Refusals: not_allowed, review_by_person, archives_too_large. Facts: invoice.opened.
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { ReadResult } from '../../../domain/invoices/findings.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { newId, sha256 } from '../../identity.ts';
import type { InvoiceFile } from '../../readers/file.ts';
import { readInvoicesOffPath, unpackedOffPath } from '../../readers/off-path.ts';
import { saveDocument } from '../../store/documents.ts';
import { listMappings } from '../../store/import-mappings.ts';
import { isRefusedByDatabase } from '../../store/tx.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { putContent } from '../documents/put-content.ts';
import { checkDocuments, withoutTwins, type Twin } from './check-documents.ts';
import type { ImportLine } from '../../../contract/import-views.ts';
import type { Checked } from './checked.ts';
import { readingDay } from '../reading-day.ts';
import { saveInvoices, notSaved, tellOpened } from './save-invoices.ts';

/** `acceptReview`: a person has looked at the lines that ask for it (an account that changed, a missing currency…). Without it they are left out. */
export type ImportOptions = { sendMails: boolean; acceptReview?: boolean };

/** `sendMails`: each new payable invoice goes to the client's billing contacts with its pay link. */
export async function importInvoices(
	services: Services,
	scope: Scope,
	files: InvoiceFile[],
	options: ImportOptions
): Promise<Result<ImportLine[]>> {
	if (!may(scope.actor, 'import_invoices')) return refuse('not_allowed');
	if (options.acceptReview && !may(scope.actor, 'accept_review')) return refuse('review_by_person');
	const { mappings, when } = await read(services, scope, async (tx) => ({
		mappings: await listMappings(tx, scope),
		when: await readingDay(tx, scope, services)
	}));
	const hints = Object.fromEntries(mappings.map((one) => [one.headerKey, one]));
	const seen = new Map<string, Twin>();
	const lines: ImportLine[] = [];
	const unpacked = await unpackedOffPath(files);
	if (!unpacked) return refuse('archives_too_large');
	for (const file of unpacked)
		for await (const { mediaType, results } of readInvoicesOffPath(file, hints, when)) {
			const checked = await read(services, scope, (tx) => checkDocuments(tx, scope, named(file, results)));
			lines.push(...(await keep(services, scope, withoutTwins(checked, seen), { file, mediaType, ...options })));
		}
	return done(lines);
}
const named = (file: InvoiceFile, results: ReadResult[]) => results.map((result) => ({ fileName: file.name, result }));

/** Those that are wanted, in one transaction; the others are answered as they are. */
async function keep(
	services: Services,
	scope: Scope,
	checked: Checked[],
	{ file, mediaType, sendMails, acceptReview }: ImportOptions & { file: InvoiceFile; mediaType: string }
): Promise<ImportLine[]> {
	const isWanted = ({ line, document }: Checked): boolean =>
		document !== null && (line.outcome === 'new' || (line.outcome === 'review' && acceptReview === true));
	const wanted = checked.filter(isWanted);
	if (!wanted.length) return checked.map(({ line }) => line);
	const kept = await saveAll(wanted).catch(async (error: unknown) => {
		// One of them is something that the books can't hold: each by itself then, so that it alone is refused.
		if (!isRefusedByDatabase(error)) throw error;
		const lines: ImportLine[] = [];
		for (const one of wanted)
			lines.push(
				...(await saveAll([one]).catch((reason: unknown) => {
					if (!isRefusedByDatabase(reason)) throw reason;
					return [notSaved(one.line)];
				}))
			);
		return lines;
	});
	return checked.map((one) => (isWanted(one) ? required(kept.shift(), 'line') : one.line));

	async function saveAll(some: Checked[]): Promise<ImportLine[]> {
		const now = services.clock.now();
		const hash = sha256(file.bytes);
		const isStored = await putContent(services, scope, hash, () => Promise.resolve(file.bytes));
		return commit(services, scope, async (tx) => {
			const documentId = await saveDocument(tx, scope, {
				documentId: newId(),
				sha256: hash,
				mediaType,
				fileName: file.name.slice(0, 200),
				byteSize: file.bytes.length,
				content: isStored ? null : file.bytes,
				createdAt: now
			});
			const items = some.map(({ line, document }) => ({
				line,
				document: required(document, 'document'),
				documentId,
				mediaType,
				invoiceId: newId()
			}));
			const { lines, clientIds } = await saveInvoices(tx, scope, items, {
				now,
				sendMails,
				isReviewed: acceptReview ?? false
			});
			await tellOpened(tx, scope, clientIds, now);
			return lines;
		});
	}
}
