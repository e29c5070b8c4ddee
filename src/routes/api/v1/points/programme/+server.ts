// GET /api/v1/points/programme: the rules in force, and what is left of each reward. Described in openapi.json.
import { json } from '@sveltejs/kit';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { readProgrammeByApi } from '#lib/server/use-cases/points/read-points-by-api.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ request }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request, 'read_points');
	if (scope instanceof Response) return scope;
	const result = await readProgrammeByApi(services, scope);
	return result.ok ? json(result.value) : apiProblem(result.refusal.code, result.refusal.detail);
};
