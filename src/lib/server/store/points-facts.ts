// What one try means for points, as the books have it now: one row for each invoice that it pays.
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { HoldReason } from '../../domain/invoices/hold.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import type { AttemptStatus } from '../../domain/payments/attempt-status.ts';
import type { RedemptionState } from '../../domain/points/redemption-states.ts';
import type { Tx } from './database.ts';
import type { Beat } from './points-beats.ts';
import { wasRefused } from './refused-instalments.ts';
import type { PointsAward } from './points.ts';
import { attemptInstalment, pointsAward, type Channel } from './schema/index.ts';

export type LineFacts = {
	invoiceId: string;
	status: AttemptStatus;
	channel: Channel;
	begunAt: Date;
	methodType: string | null;
	/** What the try asks for of the invoice; of that, what came, and what stands of it today. */
	askedMinor: Minor;
	allocatedMinor: Minor;
	standingMinor: Minor;
	debtMinor: Minor;
	netMinor: Minor | null;
	balanceMinor: Minor;
	invoiceDueOn: CivilDate;
	typeCode: string;
	isFactored: boolean;
	holdReason: HoldReason | null;
	holdUntil: CivilDate | null;
	/** Of what is paid of a plan: the first day asked for. */
	instalmentDueOn: CivilDate | null;
	/** How often it was refused since its day was agreed on. */
	instalmentFailures: number;
	planId: string | null;
	isSettlement: boolean;
	isDiscounted: boolean;
	paymentId: string | null;
	paidAt: Date | null;
	paidOn: CivilDate | null;
	valueOn: CivilDate | null;
	/** The last movement of its money after it came: of what kind, and its name. */
	lastReversalId: string | null;
	lastReversalKind: string | null;
	/** Something was given for the invoice, by this try or another. */
	isAwarded: boolean;
	/** Other money came for the invoice, and nobody has judged that act yet: whether it was paid on time is not known. */
	waitsForAnother: boolean;
	/** How the series of invoices on time counts it; null: not yet. */
	beat: Pick<Beat, 'verdict' | 'stands' | 'streakAwardId'> | null;
	/** No other try was the first that the client paid on these pages, whatever became of it later. */
	isFirstOnline: boolean;
	/** What the points used on the try have come to; null: none were. */
	creditState: RedemptionState | null;
};

export async function readPointsFacts(tx: Tx, scope: Scope, attemptId: string): Promise<LineFacts[]> {
	const rows = await tx.execute<Record<string, string | boolean | null>>(sql`
		select l.invoice_id, t.status, t.channel, t.created_at, coalesce(p.method_type, t.method_type) as method_type, l.amount_minor::text as asked,
			coalesce(a.amount_minor, 0)::text as allocated, (coalesce(a.amount_minor, 0) - gone.amount)::text as standing,
			i.debt_minor::text as debt, i.net_minor::text as net,
			o.balance_minor::text as balance,
			i.due_on::text, i.type_code, coalesce(i.not_payable_reason = 'factored', false) as is_factored, i.hold_reason, i.hold_until::text,
			part.due_on::text as part_due_on, coalesce(part.failures, 0)::text as part_failures, part.plan_id, coalesce(part.is_settlement, false) as is_settlement,
			exists (select from attempt_discount d where d.supplier_id = l.supplier_id and d.attempt_id = l.attempt_id and d.invoice_id = l.invoice_id and d.reason = 'early') as is_discounted,
			p.payment_id, p.paid_at, p.paid_on::text, coalesce(b.value_on, b.booked_on)::text as value_on, moved.reversal_id, moved.kind as reversal_kind,
			exists (select from points_award g where g.supplier_id = l.supplier_id and g.invoice_id = l.invoice_id) as is_awarded,
			beat.verdict as beat_verdict, beat.stands as beat_stands, beat.streak_award_id as beat_award, credit.state as credit_state,
			not exists (select from payment o join payment_attempt u on u.supplier_id = o.supplier_id and u.attempt_id = o.attempt_id
				where o.supplier_id = t.supplier_id and o.client_id = t.client_id and o.attempt_id <> t.attempt_id and u.channel in ('pay_link', 'portal')
					and (o.created_at, o.payment_id) < (p.created_at, p.payment_id))
				and not exists (select from points_award w where w.supplier_id = t.supplier_id and w.client_id = t.client_id and w.kind = 'first_online'
				and w.attempt_id <> t.attempt_id) as first_online,
			exists (select from allocation y join payment o on o.supplier_id = y.supplier_id and o.payment_id = y.payment_id
				join due_work w on w.supplier_id = o.supplier_id and w.job = 'points' and w.subject_id = o.attempt_id
				where y.supplier_id = l.supplier_id and y.invoice_id = l.invoice_id and o.attempt_id <> t.attempt_id
					and not exists (select from points_award g where g.supplier_id = o.supplier_id and g.attempt_id = o.attempt_id
						and g.invoice_id = l.invoice_id and g.kind = 'payment')) as waits_for_another
		from payment_attempt_invoice l
		join payment_attempt t on t.supplier_id = l.supplier_id and t.attempt_id = l.attempt_id
		join invoice i on i.supplier_id = l.supplier_id and i.invoice_id = l.invoice_id
		join open_item o on o.supplier_id = l.supplier_id and o.invoice_id = l.invoice_id
		left join lateral (select x.* from payment x where x.supplier_id = t.supplier_id and x.attempt_id = t.attempt_id order by x.created_at desc limit 1) p on true
		left join allocation a on a.supplier_id = p.supplier_id and a.payment_id = p.payment_id and a.invoice_id = l.invoice_id
		left join bank_entry b on b.supplier_id = p.supplier_id and b.bank_entry_id = p.bank_entry_id
		left join points_beat beat on beat.supplier_id = l.supplier_id and beat.invoice_id = l.invoice_id
		left join points_redemption credit on credit.supplier_id = t.supplier_id and credit.redemption_id = t.attempt_id
		left join lateral (select coalesce(sum(case when r.kind in ('refund_failed', 'chargeback_won', 'return_undone', 'refund_unsaid') then -x.amount_minor else x.amount_minor end), 0) as amount
			from reversal r join reversal_allocation x on x.supplier_id = r.supplier_id and x.reversal_id = r.reversal_id
			where r.supplier_id = p.supplier_id and r.payment_id = p.payment_id and x.invoice_id = l.invoice_id) gone on true
		left join lateral (select r.reversal_id, r.kind from reversal r where r.supplier_id = p.supplier_id and r.payment_id = p.payment_id
			order by r.occurred_at desc, r.reversal_id desc limit 1) moved on true
		left join lateral (select min(q.due_on) as due_on, max(q.failures) as failures, min(q.plan_id::text)::uuid as plan_id, bool_or(n.is_settlement) as is_settlement
			from attempt_part h join plan_part q on q.supplier_id = h.supplier_id and q.plan_id = h.plan_id and q.position = h.position
			join plan n on n.supplier_id = q.supplier_id and n.plan_id = q.plan_id
			where h.supplier_id = t.supplier_id and h.attempt_id = t.attempt_id) part on true
		where l.supplier_id = ${scope.supplierId} and l.attempt_id = ${attemptId} and not t.is_setup
		order by l.position`);
	return rows.map(lineOf);
}
const money = (value: unknown): Minor => minor(BigInt(String(value)));
const instant = (value: unknown): Date | null => (value === null ? null : new Date(String(value)));
function lineOf(row: Record<string, string | boolean | null>): LineFacts {
	return {
		invoiceId: row['invoice_id'] as string,
		status: row['status'] as AttemptStatus,
		channel: row['channel'] as Channel,
		begunAt: new Date(String(row['created_at'])),
		methodType: row['method_type'] as string | null,
		askedMinor: money(row['asked']),
		allocatedMinor: money(row['allocated']),
		standingMinor: money(row['standing']),
		debtMinor: money(row['debt']),
		netMinor: row['net'] === null ? null : money(row['net']),
		balanceMinor: money(row['balance']),
		invoiceDueOn: row['due_on'] as CivilDate,
		typeCode: row['type_code'] as string,
		isFactored: row['is_factored'] as boolean,
		holdReason: row['hold_reason'] as HoldReason | null,
		holdUntil: row['hold_until'] as CivilDate | null,
		instalmentDueOn: row['part_due_on'] as CivilDate | null,
		instalmentFailures: Number(row['part_failures']),
		planId: row['plan_id'] as string | null,
		isSettlement: row['is_settlement'] as boolean,
		isDiscounted: row['is_discounted'] as boolean,
		paymentId: row['payment_id'] as string | null,
		paidAt: instant(row['paid_at']),
		paidOn: row['paid_on'] as CivilDate | null,
		valueOn: row['value_on'] as CivilDate | null,
		lastReversalId: row['reversal_id'] as string | null,
		lastReversalKind: row['reversal_kind'] as string | null,
		isAwarded: row['is_awarded'] as boolean,
		waitsForAnother: row['waits_for_another'] as boolean,
		beat:
			row['beat_verdict'] === null
				? null
				: {
						verdict: row['beat_verdict'] as Beat['verdict'],
						stands: row['beat_stands'] as boolean,
						streakAwardId: row['beat_award'] as string | null
					},
		isFirstOnline: row['first_online'] as boolean,
		creditState: row['credit_state'] as RedemptionState | null
	};
}

/** What a finished plan earned its bonus with: every instalment paid, none ever refused, each on its day; and all of its money still there. */
export async function readPlanFacts(
	tx: Tx,
	scope: Scope,
	planId: string
): Promise<{ isFlawless: boolean; stands: boolean }> {
	const [row] = await tx.execute<{ flawless: boolean | null; stands: boolean | null }>(sql`
		select bool_and(n.status = 'completed' and q.status = 'paid' and not ${wasRefused('q')} and w.verdict is not distinct from 'on_time') as flawless,
			bool_and(coalesce(w.stands, false)) as stands
		from plan n join plan_part q on q.supplier_id = n.supplier_id and q.plan_id = n.plan_id
		left join lateral (select case when count(*) > 0 and bool_and(a.verdict = 'on_time') then 'on_time' end as verdict,
				bool_and(a.pending_points + a.earned_points = a.points) as stands
			from attempt_part h join points_award a on a.supplier_id = h.supplier_id and a.attempt_id = h.attempt_id and a.kind = 'payment'
			where h.supplier_id = q.supplier_id and h.plan_id = q.plan_id and h.position = q.position and h.holds) w on true
		where n.supplier_id = ${scope.supplierId} and n.plan_id = ${planId}`);
	return { isFlawless: row?.flawless === true, stands: row?.stands === true };
}
/** Of every payment that a plan was paid by, whichever of its invoices it is of, oldest act first. */
export const listPlanPayments = (tx: Tx, scope: Scope, planId: string): Promise<PointsAward[]> =>
	tx
		.select()
		.from(pointsAward)
		.where(
			and(
				eq(pointsAward.supplierId, scope.supplierId),
				eq(pointsAward.kind, 'payment'),
				inArray(
					pointsAward.attemptId,
					tx
						.select({ attemptId: attemptInstalment.attemptId })
						.from(attemptInstalment)
						.where(
							and(
								eq(attemptInstalment.supplierId, scope.supplierId),
								eq(attemptInstalment.planId, planId),
								attemptInstalment.holds
							)
						)
				)
			)
		)
		.orderBy(asc(pointsAward.actedOn), asc(pointsAward.createdAt), asc(pointsAward.awardId));
