// POST /api/v1/clients/{id}/points/redemptions: a reward is taken for points of the client; once per Idempotency-Key. Described in openapi.json.
import { json } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { RedemptionBody } from '#lib/contract/points-api.ts';
import { apiProblem, requireApiKey } from '#lib/server/http/api.ts';
import { keyedBodyOf } from '#lib/server/http/idempotency-key.ts';
import { redeemByApi } from '#lib/server/use-cases/points/move-points-by-api.ts';
import { house } from '#lib/server/wiring.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, params }) => {
	const { services } = await house();
	const scope = await requireApiKey(services, request, 'write_points');
	if (scope instanceof Response) return scope;
	if (!isUuid(params.id)) return apiProblem('not_found');
	const asked = await keyedBodyOf(request, RedemptionBody);
	if (asked instanceof Response) return asked;
	const { key, body } = asked;
	const result = await redeemByApi(services, scope, { key, clientId: params.id, rewardId: body.reward_id });
	return result.ok ? json(result.value, { status: 201 }) : apiProblem(result.refusal.code, result.refusal.detail);
};
