// A year of payments as points would judge them: what a programme is tried on before it is published. Read only.
import { sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../domain/calendar/civil-date.ts';
import { isDeposit } from '../../domain/invoices/document.ts';
import { minor } from '../../domain/money/minor.ts';
import type { PastAct } from '../../domain/points/simulate.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';

export type PastPayments = {
	acts: PastAct[];
	/** More payments than were looked at. */
	isCut: boolean;
	/** Invoices that came in as already paid: nobody told when. */
	unknown: number;
};
const ACTS_MAX = 20_000;

/** In euros, less what went back. That an invoice was contested or promised at the time is not kept: one paid late counts as late. */
export async function listPastActs(
	tx: Tx,
	scope: Scope,
	{ from, timeZone }: { from: CivilDate; timeZone: string }
): Promise<PastPayments> {
	const rows = await tx.execute<Record<string, string | boolean | null>>(sql`
		select p.client_id, c.name as client_name, a.invoice_id, t.created_at, p.paid_at, p.method_type, coalesce(b.value_on, b.booked_on)::text as value_on,
			(a.amount_minor - gone.amount)::text as amount, i.debt_minor::text as debt, i.net_minor::text as net, coalesce(part.due_on, i.due_on)::text as due_on,
			i.type_code, coalesce(i.not_payable_reason = 'factored', false) as is_factored, coalesce(part.is_settlement, false) as is_settlement,
			case when part.is_finished then part.plan_id end as plan_id,
			exists (select from attempt_discount d where d.supplier_id = p.supplier_id and d.attempt_id = p.attempt_id and d.invoice_id = a.invoice_id and d.reason = 'early') as is_discounted,
			t.channel in ('pay_link', 'portal') and not exists (select from payment o join payment_attempt ot on ot.supplier_id = o.supplier_id and ot.attempt_id = o.attempt_id
				where o.supplier_id = p.supplier_id and o.client_id = p.client_id and ot.channel in ('pay_link', 'portal')
					and (o.created_at, o.payment_id) < (p.created_at, p.payment_id)) and a.position = (select min(x.position) from allocation x
				where x.supplier_id = a.supplier_id and x.payment_id = a.payment_id) as is_first_online,
			(select coalesce(sum(j.debit_minor - j.credit_minor), 0) = 0 from journal_line j
				where j.supplier_id = i.supplier_id and j.invoice_id = i.invoice_id and j.account = '411') as is_settled
		from payment p
		join payment_attempt t on t.supplier_id = p.supplier_id and t.attempt_id = p.attempt_id
		join client c on c.supplier_id = p.supplier_id and c.client_id = p.client_id
		join allocation a on a.supplier_id = p.supplier_id and a.payment_id = p.payment_id
		join invoice i on i.supplier_id = a.supplier_id and i.invoice_id = a.invoice_id
		left join bank_entry b on b.supplier_id = p.supplier_id and b.bank_entry_id = p.bank_entry_id
		left join lateral (select coalesce(sum(case when r.kind in ('refund_failed', 'chargeback_won', 'return_undone', 'refund_unsaid') then -x.amount_minor else x.amount_minor end), 0) as amount
			from reversal r join reversal_allocation x on x.supplier_id = r.supplier_id and x.reversal_id = r.reversal_id
			where r.supplier_id = p.supplier_id and r.payment_id = p.payment_id and x.invoice_id = a.invoice_id) gone on true
		left join lateral (select min(q.due_on) as due_on, min(q.plan_id::text) as plan_id, bool_or(n.is_settlement) as is_settlement,
				bool_and(n.status = 'completed' and not exists (select from plan_part z where z.supplier_id = n.supplier_id and z.plan_id = n.plan_id
					and (z.status <> 'paid' or z.failures > 0))) as is_finished
			from attempt_part h join plan_part q on q.supplier_id = h.supplier_id and q.plan_id = h.plan_id and q.position = h.position
			join plan n on n.supplier_id = q.supplier_id and n.plan_id = q.plan_id
			where h.supplier_id = t.supplier_id and h.attempt_id = t.attempt_id) part on true
		where p.supplier_id = ${scope.supplierId} and p.paid_on >= ${from} and p.currency = 'EUR' and i.debt_minor > 0 and a.amount_minor > gone.amount
		order by p.paid_on desc, p.payment_id, a.position limit ${ACTS_MAX + 1}`);
	const [settled] = await tx.execute<{ unknown: string }>(sql`
		select count(*)::text as unknown from invoice where supplier_id = ${scope.supplierId} and issued_on >= ${from} and not_payable_reason = 'settled'`);
	return {
		acts: rows.slice(0, ACTS_MAX).map((row) => actOf(row, timeZone)),
		isCut: rows.length > ACTS_MAX,
		unknown: Number(required(settled, 'count').unknown)
	};
}

function actOf(row: Record<string, string | boolean | null>, timeZone: string): PastAct {
	const money = (field: string) => minor(BigInt(String(row[field])));
	const text = (field: string) => row[field] as string;
	// The order of a debit, the capture of a card, the value day of a transfer.
	const at = row['method_type'] === 'sepa_debit' ? row['created_at'] : row['paid_at'];
	return {
		clientId: text('client_id'),
		clientName: text('client_name'),
		invoiceId: text('invoice_id'),
		amountMinor: money('amount'),
		debtMinor: money('debt'),
		netMinor: row['net'] === null ? null : money('net'),
		dueOn: text('due_on') as CivilDate,
		actedOn: (row['value_on'] as CivilDate | null) ?? civilDateIn(new Date(String(at)), timeZone),
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
