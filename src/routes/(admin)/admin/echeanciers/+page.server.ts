// Instalment plans: what is at risk, what falls due, what runs.
import { error } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { movePlan, readPlans, type PlanAction } from '#lib/server/use-cases/plans/manage-plans.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async (event) => readPlans((await house()).services, requireMember(event));

const move = (action: PlanAction) => async (event: RequestEvent) => {
	const scope = requireMember(event);
	const planId = String((await event.request.formData()).get('plan') ?? '');
	if (!isUuid(planId)) error(404, 'Not found');
	const result = await movePlan((await house()).services, scope, planId, action);
	return result.ok ? { moved: true } : failWith(result.refusal, event.locals.locale);
};
export const actions: Actions = { suspendre: move('pause'), reprendre: move('resume'), arreter: move('end') };
