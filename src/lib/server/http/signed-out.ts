// Somebody's session has ended while a page of an area was open. A form of that page waits for its person; a script of that page is told by a code.
import type { Handle, RequestEvent } from '@sveltejs/kit';
import { json } from '@sveltejs/kit';
import { SESSION_LIFE } from '../../domain/access/session-life.ts';
import { sha256 } from '../identity.ts';
import { findLastPersonOf } from '../store/sign-ins.ts';
import { house } from '../wiring.ts';
import { answerJson } from './answer.ts';
import { LIMITS } from './body-limits.ts';
import { readBrowserSecret } from './browser-secret.ts';
import { keepForm } from './kept-forms.ts';
import { isForm, readBody } from './read-body.ts';

const AREA = /^\/(admin|portail)(\/|$)/;
/** SvelteKit asks for itself: the answer to a form with a script, the data of a page. */
const isOfKit = ({ request, isDataRequest }: RequestEvent): boolean =>
	isDataRequest || request.headers.has('x-sveltekit-action');
/** What a browser goes to asks for a page; what a script fetches does not. */
const isForPage = ({ request }: RequestEvent): boolean => /\btext\/html\b/.test(request.headers.get('accept') ?? '');

export const signedOut: Handle = async ({ event, resolve }) => {
	const { locals, request, route, url } = event;
	if (locals.scope || route.id === null || !AREA.test(url.pathname)) return resolve(event);
	if (!isOfKit(event) && !isForPage(event))
		return answerJson({ ok: false, refusal: { code: 'signed_out', detail: {} } }, locals.locale);
	if (request.method !== 'POST' || !isForm(request)) return resolve(event);
	const to = `/connexion?suite=${encodeURIComponent(url.pathname)}&garde=${await kept(event)}`;
	// As SvelteKit itself answers a form that a script sent.
	if (isOfKit(event)) return json({ type: 'redirect', status: 303, location: to });
	return new Response(null, { status: 303, headers: { location: to } });
};

/** `oui`, `fichiers` (to be chosen again), or `non`: nobody has ever signed in here, or it is larger than any form of ours. */
async function kept(event: RequestEvent): Promise<'oui' | 'fichiers' | 'non'> {
	const { request, url, cookies } = event;
	const { services } = await house();
	const secret = readBrowserSecret(cookies, services.config.origin);
	const kind = url.pathname.startsWith('/admin') ? 'member' : 'contact';
	const since = new Date(services.clock.now().getTime() - SESSION_LIFE[kind].wholeMs);
	const person = secret ? await findLastPersonOf(services.db, sha256(secret), { kind, since }) : null;
	const isMultipart = /^multipart\//i.test(request.headers.get('content-type') ?? '');
	if (!person) return isMultipart ? 'fichiers' : 'non';
	const body = await readBody(request, LIMITS.member, false);
	if (body.kind !== 'form') return isMultipart ? 'fichiers' : 'non';
	if (await keepForm(event, person, 'signed_out', body.form)) return 'oui';
	return isMultipart ? 'fichiers' : 'non';
}
