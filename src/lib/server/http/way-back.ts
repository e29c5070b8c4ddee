// Where a person was when the bank's page took over: the way back is in a cookie, for an hour, since the address of the return carries no token. Each
// payment has its own, which is sent to its return only: two tabs at two banks come back each to its own page.
import type { Cookies } from '@sveltejs/kit';

const MAX_AGE_S = 3600;
const OURS = /^\/(p\/[\da-f-]{36}|portail\/payer\?[\w=&-]+|portail)$/;
/** Bound to a path, so not `__Host-`, which asks for all of them; what it may say is checked. */
const nameAt = (origin: string): string => (origin.startsWith('https:') ? '__Secure-ponctuel_back' : 'ponctuel_back');

export const rememberWayBack = (cookies: Cookies, origin: string, attemptId: string, path: string): void =>
	cookies.set(nameAt(origin), path, {
		path: `/retour/${attemptId}`,
		httpOnly: true,
		sameSite: 'lax',
		secure: origin.startsWith('https:'),
		maxAge: MAX_AGE_S
	});
/** Null for anything that is no page of ours. */
export function readWayBack(cookies: Cookies, origin: string): string | null {
	const path = cookies.get(nameAt(origin)) ?? '';
	return OURS.test(path) ? path : null;
}
