// Doors of the signed-in areas. Somebody else's area answers as an unknown page does.
import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import type { Scope } from '../../domain/access/scope.ts';
import { openPayLink, type PayLinkAccess } from '../access/scopes.ts';
import { noteScope } from '../request-context.ts';
import { house } from '../wiring.ts';
import { isLinkId, tokenOf } from './pay-link-door.ts';

type Asked = Pick<RequestEvent, 'locals' | 'url'>;
function requireScope({ locals, url }: Asked, kind: 'contact' | 'member'): Scope {
	if (!locals.scope) redirect(303, `/connexion?suite=${encodeURIComponent(url.pathname)}`);
	if (locals.scope.actor.kind !== kind) error(404, 'Not found');
	return locals.scope;
}
export const requireContact = (event: Asked): Scope => requireScope(event, 'contact');
export const requireMember = (event: Asked): Scope => requireScope(event, 'member');

type AtLink = Pick<RequestEvent, 'getClientAddress' | 'cookies'>;
/** A pay link that this browser may open, in any state: by its token, or by its id and the cookie that belongs to it. */
export async function findPayLink({ cookies }: Pick<AtLink, 'cookies'>, named: string): Promise<PayLinkAccess> {
	const access = await openPayLink((await house()).services, tokenOf(cookies, named));
	// A cookie of another link opens nothing here.
	return access && (!isLinkId(named) || access.payLinkId === named) ? access : null;
}
/** Unknown ones, and those that this browser was not given, are an unknown page. Guessing is slowed down. */
export async function requirePayLink(event: AtLink, named: string): Promise<NonNullable<PayLinkAccess>> {
	const { services } = await house();
	const access = await findPayLink(event, named);
	if (access) return access;
	if (!(await services.limits.take('pay_link_lookup', event.getClientAddress()))) error(429, 'Too many requests');
	error(404, 'Not found');
}
export async function requireLivePayLink(event: AtLink, named: string): Promise<Scope> {
	const access = await requirePayLink(event, named);
	if (access.state !== 'live') error(410, 'Link expired');
	noteScope(access.scope);
	return access.scope;
}
/** Only a path of ours may follow a sign-in. */
export const safeNext = (text: string | null): string | null =>
	text && /^\/(portail|admin)(\/[\w/-]*)?$/.test(text) ? text : null;
