// A year of payments as points would judge them: what a programme is tried on before it is published. Read only.
import { sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { isDeposit } from '../../domain/invoices/document.ts';
import { minor } from '../../domain/money/minor.ts';
import { whenActed } from '../../domain/points/acted.ts';
import type { PastAct } from '../../domain/points/simulate.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { wasRefused } from './refused-instalments.ts';

type Row = Record<string, string | boolean | null>;
type Last = { clientId: string; createdAt: string; paymentId: string; position: number };
const PAGE = 2000;

/**
 * The acts of each client since a day, client after client, in the order in which their money came. Read page by page to the end: what is held at once is a
 * page and one client. In euros, with what of each stands today. That an invoice was contested or promised at the time is not kept: one paid late counts as late.
 */
export async function* streamPastActs(
	tx: Tx,
	scope: Scope,
	{ from, timeZone, page = PAGE }: { from: CivilDate; timeZone: string; page?: number }
): AsyncGenerator<PastAct[]> {
	let acts: PastAct[] = [];
	for (let last: Last | null = null; ;) {
		const rows: Row[] = await readPage(tx, scope, { from, behind: last, page });
		for (const row of rows) {
			if (acts[0] && acts[0].clientId !== row['client_id']) {
				yield acts;
				acts = [];
			}
			if (row['counts'] === true) acts.push(actOf(row, timeZone));
		}
		last = lastOf(rows);
		if (!last) break;
	}
	if (acts.length) yield acts;
}
function lastOf(rows: Row[]): Last | null {
	const row = rows.at(-1);
	return row
		? {
				clientId: String(row['client_id']),
				createdAt: String(row['money_at']),
				paymentId: String(row['payment_id']),
				position: Number(row['position'])
			}
		: null;
}

/** What earns nothing is among them: a page ends where it ends, and only one without any row is the last. */
async function readPage(
	tx: Tx,
	scope: Scope,
	{ from, behind, page }: { from: CivilDate; behind: Last | null; page: number }
): Promise<Row[]> {
	const after = behind
		? sql`and p.client_id >= ${behind.clientId}::uuid and (p.client_id, p.created_at, p.payment_id, a.position)
			> (${behind.clientId}::uuid, ${behind.createdAt}::timestamptz, ${behind.paymentId}::uuid, ${behind.position}::int)`
		: sql``;
	return tx.execute<Row>(sql`
		with page as materialized (
			select p.client_id, p.created_at as money_at, p.payment_id, p.attempt_id, p.bank_entry_id, p.paid_at, p.method_type, a.invoice_id, a.position, a.amount_minor
			from payment p join allocation a on a.supplier_id = p.supplier_id and a.payment_id = p.payment_id
			where p.supplier_id = ${scope.supplierId} and p.paid_on >= ${from} and p.currency = 'EUR' ${after}
			order by p.client_id, p.created_at, p.payment_id, a.position limit ${page})
		select p.client_id, p.money_at::text, p.payment_id, p.position, i.debt_minor > 0 as counts,
			c.name as client_name, p.invoice_id, t.channel, t.created_at, p.paid_at, p.method_type, coalesce(b.value_on, b.booked_on)::text as value_on,
			p.amount_minor::text as amount, (p.amount_minor - gone.amount)::text as standing, i.debt_minor::text as debt, i.net_minor::text as net,
			i.due_on::text, part.due_on::text as part_due_on, coalesce(part.failures, 0)::text as part_failures,
			i.type_code, coalesce(i.not_payable_reason = 'factored', false) as is_factored, coalesce(part.is_settlement, false) as is_settlement,
			case when part.is_finished then part.plan_id end as plan_id,
			exists (select from attempt_discount d where d.supplier_id = t.supplier_id and d.attempt_id = p.attempt_id and d.invoice_id = p.invoice_id and d.reason = 'early') as is_discounted,
			t.channel in ('pay_link', 'portal') and not exists (select from payment o join payment_attempt ot on ot.supplier_id = o.supplier_id and ot.attempt_id = o.attempt_id
				where o.supplier_id = t.supplier_id and o.client_id = p.client_id and ot.channel in ('pay_link', 'portal')
					and (o.created_at, o.payment_id) < (p.money_at, p.payment_id)) as is_first_online,
			o.balance_minor = 0 as is_settled
		from page p
		join payment_attempt t on t.supplier_id = ${scope.supplierId} and t.attempt_id = p.attempt_id
		join client c on c.supplier_id = t.supplier_id and c.client_id = p.client_id
		join invoice i on i.supplier_id = t.supplier_id and i.invoice_id = p.invoice_id
		join open_item o on o.supplier_id = t.supplier_id and o.invoice_id = p.invoice_id
		left join bank_entry b on b.supplier_id = t.supplier_id and b.bank_entry_id = p.bank_entry_id
		left join lateral (select coalesce(sum(case when r.kind in ('refund_failed', 'chargeback_won', 'return_undone', 'refund_unsaid') then -x.amount_minor else x.amount_minor end), 0) as amount
			from reversal r join reversal_allocation x on x.supplier_id = r.supplier_id and x.reversal_id = r.reversal_id
			where r.supplier_id = t.supplier_id and r.payment_id = p.payment_id and x.invoice_id = p.invoice_id) gone on true
		left join lateral (select min(q.due_on) as due_on, max(q.failures) as failures, min(q.plan_id::text) as plan_id, bool_or(n.is_settlement) as is_settlement,
				bool_and(n.status = 'completed' and not exists (select from plan_part z where z.supplier_id = n.supplier_id and z.plan_id = n.plan_id
					and (z.status <> 'paid' or ${wasRefused('z')}))) as is_finished
			from attempt_part h join plan_part q on q.supplier_id = h.supplier_id and q.plan_id = h.plan_id and q.position = h.position
			join plan n on n.supplier_id = q.supplier_id and n.plan_id = q.plan_id
			where h.supplier_id = t.supplier_id and h.attempt_id = t.attempt_id) part on true
		order by p.client_id, p.money_at, p.payment_id, p.position`);
}

/** Invoices that came in as already paid: nobody told when, so no act is known of them. */
export async function countPaidElsewhere(tx: Tx, scope: Scope, from: CivilDate): Promise<number> {
	const [settled] = await tx.execute<{ unknown: string }>(sql`
		select count(*)::text as unknown from invoice where supplier_id = ${scope.supplierId} and issued_on >= ${from} and not_payable_reason = 'settled'`);
	return Number(required(settled, 'count').unknown);
}

function actOf(row: Row, timeZone: string): PastAct {
	const money = (field: string) => minor(BigInt(String(row[field])));
	const text = (field: string) => String(row[field]);
	const instant = (field: string) => (row[field] === null ? null : new Date(text(field)));
	const instalmentDueOn = row['part_due_on'] as CivilDate | null;
	const { actedOn } = whenActed(
		{
			methodType: row['method_type'] as string | null,
			channel: text('channel'),
			begunAt: new Date(text('created_at')),
			paidAt: instant('paid_at'),
			valueOn: row['value_on'] as CivilDate | null,
			instalmentDueOn,
			instalmentFailures: Number(row['part_failures'])
		},
		timeZone
	);
	return {
		clientId: text('client_id'),
		clientName: text('client_name'),
		invoiceId: text('invoice_id'),
		paymentId: text('payment_id'),
		amountMinor: money('amount'),
		standingMinor: money('standing'),
		debtMinor: money('debt'),
		netMinor: row['net'] === null ? null : money('net'),
		dueOn: instalmentDueOn ?? (text('due_on') as CivilDate),
		actedOn,
		isSepa: row['method_type'] === 'sepa_debit',
		isDeposit: isDeposit(text('type_code')),
		isFactored: row['is_factored'] === true,
		isSettlement: row['is_settlement'] === true,
		isHeld: false,
		isDiscounted: row['is_discounted'] === true,
		isSettled: row['is_settled'] === true,
		isFirstOnline: row['is_first_online'] === true,
		finishedPlanId: row['plan_id'] as string | null
	};
}
