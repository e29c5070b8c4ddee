// Where a person was when the bank's page took over: the way back is in a cookie, for an hour, since the address of the return carries no token.
import type { Cookies } from '@sveltejs/kit';
import { hostCookie } from './host-cookie.ts';

const NAME = 'ponctuel_back';
const OURS = /^\/(p\/[\w-]{43}|portail\/payer\?[\w=&-]+|portail)$/;

export function rememberWayBack(cookies: Cookies, origin: string, path: string): void {
	const { name, attributes } = hostCookie(NAME, origin);
	cookies.set(name, path, { ...attributes, maxAge: 3600 });
}
/** Null for anything that is no page of ours. */
export function readWayBack(cookies: Cookies, origin: string): string | null {
	const path = cookies.get(hostCookie(NAME, origin).name) ?? '';
	return OURS.test(path) ? path : null;
}
