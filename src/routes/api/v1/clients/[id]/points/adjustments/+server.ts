// POST /api/v1/clients/{id}/points/adjustments: points more or less, with a reason that the client reads; once per Idempotency-Key. Described in openapi.json.
import { json } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { AdjustmentBody } from '#lib/contract/points-api.ts';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { keyedBodyOf } from '#lib/server/http/idempotency-key.ts';
import { adjustByApi } from '#lib/server/use-cases/points/move-points-by-api.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, params }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request, 'write_points');
	if (scope instanceof Response) return scope;
	if (!isUuid(params.id)) return apiProblem('not_found');
	const asked = await keyedBodyOf(request, AdjustmentBody);
	if (asked instanceof Response) return asked;
	const result = await adjustByApi(services, scope, { key: asked.key, clientId: params.id, ...asked.body });
	return result.ok ? json(result.value, { status: 201 }) : apiProblem(result.refusal.code, result.refusal.detail);
};
