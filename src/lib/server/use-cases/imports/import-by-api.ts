// The API's imports: at once (POST /api/v1/invoices) or in the background (POST /api/v1/imports), each once per Idempotency-Key.
// Refusals: idempotency_mismatch, idempotency_busy, and those of importing.
import { actorName, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { newId, sha256 } from '../../identity.ts';
import type { InvoiceFile } from '../../readers/file.ts';
import { saveAnswer, reserveAnswer } from '../../store/saved-answers.ts';
import { commit, done, refuse, type Result } from '../run.ts';
import { importInvoices } from './import-invoices.ts';
import type { ImportLine } from '../../../contract/import-views.ts';
import type { ImportView } from '../../../contract/import-views.ts';
import { receiveFiles } from './receive-files.ts';

export type ApiAnswer = { status: number; body: unknown };
type Asked = { key: string | null; files: InvoiceFile[]; sendMails: boolean; acceptReview?: boolean };

export const importByApi = (services: Services, scope: Scope, input: Asked): Promise<Result<ApiAnswer>> =>
	once(services, scope, input, 'invoices', async () => {
		const imported = await importInvoices(services, scope, input.files, input);
		if (!imported.ok) return imported;
		const status = imported.value.some((line) => line.outcome === 'new') ? 201 : 200;
		return done({ status, body: { invoices: imported.value.map(lineBody) } });
	});

/** `confirm` false: read and checked only; what is new is kept by a call of its own. */
export const openImportByApi = (
	services: Services,
	scope: Scope,
	input: Asked & { confirm: boolean }
): Promise<Result<ApiAnswer>> =>
	once(services, scope, input, `imports ${input.confirm}`, async () => {
		const importId = newId();
		const opened = await receiveFiles(services, scope, {
			importId,
			files: input.files,
			isLast: true,
			confirmsItself: input.confirm,
			sendsMails: input.sendMails,
			acceptsReview: input.acceptReview ?? false
		});
		if (!opened.ok) return opened;
		const url = `/api/v1/imports/${importId}`;
		return done({ status: 202, body: { import_id: importId, state: 'reading', url, lines_url: `${url}/lines` } });
	});

/** The same Idempotency-Key of the same API key with the same content gets the same answer, and nothing is done twice. */
async function once(
	services: Services,
	scope: Scope,
	input: Asked,
	what: string,
	work: () => Promise<Result<ApiAnswer>>
): Promise<Result<ApiAnswer>> {
	const { key } = input;
	if (!key) return work();
	const files = input.files.map((file) => `${file.name} ${sha256(file.bytes)}`).join('\n');
	const prefix = what === 'invoices' ? '' : `${what}\n`;
	const inputHash = sha256(
		`${actorName(scope.actor)}\n${prefix}${files}${input.sendMails} ${input.acceptReview ?? false}`
	);
	const known = await commit(services, scope, (tx) => reserveAnswer(tx, scope, key, inputHash, services.clock.now()));
	if (known.kind === 'mismatch') return refuse('idempotency_mismatch');
	if (known.kind === 'busy') return refuse('idempotency_busy');
	if (known.kind === 'replay') return done({ status: known.status, body: known.answer });
	const answer = await work();
	if (answer.ok)
		await commit(services, scope, (tx) => saveAnswer(tx, scope, key, answer.value.status, answer.value.body));
	return answer;
}

/** An import as the API tells it. */
export const importBody = (view: ImportView) => ({
	import_id: view.importId,
	state: view.state,
	opened_at: view.openedAt,
	opened_by: view.openedBy,
	confirmed_at: view.confirmedAt,
	finished_at: view.finishedAt,
	undone_at: view.undoneAt,
	files: view.fileCount,
	files_read: view.readCount,
	invoices_created: view.keptCount,
	outcomes: view.counts,
	url: `/api/v1/imports/${view.importId}`,
	lines_url: `/api/v1/imports/${view.importId}/lines`
});

export const lineBody = (line: ImportLine) => ({
	file: line.fileName,
	outcome: line.outcome,
	invoice_id: line.invoiceId,
	number: line.number,
	client: line.clientName,
	client_is_new: line.clientIsNew,
	client_matched_by: line.matchedBy,
	type_code: line.typeCode,
	issued_on: line.issuedOn,
	due_on: line.dueOn,
	due_is_default: line.dueIsDefault,
	currency: line.currency,
	gross_minor: String(line.grossMinor),
	debt_minor: String(line.debtMinor),
	findings: line.findings,
	changes: line.changes
});
