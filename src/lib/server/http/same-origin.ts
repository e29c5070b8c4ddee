// Only our own pages may change something in a person's name. SvelteKit's own check asks it of every form, and so refuses the files that a program
// posts to the API; machines prove who they are otherwise (key, signature), and have no cookie to abuse.
import type { Handle } from '@sveltejs/kit';

const BY_MACHINES = /^\/(api|webhooks)\//;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What a foreign page can send without asking first (https://fetch.spec.whatwg.org/#cors-safelisted-request-header). */
const FORM =
	/^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain|application\/x-sveltekit-formdata)\b/i;

export const sameOrigin: Handle = ({ event, resolve }) => {
	const { request, url } = event;
	if (READS.has(request.method) || BY_MACHINES.test(url.pathname)) return resolve(event);
	const origin = request.headers.get('origin');
	// Without a body there is no type: browsers then send their Origin, programs do not.
	const isForm = FORM.test(request.headers.get('content-type') ?? '');
	if (origin === url.origin || (origin === null && !isForm)) return resolve(event);
	return new Response(`Cross-site ${request.method} is refused`, { status: 403 });
};
