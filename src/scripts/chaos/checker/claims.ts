// No invoice is over-collected, no instalment of a plan taken twice, every discount is justified, no credit note is worth more than it says, and numbers have no gap.
import type { Facts } from './facts.ts';

export async function checkClaims(facts: Facts): Promise<Record<string, number>> {
	return {
		invoices: await checkInvoices(facts),
		'parts of plans': await checkInstalments(facts),
		'open items': await checkOpen(facts),
		discounts: await checkDiscounts(facts),
		'credit notes': await checkCredits(facts),
		'receipts and credit notes': await checkNumbers(facts)
	};
}

async function checkInvoices({ sql, found }: Facts): Promise<number> {
	const rows = await sql<
		{ number: string; debt: number; ledger: number; paid: number; back: number; given: number; set_off: number }[]
	>`
		select i.number, i.debt_minor as debt,
			coalesce((select sum(l.debit_minor - l.credit_minor) from journal_line l where l.supplier_id = i.supplier_id and l.invoice_id = i.invoice_id and l.account = '411'), 0) as ledger,
			coalesce((select sum(a.amount_minor) from allocation a where a.supplier_id = i.supplier_id and a.invoice_id = i.invoice_id), 0) as paid,
			coalesce((select sum(case when r.kind in ('refund_failed', 'chargeback_won', 'return_undone', 'refund_unsaid') then -a.amount_minor else a.amount_minor end)
				from reversal_allocation a join reversal r using (supplier_id, reversal_id) where a.supplier_id = i.supplier_id and a.invoice_id = i.invoice_id), 0) as back,
			coalesce((select sum(case d.kind when 'granted' then d.amount_minor else -d.amount_minor end) from discount d where d.supplier_id = i.supplier_id and d.invoice_id = i.invoice_id), 0) as given,
			coalesce((select sum(case when u.invoice_id = i.invoice_id then u.amount_minor else -u.amount_minor end)
				from credit_use u where u.supplier_id = i.supplier_id and i.invoice_id in (u.invoice_id, u.credit_id)), 0) as set_off
		from invoice i where i.not_payable_reason is distinct from 'withdrawn'`;
	for (const { number, debt, ledger, paid, back, given, set_off } of rows) {
		if (debt > 0 && ledger < 0) found('no invoice over-collected', `${number}: 411 stands at ${ledger}`);
		if (debt > 0 && paid - back + given + set_off > debt)
			found(
				'no invoice over-collected',
				`${number} of ${debt}: ${paid} paid, ${back} gone back, ${given} given, ${set_off} set off`
			);
		if (debt - paid + back - given - set_off !== ledger)
			found(
				'the ledger is the sum of what happened',
				`${number}: 411 ${ledger}, own sum ${debt - paid + back - given - set_off}`
			);
	}
	return rows.length;
}

/** What is stored as open of each invoice, and what a supplier's add up to, are what the books and the tries say. */
async function checkOpen({ sql, found }: Facts): Promise<number> {
	const rows = await sql<
		{ number: string; stored: string | null; ledger: string; waiting: string | null; taken: string }[]
	>`
		select i.number, o.balance_minor::text as stored, o.under_way_minor::text as waiting,
			(select coalesce(sum(l.debit_minor - l.credit_minor), 0) from journal_line l
				where l.supplier_id = i.supplier_id and l.invoice_id = i.invoice_id and l.account = '411')::text as ledger,
			(select coalesce(sum(x.amount_minor), 0) from payment_attempt_invoice x join payment_attempt a using (supplier_id, attempt_id)
				where x.supplier_id = i.supplier_id and x.invoice_id = i.invoice_id and x.live and a.status = 'processing')::text as taken
		from invoice i left join open_item o using (supplier_id, invoice_id)`;
	for (const { number, stored, ledger, waiting, taken } of rows)
		if (stored !== ledger || waiting !== taken)
			found(
				'what is stored as open is true',
				`${number}: ${stored} open and ${waiting} under way, in the books ${ledger} and ${taken}`
			);
	const sums = await sql<{ supplier: string; items: string; sums: string }[]>`
		select s.supplier_id as supplier,
			(select concat_ws(' ', coalesce(sum(balance_minor), 0), coalesce(sum(payable_minor), 0), coalesce(sum(under_way_minor), 0)) from open_item o where o.supplier_id = s.supplier_id) as items,
			(select concat_ws(' ', coalesce(sum(balance_minor), 0), coalesce(sum(payable_minor), 0), coalesce(sum(under_way_minor), 0)) from open_sum o where o.supplier_id = s.supplier_id) as sums
		from supplier s`;
	for (const one of sums)
		if (one.items !== one.sums)
			found('what is stored as open is true', `sums of ${one.supplier}: ${one.sums}, its items ${one.items}`);
	return rows.length;
}

/** Instalments to come that nobody is paying at this moment ask for no more than the books say is owed, debits under way off. */
async function checkOwed({ sql, found }: Pick<Facts, 'sql' | 'found'>): Promise<void> {
	const rows = await sql<{ number: string; asked: string; owed: string }[]>`
		select i.number, sum(l.amount_minor
				- coalesce((select sum(u.amount_minor) from credit_use_part u where u.supplier_id = l.supplier_id and u.plan_id = l.plan_id and u.position = l.position and u.invoice_id = l.invoice_id), 0)
				- coalesce((select sum(u.amount_minor) from plan_part_lowered u where u.supplier_id = l.supplier_id and u.plan_id = l.plan_id and u.position = l.position and u.invoice_id = l.invoice_id), 0))::text as asked,
			greatest(0, (select coalesce(sum(j.debit_minor - j.credit_minor), 0) from journal_line j where j.supplier_id = i.supplier_id and j.invoice_id = i.invoice_id and j.account = '411')
				- (select coalesce(sum(x.amount_minor), 0) from payment_attempt_invoice x join payment_attempt a using (supplier_id, attempt_id)
					where x.supplier_id = i.supplier_id and x.invoice_id = i.invoice_id and a.status = 'processing'))::text as owed
		from plan p join plan_part pp using (supplier_id, plan_id)
		join plan_part_line l on l.supplier_id = pp.supplier_id and l.plan_id = pp.plan_id and l.position = pp.position
		join invoice i on i.supplier_id = l.supplier_id and i.invoice_id = l.invoice_id
		where p.status in ('active', 'paused') and pp.status in ('scheduled', 'retrying', 'action_needed')
			and not exists (select from attempt_part h where h.supplier_id = pp.supplier_id and h.plan_id = pp.plan_id and h.position = pp.position and h.holds)
		group by i.supplier_id, i.invoice_id, i.number`;
	for (const { number, asked, owed } of rows)
		if (BigInt(asked) > BigInt(owed))
			found('no part beyond what is owed', `${number}: parts ask ${asked}, owed ${owed}`);
}

async function checkInstalments({ sql, found }: Facts): Promise<number> {
	await checkOwed({ sql, found });
	// Money that stands: what was taken for an instalment and has not gone back whole. `restored` of it had gone back, its client had paid again, and it came back.
	const rows = await sql<
		{ plan: string; position: number; status: string; times: number; restored: number; forgiven: number }[]
	>`
		select pp.plan_id as plan, pp.position, pp.status,
			(select count(*)::int from attempt_part ap join payment p using (supplier_id, attempt_id)
				where ap.supplier_id = pp.supplier_id and ap.plan_id = pp.plan_id and ap.position = pp.position
				and p.amount_minor > coalesce((select sum(case when r.kind in ('refund_failed', 'chargeback_won', 'return_undone', 'refund_unsaid') then -r.amount_minor else r.amount_minor end)
					from reversal r where r.supplier_id = p.supplier_id and r.payment_id = p.payment_id), 0)) as times,
			(select count(distinct p.payment_id)::int from attempt_part ap join payment p using (supplier_id, attempt_id) join reversal r using (supplier_id, payment_id)
				where ap.supplier_id = pp.supplier_id and ap.plan_id = pp.plan_id and ap.position = pp.position
				and r.kind in ('refund_failed', 'chargeback_won', 'return_undone', 'refund_unsaid')) as restored,
			(select count(*)::int from discount d where d.supplier_id = pp.supplier_id and d.plan_id = pp.plan_id and d.position = pp.position and d.reason = 'forgiven') as forgiven
		from plan_part pp`;
	for (const { plan, position, status, times, restored, forgiven } of rows) {
		if (times > 1 && times - restored > 1)
			found('no part twice', `part ${position} of ${plan} was paid ${times} times`);
		if (times > 0 && forgiven > 0) found('no part twice', `part ${position} of ${plan} was given up and paid`);
		if (status === 'paid' && times === 0) {
			const [gone] = await sql<
				{ n: number }[]
			>`select count(*)::int as n from attempt_part ap join payment p using (supplier_id, attempt_id) where ap.plan_id = ${plan} and ap.position = ${position}`;
			if (!gone!.n) found('no part twice', `part ${position} of ${plan} is called paid, and nobody paid it`);
		}
	}
	return rows.length;
}

type Tier = { discountBps: number; days: number; counted: string };
async function checkDiscounts({ sql, found }: Facts): Promise<number> {
	const rows = await sql<
		{
			discount: string;
			number: string;
			amount: number;
			gross: number;
			option: string | null;
			accepted_discount: number | null;
			accepted_on: string | null;
			issued_on: string;
			due_on: string;
			tiers: Tier[] | null;
			version: number | null;
			published: boolean;
			invoices: number;
		}[]
	>`
		select d.discount_id as discount, i.number, d.amount_minor as amount, i.gross_minor as gross, q.option, q.discount_minor as accepted_discount,
			to_char(q.accepted_at at time zone 'Europe/Paris', 'YYYY-MM-DD') as accepted_on, i.issued_on::text, i.due_on::text,
			o.terms -> 'discount' -> 'tiers' as tiers, o.version, coalesce(o.published_at <= q.accepted_at and (o.ended_at is null or o.ended_at >= q.accepted_at), false) as published,
			(select count(*)::int from payment_attempt_invoice pai where pai.supplier_id = a.supplier_id and pai.attempt_id = a.attempt_id) as invoices
		from discount d join invoice i using (supplier_id, invoice_id) join payment p using (supplier_id, payment_id)
		join payment_attempt a on a.supplier_id = p.supplier_id and a.attempt_id = p.attempt_id
		left join quote_acceptance q on q.supplier_id = a.supplier_id and q.attempt_id = a.attempt_id
		left join offer_policy o on o.supplier_id = q.supplier_id and o.policy_id = q.policy_id and o.version = q.policy_version
		where d.reason = 'early' and d.kind = 'granted' and p.stripe_payment_intent_id is not null`;
	const dayOf = (text: string): number => Math.round(Date.parse(`${text}T00:00:00Z`) / 86_400_000);
	for (const row of rows) {
		const name = `${row.amount} on ${row.number}`;
		if (row.option !== 'early' || row.accepted_discount === null) {
			found('discounts justified', `${name}: nobody accepted an early payment`);
			continue;
		}
		if (row.version === null || !row.published)
			found('discounts justified', `${name}: no version of an offer stood when it was accepted`);
		if (row.invoices === 1 && row.accepted_discount !== row.amount)
			found('discounts justified', `${name}: accepted was ${row.accepted_discount}`);
		const inTime = (row.tiers ?? []).filter(({ days, counted }) =>
			counted === 'from_issue'
				? dayOf(row.accepted_on!) <= dayOf(row.issued_on) + days
				: dayOf(row.accepted_on!) <= dayOf(row.due_on) - days
		);
		if (!inTime.length)
			found('discounts justified', `${name}: accepted on ${row.accepted_on}, issued on ${row.issued_on}`);
		else {
			const most = Math.max(...inTime.map(({ discountBps }) => (row.gross * discountBps) / 10_000));
			if (row.amount > most + 1) found('discounts justified', `${name}: at most ${most} of ${row.gross} was offered`);
		}
	}
	return rows.length;
}

/** Of an undone one nothing stands; one that may be set off, is. */
async function checkCredits({ sql, found }: Facts): Promise<number> {
	const rows = await sql<
		{ number: string; worth: number; used: number; left: number; is_undone: boolean; waits: string | null }[]
	>`
		select c.number, -c.debt_minor as worth, c.not_payable_reason is not distinct from 'withdrawn' as is_undone,
			coalesce((select sum(u.amount_minor) from credit_use u where u.supplier_id = c.supplier_id and u.credit_id = c.invoice_id), 0) as used,
			-coalesce((select sum(l.debit_minor - l.credit_minor) from journal_line l where l.supplier_id = c.supplier_id and l.invoice_id = c.invoice_id and l.account = '411'), 0) as left,
			(select i.number from invoice i where i.supplier_id = c.supplier_id and i.client_id = c.client_id and i.number = c.preceding_number and i.not_payable_reason is distinct from 'withdrawn'
				and (select sum(l.debit_minor - l.credit_minor) from journal_line l where l.supplier_id = i.supplier_id and l.invoice_id = i.invoice_id and l.account = '411') > 0
				and not exists (select from payment_attempt_invoice a where a.supplier_id = i.supplier_id and a.invoice_id = i.invoice_id and a.live)
				and not exists (select from plan_part_line x join plan p using (supplier_id, plan_id) where x.supplier_id = i.supplier_id and x.invoice_id = i.invoice_id and p.status in ('active', 'paused'))) as waits
		from invoice c where c.debt_minor < 0`;
	for (const { number, worth, used, left, is_undone, waits } of rows) {
		if (is_undone) {
			if (used !== 0) found('credit notes', `${number} is undone, and ${used} of it is still set off`);
			continue;
		}
		if (used < 0 || used > worth) found('credit notes', `${number} of ${worth}: ${used} set off`);
		if (left !== worth - used) found('credit notes', `${number} of ${worth}: ${used} set off, 411 has ${left} left`);
		if (left > 0 && waits) found('nothing stuck', `${number} has ${left} left, and ${waits} is open`);
	}
	return rows.length;
}

async function checkNumbers({ sql, found }: Facts): Promise<number> {
	const rows = await sql<{ supplier: string; number: string }[]>`
		select supplier_id as supplier, receipt_number as number from payment union all
		select supplier_id, document_number from discount where document_number is not null`;
	const series = new Map<string, number[]>();
	for (const { supplier, number } of rows) {
		const [, name, count] = /^(.*?)(\d+)$/.exec(number)!;
		const key = `${supplier} ${name}`;
		series.set(key, [...(series.get(key) ?? []), Number(count)]);
	}
	for (const [key, numbers] of series) {
		const sorted = numbers.sort((a, b) => a - b);
		sorted.forEach((number, i) => {
			if (number !== i + 1 && sorted[i - 1] === i)
				found('numbers without gap', `${key}: ${i + 1} is followed by none, then ${number}`);
		});
		if (sorted[0] !== 1) found('numbers without gap', `${key} begins with ${sorted[0]}`);
	}
	return rows.length;
}
