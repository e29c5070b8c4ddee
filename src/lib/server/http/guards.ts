// Doors of the signed-in areas. Somebody else's area answers as an unknown page does.
import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import type { Scope } from '../../domain/access/scope.ts';
import { openPayLink, type PayLinkAccess } from '../access/scopes.ts';
import { noteScope } from '../request-context.ts';
import { house } from '../wiring.ts';

type Asked = Pick<RequestEvent, 'locals' | 'url'>;
function requireScope({ locals, url }: Asked, kind: 'contact' | 'member'): Scope {
	if (!locals.scope) redirect(303, `/connexion?suite=${encodeURIComponent(url.pathname)}`);
	if (locals.scope.actor.kind !== kind) error(404, 'Not found');
	return locals.scope;
}
export const requireContact = (event: Asked): Scope => requireScope(event, 'contact');
export const requireMember = (event: Asked): Scope => requireScope(event, 'member');

/** A pay link in any state; unknown ones are an unknown page. Guessing is slowed down. */
export async function requirePayLink(
	event: Pick<RequestEvent, 'getClientAddress'>,
	token: string
): Promise<NonNullable<PayLinkAccess>> {
	const { services } = await house();
	const access = await openPayLink(services, token);
	if (access) return access;
	if (!(await services.limits.take('pay_link_lookup', event.getClientAddress()))) error(429, 'Too many requests');
	error(404, 'Not found');
}
export async function requireLivePayLink(event: Pick<RequestEvent, 'getClientAddress'>, token: string): Promise<Scope> {
	const access = await requirePayLink(event, token);
	if (access.state !== 'live') error(410, 'Link expired');
	noteScope(access.scope);
	return access.scope;
}
/** Only a path of ours may follow a sign-in. */
export const safeNext = (text: string | null): string | null =>
	text && /^\/(portail|admin)(\/[\w/-]*)?$/.test(text) ? text : null;
