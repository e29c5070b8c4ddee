// What a page may load, by kind of page. svelte.config.js holds what is true of every page, and SvelteKit adds the nonce; here Stripe's origins come
// in where one pays, and the address for reports everywhere. The scripts, with owner and reason: docs/scripts.md.
import type { Config } from '../config.ts';

export const REPORTS_PATH = '/webhooks/csp';
/** https://docs.stripe.com/security/guide#content-security-policy */
const STRIPE = {
	'script-src': 'https://js.stripe.com https://*.js.stripe.com',
	'connect-src': 'https://api.stripe.com',
	'frame-src': 'https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com'
};
/** The stand-in of Stripe: script and frames from one origin, its API at another. */
const sandboxSources = ({ apiUrl, jsUrl }: NonNullable<Config['sandbox']>): typeof STRIPE => ({
	'script-src': jsUrl,
	'connect-src': apiUrl,
	'frame-src': jsUrl
});

type Answer = { policy: string; reportOnly: string | null };
/**
 * From SvelteKit's policy (with its nonce) to that of the page. Strings that become markup or the address of a script are refused everywhere
 * (Trusted Types); where Stripe may come this is told and not yet refused: what its script does cannot be tried from here, and a refusal would be a
 * page on which nobody can pay.
 */
export function policyOf(kit: string, { sandbox }: Pick<Config, 'sandbox'>, stripeMayCome: boolean): Answer {
	const directives = kit.split(';').map((directive) => directive.trim());
	const reports = [`report-uri ${REPORTS_PATH}`, 'report-to csp'];
	const isTypes = (directive: string) => /^(require-)?trusted-types/.test(directive);
	if (!stripeMayCome) return { policy: [...directives, ...reports].join('; '), reportOnly: null };
	const sources: Record<string, string> = sandbox ? sandboxSources(sandbox) : STRIPE;
	const open = directives
		.filter((directive) => !isTypes(directive))
		.map((directive) => {
			const [name = ''] = directive.split(' ');
			const more = sources[name];
			return more ? `${directive} ${more}` : directive;
		});
	return {
		policy: [...open, ...reports].join('; '),
		reportOnly: [...directives.filter(isTypes), ...reports].join('; ')
	};
}
