// Where a person was when the bank's page took over: the way back is in a cookie, for an hour, since the address of the return carries no token. Each
// payment has its own: two tabs at two banks come back each to its own page.
import type { Cookies } from '@sveltejs/kit';
import { hostCookie } from './host-cookie.ts';

const OURS = /^\/(p\/[\da-f-]{36}|portail\/payer\?[\w=&-]+|portail)$/;
const cookieOf = (origin: string, attemptId: string) => hostCookie(`ponctuel_back_${attemptId}`, origin);

export function rememberWayBack(cookies: Cookies, origin: string, attemptId: string, path: string): void {
	const { name, attributes } = cookieOf(origin, attemptId);
	cookies.set(name, path, { ...attributes, maxAge: 3600 });
}
/** Null for anything that is no page of ours. */
export function readWayBack(cookies: Cookies, origin: string, attemptId: string): string | null {
	const path = cookies.get(cookieOf(origin, attemptId).name) ?? '';
	return OURS.test(path) ? path : null;
}
