// Rewards that clients have asked for: given, or canceled with a reason; and the codes of vouchers.
import { fail, type RequestEvent } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { REASON_MAX } from '#lib/domain/points/reason.ts';
import { byHandMistake } from '#lib/i18n/points-by-hand.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { statusOf } from '#lib/server/http/refusal-status.ts';
import { addCodes, dropCodes } from '#lib/server/use-cases/points/manage-programme.ts';
import { readRewards } from '#lib/server/use-cases/points/read-rewards.ts';
import { settleReward } from '#lib/server/use-cases/points/take-reward.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'points');
	return {
		rewards: await readRewards((await house()).services, requireMember(event), event.locals.locale)
	};
};

/** What the form is about; an id that is none is nobody's. */
async function asked(event: RequestEvent, name: string) {
	const scope = requireMember(event);
	const fields = await event.request.formData();
	const text = (field: string) => String(fields.get(field) ?? '');
	return { scope, text, id: isUuid(text(name)) ? text(name) : null, services: (await house()).services };
}
const unknown = { code: 'not_found', detail: {} } as const;

const settle = (outcome: 'given' | 'canceled') => async (event: RequestEvent) => {
	const { scope, text, id, services } = await asked(event, 'demande');
	if (!id) return failWith(unknown, event.locals.locale);
	// One more than is allowed: too long is said, not cut.
	const note = outcome === 'canceled' ? text('motif').slice(0, REASON_MAX + 1) : null;
	const result = await settleReward(services, scope, { redemptionId: id, outcome, note });
	if (result.ok) return { settled: outcome };
	const mistake = byHandMistake(result.refusal, event.locals.locale);
	const values = { about: id, reason: note ?? '' };
	return mistake
		? fail(statusOf(result.refusal.code), { values, mistake: mistake.text })
		: failWith(result.refusal, event.locals.locale, values);
};

export const actions: Actions = {
	donner: settle('given'),
	annuler: settle('canceled'),
	codes: async (event) => {
		const { scope, text, id, services } = await asked(event, 'recompense');
		if (!id) return failWith(unknown, event.locals.locale);
		const typed = text('codes');
		const result = await addCodes(services, scope, { rewardId: id, text: typed });
		if (!result.ok) return failWith(result.refusal, event.locals.locale, { about: id, codes: typed });
		const { count, leftOut } = result.value;
		// What was typed and not added stays in its field.
		const values = { about: id, codes: count ? leftOut.flatMap((one) => one.text || []).join('\n') : typed };
		return count ? { added: count, leftOut, values } : fail(422, { leftOut, values });
	},
	jeter: async (event) => {
		const { scope, text, id, services } = await asked(event, 'recompense');
		if (!id) return failWith(unknown, event.locals.locale);
		// A form without a number was not asked about any.
		const atMost = /^\d{1,9}$/.test(text('combien')) ? Number(text('combien')) : 0;
		const result = await dropCodes(services, scope, { rewardId: id, atMost });
		return result.ok ? { dropped: result.value.count } : failWith(result.refusal, event.locals.locale, { about: id });
	}
};
