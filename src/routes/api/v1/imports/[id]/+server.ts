// GET /api/v1/imports/{id}: how far an import is, and how many invoices it has created.
import { json } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { importBody } from '#lib/server/use-cases/imports/import-by-api.ts';
import { readImport } from '#lib/server/use-cases/imports/read-import.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ request, params }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request);
	if (scope instanceof Response) return scope;
	const result = isUuid(params.id) ? await readImport(services, scope, params.id) : null;
	return result?.ok ? json(importBody(result.value)) : apiProblem('not_found');
};
