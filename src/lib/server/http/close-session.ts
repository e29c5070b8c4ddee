// Signing out, here or everywhere; noted in the security log.
import type { RequestEvent } from '@sveltejs/kit';
import { whoIsSubject } from '../access/sessions.ts';
import { noteSecurityEvent } from '../store/security-events.ts';
import { house } from '../wiring.ts';

export async function closeSession(
	{ cookies, locals: { sessionId, subject } }: Pick<RequestEvent, 'cookies' | 'locals'>,
	where: 'here' | 'everywhere'
): Promise<void> {
	if (!sessionId || !subject) return;
	const { sessions, services } = await house();
	const cookie = where === 'everywhere' ? await sessions.endAll(subject) : await sessions.end(sessionId);
	cookies.set(cookie.name, cookie.value, cookie.attributes);
	await noteSecurityEvent(services.db.system, services.clock.now(), {
		...whoIsSubject(subject),
		kind: 'sign_out',
		detail: { where }
	});
}
