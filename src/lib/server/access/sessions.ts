// Sessions through lucia, kept as SHA-256 only: a stolen table opens nothing. The only file that knows lucia
// (https://lucia-auth.com/lucia-v3; deprecated upstream, confined here by decision 0009).
import { Lucia, TimeSpan, type Adapter, type DatabaseSession, type DatabaseUser } from 'lucia';
import type { Config } from '../config.ts';
import { sha256 } from '../identity.ts';
import * as rows from '../store/access.ts';
import type { Database } from '../store/database.ts';
import type { SecurityWho } from '../store/security-events.ts';
import type { SubjectKind } from '../store/schema/index.ts';

export type Subject = { kind: SubjectKind; supplierId: string; subjectId: string };
/** Who a subject is, in the words of the security log. */
export const whoIsSubject = ({ kind, supplierId, subjectId }: Subject): SecurityWho => ({
	supplierId,
	actorKind: kind,
	actorId: subjectId
});
export type LiveSession = { id: string; subject: Subject; fresh: boolean };

const userId = ({ kind, supplierId, subjectId }: Subject): string => `${kind}:${supplierId}:${subjectId}`;
function subjectOf(id: string): Subject {
	const [kind, supplierId, subjectId] = id.split(':');
	return { kind: kind as SubjectKind, supplierId: supplierId!, subjectId: subjectId! };
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
		return [
			{ id, userId: user, expiresAt: row.expiresAt, attributes: {} },
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
		const { userAgent, createdAt } = session.attributes as { userAgent: string; createdAt: Date };
		await rows.insertSession(this.db, {
			sessionHash: sha256(session.id),
			supplierId,
			subjectKind: kind,
			subjectId,
			userAgent,
			createdAt,
			expiresAt: session.expiresAt
		});
	}
	updateSessionExpiration = (id: string, expiresAt: Date) => rows.extendSession(this.db, sha256(id), expiresAt);
	deleteSession = (id: string) => rows.deleteSession(this.db, sha256(id));
	async deleteUserSessions(id: string): Promise<void> {
		const { supplierId, subjectId } = subjectOf(id);
		await rows.deleteSessionsOf(this.db, supplierId, subjectId);
	}
	deleteExpiredSessions = () => rows.deleteExpiredSessions(this.db, new Date());
}

export type Sessions = {
	cookieName: string;
	create(subject: Subject, userAgent: string): Promise<{ id: string; cookie: Cookie }>;
	validate(id: string): Promise<{ session: LiveSession | null; cookie: Cookie | null }>;
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
		sessionExpiresIn: new TimeSpan(30, 'd'),
		sessionCookie: { name: cookieName, attributes: { sameSite: 'lax', secure, path: '/' } }
	});
	const cookieOf = (cookie: { name: string; value: string; attributes: { maxAge?: number } }): Cookie => ({
		name: cookie.name,
		value: cookie.value,
		attributes: {
			path: '/',
			httpOnly: true,
			sameSite: 'lax',
			secure,
			...(cookie.attributes.maxAge === undefined ? {} : { maxAge: cookie.attributes.maxAge })
		}
	});
	const blank = (): Cookie => cookieOf(lucia.createBlankSessionCookie());
	return {
		cookieName,
		create: async (subject, userAgent) => {
			const session = await lucia.createSession(userId(subject), {
				userAgent: userAgent.slice(0, 200),
				createdAt: new Date()
			} as never);
			return { id: session.id, cookie: cookieOf(lucia.createSessionCookie(session.id)) };
		},
		validate: async (id) => {
			const { session } = await lucia.validateSession(id);
			if (!session) return { session: null, cookie: blank() };
			return {
				session: { id, subject: subjectOf(session.userId), fresh: session.fresh },
				cookie: session.fresh ? cookieOf(lucia.createSessionCookie(id)) : null
			};
		},
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
