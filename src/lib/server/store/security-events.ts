// The security log: noted by use cases, read by owners, forgotten after a year.
import { and, desc, eq, gte, isNull, lt, sql } from 'drizzle-orm';
import type { Actor, Scope } from '../../domain/access/scope.ts';
import type { SecurityActor, SecurityKind } from '../../domain/access/security-kinds.ts';
import { newId } from '../identity.ts';
import { askedFrom } from '../request-context.ts';
import type { Database, Queries, Tx } from './database.ts';
import { apiKey, contact, member, payLink, securityEvent } from './schema/index.ts';

export type SecurityWho = { supplierId: string | null; actorKind: SecurityActor; actorId: string | null };
export type SecurityNote = SecurityWho & {
	kind: SecurityKind;
	/** `emailHash` of identity.ts, where nobody was recognised. */
	emailHash?: string;
	/** A few short words: what was asked, by which means. Never a secret. */
	detail?: Record<string, string>;
	/** When it is not the request being answered now: the worker speaks of an earlier one. */
	from?: { requestId: string | null; address: string | null };
};
const NOBODY: SecurityWho = { supplierId: null, actorKind: 'unknown', actorId: null };

const actorId = (actor: Actor): string | null => {
	switch (actor.kind) {
		case 'member':
			return actor.memberId;
		case 'contact':
			return actor.contactId;
		case 'pay_link':
			return actor.payLinkId;
		case 'api_key':
			return actor.apiKeyId;
		case 'system':
			return null;
	}
};
/** Who a scope is, in the words of the log; nobody without one. */
export const whoIs = (scope: Scope | null): SecurityWho =>
	scope ? { supplierId: scope.supplierId, actorKind: scope.actor.kind, actorId: actorId(scope.actor) } : NOBODY;

/**
 * Notes what happened, in the caller's transaction or through `db.system`. Address and request come from the request being answered.
 * Details are cut: the log is no place to keep what strangers send.
 */
export async function noteSecurityEvent(
	to: Pick<Tx | Queries, 'insert'>,
	now: Date,
	...notes: SecurityNote[]
): Promise<void> {
	if (!notes.length) return;
	await to.insert(securityEvent).values(
		notes.map(({ supplierId, actorKind, actorId, kind, emailHash, detail, from = askedFrom() }) => ({
			securityEventId: newId(),
			supplierId,
			actorKind,
			actorId,
			kind,
			occurredAt: now,
			emailHash: emailHash ?? null,
			networkAddress: from.address?.slice(0, 64) ?? null,
			requestId: from.requestId,
			detail: Object.fromEntries(
				Object.entries(detail ?? {})
					.slice(0, 8)
					.map(([name, value]) => [name.slice(0, 40), value.replaceAll('\0', '').slice(0, 200)])
			)
		}))
	);
}

export type SecurityEvent = {
	securityEventId: string;
	kind: SecurityKind;
	occurredAt: Date;
	actorKind: SecurityActor;
	/** As the person or the key is called today; '' when it is nobody's, or gone. */
	actorName: string;
	networkAddress: string | null;
	requestId: string | null;
	detail: Record<string, string>;
};
/** The newest first. `before`: the last id of the page before; ids sort by time. */
export const listSecurityEvents = (
	tx: Tx,
	scope: Scope,
	{ kind, before, limit }: { kind: SecurityKind | null; before: string | null; limit: number }
): Promise<SecurityEvent[]> =>
	tx
		.select({
			securityEventId: securityEvent.securityEventId,
			kind: securityEvent.kind,
			occurredAt: securityEvent.occurredAt,
			actorKind: securityEvent.actorKind,
			actorName: sql<string>`coalesce(${member.name}, ${contact.name}, ${apiKey.name}, '')`,
			networkAddress: securityEvent.networkAddress,
			requestId: securityEvent.requestId,
			detail: securityEvent.detail
		})
		.from(securityEvent)
		.leftJoin(member, and(eq(member.supplierId, securityEvent.supplierId), eq(member.memberId, securityEvent.actorId)))
		.leftJoin(
			payLink,
			and(eq(payLink.supplierId, securityEvent.supplierId), eq(payLink.payLinkId, securityEvent.actorId))
		)
		.leftJoin(
			contact,
			and(
				eq(contact.supplierId, securityEvent.supplierId),
				sql`${contact.contactId} = coalesce(${payLink.contactId}, ${securityEvent.actorId})`
			)
		)
		.leftJoin(apiKey, and(eq(apiKey.supplierId, securityEvent.supplierId), eq(apiKey.apiKeyId, securityEvent.actorId)))
		.where(
			and(
				eq(securityEvent.supplierId, scope.supplierId),
				...(kind ? [eq(securityEvent.kind, kind)] : []),
				...(before ? [lt(securityEvent.securityEventId, before)] : [])
			)
		)
		.orderBy(desc(securityEvent.securityEventId))
		.limit(limit);

/** Of no supplier: the operator's. The newest, all of them counted by kind and network address, and how many there are. */
export async function listStrangersEvents({ system }: Database, since: Date, limit: number) {
	const theirs = and(isNull(securityEvent.supplierId), gte(securityEvent.occurredAt, since));
	const { kind, networkAddress, occurredAt, requestId, detail } = securityEvent;
	const times = sql<number>`count(*)::int`;
	const [events, bySource, total] = await Promise.all([
		system
			.select({ kind, networkAddress, occurredAt, requestId, detail })
			.from(securityEvent)
			.where(theirs)
			.orderBy(desc(securityEvent.securityEventId))
			.limit(limit),
		system
			.select({ kind, networkAddress, times, lastAt: sql<Date>`max(${occurredAt})`.mapWith(occurredAt) })
			.from(securityEvent)
			.where(theirs)
			.groupBy(kind, networkAddress)
			.orderBy(desc(times))
			.limit(limit),
		system.$count(securityEvent, theirs)
	]);
	return { events, bySource, total };
}

export const deleteSecurityEvents = async ({ system }: Database, olderThan: Date): Promise<void> =>
	void (await system.delete(securityEvent).where(lt(securityEvent.occurredAt, olderThan)));
