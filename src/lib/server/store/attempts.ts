// Payment attempts: the row that comes before any call to Stripe.
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { actorName, type Scope } from '../../domain/access/scope.ts';
import { ATTEMPT_STATES, isLive, type AttemptStatus } from '../../domain/payments/attempt-status.ts';
import type { AllocationLine } from '../../domain/payments/allocation.ts';
import type { Tx } from './database.ts';
import { type InvoiceRecord } from './invoices.ts';
import { lockInvoices } from './lock-invoices.ts';
import { withRest, type Latest } from './latest.ts';
import { attemptInvoice, paymentAttempt } from './schema/index.ts';
import { requireSet, thatMayBecome } from './set-state.ts';
import { writtenOnce, type Given } from './written-once.ts';

export type Attempt = typeof paymentAttempt.$inferSelect;
export type NewAttempt = Omit<typeof paymentAttempt.$inferInsert, 'supplierId'>;

const mine = (scope: Scope) => [
	eq(paymentAttempt.supplierId, scope.supplierId),
	...(scope.clientId ? [eq(paymentAttempt.clientId, scope.clientId)] : [])
];

/** They pay instalments of a plan that runs, each of which the database lets one attempt hold. */
const OF_INSTALMENTS: readonly Attempt['option'][] = ['next_part', 'all_parts'];
/** `live: false`: it was over before it was known, and holds nothing. */
export async function insertAttempt(
	tx: Tx,
	scope: Scope,
	row: NewAttempt,
	lines: AllocationLine[],
	{ live = true }: { live?: boolean } = {}
): Promise<void> {
	await tx.insert(paymentAttempt).values({ supplierId: scope.supplierId, begunBy: actorName(scope.actor), ...row });
	const invoices = lines.map((line, position) => ({
		supplierId: scope.supplierId,
		attemptId: row.attemptId,
		position,
		live,
		ofInstalment: OF_INSTALMENTS.includes(row.option ?? 'now'),
		...line
	}));
	// A transfer that is kept for the client pays none.
	if (invoices.length) await tx.insert(attemptInvoice).values(invoices);
}

export async function findAttempt(tx: Tx, scope: Scope, attemptId: string): Promise<Attempt | null> {
	const [row] = await tx
		.select()
		.from(paymentAttempt)
		.where(and(...mine(scope), eq(paymentAttempt.attemptId, attemptId)));
	return row ?? null;
}

export const listAttemptsNamed = async (tx: Tx, scope: Scope, attemptIds: string[]): Promise<Attempt[]> =>
	attemptIds.length
		? tx
				.select()
				.from(paymentAttempt)
				.where(and(...mine(scope), inArray(paymentAttempt.attemptId, attemptIds)))
		: [];

const linesOfAttempt = writtenOnce<{ supplierId: string; attemptId: string }>()((tx, given) =>
	tx
		.select({ invoiceId: attemptInvoice.invoiceId, amountMinor: attemptInvoice.amountMinor })
		.from(attemptInvoice)
		.where(and(eq(attemptInvoice.supplierId, given.supplierId), eq(attemptInvoice.attemptId, given.attemptId)))
		.orderBy(asc(attemptInvoice.position))
);
export const listAttemptLines = (tx: Tx, { supplierId }: Scope, attemptId: string): Promise<AllocationLine[]> =>
	linesOfAttempt(tx, { supplierId, attemptId });

/** What an attempt pays: how much of which invoices, and these as they are under lock. */
export type PaidLines = { lines: AllocationLine[]; invoices: InvoiceRecord[] };
export const NOTHING_PAID: PaidLines = { lines: [], invoices: [] };
/** Locks the invoices that an attempt pays. */
export async function lockPaid(tx: Tx, scope: Scope, attemptId: string): Promise<PaidLines> {
	const lines = await listAttemptLines(tx, scope, attemptId);
	const invoices = await lockInvoices(
		tx,
		scope,
		lines.map((line) => line.invoiceId)
	);
	return { lines, invoices };
}
export const lockInvoicesOf = async (tx: Tx, scope: Scope, attemptId: string): Promise<InvoiceRecord[]> =>
	(await lockPaid(tx, scope, attemptId)).invoices;

/**
 * A live attempt that holds any of these invoices. `besidesInstalments`: that pays no instalment of a plan. `ofWholes`: of which the database lets one be, a plan that
 * begins among them (one_live_attempt_per_invoice).
 */
export async function findLiveAttempt(
	tx: Tx,
	scope: Scope,
	invoiceIds: string[],
	{ besidesInstalments = false, ofWholes = false }: { besidesInstalments?: boolean; ofWholes?: boolean } = {}
): Promise<Attempt | null> {
	const [row] = await tx
		.select({ attempt: paymentAttempt })
		.from(attemptInvoice)
		.innerJoin(
			paymentAttempt,
			and(
				eq(paymentAttempt.supplierId, attemptInvoice.supplierId),
				eq(paymentAttempt.attemptId, attemptInvoice.attemptId)
			)
		)
		.where(
			and(
				eq(attemptInvoice.supplierId, scope.supplierId),
				inArray(attemptInvoice.invoiceId, invoiceIds),
				attemptInvoice.live,
				...(ofWholes ? [eq(attemptInvoice.ofInstalment, false)] : []),
				...(besidesInstalments
					? [
							sql`not exists (select from attempt_part h where h.supplier_id = ${attemptInvoice.supplierId} and h.attempt_id = ${attemptInvoice.attemptId} and h.holds)`
						]
					: [])
			)
		)
		// The one that has come furthest tells most: money under way before a question that nobody has answered.
		.orderBy(sql`${paymentAttempt.status} <> 'processing'`, asc(paymentAttempt.createdAt))
		.limit(1);
	return row?.attempt ?? null;
}

/** The last attempt on an invoice, whatever came of it: what the page tells first. */
const attemptsOfInvoice = writtenOnce<{ supplierId: string; invoiceId: string }>()((tx, given) =>
	tx
		.select({ attempt: paymentAttempt })
		.from(attemptInvoice)
		.innerJoin(
			paymentAttempt,
			and(
				eq(paymentAttempt.supplierId, attemptInvoice.supplierId),
				eq(paymentAttempt.attemptId, attemptInvoice.attemptId)
			)
		)
		.where(and(eq(attemptInvoice.supplierId, given.supplierId), eq(attemptInvoice.invoiceId, given.invoiceId)))
		.orderBy(desc(paymentAttempt.createdAt), desc(paymentAttempt.attemptId))
		.limit(1)
);
export async function findLastAttempt(tx: Tx, { supplierId }: Scope, invoiceId: string): Promise<Attempt | null> {
	const [row] = await attemptsOfInvoice(tx, { supplierId, invoiceId });
	return row?.attempt ?? null;
}

export type OpenIntent = { stripeAccount: string | null; intentId: string };
/**
 * Payments on these invoices that Stripe could still collect, as far as they stand so, but one. Attempts of a plan's instalments are the plan's affair. All of them: one that is left could be collected.
 */
export async function listOpenIntents(
	tx: Tx,
	scope: Scope,
	{
		invoiceIds,
		statuses,
		besides = null,
		options = ['now', 'early', 'plan_2', 'plan_3']
	}: {
		invoiceIds: string[];
		statuses: readonly AttemptStatus[];
		besides?: string | null;
		options?: NonNullable<Attempt['option']>[];
	}
): Promise<OpenIntent[]> {
	if (!invoiceIds.length) return [];
	const rows = await tx
		.selectDistinct({ stripeAccount: paymentAttempt.stripeAccount, intentId: paymentAttempt.stripePaymentIntentId })
		.from(attemptInvoice)
		.innerJoin(
			paymentAttempt,
			and(
				eq(paymentAttempt.supplierId, attemptInvoice.supplierId),
				eq(paymentAttempt.attemptId, attemptInvoice.attemptId)
			)
		)
		.where(
			and(
				eq(attemptInvoice.supplierId, scope.supplierId),
				inArray(attemptInvoice.invoiceId, invoiceIds),
				inArray(paymentAttempt.status, [...statuses]),
				inArray(paymentAttempt.channel, ['pay_link', 'portal']),
				inArray(paymentAttempt.option, options),
				sql`${paymentAttempt.stripePaymentIntentId} is distinct from ${besides}`
			)
		);
	return rows.flatMap(({ stripeAccount, intentId }) => (intentId ? [{ stripeAccount, intentId }] : []));
}

type OfIntent = { supplierId: string; clientId: string | null; intentId: string };
const attemptsOfIntent = (tx: Tx, given: Given<OfIntent>) =>
	tx
		.select()
		.from(paymentAttempt)
		.where(
			and(
				eq(paymentAttempt.supplierId, given.supplierId),
				given.clientId && eq(paymentAttempt.clientId, given.clientId),
				eq(paymentAttempt.stripePaymentIntentId, given.intentId)
			)
		)
		.orderBy(asc(paymentAttempt.createdAt), asc(paymentAttempt.attemptId));
const readOfIntent = writtenOnce<OfIntent>()(attemptsOfIntent);
const lockOfIntent = writtenOnce<OfIntent>()((tx, given) => attemptsOfIntent(tx, given).for('no key update'));
/** Every attempt made on one PaymentIntent, oldest first. */
export const listAttemptsOfIntent = (tx: Tx, { supplierId, clientId }: Scope, intentId: string): Promise<Attempt[]> =>
	readOfIntent(tx, { supplierId, clientId, intentId });
/** The same, locked: settling is one at a time. */
export const lockAttemptsOfIntent = (tx: Tx, { supplierId, clientId }: Scope, intentId: string): Promise<Attempt[]> =>
	lockOfIntent(tx, { supplierId, clientId, intentId });
export async function lockAttempt(tx: Tx, scope: Scope, attemptId: string): Promise<Attempt | null> {
	const [row] = await tx
		.select()
		.from(paymentAttempt)
		.where(and(...mine(scope), eq(paymentAttempt.attemptId, attemptId)))
		.for('no key update');
	return row ?? null;
}

/** Notes which PaymentIntent it became, and nothing else: where it stands may have moved meanwhile. */
export async function nameIntent(tx: Tx, scope: Scope, attemptId: string, intentId: string): Promise<void> {
	await tx
		.update(paymentAttempt)
		.set({ stripePaymentIntentId: intentId })
		.where(and(...mine(scope), eq(paymentAttempt.attemptId, attemptId)));
}

export type AttemptChange = Partial<
	Pick<
		Attempt,
		| 'stripePaymentIntentId'
		| 'methodType'
		| 'methodLabel'
		| 'mandateReference'
		| 'errorCode'
		| 'declineCode'
		| 'expectedOn'
	>
> & { status: AttemptStatus };
/** Moves an attempt and frees its invoices when it is no longer live. @throws when it can’t become that */
export async function saveAttempt(
	tx: Tx,
	scope: Scope,
	attemptId: string,
	change: AttemptChange,
	now: Date
): Promise<void> {
	const { status } = change;
	const moved = await tx
		.update(paymentAttempt)
		.set({ ...change, updatedAt: now })
		.where(
			and(
				...mine(scope),
				eq(paymentAttempt.attemptId, attemptId),
				thatMayBecome(paymentAttempt.status, ATTEMPT_STATES, status)
			)
		)
		.returning({ status: paymentAttempt.status });
	requireSet(moved, `attempt ${attemptId}`, status);
	await tx
		.update(attemptInvoice)
		.set({ live: isLive(status) })
		.where(
			and(
				eq(attemptInvoice.supplierId, scope.supplierId),
				eq(attemptInvoice.attemptId, attemptId),
				sql`${attemptInvoice.live} <> ${isLive(status)}`
			)
		);
}

/** Attempts of the invoices a scope sees, newest first. */
export async function listAttemptsOfInvoice(
	tx: Tx,
	scope: Scope,
	invoiceId: string,
	limit = 50
): Promise<Latest<Attempt>> {
	const ofInvoice = and(eq(attemptInvoice.supplierId, scope.supplierId), eq(attemptInvoice.invoiceId, invoiceId));
	const rows = await tx
		.select({ attempt: paymentAttempt })
		.from(attemptInvoice)
		.innerJoin(
			paymentAttempt,
			and(
				eq(paymentAttempt.supplierId, attemptInvoice.supplierId),
				eq(paymentAttempt.attemptId, attemptInvoice.attemptId)
			)
		)
		.where(ofInvoice)
		.orderBy(desc(paymentAttempt.createdAt))
		.limit(limit);
	return withRest(
		rows.map((row) => row.attempt),
		limit,
		() => tx.$count(attemptInvoice, ofInvoice)
	);
}
