// The client's points: what there is, what they bring, what happened. Accepting the rules, taking a reward.
import { error, redirect } from '@sveltejs/kit';
import { cursorFrom } from '#lib/contract/lists.ts';
import { isUuid } from '#lib/contract/payments.ts';
import { required } from '#lib/domain/required.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireContact } from '#lib/server/http/guards.ts';
import { newId } from '#lib/server/identity.ts';
import { acceptRules } from '#lib/server/use-cases/points/accept-rules.ts';
import { readPoints } from '#lib/server/use-cases/points/read-points.ts';
import { takeReward } from '#lib/server/use-cases/points/take-reward.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	// What its invoices would earn, too.
	follows(event, 'clients');
	const scope = requireContact(event);
	const { locale } = event.locals;
	const after = cursorFrom(event.url.searchParams, 'avant');
	const result = await readPoints((await house()).services, scope, { after, locale });
	if (!result.ok) return { points: null, takeIds: {} };
	const takeIds = Object.fromEntries(result.value.rewards.map(({ rewardId }) => [rewardId, newId()]));
	return { points: result.value, takeIds, said: event.url.searchParams.get('dit') };
};
export const actions: Actions = {
	prendre: async (event) => {
		const scope = requireContact(event);
		const form = await event.request.formData();
		const [redemptionId, rewardId] = [String(form.get('prise') ?? ''), String(form.get('recompense') ?? '')];
		if (!isUuid(redemptionId) || !isUuid(rewardId)) error(404, 'Not found');
		const clientId = required(scope.clientId, 'client of a person');
		const expectedPoints = Number(form.get('points'));
		const asked = { redemptionId, rewardId, clientId, expectedPoints };
		const result = await takeReward((await house()).services, scope, asked);
		if (!result.ok) return failWith(result.refusal, event.locals.locale);
		// Another page: looked at again, it takes nothing again.
		redirect(303, `/portail/points?dit=${result.value.code ? 'code' : 'demande'}`);
	},
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
