// GET /api/v1/invoices?number=…: what is left and what may be chosen. POST: files (multipart) or JSON, with an API key, once per Idempotency-Key. Described in openapi.json.
import { json } from '@sveltejs/kit';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { filesOf } from '#lib/server/http/uploads.ts';
import { importByApi } from '#lib/server/use-cases/imports/import-by-api.ts';
import { findInvoicesByApi } from '#lib/server/use-cases/invoices/read-by-api.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ request, url }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request);
	if (scope instanceof Response) return scope;
	const number = url.searchParams.get('number');
	if (!number || number.length > 100) return apiProblem('input_invalid', { field: 'number' });
	return json({ invoices: await findInvoicesByApi(services, scope, number) });
};

export const POST: RequestHandler = async ({ request }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request);
	if (scope instanceof Response) return scope;
	const key = request.headers.get('idempotency-key');
	if (key !== null && !/^[\x21-\x7e]{1,255}$/.test(key))
		return apiProblem('input_invalid', { field: 'Idempotency-Key' });
	const isJson = request.headers.get('content-type')?.startsWith('application/json') ?? false;
	const upload = isJson
		? {
				files: [{ name: 'invoices.json', bytes: new Uint8Array(await request.arrayBuffer()) }],
				sendMails: request.headers.get('ponctuel-send-mails') === 'true'
			}
		: await multipart(request);
	if (!upload?.files.length) return apiProblem('input_invalid', { field: 'fichiers' });
	const result = await importByApi(services, scope, { key, ...upload });
	return result.ok
		? json(result.value.body, { status: result.value.status })
		: apiProblem(result.refusal.code, result.refusal.detail);
};

async function multipart(request: Request) {
	if (!request.headers.get('content-type')?.startsWith('multipart/form-data')) return null;
	const { files, form } = await filesOf(request);
	return { files, sendMails: form.get('send_mails') === 'true', acceptReview: form.get('accept_review') === 'true' };
}
