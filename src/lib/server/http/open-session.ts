// A proven person gets a session cookie, and the path to go to.
import type { RequestEvent } from '@sveltejs/kit';
import { whoIsSubject, type Subject } from '../access/sessions.ts';
import { noteSecurityEvent } from '../store/security-events.ts';
import { rememberBrowser } from '../use-cases/access/sign-in.ts';
import { ensureBrowserSecret } from './browser-secret.ts';
import { KEPT_PAGE, readKeptForms } from './kept-forms.ts';
import { house } from '../wiring.ts';

export const HOME = { member: '/admin', contact: '/portail' } as const;

export async function openSession(
	{
		cookies,
		request,
		locals,
		getClientAddress
	}: Pick<RequestEvent, 'cookies' | 'request' | 'locals' | 'getClientAddress'>,
	subject: Subject,
	next: string | null,
	means: 'link' | 'code' | 'passkey' | 'demo'
): Promise<string> {
	const { sessions, services } = await house();
	// A session that was there before signing in does not survive it.
	if (locals.sessionId) await sessions.end(locals.sessionId);
	const { cookie } = await sessions.create(subject, {
		userAgent: request.headers.get('user-agent') ?? '',
		address: getClientAddress(),
		provenAt: services.clock.now()
	});
	cookies.set(cookie.name, cookie.value, cookie.attributes);
	await rememberBrowser(services, subject, ensureBrowserSecret(cookies, services.config.origin));
	await noteSecurityEvent(services.db.system, services.clock.now(), {
		...whoIsSubject(subject),
		kind: 'sign_in',
		detail: { means }
	});
	const home = HOME[subject.kind];
	// A form that came after the end of the last session, or waited for this very proof.
	if ((await readKeptForms({ cookies }, subject)).length) return KEPT_PAGE[subject.kind];
	return next?.startsWith(home) ? next : home;
}
