// GET /api/v1/invoices/{id}: one invoice, what is left of it, and what its client may choose today.
import { json } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { readInvoiceByApi } from '#lib/server/use-cases/invoices/read-by-api.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ request, params }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request, 'read_invoices');
	if (scope instanceof Response) return scope;
	const result = isUuid(params.id) ? await readInvoiceByApi(services, scope, params.id) : null;
	return result?.ok ? json(result.value) : apiProblem('not_found');
};
