// Rewards that clients have asked for: given, or canceled with a reason; and the codes of vouchers.
import type { RequestEvent } from '@sveltejs/kit';
import { isUuid } from '#lib/contract/payments.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { addCodes, dropCodes } from '#lib/server/use-cases/points/manage-programme.ts';
import { readRewards } from '#lib/server/use-cases/points/read-rewards.ts';
import { settleReward } from '#lib/server/use-cases/points/take-reward.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => ({
	rewards: await readRewards((await house()).services, requireMember(event), event.locals.locale)
});

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
	const note = outcome === 'canceled' ? text('motif').slice(0, 300) : null;
	const result = await settleReward(services, scope, { redemptionId: id, outcome, note });
	return result.ok ? { settled: outcome } : failWith(result.refusal, event.locals.locale, { about: id });
};

export const actions: Actions = {
	donner: settle('given'),
	annuler: settle('canceled'),
	codes: async (event) => {
		const { scope, text, id, services } = await asked(event, 'recompense');
		if (!id) return failWith(unknown, event.locals.locale);
		const result = await addCodes(services, scope, { rewardId: id, text: text('codes') });
		return result.ok
			? { added: result.value.count }
			: failWith(result.refusal, event.locals.locale, { about: id, codes: text('codes') });
	},
	jeter: async (event) => {
		const { scope, id, services } = await asked(event, 'recompense');
		if (!id) return failWith(unknown, event.locals.locale);
		const result = await dropCodes(services, scope, id);
		return result.ok ? { dropped: result.value.count } : failWith(result.refusal, event.locals.locale, { about: id });
	}
};
