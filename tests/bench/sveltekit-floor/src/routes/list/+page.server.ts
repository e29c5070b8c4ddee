// The portal list's questions: whose session it is, the frame, the list.
import { scopeOfSubject } from '#lib/server/access/scopes.ts';
import { readPortal, readPortalFrame } from '#lib/server/use-cases/invoices/read-portal.ts';
import { house } from '../../services.ts';

export async function load() {
	const { services, sessions } = house();
	const { session } = await sessions.validate(process.env.BENCH_SESSION!);
	const scope = session && (await scopeOfSubject(services, session.subject));
	if (!scope) throw new Error('no session');
	const [frame, portal] = await Promise.all([readPortalFrame(services, scope, 'fr'), readPortal(services, scope)]);
	return { frame, portal };
}
