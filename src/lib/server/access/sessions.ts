// Sessions through lucia, kept as SHA-256 only: a stolen table opens nothing. The only file that knows lucia
// (https://lucia-auth.com/lucia-v3; deprecated upstream, confined here by decision 0009). When one ends is our rule (domain/access/session-life.ts),
// by the wall clock; when its person last proved to be there is told by whoever calls, by the product's.
import { Lucia, TimeSpan, type Adapter, type DatabaseSession, type DatabaseUser } from 'lucia';
import { SEEN_EVERY_MS, SESSION_LIFE, sessionEnd } from '../../domain/access/session-life.ts';
import type { SubjectKind } from '../../domain/access/subject.ts';
import type { Config } from '../config.ts';
import { sha256 } from '../identity.ts';
import * as rows from '../store/access.ts';
import type { Database } from '../store/database.ts';
import type { SecurityWho } from '../store/security-events.ts';
import { required } from '../../domain/required.ts';

export type Subject = { kind: SubjectKind; supplierId: string; subjectId: string };
/** Who a subject is, in the words of the security log. */
export const whoIsSubject = ({ kind, supplierId, subjectId }: Subject): SecurityWho => ({
	supplierId,
	actorKind: kind,
	actorId: subjectId
});
export type LiveSession = { id: string; sessionId: string; subject: Subject; provenAt: Date | null };
/** What is known when a session begins. */
export type Beginning = { userAgent: string; address: string | null; provenAt: Date | null };

const userId = ({ kind, supplierId, subjectId }: Subject): string => `${kind}:${supplierId}:${subjectId}`;
function subjectOf(id: string): Subject {
	const [kind, supplierId, subjectId] = id.split(':');
	return {
		kind: kind as SubjectKind,
		supplierId: required(supplierId, 'supplier of a session'),
		subjectId: required(subjectId, 'person of a session')
	};
}

class HashedSessions implements Adapter {
	private readonly db: Database;
	constructor(db: Database) {
		this.db = db;
	}
	async getSessionAndUser(id: string): Promise<[DatabaseSession | null, DatabaseUser | null]> {
		const row = await rows.findSession(this.db, sha256(id));
		if (!row) return [null, null];
		const user = userId({ kind: row.subjectKind, supplierId: row.supplierId, subjectId: row.subjectId });
		// The rule, not the column: who was signed in before the rule changed lives by today's.
		const expiresAt = sessionEnd(row.subjectKind, row.createdAt, row.lastSeenAt);
		return [
			{ id, userId: user, expiresAt, attributes: row as never },
			{ id: user, attributes: {} }
		];
	}
	async getUserSessions(id: string): Promise<DatabaseSession[]> {
		const { supplierId, subjectId } = subjectOf(id);
		return (await rows.listSessionsOf(this.db, supplierId, subjectId)).map((row) => ({
			id: row.sessionHash,
			userId: id,
			expiresAt: row.expiresAt,
			attributes: {}
		}));
	}
	async setSession(session: DatabaseSession): Promise<void> {
		const { kind, supplierId, subjectId } = subjectOf(session.userId);
		const { now, userAgent, address, provenAt } = session.attributes as Beginning & { now: Date };
		await rows.insertSession(this.db, {
			sessionHash: sha256(session.id),
			supplierId,
			subjectKind: kind,
			subjectId,
			userAgent,
			address,
			createdAt: now,
			lastSeenAt: now,
			expiresAt: sessionEnd(kind, now, now),
			provenAt
		});
	}
	/** lucia would push the end away for ever; ours moves when its person is seen, up to the end of its life. */
	updateSessionExpiration = async (): Promise<void> => undefined;
	deleteSession = (id: string) => rows.deleteSession(this.db, sha256(id));
	async deleteUserSessions(id: string): Promise<void> {
		const { supplierId, subjectId } = subjectOf(id);
		await rows.deleteSessionsOf(this.db, supplierId, subjectId);
	}
	deleteExpiredSessions = () => rows.deleteExpiredSessions(this.db, new Date());
}

export type Sessions = {
	cookieName: string;
	create(subject: Subject, beginning: Beginning): Promise<{ id: string; cookie: Cookie }>;
	/** `address` is asked for only when it is written down. */
	validate(id: string, address?: () => string | null): Promise<{ session: LiveSession | null; cookie: Cookie | null }>;
	/** Its person has just proved to be there. */
	prove(id: string, at: Date): Promise<void>;
	end(id: string): Promise<Cookie>;
	endAll(subject: Subject): Promise<Cookie>;
};
export type Cookie = {
	name: string;
	value: string;
	attributes: { path: '/'; httpOnly: true; sameSite: 'lax'; secure: boolean; maxAge?: number };
};

export function openSessions(db: Database, config: Pick<Config, 'origin'>): Sessions {
	const secure = config.origin.startsWith('https:');
	const cookieName = secure ? '__Host-ponctuel' : 'ponctuel_session';
	const lucia = new Lucia(new HashedSessions(db), {
		sessionExpiresIn: new TimeSpan(30, 'd'), // its own idea of an end, which nothing here follows
		sessionCookie: { name: cookieName, attributes: { sameSite: 'lax', secure, path: '/' } },
		getSessionAttributes: (row) => row
	});
	const cookieOf = (value: string, maxAgeMs: number): Cookie => ({
		name: cookieName,
		value,
		attributes: { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: Math.floor(maxAgeMs / 1000) }
	});
	const blank = (): Cookie => cookieOf('', 0);

	/** Written every few minutes only: a page asks several times a second. */
	async function noteSeen(id: string, row: rows.SessionRow, address: () => string | null): Promise<void> {
		const now = new Date();
		if (now.getTime() - row.lastSeenAt.getTime() < SEEN_EVERY_MS) return;
		await rows.touchSession(db, sha256(id), {
			lastSeenAt: now,
			address: address(),
			expiresAt: sessionEnd(row.subjectKind, row.createdAt, now)
		});
	}
	return {
		cookieName,
		create: async (subject, { userAgent, address, provenAt }) => {
			const beginning = { now: new Date(), userAgent: userAgent.slice(0, 200), address, provenAt };
			const session = await lucia.createSession(userId(subject), beginning as never);
			// The browser keeps it as long as it can live; when it ends earlier, the server knows.
			return { id: session.id, cookie: cookieOf(session.id, SESSION_LIFE[subject.kind].wholeMs) };
		},
		validate: async (id, address = () => null) => {
			const { session } = await lucia.validateSession(id);
			if (!session) return { session: null, cookie: blank() };
			const row = session as unknown as rows.SessionRow;
			await noteSeen(id, row, address);
			const { sessionId, provenAt } = row;
			return { session: { id, sessionId, subject: subjectOf(session.userId), provenAt }, cookie: null };
		},
		prove: (id, at) => rows.proveSession(db, sha256(id), at),
		end: async (id) => {
			await lucia.invalidateSession(id);
			return blank();
		},
		endAll: async (subject) => {
			await lucia.invalidateUserSessions(userId(subject));
			return blank();
		}
	};
}
