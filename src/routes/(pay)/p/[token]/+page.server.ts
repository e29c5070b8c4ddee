// The pay link, by the token of the mail or, once that is behind, by its id: GET shows, and changes nothing. A stale link offers a fresh one, sent to
// the address on file.
import { error } from '@sveltejs/kit';
import { failWith } from '#lib/server/http/answer.ts';
import { findPayLink, requirePayLink } from '#lib/server/http/guards.ts';
import { isLinkId, throughTheDoor } from '#lib/server/http/pay-link-door.ts';
import { readPayPage } from '#lib/server/http/pay-page.ts';
import { renewPayLink } from '#lib/server/use-cases/access/pay-links.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
	const { token: named } = event.params;
	// The address went where its cookie did not: forwarded, kept too long, another browser. Nobody learns whether it names a link.
	if (isLinkId(named) && !(await findPayLink(event, named)))
		return { stale: 'elsewhere' as const, since: '', page: null };
	const access = await requirePayLink(event, named);
	if (access.state !== 'live') return { stale: access.state, since: '', page: null };
	// Before anything is read: what happens from here on is told to the page that is being made.
	const since = (await house()).hub.place(access.scope);
	const page = await readPayPage(event, access.scope, throughTheDoor(event, access));
	if (!page) error(404, 'Not found');
	return { stale: null, since, page };
};

export const actions: Actions = {
	renouveler: async (event) => {
		const access = await requirePayLink(event, event.params.token);
		if (access.state === 'live') return { renewed: true };
		const { services } = await house();
		const result = await renewPayLink(services, access.link);
		return result.ok ? { renewed: true } : failWith(result.refusal, event.locals.locale);
	}
};
