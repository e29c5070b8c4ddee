// The pay link, by the token of the mail or, once that is behind, by its id: GET shows, and changes nothing. A stale link offers a fresh one, sent to
// the address on file.
import { error } from '@sveltejs/kit';
import { noCookiesText } from '#lib/i18n/no-cookies.ts';
import { failWith } from '#lib/server/http/answer.ts';
import { findPayLink, requirePayLink } from '#lib/server/http/guards.ts';
import { isLinkId, throughTheDoor } from '#lib/server/http/pay-link-door.ts';
import { renewPayLink } from '#lib/server/use-cases/access/pay-links.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { house } from '#lib/server/wiring.ts';
import type { Actions, PageServerLoad } from './$types';
import { required } from '#lib/domain/required.ts';

export const load: PageServerLoad = async (event) => {
	const { token: named } = event.params;
	// The address went where its cookie did not: forwarded, kept too long, another browser. Nobody learns whether it names a link.
	if (isLinkId(named) && !(await findPayLink(event, named))) return { stale: 'elsewhere' as const, view: null };
	const access = await requirePayLink(event, named);
	if (access.state !== 'live') return { stale: access.state, view: null };
	const stripeMayCome = throughTheDoor(event, access);
	const { services } = await house();
	const result = await readPayView(
		services,
		access.scope,
		[required(access.scope.invoiceId, 'invoice of a pay link')],
		event.locals.locale
	);
	if (!result.ok) error(404, 'Not found');
	const noCookies = stripeMayCome ? null : noCookiesText(event.locals.locale);
	return { stale: null, view: result.value, stripeMayCome, noCookies };
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
