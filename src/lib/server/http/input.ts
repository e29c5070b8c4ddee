// What comes in is bounded and readable before anybody works with it: a body by its route's limits, an address without NUL. Routes ask `request.formData()`
// or `.json()` as ever, and get what was parsed here, once; where there is nothing to get, the answer is a refusal and never an error of ours.
import { error, json, type Handle, type RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { scopeOfApiKey } from '../access/scopes.ts';
import { askedFrom } from '../request-context.ts';
import { house } from '../wiring.ts';
import { refusalBody } from './answer.ts';
import { barePage } from './bare-page.ts';
import { bodyLimitOf, isRaw, TAKES_FILES_BY_KEY } from './body-limits.ts';
import { isForm, readBody, type Body } from './read-body.ts';

const HAS_NO_BODY = new Set(['GET', 'HEAD']);

export const input: Handle = async ({ event, resolve }) => {
	const { request, route, locals } = event;
	if (/%00/.test(event.url.pathname + event.url.search)) return refusal(event, 400);
	if (HAS_NO_BODY.has(request.method)) return resolve(event);
	const isUnasked = TAKES_FILES_BY_KEY.has(route.id ?? '') && !(await hasKey(request));
	if (isUnasked || (!request.body && !isForm(request))) {
		holds(request, { kind: 'refused', status: 415 });
		return resolve(event);
	}
	const body = await readBody(request, bodyLimitOf(route.id, locals.scope), isRaw(route.id));
	if (body.kind === 'refused') return refusal(event, body.status);
	holds(request, body);
	return resolve(event);
};

/** Without a key the files are not read: the route says that it is missing. */
const hasKey = async (request: Request): Promise<boolean> =>
	typeof (await scopeOfApiKey((await house()).services, request.headers.get('authorization'), askedFrom().address)) !==
	'string';

/** Whoever asks the request for its body gets what was read. */
function holds(request: Request, body: Body): void {
	const unreadable = (): never => error(body.kind === 'refused' ? body.status : 415, 'Unsupported Media Type');
	const raw = (): Buffer<ArrayBuffer> => ('bytes' in body ? body.bytes : unreadable());
	Object.assign(request, {
		formData: async () => (body.kind === 'form' ? body.form : unreadable()),
		json: async () => (body.kind === 'json' ? body.value : unreadable()),
		text: async () => raw().toString(),
		arrayBuffer: async () => Uint8Array.from(raw()).buffer
	});
}

/** What was not read is thrown away as it comes (every-answer.ts). */
function refusal({ request, locals: { locale } }: RequestEvent, status: 400 | 413 | 415): Response {
	const said = { 400: m.body_unreadable, 413: m.body_too_large, 415: m.body_unknown }[status]({}, { locale });
	// The form of a page that runs: its script shows beside the form what an action of ours would have said.
	if (request.headers.get('x-sveltekit-action') === 'true') {
		const data = JSON.stringify([{ error: 1 }, { message: 2 }, said]);
		return json({ type: 'failure', status, data }, { status });
	}
	if (/\bjson\b/.test(`${request.headers.get('accept')} ${request.headers.get('content-type')}`)) {
		const { error: body } = refusalBody({ code: 'input_invalid', detail: {} }, locale);
		return json({ error: { ...body, message: said } }, { status });
	}
	if (/\btext\/html\b/.test(request.headers.get('accept') ?? '')) return barePage(status, said, locale);
	return new Response(said, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
