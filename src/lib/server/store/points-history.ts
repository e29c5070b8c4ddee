// The story of a client's points, line by line, and its last invoices as a strip. Reads only.
import { sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import type { Verdict } from '../../domain/points/judge.ts';
import type { Beat } from '../../domain/points/strip.ts';
import type { Words } from '../../domain/points/programme.ts';
import type { Tx } from './database.ts';
import type { AwardKind, PointsEntryKind, RedemptionKind } from './schema/index.ts';

/** One line: what the ledger says, or an act that earned nothing, or nothing yet. */
export type HistoryRow = {
	lineId: string;
	happenedOn: CivilDate;
	/** What it changed of the balance. */
	points: number;
	/** Of an act whose money is not final. */
	pendingPoints: number;
	/** null: an act without a line in the ledger that counts. */
	kind: PointsEntryKind | null;
	/** Of an adjustment: why, and who made it. */
	reason: string | null;
	madeBy: string | null;
	/** Of points given back with a later end: that day. */
	until: CivilDate | null;
	award: {
		kind: AwardKind;
		verdict: Verdict;
		base: number;
		early: number;
		sepa: number;
		points: number;
		dueOn: CivilDate;
		actedOn: CivilDate;
		finalOn: CivilDate | null;
		/** Of a debit: when its result is awaited, and how long after it its points are final. */
		expectedOn: CivilDate | null;
		vestingDays: number;
		invoiceId: string;
		number: string;
		option: string;
		status: string;
	} | null;
	redemption: {
		kind: RedemptionKind;
		name: Words | null;
		valueMinor: Minor | null;
		/** Of points used: the one invoice that they were used on. */
		invoice: { invoiceId: string; number: string } | null;
		/** Why the supplier can't give it. */
		note: string | null;
	} | null;
};
type Row = {
	line_id: string;
	happened_on: CivilDate;
	points: number;
	pending_points: number;
	kind: PointsEntryKind | null;
	reason: string | null;
	made_by: string | null;
	until: CivilDate | null;
	award: HistoryRow['award'];
	redemption: (Omit<NonNullable<HistoryRow['redemption']>, 'valueMinor'> & { value: string | null }) | null;
};
const rowOf = ({ redemption, ...row }: Row): HistoryRow => ({
	lineId: row.line_id,
	happenedOn: row.happened_on,
	points: row.points,
	pendingPoints: row.pending_points,
	kind: row.kind,
	reason: row.reason,
	madeBy: row.made_by,
	until: row.until,
	award: row.award,
	redemption: redemption && {
		kind: redemption.kind,
		name: redemption.name,
		valueMinor: redemption.value === null ? null : minor(BigInt(redemption.value)),
		invoice: redemption.invoice,
		note: redemption.note
	}
});

/** Newest first, behind the line `after`; what is given back at once is one line, whatever ends it has. The points of all lines are the balance: an act stands beside the ledger only while the ledger says nothing of it, on its day; what the schedule orders ahead, on the day of the order. */
export async function listHistory(
	tx: Tx,
	scope: Scope,
	clientId: string,
	{ after, limit }: { after: string | null; limit: number }
): Promise<HistoryRow[]> {
	const behind = after
		? sql`where (line.happened_on, line.created_at, line.line_id) < (select b.happened_on, b.created_at, b.line_id from line b where b.line_id = ${after}::uuid limit 1)`
		: sql``;
	const rows = await tx.execute<Row>(sql`
		with line as (
			select (array_agg(e.entry_id order by e.entry_id))[1] as line_id, e.happened_on, e.created_at, sum(e.points)::int as points, 0 as pending_points,
					e.kind, e.reason, e.made_by, e.source_id, min(case when e.kind = 'given_back' then e.expires_on end) as until
				from points_entry e where e.supplier_id = ${scope.supplierId} and e.client_id = ${clientId} and e.points <> 0
				group by case when e.kind = 'given_back' then e.source_id else e.entry_id end, e.happened_on, e.created_at, e.kind, e.reason, e.made_by, e.source_id
			union all
			select a.award_id, least(a.acted_on, (a.created_at at time zone house.time_zone)::date), a.created_at, 0, a.pending_points, null, null, null, a.award_id, null
				from points_award a join supplier house on house.supplier_id = a.supplier_id where a.supplier_id = ${scope.supplierId} and a.client_id = ${clientId} and a.verdict <> 'excluded'
					and (a.pending_points > 0 or not exists (
						select from points_entry e where e.supplier_id = a.supplier_id and e.source_id = a.award_id and e.kind = 'earned'))
		), shown as (select * from line ${behind} order by line.happened_on desc, line.created_at desc, line.line_id desc limit ${limit})
		select s.line_id, s.happened_on::text, s.points, s.pending_points, s.kind, s.reason, s.made_by, s.until::text,
			case when a.award_id is not null then jsonb_build_object('kind', a.kind, 'verdict', a.verdict, 'base', a.base, 'early', a.early,
				'sepa', a.sepa, 'points', a.points, 'dueOn', a.due_on, 'actedOn', a.acted_on, 'finalOn', a.final_on, 'invoiceId', a.invoice_id,
				'expectedOn', t.expected_on, 'vestingDays', a.vesting_days, 'number', i.number, 'option', t.option, 'status', t.status) end as award,
			case when r.redemption_id is not null then jsonb_build_object('kind', r.kind, 'name', r.name, 'value', r.value_minor::text,
				'invoice', used.invoice, 'note', case when r.state = 'canceled' then r.note end) end as redemption
		from shown s
			left join points_lot later on later.supplier_id = ${scope.supplierId} and later.entry_id = s.source_id
			left join points_entry lot on lot.supplier_id = ${scope.supplierId} and lot.entry_id = coalesce(later.of_entry_id, s.source_id)
			left join lateral (select * from points_award x where x.supplier_id = ${scope.supplierId} and x.award_id = coalesce(lot.source_id, s.source_id) limit 1) a on true
			left join invoice i on i.supplier_id = a.supplier_id and i.invoice_id = a.invoice_id
			left join payment_attempt t on t.supplier_id = a.supplier_id and t.attempt_id = a.attempt_id
			left join points_redemption r on r.supplier_id = ${scope.supplierId} and r.redemption_id = s.source_id
			left join lateral (select jsonb_build_object('invoiceId', u.invoice_id, 'number', u.number) as invoice
				from attempt_discount d join invoice u on u.supplier_id = d.supplier_id and u.invoice_id = d.invoice_id
				where d.supplier_id = r.supplier_id and d.attempt_id = r.attempt_id and d.reason = 'points' limit 1) used on true
		order by s.happened_on desc, s.created_at desc, s.line_id desc`);
	return rows.map(rowOf);
}

/** What each month changed of the balance, on whatever page its lines are: from one month to another, as YYYY-MM. */
export async function sumMonths(
	tx: Tx,
	scope: Scope,
	clientId: string,
	{ from, to }: { from: string; to: string }
): Promise<Map<string, number>> {
	const rows = await tx.execute<{ month: string; points: number }>(sql`
		select to_char(happened_on, 'YYYY-MM') as month, sum(points)::int as points from points_entry
		where supplier_id = ${scope.supplierId} and client_id = ${clientId}
			and happened_on >= ${`${from}-01`}::date and happened_on < ${`${to}-01`}::date + interval '1 month'
		group by 1`);
	return new Map(rows.map(({ month, points }) => [month, points]));
}

/**
 * The last invoices that were paid, the oldest first: how many days after its due day the last of each was paid (below zero: before it). What was paid
 * in instalments is late when one of them was; what is under way, came to nothing or went back does not count.
 */
export async function listBeats(tx: Tx, scope: Scope, clientId: string, limit: number): Promise<Beat[]> {
	const rows = await tx.execute<{
		verdict: Beat['verdict'];
		days_after: number;
		due_on: CivilDate;
		number: string;
	}>(sql`
		select paid.verdict, paid.days_after, i.due_on::text, i.number
		from (
			select a.invoice_id, max(a.acted_on) as acted_on, max(a.acted_on - a.due_on)::int as days_after,
				case when bool_or(a.verdict = 'late') then 'late' when bool_or(a.verdict = 'neutral') then 'neutral' else 'on_time' end as verdict
			from points_award a
			where a.supplier_id = ${scope.supplierId} and a.client_id = ${clientId} and a.kind = 'payment' and a.verdict <> 'excluded'
				and (a.points = 0 or a.earned_points > 0)
			group by a.invoice_id
			order by 2 desc, 1 limit ${limit}
		) paid join invoice i on i.supplier_id = ${scope.supplierId} and i.invoice_id = paid.invoice_id
		order by paid.acted_on, i.due_on, i.number`);
	return rows.map(({ verdict, days_after, due_on, number }) => ({
		verdict,
		daysAfter: days_after,
		dueOn: due_on,
		number
	}));
}
