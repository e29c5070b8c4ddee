// Where a person was when the bank's page took over: the way back is in a cookie, for an hour, since the address of the return carries no token. Each
// payment has its own: two tabs at two banks come back each to its own page. It is there while the bank waits, and no longer; of many, the newest stay.
import type { Cookies } from '@sveltejs/kit';
import { hostCookie } from './host-cookie.ts';

const OURS = /^\/(p\/[\da-f-]{36}|portail\/payer\?[\w=&-]+|portail)$/;
const NAME = 'ponctuel_back_';
/** More tabs than this wait at a bank of nobody; each cookie goes along with every request. */
const KEPT_MAX = 5;
const cookieOf = (origin: string, attemptId: string) => hostCookie(`${NAME}${attemptId}`, origin);

export function rememberWayBack(cookies: Cookies, origin: string, attemptId: string, path: string): void {
	const { name, attributes } = cookieOf(origin, attemptId);
	// Browsers send the oldest first (RFC 6265, 5.4).
	const others = cookies.getAll().filter((one) => one.name.startsWith(cookieOf(origin, '').name) && one.name !== name);
	for (const { name: old } of others.slice(0, Math.max(0, others.length - KEPT_MAX + 1)))
		cookies.delete(old, attributes);
	cookies.set(name, path, { ...attributes, maxAge: 3600 });
}
/** Null for anything that is no page of ours. It serves once. */
export function takeWayBack(cookies: Cookies, origin: string, attemptId: string): string | null {
	const path = cookies.get(cookieOf(origin, attemptId).name) ?? '';
	forgetWayBack(cookies, origin, attemptId);
	return OURS.test(path) ? path : null;
}
/** The bank does not wait any more. */
export function forgetWayBack(cookies: Cookies, origin: string, attemptId: string): void {
	const { name, attributes } = cookieOf(origin, attemptId);
	if (cookies.get(name) !== undefined) cookies.delete(name, attributes);
}
