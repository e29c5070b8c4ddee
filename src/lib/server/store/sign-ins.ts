// Rows behind signing in: who asked, what was sent, which codes were tried, which browsers are known. Looked up by hash, before anybody knows which
// supplier it is about: hence the system role.
import { and, asc, desc, eq, gt, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { required } from '../../domain/required.ts';
import type { Database } from './database.ts';
import { knownBrowser, signIn, signInRequest, type SubjectKind } from './schema/index.ts';

export type SignIn = typeof signIn.$inferSelect;
export type SignInRequest = typeof signInRequest.$inferSelect;
type Person = { supplierId: string; kind: SubjectKind; subjectId: string };

/** A request is answered within a quarter of an hour or not at all; what it sends lives ten minutes more. */
const ANSWERED_WITHIN_MS = 900_000;
export const SIGN_IN_LIFE_MS = 600_000; // ASVS 5.0: one-time tokens live at most ten minutes
/** Of one mail, by one who has only its link, or only the browser that asked for it. */
const TRIES_MAX = 5;
/** The requests of a browser that a code is tried on. */
const OPEN_MAX = 5;
const before = (now: Date, ms: number): Date => new Date(now.getTime() - ms);

export const insertSignInRequest = async (db: Database, row: typeof signInRequest.$inferInsert): Promise<void> =>
	void (await db.system.insert(signInRequest).values(row));
/** Takes one request that nobody has handled, of known browsers first. Old ones are left: a link that comes an hour late only confuses. */
export async function claimSignInRequest(db: Database, now: Date): Promise<SignInRequest | null> {
	return db.system.transaction(async (tx) => {
		const [row] = await tx
			.select()
			.from(signInRequest)
			.where(
				and(
					isNull(signInRequest.handledAt),
					gt(signInRequest.createdAt, before(now, ANSWERED_WITHIN_MS)),
					or(isNull(signInRequest.nextTryAt), lte(signInRequest.nextTryAt, now))
				)
			)
			.orderBy(desc(signInRequest.isKnownBrowser), asc(signInRequest.createdAt))
			.limit(1)
			.for('no key update', { skipLocked: true });
		if (row) await tx.update(signInRequest).set({ handledAt: now }).where(eq(signInRequest.requestId, row.requestId));
		return row ?? null;
	});
}
/** Its mail did not leave: again later. */
export const reopenSignInRequest = async (db: Database, requestId: string, nextTryAt: Date): Promise<void> =>
	void (await db.system
		.update(signInRequest)
		.set({ handledAt: null, nextTryAt, tries: sql`${signInRequest.tries} + 1` })
		.where(eq(signInRequest.requestId, requestId)));
export const insertSignIn = async (db: Database, row: typeof signIn.$inferInsert): Promise<void> =>
	void (await db.system.insert(signIn).values(row));
export const findSignInByToken = async (db: Database, tokenHash: string): Promise<SignIn | null> =>
	(await db.system.select().from(signIn).where(eq(signIn.tokenHash, tokenHash)))[0] ?? null;

/** Spends one of the five codes that may be tried beside a link, before anybody compares it; null when there is none left. */
export async function spendTry(db: Database, tokenHash: string, now: Date): Promise<SignIn | null> {
	const [row] = await db.system
		.update(signIn)
		.set({ failedTries: sql`${signIn.failedTries} + 1` })
		.where(
			and(
				eq(signIn.tokenHash, tokenHash),
				isNull(signIn.usedAt),
				gt(signIn.expiresAt, now),
				lt(signIn.failedTries, TRIES_MAX)
			)
		)
		.returning();
	return row ?? null;
}

export type Guess = {
	emailAsked: string;
	/** What was sent for that request; null for an address that nobody has. */
	sent: Pick<SignIn, 'supplierId' | 'signInId' | 'requestId' | 'subjectKind' | 'subjectId' | 'codeHash'> | null;
	person: Count;
	/** Null in a browser where the person has signed in before: nobody else is guessing there. */
	supplier: Count | null;
};
/** How many codes were tried within six hours, this time included, and how many this time. */
type Count = { key: string; points: number; added: number };
/**
 * A code is about to be tried in a browser. In one statement, whoever was asked for: each open request of the browser loses one of its five tries, and
 * the counts of its person and of its supplier rise, before anything is compared. An address that nobody has counts in the same way, under its own hash, so
 * that the work (and its time) is the same.
 */
export async function spendGuess(db: Database, browserHash: string, now: Date): Promise<Guess[]> {
	const rows = await db.system.execute<{
		email: string;
		supplier_id: string | null;
		sign_in_id: string;
		request_id: string;
		subject_kind: SubjectKind;
		subject_id: string;
		code_hash: string;
		person_key: string;
		person_points: number;
		supplier_key: string | null;
		supplier_points: number | null;
	}>(sql`
		with asked as (
			select request_id from sign_in_request
			where browser_hash = ${browserHash} and created_at > ${before(now, ANSWERED_WITHIN_MS + SIGN_IN_LIFE_MS).toISOString()}
				and guesses < ${TRIES_MAX}
			order by created_at desc, request_id limit ${OPEN_MAX} for no key update
		), spent as (
			update sign_in_request r set guesses = r.guesses + 1 from asked
			where r.request_id = asked.request_id and r.guesses < ${TRIES_MAX}
			returning r.request_id, r.email
		), open as (
			select spent.email, spent.request_id, s.supplier_id, s.sign_in_id, s.subject_kind, s.subject_id, s.code_hash,
				'guess_person:' || case when s.subject_id is null then md5(spent.email)
					when s.is_known_browser then s.subject_id::text || ':' || left(s.browser_hash, 16)
					else s.subject_id::text end as person_key,
				case when s.is_known_browser then null else 'guess_supplier:' || coalesce(s.supplier_id::text, 'none') end as supplier_key
			from spent left join sign_in s on s.request_id = spent.request_id and s.used_at is null and s.expires_at > ${now.toISOString()}
		), counted as (
			insert into rate_limit (key, points, expire)
			select key, count(*)::int, now() + interval '6 hours'
			from (select person_key as key from open union all select distinct supplier_key from open where supplier_key is not null) keys
			group by key order by key
			on conflict (key) do update set
				points = case when rate_limit.expire <= now() then excluded.points else rate_limit.points + excluded.points end,
				expire = case when rate_limit.expire <= now() then excluded.expire else rate_limit.expire end
			returning key, points
		)
		select open.*, p.points as person_points, s.points as supplier_points
		from open join counted p on p.key = open.person_key left join counted s on s.key = open.supplier_key`);
	const countOf = (key: string, points: number): Count => ({
		key,
		points,
		// One guess is one for a supplier, however many of its people the browser has asked for.
		added: key.startsWith('guess_supplier:') ? 1 : rows.filter((row) => row.person_key === key).length
	});
	return rows.map((row) => ({
		emailAsked: row.email,
		sent:
			row.supplier_id === null
				? null
				: {
						supplierId: row.supplier_id,
						signInId: row.sign_in_id,
						requestId: row.request_id,
						subjectKind: row.subject_kind,
						subjectId: row.subject_id,
						codeHash: row.code_hash
					},
		person: countOf(row.person_key, row.person_points),
		supplier: row.supplier_key ? countOf(row.supplier_key, required(row.supplier_points, 'count of a supplier')) : null
	}));
}
/** The code was the right one: it was no guess. In the order in which they were counted, so that two of them never wait for each other. */
export const giveBackGuess = async (db: Database, { person, supplier }: Guess): Promise<void> =>
	void (await db.system.execute(
		sql`with mine as (
			select key from rate_limit where key in (${person.key}, ${supplier?.key ?? person.key}) order by key for no key update
		)
		update rate_limit r set points = greatest(r.points - case r.key when ${person.key} then ${person.added}::int else 1 end, 0)
		from mine where r.key = mine.key`
	));
/** Marks it used; `false` when somebody was faster. */
export async function useSignIn(
	db: Database,
	row: Pick<SignIn, 'supplierId' | 'signInId'>,
	now: Date
): Promise<boolean> {
	const used = await db.system
		.update(signIn)
		.set({ usedAt: now })
		.where(and(eq(signIn.supplierId, row.supplierId), eq(signIn.signInId, row.signInId), isNull(signIn.usedAt)))
		.returning({ id: signIn.signInId });
	return used.length > 0;
}

/** The network address that a request is counted for, told once: who has come in is no longer counted, nor is it remembered from where. */
export async function takeAskedFrom(db: Database, requestId: string): Promise<string | null> {
	const [row] = await db.system.execute<{ address: string }>(sql`
		with asked as (
			select request_id, network_address from sign_in_request
			where request_id = ${requestId} and network_address is not null and not is_known_browser for no key update
		)
		update sign_in_request r set network_address = null from asked where r.request_id = asked.request_id
		returning asked.network_address as address`);
	return row?.address ?? null;
}

/** Whether anybody has signed in there. Says nothing of who. */
export const isKnownBrowser = async (db: Database, browserHash: string): Promise<boolean> =>
	(
		await db.system
			.select({ browser: knownBrowser.browserHash })
			.from(knownBrowser)
			.where(eq(knownBrowser.browserHash, browserHash))
			.limit(1)
	).length > 0;
/**
 * Whose session a browser had last: a browser has one at a time, and each begins by signing in. Nobody's where another of the same kind has signed in
 * since `since`: a page of theirs may still be open, and what was typed in it would be given to the wrong one.
 */
export async function findLastPersonOf(
	db: Database,
	browserHash: string,
	{ kind, since }: { kind: SubjectKind; since: Date }
): Promise<Person | null> {
	const rows = await db.system
		.select({
			supplierId: knownBrowser.supplierId,
			kind: knownBrowser.subjectKind,
			subjectId: knownBrowser.subjectId,
			at: knownBrowser.lastSignInAt
		})
		.from(knownBrowser)
		.where(eq(knownBrowser.browserHash, browserHash))
		.orderBy(desc(knownBrowser.lastSignInAt))
		.limit(100);
	const [last, ...others] = rows;
	if (last?.kind !== kind || others.some((other) => other.kind === kind && other.at > since)) return null;
	return { supplierId: last.supplierId, kind, subjectId: last.subjectId };
}
/** The people who have signed in there. */
export const listPeopleOfBrowser = (db: Database, browserHash: string) =>
	db.system
		.select({ supplierId: knownBrowser.supplierId, subjectId: knownBrowser.subjectId })
		.from(knownBrowser)
		.where(eq(knownBrowser.browserHash, browserHash))
		.limit(100);
export const saveKnownBrowser = async (
	db: Database,
	{ supplierId, kind, subjectId }: Person,
	browserHash: string,
	now: Date
): Promise<void> =>
	void (await db.system
		.insert(knownBrowser)
		.values({ supplierId, subjectKind: kind, subjectId, browserHash, firstSignInAt: now, lastSignInAt: now })
		.onConflictDoUpdate({
			target: [knownBrowser.supplierId, knownBrowser.subjectId, knownBrowser.browserHash],
			set: { lastSignInAt: now }
		}));
