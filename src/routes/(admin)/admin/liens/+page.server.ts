// Pay links: who holds one, and ending it.
import { error } from '@sveltejs/kit';
import { cursorFrom } from '#lib/contract/lists.ts';
import { isUuid } from '#lib/contract/payments.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { follows } from '#lib/server/http/follows.ts';
import { requireMember } from '#lib/server/http/guards.ts';
import { listLinks, revokeLink } from '#lib/server/use-cases/access/pay-links.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	follows(event, 'clients');
	return {
		links: await listLinks((await house()).services, requireMember(event), cursorFrom(event.url.searchParams, 'apres'))
	};
};

export const actions: Actions = {
	default: async (event) => {
		const scope = requireMember(event);
		const id = String((await event.request.formData()).get('lien') ?? '');
		if (!isUuid(id)) error(404, 'Not found');
		const result = await revokeLink((await house()).services, scope, id);
		return result.ok ? { revoked: true } : failWith(result.refusal, event.locals.locale);
	}
};
