// The policy of what a page may load. Kit writes it with a nonce; in sandbox mode the sandbox's origins stand in Stripe's place. What is not a page
// loads nothing. All other headers: every-answer.ts.
import type { Handle } from '@sveltejs/kit';
import { config } from '../config.ts';

const STRIPE_SCRIPTS = 'https://js.stripe.com https://*.js.stripe.com';
/** Kit's last resort for an error is a page with a style of its own. */
const NOT_A_PAGE =
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const securityHeaders: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	const { sandbox } = config();
	const policy = response.headers.get('content-security-policy');
	if (!policy) response.headers.set('content-security-policy', NOT_A_PAGE);
	else if (sandbox) response.headers.set('content-security-policy', sandboxPolicy(policy, sandbox));
	return response;
};

const sandboxPolicy = (policy: string, sandbox: { apiUrl: string; jsUrl: string }): string =>
	policy
		.replaceAll(STRIPE_SCRIPTS, sandbox.jsUrl)
		.replace('https://api.stripe.com', sandbox.apiUrl)
		.replace(' https://hooks.stripe.com', '');
