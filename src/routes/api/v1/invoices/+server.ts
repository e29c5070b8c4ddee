// GET /api/v1/invoices?number=…: what is left and what may be chosen. POST: files (multipart) or JSON, with an API key, once per Idempotency-Key. Described in openapi.json.
import { json } from '@sveltejs/kit';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { importRequestOf } from '#lib/server/http/import-request.ts';
import { importByApi } from '#lib/server/use-cases/imports/import-by-api.ts';
import { findInvoicesByApi } from '#lib/server/use-cases/invoices/read-by-api.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ request, url }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request, 'read_invoices');
	if (scope instanceof Response) return scope;
	const number = url.searchParams.get('number');
	if (!number || number.length > 100) return apiProblem('input_invalid', { field: 'number' });
	return json({ invoices: await findInvoicesByApi(services, scope, number) });
};

export const POST: RequestHandler = async ({ request }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request, 'import_invoices');
	if (scope instanceof Response) return scope;
	const asked = await importRequestOf(request);
	if (asked instanceof Response) return asked;
	const { key, files, form } = asked;
	const result = await importByApi(services, scope, {
		key,
		files,
		sendMails: (form ? form.get('send_mails') : request.headers.get('ponctuel-send-mails')) === 'true',
		acceptReview: form?.get('accept_review') === 'true'
	});
	return result.ok
		? json(result.value.body, { status: result.value.status })
		: apiProblem(result.refusal.code, result.refusal.detail);
};
