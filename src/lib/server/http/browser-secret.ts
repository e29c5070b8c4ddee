// A random cookie of the browser: what ties a sign-in link to the browser that asked for it.
import type { Cookies } from '@sveltejs/kit';
import { newSecret } from '../identity.ts';

const NAME = 'ponctuel_browser';
export const readBrowserSecret = (cookies: Cookies): string | null => cookies.get(NAME) ?? null;
export function ensureBrowserSecret(cookies: Cookies, secure: boolean): string {
	const known = readBrowserSecret(cookies);
	if (known) return known;
	const secret = newSecret();
	cookies.set(NAME, secret, { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: 86_400 });
	return secret;
}
