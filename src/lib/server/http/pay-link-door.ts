// The way from the address in a mail to a page whose address says nothing. /p/<token> gives this browser a cookie that is sent to /p/<id of the
// link> only, and sends it there: Stripe's script, reports, Referer and the history never meet the token, and the links of several invoices in
// several tabs never meet each other. Opening consumes nothing: the link of the mail stays good for every program and person that has it.
import { redirect, type Cookies, type RequestEvent } from '@sveltejs/kit';
import { isUuid } from '../../contract/payments.ts';
import type { LivePayLink } from '../access/scopes.ts';
import { config } from '../config.ts';
import { required } from '../../domain/required.ts';

/** Longer, and a shared device would keep it; the mail is there to open it again. Each reading of the page begins it anew. */
const KEPT_S = 86_400;
/** In the address while a browser that was never seen is asked whether it keeps cookies. */
const PROBE = 'cookies';

const isSecure = (): boolean => config().origin.startsWith('https:');
const cookieName = (): string => (isSecure() ? '__Secure-ponctuel_link' : 'ponctuel_link');
const keep = (cookies: Cookies, name: string, value: string, path: string): void =>
	cookies.set(name, value, { path, httpOnly: true, sameSite: 'lax', secure: isSecure(), maxAge: KEPT_S });

/** Whether the address names a link, and does not open it. */
export const isLinkId = (named: string): boolean => isUuid(named);
/** What the address stands for: the token itself, or the one that this browser was given for it; '' when it was given none. */
export const tokenOf = (cookies: Cookies, named: string): string =>
	isLinkId(named) ? (cookies.get(cookieName()) ?? '') : named;

/**
 * Brings a live link to the address that gives nothing away, or keeps it open there. Returns whether Stripe may come: not in a browser that keeps no
 * cookies, where the page is shown at the token's own address.
 * @throws a redirect
 */
export function throughTheDoor(
	{ cookies, params, url }: Pick<RequestEvent, 'cookies' | 'params' | 'url'>,
	{ payLinkId }: LivePayLink
): boolean {
	const named = required(params.token, 'token of the address');
	const isKnown = cookies.getAll().length > 0;
	keep(cookies, cookieName(), tokenOf(cookies, named), `/p/${payLinkId}`);
	if (isLinkId(named)) return true;
	const query = new URLSearchParams(url.searchParams);
	query.delete(PROBE);
	if (isKnown) redirect(303, `/p/${payLinkId}${query.size ? `?${query}` : ''}`);
	if (url.searchParams.has(PROBE)) return false;
	keep(cookies, 'ponctuel_cookies', 'kept', '/p');
	query.set(PROBE, 'look');
	redirect(303, `/p/${named}?${query}`);
}
