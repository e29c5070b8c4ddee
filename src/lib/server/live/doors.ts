// By which door somebody listens, and whether it is still open to them: a session, a role, a link may end while the stream runs.
import type { Scope } from '../../domain/access/scope.ts';
import type { Database } from '../store/database.ts';
import { listOpenPayLinks, listOpenSessions } from '../store/live-doors.ts';

/** `sessionHash`: of the session of a signed-in person; null for a pay link, which is its own door. */
export type Listener = { scope: Scope; sessionHash: string | null };

/** Those whose door has closed, or opens to something else than when they came. */
export async function findShutOut<T extends Listener>(db: Database, now: Date, listeners: T[]): Promise<T[]> {
	const hashes = [...new Set(listeners.flatMap(({ sessionHash }) => sessionHash ?? []))];
	const links = listeners.flatMap(({ scope: { actor } }) => (actor.kind === 'pay_link' ? actor.payLinkId : []));
	const [sessions, payLinks] = await Promise.all([
		listOpenSessions(db, hashes),
		listOpenPayLinks(db, [...new Set(links)], now)
	]);
	return listeners.filter(({ scope: { actor }, sessionHash }) => {
		if (actor.kind === 'pay_link') return payLinks.get(actor.payLinkId) !== actor.clientId;
		const open = sessionHash === null ? undefined : sessions.get(sessionHash);
		if (actor.kind === 'member') return open?.role !== actor.role;
		if (actor.kind === 'contact') return open?.clientId !== actor.clientId;
		return true;
	});
}
