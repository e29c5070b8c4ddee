// Deleting what has served its time: no book, no proof, only rows that made something work once.
import { and, eq, inArray, isNotNull, isNull, lt, notInArray, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { IMPORTS_AT_WORK } from '../../domain/invoices/import-states.ts';
import type { Database, Tx } from './database.ts';
import { deleteStaleForms } from './kept-forms.ts';
import {
	idempotency,
	importFile,
	importJob,
	importLine,
	knownBrowser,
	outbox,
	pageReport,
	session,
	signIn,
	signInRequest,
	stripeEvent,
	usedChallenge
} from './schema/index.ts';

/** What the planner knows of the tables that an import fills. */
export const refreshStatistics = async ({ system }: Database): Promise<void> =>
	void (await system.execute(sql`select refresh_statistics()`));

const DAY_MS = 86_400_000;
const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS);

/** Addresses of people who asked to sign in are kept a day; a page that slept longer than a week reads everything anew. */
export async function deleteStale(db: Database, now: Date): Promise<void> {
	const { system } = db;
	await deleteStaleForms(db, now);
	const yesterday = daysBefore(now, 1);
	await system.delete(signInRequest).where(lt(signInRequest.createdAt, yesterday));
	await system.delete(signIn).where(or(lt(signIn.expiresAt, yesterday), isNotNull(signIn.usedAt)));
	// As long as browsers keep the cookie that says so.
	await system.delete(knownBrowser).where(lt(knownBrowser.lastSignInAt, daysBefore(now, 400)));
	await system.delete(usedChallenge).where(lt(usedChallenge.expiresAt, yesterday));
	// Sessions live by the wall clock (lucia's), whatever the demo's clock says.
	await system.delete(session).where(lt(session.expiresAt, sql`now()`));
	await system.delete(pageReport).where(lt(pageReport.lastAt, daysBefore(now, 90)));
	await system.delete(outbox).where(lt(outbox.createdAt, daysBefore(now, 7)));
	// Stripe repeats an event for three days and lists it for thirty (https://docs.stripe.com/webhooks).
	await system
		.delete(stripeEvent)
		.where(and(eq(stripeEvent.state, 'done'), lt(stripeEvent.receivedAt, daysBefore(now, 60))));
}
/** Answers kept for a repeated request: a client that repeats after a week is told by the invoice number that nothing is new. */
export const answersKeptSince = (now: Date): Date => daysBefore(now, 7);
export const deleteStaleAnswers = async (tx: Tx, scope: Scope, now: Date): Promise<void> =>
	void (await tx
		.delete(idempotency)
		.where(and(eq(idempotency.supplierId, scope.supplierId), lt(idempotency.createdAt, answersKeptSince(now)))));

/** Files of an import that nobody confirmed, or that ended, and what was read in them. What was kept has its document; the report stays. */
export const filesKeptSince = (now: Date): Date => daysBefore(now, 7);
export async function forgetFiles(tx: Tx, scope: Scope, now: Date): Promise<void> {
	const old = await tx
		.select({ id: importJob.importId })
		.from(importJob)
		.where(
			and(
				eq(importJob.supplierId, scope.supplierId),
				lt(importJob.openedAt, filesKeptSince(now)),
				isNull(importJob.forgottenAt),
				notInArray(importJob.state, [...IMPORTS_AT_WORK])
			)
		)
		.for('no key update');
	const ids = old.map((job) => job.id);
	if (!ids.length) return;
	const { supplierId } = scope;
	await tx
		.update(importFile)
		.set({ content: null })
		.where(
			and(eq(importFile.supplierId, supplierId), inArray(importFile.importId, ids), isNotNull(importFile.content))
		);
	await tx
		.update(importLine)
		.set({ document: null })
		.where(
			and(eq(importLine.supplierId, supplierId), inArray(importLine.importId, ids), isNotNull(importLine.document))
		);
	await tx
		.update(importJob)
		.set({
			state: sql`case when ${importJob.state} in ('receiving', 'ready') then 'dropped' else ${importJob.state} end`,
			forgottenAt: now
		})
		.where(and(eq(importJob.supplierId, supplierId), inArray(importJob.importId, ids)));
}
