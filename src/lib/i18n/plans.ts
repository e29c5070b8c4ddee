// Instalments of a plan in words.
import { m } from '#lib/paraglide/messages.js';
import type { PlanView } from '../contract/views.ts';
import { formatDay } from '../domain/calendar/format.ts';
import type { Locale } from '../domain/money/format.ts';

export function instalmentStatusText(
	instalment: Pick<PlanView['instalments'][number], 'status' | 'retryOn'>,
	plan: Pick<PlanView, 'needs' | 'status' | 'isHeld'>,
	locale: Locale
): string {
	const say = { locale };
	switch (instalment.status) {
		case 'paid':
			return m.plan_part_paid({}, say);
		case 'processing':
			return m.plan_part_processing({}, say);
		case 'scheduled':
			return plan.status === 'paused' || plan.isHeld ? m.plan_part_suspended({}, say) : m.plan_part_scheduled({}, say);
		case 'retrying':
			return m.plan_part_retrying({ date: instalment.retryOn ? formatDay(instalment.retryOn, locale) : '' }, say);
		case 'action_needed':
			return plan.needs === 'authenticate' ? m.plan_part_confirm({}, say) : m.plan_part_action({}, say);
		case 'forgiven':
			return m.plan_part_forgiven({}, say);
		case 'credited':
			return m.plan_part_credited({}, say);
		case 'paid_otherwise':
			return m.plan_part_paid_otherwise({}, say);
		case 'canceled':
			return m.plan_part_canceled({}, say);
	}
}
