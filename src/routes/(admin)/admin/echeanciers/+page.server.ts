// Instalment plans: what is at risk, what falls due, what runs; and what may be done with a plan, or with one instalment of it.
import { cursorFrom } from '#lib/contract/lists.ts';
import { error } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import type { Scope } from '#lib/domain/access/scope.ts';
import { parseCivilDate } from '#lib/domain/calendar/civil-date.ts';
import { refuseOrConfirm } from '#lib/server/http/confirm-first.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { forgiveInstalment } from '#lib/server/use-cases/plans/forgive-instalment.ts';
import { changePlan, readPlans, type PlanAction } from '#lib/server/use-cases/plans/manage-plans.ts';
import { askReschedule, withdrawReschedule } from '#lib/server/use-cases/plans/reschedule-instalment.ts';
import type { Result } from '#lib/server/use-cases/run.ts';
import { house } from '#lib/server/wiring.ts';
import type { Services } from '#lib/server/services.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'plans');
	return readPlans((await house()).services, requireMember(event), {
		runningAfter: cursorFrom(event.url.searchParams, 'cours'),
		endedAfter: cursorFrom(event.url.searchParams, 'finis')
	});
};

type Asked = { planId: string; position: number; toOn: string };
type Act = (services: Services, scope: Scope, asked: Asked) => Promise<Result<null>>;
/** From the form of a plan's card to what is done with it. */
const action = (act: Act) => async (event: RequestEvent) => {
	const scope = requireMember(event);
	const form = await event.request.formData();
	const planId = String(form.get('plan') ?? '');
	const position = Number(form.get('echeance') ?? 1);
	if (!isUuid(planId) || !Number.isInteger(position)) error(404, 'Not found');
	const result = await act((await house()).services, scope, { planId, position, toOn: String(form.get('jour') ?? '') });
	return result.ok ? { moved: true } : refuseOrConfirm(event, result.refusal, 'part', form);
};
const move = (what: PlanAction) => action((services, scope, { planId }) => changePlan(services, scope, planId, what));

export const actions: Actions = {
	suspendre: move('pause'),
	reprendre: move('resume'),
	arreter: move('end'),
	deplacer: action(async (services, scope, { toOn, ...instalment }) => {
		const day = parseCivilDate(toOn);
		return day
			? askReschedule(services, scope, { ...instalment, toOn: day })
			: { ok: false, refusal: { code: 'input_invalid', detail: { field: 'jour' } } };
	}),
	retirer: action(withdrawReschedule),
	abandonner: action(forgiveInstalment)
};
