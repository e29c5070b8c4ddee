// GET /api/v1/clients/{id}/points: balance, what is pending, tier, what expires. Described in openapi.json.
import { json } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { readPointsByApi } from '#lib/server/use-cases/points/read-points-by-api.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ request, params }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request, 'read_points');
	if (scope instanceof Response) return scope;
	if (!isUuid(params.id)) return apiProblem('not_found');
	const result = await readPointsByApi(services, scope, params.id);
	return result.ok ? json(result.value) : apiProblem(result.refusal.code, result.refusal.detail);
};
