// A random cookie of the browser: what ties a sign-in link to the browser that asked for it, and, once somebody has signed in there, tells it from
// strangers who ask in their name. It opens nothing by itself, and only its hash is kept.
import type { Cookies } from '@sveltejs/kit';
import { newSecret } from '../identity.ts';
import { hostCookie } from './host-cookie.ts';

const NAME = 'ponctuel_browser';
const YEAR_S = 34_560_000; // 400 days: what browsers allow

export const readBrowserSecret = (cookies: Cookies, origin: string): string | null => {
	const secret = cookies.get(hostCookie(NAME, origin).name);
	return secret && /^[\w-]{43}$/.test(secret) ? secret : null;
};
/** The browser's secret, made if it has none; a browser that is used keeps it. */
export function ensureBrowserSecret(cookies: Cookies, origin: string): string {
	const secret = readBrowserSecret(cookies, origin) ?? newSecret();
	const { name, attributes } = hostCookie(NAME, origin);
	cookies.set(name, secret, { ...attributes, maxAge: YEAR_S });
	return secret;
}
