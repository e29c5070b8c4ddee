// Headers of every answer. Kit writes the policy with a nonce; in sandbox mode the sandbox's origins stand in Stripe's place.
import type { Handle } from '@sveltejs/kit';
import { config } from '../config.ts';

const STRIPE_SCRIPTS = 'https://js.stripe.com https://*.js.stripe.com';
const FIXED: Record<string, string> = {
	'x-content-type-options': 'nosniff',
	// A pay link is in the address: it is told to nobody but ourselves. (With no-referrer, browsers send `Origin: null` on plain forms, which
	// the CSRF check rightly refuses: signing out without JavaScript would not work.)
	'referrer-policy': 'same-origin',
	'x-frame-options': 'DENY',
	'cross-origin-opener-policy': 'same-origin-allow-popups',
	'cross-origin-resource-policy': 'same-origin',
	'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), payment=(self "https://js.stripe.com")'
};

export const securityHeaders: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	const { sandbox, origin } = config();
	for (const [name, value] of Object.entries(FIXED)) if (!response.headers.has(name)) response.headers.set(name, value);
	if (origin.startsWith('https:'))
		response.headers.set('strict-transport-security', 'max-age=63072000; includeSubDomains');
	const policy = response.headers.get('content-security-policy');
	if (policy && sandbox) response.headers.set('content-security-policy', sandboxPolicy(policy, sandbox));
	// Pages hold money and names: nothing in between may keep them.
	if (!response.headers.has('cache-control') && !event.url.pathname.startsWith('/_app/'))
		response.headers.set('cache-control', 'no-store');
	return response;
};

const sandboxPolicy = (policy: string, sandbox: { apiUrl: string; jsUrl: string }): string =>
	policy
		.replaceAll(STRIPE_SCRIPTS, sandbox.jsUrl)
		.replace('https://api.stripe.com', sandbox.apiUrl)
		.replace(' https://hooks.stripe.com', '');
