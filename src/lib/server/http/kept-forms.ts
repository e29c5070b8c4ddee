// Nothing that a person typed is lost: a form that came too late (its session had ended) or too early (a fresh proof is missing) waits for the same
// person in the same browser, who sends it again by a click of its own. Files do not wait.
import type { WaitingForm } from '../../contract/access-views.ts';
import { redirect, type Handle, type RequestEvent } from '@sveltejs/kit';
import { isUuid } from '../../contract/payments.ts';
import type { KeptAct } from '../../domain/access/fresh-proof.ts';
import type { Subject } from '../access/sessions.ts';
import { newId, sha256 } from '../identity.ts';
import { deleteKeptForm, FORM_CHARS_MAX, insertKeptForm, listKeptForms, type KeptFor } from '../store/kept-forms.ts';
import { house } from '../wiring.ts';
import { ensureBrowserSecret, readBrowserSecret } from './browser-secret.ts';

type Asked = Pick<RequestEvent, 'locals' | 'url' | 'cookies'>;
/** In the address of a form that is sent again: which one it is. */
const AGAIN = 'garde';
export const KEPT_PAGE = { member: '/admin/confirmer', contact: '/portail/reprendre' } as const;

const personOf = ({ supplierId, kind, subjectId }: Subject, browserSecret: string): KeptFor => ({
	supplierId,
	kind,
	subjectId,
	browserHash: sha256(browserSecret)
});
/** null: nothing waits in a browser that nobody has signed in in. */
async function known({ cookies }: Pick<Asked, 'cookies'>, subject: Subject | null): Promise<KeptFor | null> {
	const secret = readBrowserSecret(cookies, (await house()).services.config.origin);
	return subject && secret ? personOf(subject, secret) : null;
}

/** `false` for a form that is too large to wait, or brings files. */
export async function keepForm(event: Asked, subject: Subject, act: KeptAct, form: FormData): Promise<boolean> {
	const fields: [string, string][] = [];
	for (const [name, value] of form) {
		if (typeof value === 'string') fields.push([name, value]);
		else if (value.size > 0) return false;
	}
	const url = new URL(event.url);
	const replaces = url.searchParams.get(AGAIN);
	// By hand: `searchParams` would write `?/name` as `?%2Fname=`.
	const search = url.search.replace(new RegExp(`[?&]${AGAIN}=[\\w-]*`, 'g'), '');
	const action = url.pathname + search.replace(/^&/, '?');
	if (JSON.stringify(fields).length > FORM_CHARS_MAX || action.length > 2000) return false;
	const { services } = await house();
	const row = { formId: newId(), act, action, fields, keptAt: services.clock.now() };
	const secret = ensureBrowserSecret(event.cookies, services.config.origin);
	await insertKeptForm(services.db, personOf(subject, secret), row, replaces);
	return true;
}

/** The newest first. */
export async function readKeptForms(event: Pick<Asked, 'cookies'>, subject: Subject | null): Promise<WaitingForm[]> {
	const person = await known(event, subject);
	if (!person) return [];
	const { services } = await house();
	const forms = await listKeptForms(services.db, person, services.clock.now());
	return forms.map(({ formId, act, action, fields, keptAt }) => ({
		formId,
		act,
		action,
		sendTo: `${action}${action.includes('?') ? '&' : '?'}${AGAIN}=${formId}`,
		fields,
		keptAt
	}));
}

/** The person does not want to send it any more. */
export async function dropKeptForm(event: Asked & Pick<RequestEvent, 'request'>): Promise<void> {
	const person = await known(event, event.locals.subject);
	const formId = String((await event.request.formData()).get('formulaire') ?? '');
	if (person && isUuid(formId)) await deleteKeptForm((await house()).services.db, person, formId);
	redirect(303, event.url.pathname);
}

/** One that was sent again and taken waits no longer. Refused, it still does: what was typed may be mended. */
export const forgetSent: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	const formId = event.url.searchParams.get(AGAIN);
	if (event.request.method !== 'POST' || !formId || !isUuid(formId)) return response;
	const to = response.headers.get('location') ?? '';
	const waits = response.status >= 400 || /^\/(admin\/confirmer|connexion)\b/.test(to);
	const person = waits ? null : await known(event, event.locals.subject);
	if (person) await deleteKeptForm((await house()).services.db, person, formId);
	return response;
};
