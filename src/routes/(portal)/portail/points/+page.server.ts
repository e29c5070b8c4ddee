// The client's points: what there is, what they bring, what happened. Accepting the rules, taking a reward.
import { cursorFrom } from '#lib/contract/lists.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { newId } from '#lib/server/identity.ts';
import { acceptRules } from '#lib/server/use-cases/points/accept-rules.ts';
import { readPoints } from '#lib/server/use-cases/points/read-points.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const scope = requireContact(event);
	const { locale } = event.locals;
	const after = cursorFrom(event.url.searchParams, 'avant');
	const result = await readPoints((await house()).services, scope, { after, locale });
	if (!result.ok) return { points: null, takeIds: {} };
	const takeIds = Object.fromEntries(result.value.rewards.map(({ rewardId }) => [rewardId, newId()]));
	return { points: result.value, takeIds, said: event.url.searchParams.get('dit') };
};
export const actions: Actions = {
	accepter: async (event) => {
		const scope = requireContact(event);
		const form = await event.request.formData();
		if (form.get('accord') !== 'oui') return { needsTick: true };
		const result = await acceptRules((await house()).services, scope, {
			version: Number(form.get('version')),
			locale: event.locals.locale,
			ip: event.getClientAddress(),
			userAgent: event.request.headers.get('user-agent')
		});
		return result.ok ? { accepted: true } : failWith(result.refusal, event.locals.locale);
	}
};
