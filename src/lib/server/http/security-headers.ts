// The policy of what a page may load. Kit writes it with a nonce; content-policy.ts makes it that of this page. What is not a page loads nothing. All
// other headers: every-answer.ts.
import type { Handle } from '@sveltejs/kit';
import { stripeMayCome } from '../../contract/pay-pages.ts';
import { config } from '../config.ts';
import { policyOf, REPORTS_PATH } from './content-policy.ts';

/** Kit's last resort for an error is a page with a style of its own. */
const NOT_A_PAGE =
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const securityHeaders: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	const { sandbox, origin } = config();
	const policy = response.headers.get('content-security-policy');
	if (!policy) response.headers.set('content-security-policy', NOT_A_PAGE);
	else if (response.headers.get('x-sveltekit-page')) {
		// Kit's own mark has served here, and would travel with each page.
		response.headers.delete('x-sveltekit-page');
		// Of a page that is kept nowhere, nobody asks whether it is still the same.
		response.headers.delete('etag');
		const { policy: ours, reportOnly } = policyOf(policy, { sandbox }, stripeMayCome(event.route.id, event.params));
		response.headers.set('content-security-policy', ours);
		if (reportOnly) response.headers.set('content-security-policy-report-only', reportOnly);
		const ahead = response.headers.get('link');
		if (ahead) response.headers.set('link', inFewerWords(ahead));
		response.headers.set('reporting-endpoints', `csp="${origin}${REPORTS_PATH}"`);
	}
	return response;
};
/** What is loaded ahead of the page: no server pushes files any more, and a word needs no quotes (RFC 8288). */
const inFewerWords = (link: string): string => link.replaceAll('; nopush', '').replace(/="([a-z]+)"/g, '=$1');
