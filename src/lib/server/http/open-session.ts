// A proven person gets a session cookie, and the path to go to.
import type { RequestEvent } from '@sveltejs/kit';
import type { Subject } from '../access/sessions.ts';
import { house } from '../wiring.ts';

export async function openSession(
	{ cookies, request, locals }: Pick<RequestEvent, 'cookies' | 'request' | 'locals'>,
	subject: Subject,
	next: string | null
): Promise<string> {
	const { sessions } = await house();
	// A session that was there before signing in does not survive it.
	if (locals.sessionId) await sessions.end(locals.sessionId);
	const { cookie } = await sessions.create(subject, request.headers.get('user-agent') ?? '');
	cookies.set(cookie.name, cookie.value, cookie.attributes);
	const home = subject.kind === 'member' ? '/admin' : '/portail';
	return next?.startsWith(home) ? next : home;
}
