// Headers of every answer: pages and redirects, and also what the adapter answers before any hook runs (icons, service worker, /_app, /offline, what it
// can't read); and what is done with a body that nobody read. Node announces each request before anybody handles it; what is set here stays unless the answer says otherwise.
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

const FIXED: Record<string, string> = {
	'x-content-type-options': 'nosniff',
	// A pay link is in the address: it is told to nobody but ourselves. (With no-referrer, browsers send `Origin: null` on plain forms, which
	// the CSRF check rightly refuses: signing out without JavaScript would not work.)
	'referrer-policy': 'same-origin',
	'x-frame-options': 'DENY',
	'cross-origin-opener-policy': 'same-origin-allow-popups',
	'cross-origin-resource-policy': 'same-origin',
	'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), payment=(self "https://js.stripe.com")',
	// Pages bring a policy of their own; /offline has the rest of its own in a <meta>, where frames can't be forbidden.
	'content-security-policy': "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
};
const HSTS = 'max-age=63072000; includeSubDomains';
/** Files that are the same for everybody: browsers may keep them. Everything else holds money and names. */
const isStatic = (path: string): boolean => /^\/(_app\/|offline$|[\w-]+\.\w+$)/.test(path);

/** Scripts, styles, fonts and icons say the same in fewer words: a phone pays for each of them ten times a page. */
const isPartOfPages = (path: string): boolean => /^\/(_app\/immutable\/|[\w-]+\.(svg|png|ico)$)/.test(path);
const SHORT: Record<string, string> = {
	...FIXED,
	'cross-origin-opener-policy': 'same-origin',
	'permissions-policy': 'payment=()',
	'content-security-policy': "frame-ancestors 'none'"
};

export function headersOf(path: string, origin: string): Record<string, string> {
	const headers: Record<string, string> = { ...(isPartOfPages(path) ? SHORT : FIXED) };
	if (origin.startsWith('https:')) headers['strict-transport-security'] = HSTS;
	if (!isStatic(path)) headers['cache-control'] = 'no-store';
	return headers;
}
/** From now on, for every server of this process. */
export function setHeadersOfEveryAnswer(origin: string): void {
	subscribe('http.server.request.start', (message) => {
		const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
		const [path = ''] = (request.url ?? '').split('?');
		for (const [name, value] of Object.entries(headersOf(path, origin))) response.setHeader(name, value);
		// HTTP/1.1 keeps connections open without being told; programs like to know for how long.
		if (!path.startsWith('/api/')) response.removeHeader('connection');
		if (path.startsWith('/_app/immutable/')) leaveOutValidators(response);
		response.once('finish', () => throwAwayTheRestOf(request));
	});
}

/** What never changes under its name is never asked about again: the answers to that question, its date and its tag, are left out. */
function leaveOutValidators(response: ServerResponse): void {
	const writeHead = response.writeHead.bind(response) as (
		status: number,
		headers?: OutgoingHttpHeaders
	) => ServerResponse;
	response.writeHead = ((status: number, headers?: OutgoingHttpHeaders) => {
		const { ETag: _tag, 'Last-Modified': _date, ...rest } = headers ?? {};
		return writeHead(status, rest);
	}) as ServerResponse['writeHead'];
}

const LINGER = { bytes: 64 * 1024 * 1024, ms: 30_000 };
/** An answer may come before the body has (too large, no session, no key). Browsers read it when they have sent everything: the rest is taken and thrown away,
 * within bounds. Left unread it would hold them until a timeout; closed upon them, the system's reset would take the answer away. */
export function throwAwayTheRestOf(request: IncomingMessage, bounds = LINGER): void {
	if (request.complete || request.destroyed) return;
	let bytes = 0;
	const late = setTimeout(() => request.destroy(), bounds.ms).unref();
	request
		.removeAllListeners('data')
		.on('data', (part: Buffer) => {
			bytes += part.length;
			if (bytes > bounds.bytes) request.destroy();
		})
		.once('close', () => clearTimeout(late))
		.resume();
}
