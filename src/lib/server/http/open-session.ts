// A proven person gets a session cookie, and the path to go to.
import type { RequestEvent } from '@sveltejs/kit';
import { whoIsSubject, type Subject } from '../access/sessions.ts';
import { noteSecurityEvent } from '../store/security-events.ts';
import { rememberBrowser } from '../use-cases/access/sign-in.ts';
import { ensureBrowserSecret } from './browser-secret.ts';
import { house } from '../wiring.ts';

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
	// A session that was there before signing in does not survive it; a form that waited for this very proof does.
	const isSame = locals.subject?.supplierId === subject.supplierId && locals.subject.subjectId === subject.subjectId;
	const kept = locals.sessionId && isSame ? await sessions.keptForm(locals.sessionId) : null;
	if (locals.sessionId) await sessions.end(locals.sessionId);
	const { id, cookie } = await sessions.create(subject, {
		userAgent: request.headers.get('user-agent') ?? '',
		address: getClientAddress(),
		provenAt: services.clock.now()
	});
	if (kept) await sessions.keepForm(id, kept);
	cookies.set(cookie.name, cookie.value, cookie.attributes);
	await rememberBrowser(services, subject, ensureBrowserSecret(cookies, services.config.origin));
	await noteSecurityEvent(services.db.system, services.clock.now(), {
		...whoIsSubject(subject),
		kind: 'sign_in',
		detail: { means }
	});
	const home = subject.kind === 'member' ? '/admin' : '/portail';
	if (kept) return '/admin/confirmer';
	return next?.startsWith(home) ? next : home;
}
