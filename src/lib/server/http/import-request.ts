// Invoices in the body of a request: files (multipart) or JSON, with its Idempotency-Key.
import type { InvoiceFile } from '../readers/file.ts';
import { apiProblem } from './api.ts';
import { filesOf } from './uploads.ts';

export type ImportRequest = { key: string | null; files: InvoiceFile[]; form: FormData | null };

/** The files, or the answer to give instead. */
export async function importRequestOf(request: Request): Promise<ImportRequest | Response> {
	const key = request.headers.get('idempotency-key');
	if (key !== null && !/^[\x21-\x7e]{1,255}$/.test(key))
		return apiProblem('input_invalid', { field: 'Idempotency-Key' });
	const type = request.headers.get('content-type') ?? '';
	if (type.startsWith('application/json'))
		return {
			key,
			files: [{ name: 'invoices.json', bytes: new Uint8Array(await request.arrayBuffer()) }],
			form: null
		};
	const upload = type.startsWith('multipart/form-data') ? await filesOf(request) : null;
	return upload?.files.length ? { key, ...upload } : apiProblem('input_invalid', { field: 'fichiers' });
}
