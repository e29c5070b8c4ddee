// The rules of a supplier's points, for anybody who has the address.
import { error } from '@sveltejs/kit';
import type { Scope } from '#lib/domain/access/scope.ts';
import { scopeOfRulesPage } from '#lib/server/access/scopes.ts';
import { readRules } from '#lib/server/use-cases/points/read-rules.ts';
import { house } from '#lib/server/wiring.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url, locals, getClientAddress }) => {
	const { services } = await house();
	if (!(await services.limits.take('rules_page', getClientAddress()))) error(429, 'Too many requests');
	const scope = await scopeOfRulesPage(services, params.slug);
	const asked = url.searchParams.get('version');
	if (!scope || (asked !== null && !/^\d{1,6}$/.test(asked))) error(404, 'Not found');
	const version = asked === null ? null : Number(asked);
	const rules = await readRules(services, scope, { version, locale: locals.locale });
	if (!rules.ok) error(404, 'Not found');
	return { rules: rules.value, back: backOf(locals.scope, scope, rules.value) };
};
/** Where somebody of this supplier came from. To anybody else the page says nothing of itself: not even that there is an area. */
function backOf(
	reader: Scope | null,
	page: Scope,
	{ hasPoints }: { hasPoints: boolean }
): 'points' | 'portal' | 'programme' | null {
	if (reader?.supplierId !== page.supplierId) return null;
	// Once the programme is over there is no page of points to go back to.
	if (reader.actor.kind === 'contact') return hasPoints ? 'points' : 'portal';
	return reader.actor.kind === 'member' ? 'programme' : null;
}
