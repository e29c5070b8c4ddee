// Mails to send: written with the fact they tell, claimed by one worker at a time.
import { and, asc, desc, eq, gt, inArray, lte, notLike, sql, type SQL } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { required } from '../../domain/required.ts';
import type { Database, Queries, Tx } from './database.ts';
import { insertMany } from './insert-many.ts';
import { withRest, type Latest } from './latest.ts';
import { mail, type MailKind, type MailState } from './schema/index.ts';

export type MailRow = typeof mail.$inferSelect;
export type NewMail = {
	mailId: string;
	kind: MailKind;
	uniqueKey: string;
	contactId: string | null;
	memberId: string | null;
	toAddress: string;
	locale: 'fr' | 'en';
	subjectId: string;
};

/** Queues a mail; the same fact to the same person is kept once. */
export const queueMail = async (tx: Tx, scope: Scope, row: NewMail, now: Date): Promise<boolean> =>
	(await queueMails(tx, scope, [row], now)) === 1;
/** Says how many were not queued yet. */
export async function queueMails(tx: Tx, scope: Scope, rows: NewMail[], now: Date): Promise<number> {
	const kept = await insertMany(
		tx,
		scope,
		mail,
		rows.map((row) => ({ ...row, state: 'due' as const, tries: 0, nextTryAt: now, createdAt: now })),
		// Without naming the key and without reading back: whoever may tell of something does not see what was told.
		sql`on conflict do nothing`
	);
	return kept.count;
}

/** Invoices sent to clients since then: sendings, not mails (a client may have several people). What clients asked for themselves is none. */
export async function countInvoicesMailed(tx: Tx, scope: Scope, since: Date): Promise<number> {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('mails to clients ' || ${scope.supplierId}, 0))`);
	const [row] = await tx
		.select({ count: sql<number>`count(distinct ${mail.uniqueKey})::int` })
		.from(mail)
		.where(
			and(
				eq(mail.supplierId, scope.supplierId),
				eq(mail.kind, 'invoice_to_pay'),
				gt(mail.createdAt, since),
				notLike(mail.uniqueKey, '%:renewal:%')
			)
		);
	return required(row, 'count').count;
}

/**
 * Takes one due mail, the oldest of the next supplier after `served` that has one, and holds it for `leaseMs`: if its holder dies, another takes it after that.
 * Whoever waits with thousands keeps no other supplier waiting.
 */
export async function claimMail(
	db: Database,
	now: Date,
	{ leaseMs, served }: { leaseMs: number; served: string | null }
): Promise<MailRow | null> {
	return db.system.transaction(async (tx) => {
		const next = async (whose: SQL | undefined) => {
			const [row] = await tx
				.select()
				.from(mail)
				.where(and(whose, inArray(mail.state, ['due', 'sending']), lte(mail.nextTryAt, now)))
				.orderBy(asc(mail.supplierId), asc(mail.nextTryAt))
				.limit(1)
				.for('no key update', { skipLocked: true });
			return row;
		};
		const row = served
			? ((await next(gt(mail.supplierId, served))) ?? (await next(lte(mail.supplierId, served))))
			: await next(undefined);
		if (!row) return null;
		const [claimed] = await tx
			.update(mail)
			.set({ state: 'sending', tries: sql`${mail.tries} + 1`, nextTryAt: new Date(now.getTime() + leaseMs) })
			.where(and(eq(mail.supplierId, row.supplierId), eq(mail.mailId, row.mailId)))
			.returning();
		return required(claimed, 'mail');
	});
}
/** Still in the hands of who claimed it: a lease that ended may be another's, who is sending it. */
const inHand = (row: MailRow) =>
	and(
		eq(mail.supplierId, row.supplierId),
		eq(mail.mailId, row.mailId),
		eq(mail.state, 'sending'),
		eq(mail.nextTryAt, row.nextTryAt)
	);
/** As it was before it was claimed: it can't be said before `until`. */
export async function putBackMail(db: Database, row: MailRow, until: Date): Promise<void> {
	await db.system
		.update(mail)
		.set({ state: 'due', tries: row.tries - 1, nextTryAt: until })
		.where(inHand(row));
}
/**
 * It is given to the mail server now, and held for `leaseMs` more. Until that server says no, it may have been told, whatever becomes of the sender.
 * null: its lease had ended, and it may be another's; it must not be sent.
 */
export async function handMail(db: Database, row: MailRow, now: Date, leaseMs: number): Promise<MailRow | null> {
	const [held] = await db.system
		.update(mail)
		.set({ handedAt: now, nextTryAt: new Date(now.getTime() + leaseMs) })
		.where(and(inHand(row), gt(mail.nextTryAt, now)))
		.returning();
	return held ?? null;
}
/** This person has it, or nobody can say that they have not. */
export const mayHaveBeenTold = ({ state, sentAt, handedAt }: MailRow): boolean =>
	sentAt !== null || (handedAt !== null && state !== 'refused');
/** One of these kinds, older, is being sent to the same person: nobody knows yet whether it was told. */
export async function isOlderInHand(tx: Tx, row: MailRow, kinds: MailKind[], now: Date): Promise<boolean> {
	if (!row.contactId) return false;
	const [older] = await tx
		.select({ mailId: mail.mailId })
		.from(mail)
		.where(
			and(
				eq(mail.supplierId, row.supplierId),
				eq(mail.contactId, row.contactId),
				inArray(mail.kind, kinds),
				eq(mail.state, 'sending'),
				gt(mail.nextTryAt, now),
				sql`(${mail.createdAt}, ${mail.mailId}) < (${row.createdAt.toISOString()}::timestamptz, ${row.mailId}::uuid)`
			)
		)
		.limit(1);
	return older !== undefined;
}
/** Somebody is sending one, and has not given up. */
export const isSending = async (db: Database, now: Date): Promise<boolean> =>
	(
		await db.system
			.select({ mailId: mail.mailId })
			.from(mail)
			.where(and(eq(mail.state, 'sending'), gt(mail.nextTryAt, now)))
			.limit(1)
	).length > 0;
/**
 * Notes how a sending ended; `false` when a bounce was faster, which then stands. What left has left, whoever has it in hand by now; what did not is noted by
 * its holder alone. `handedAt`: since when it may have left, null where it is certain that it did not. Its row stays locked to the end of the transaction.
 */
export async function finishMail(
	queries: Queries,
	row: MailRow,
	outcome: { state: MailState; problem?: string; nextTryAt?: Date; handedAt?: Date | null },
	now: Date
): Promise<boolean> {
	const finished = await queries
		.update(mail)
		.set({
			state: outcome.state,
			problem: outcome.problem ?? null,
			...(outcome.nextTryAt ? { nextTryAt: outcome.nextTryAt } : {}),
			...(outcome.handedAt === undefined ? {} : { handedAt: outcome.handedAt }),
			...(outcome.state === 'sent' ? { sentAt: now } : {})
		})
		.where(
			outcome.state === 'due' || outcome.state === 'failed'
				? inHand(row)
				: and(eq(mail.supplierId, row.supplierId), eq(mail.mailId, row.mailId), eq(mail.state, 'sending'))
		)
		.returning({ id: mail.mailId });
	return finished.length > 0;
}
/** A mail that the server took, or is taking, came back: `false` when that is known, or when it never left. */
export async function refuseSentMail(tx: Tx, row: MailRow, problem: string): Promise<boolean> {
	const refused = await tx
		.update(mail)
		.set({ state: 'refused', problem })
		.where(
			and(eq(mail.supplierId, row.supplierId), eq(mail.mailId, row.mailId), inArray(mail.state, ['sending', 'sent']))
		)
		.returning({ id: mail.mailId });
	return refused.length > 0;
}
/** A mail by its id alone, before anybody knows which supplier it is about. */
export const findMailSystem = async (db: Database, mailId: string): Promise<MailRow | null> =>
	(await db.system.select().from(mail).where(eq(mail.mailId, mailId)).limit(1))[0] ?? null;
type About = { subjectId?: string; contactId?: string };
const about = (scope: Scope, { subjectId, contactId }: About) =>
	and(
		eq(mail.supplierId, scope.supplierId),
		...(subjectId ? [eq(mail.subjectId, subjectId)] : []),
		...(contactId ? [eq(mail.contactId, contactId)] : [])
	);
export const listMails = (tx: Tx, scope: Scope, filter: About & { limit?: number } = {}): Promise<MailRow[]> =>
	tx
		.select()
		.from(mail)
		.where(about(scope, filter))
		.orderBy(desc(mail.createdAt))
		.limit(Math.min(filter.limit ?? 50, 200));
/** For a glance. */
export const listLatestMails = async (tx: Tx, scope: Scope, filter: About, limit = 50): Promise<Latest<MailRow>> =>
	withRest(await listMails(tx, scope, { ...filter, limit }), limit, () => tx.$count(mail, about(scope, filter)));
