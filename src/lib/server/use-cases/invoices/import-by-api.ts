// POST /api/v1/invoices: the import, once per Idempotency-Key. Refusals: idempotency_mismatch, idempotency_busy, import_blocked, and those of importing.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { sha256 } from '../../identity.ts';
import type { InvoiceFile } from '../../readers/file.ts';
import { keepAnswer, reserveAnswer } from '../../store/records.ts';
import { commit, refuse, type Result } from '../run.ts';
import { importInvoices } from './import-invoices.ts';
import type { ImportLine } from './import-line.ts';

export type ApiAnswer = { status: number; body: unknown };

export async function importByApi(
	services: Services,
	scope: Scope,
	input: { key: string | null; files: InvoiceFile[]; sendMails: boolean; acceptReview?: boolean }
): Promise<Result<ApiAnswer>> {
	const work = async (): Promise<Result<ApiAnswer>> => {
		const imported = await importInvoices(services, scope, input.files, input);
		return imported.ok
			? {
					ok: true,
					value: {
						status: imported.value.some((line) => line.outcome === 'new') ? 201 : 200,
						body: { invoices: imported.value.map(lineBody) }
					}
				}
			: imported;
	};
	if (!input.key) return work();
	const inputHash = sha256(
		input.files.map((file) => `${file.name} ${sha256(file.bytes)}`).join('\n') +
			`${input.sendMails} ${input.acceptReview ?? false}`
	);
	const known = await commit(services, scope, (tx) =>
		reserveAnswer(tx, scope, input.key!, inputHash, services.clock.now())
	);
	if (known.kind === 'mismatch') return refuse('idempotency_mismatch');
	if (known.kind === 'busy') return refuse('idempotency_busy');
	if (known.kind === 'replay') return { ok: true, value: { status: known.status, body: known.answer } };
	const answer = await work();
	if (answer.ok)
		await commit(services, scope, (tx) => keepAnswer(tx, scope, input.key!, answer.value.status, answer.value.body));
	return answer;
}

const lineBody = (line: ImportLine) => ({
	file: line.fileName,
	outcome: line.outcome,
	invoice_id: line.invoiceId,
	number: line.number,
	client: line.clientName,
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
