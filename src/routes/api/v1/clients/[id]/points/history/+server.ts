// GET /api/v1/clients/{id}/points/history: line by line, the newest first; `next` is where to go on. Described in openapi.json.
import { json } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { HISTORY_MAX } from '#lib/contract/points-api.ts';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { readHistoryByApi } from '#lib/server/use-cases/points/read-points-by-api.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ request, params, url }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request, 'read_points');
	if (scope instanceof Response) return scope;
	if (!isUuid(params.id)) return apiProblem('not_found');
	const limit = Number(url.searchParams.get('limit') ?? 50);
	if (!Number.isInteger(limit) || limit < 1 || limit > HISTORY_MAX)
		return apiProblem('input_invalid', { field: 'limit' });
	const after = url.searchParams.get('after');
	if (after !== null && !isUuid(after)) return apiProblem('input_invalid', { field: 'after' });
	const result = await readHistoryByApi(services, scope, params.id, { after, limit });
	return result.ok ? json(result.value) : apiProblem(result.refusal.code, result.refusal.detail);
};
