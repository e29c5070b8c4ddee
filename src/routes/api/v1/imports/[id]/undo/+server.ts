// POST /api/v1/imports/{id}/undo: every invoice of it is withdrawn, or none.
import { json } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { undoImport } from '#lib/server/use-cases/imports/decide-import.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, params }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request, 'undo_imports');
	if (scope instanceof Response) return scope;
	if (!isUuid(params.id)) return apiProblem('not_found');
	const result = await undoImport(services, scope, params.id);
	return result.ok
		? json({ import_id: params.id, state: 'undone' })
		: apiProblem(result.refusal.code, result.refusal.detail);
};
