// Points are the shadow of money: the ledger adds up, none stand on money that went back or on an act that was late, nothing is taken twice, and no discount
// was paid with points that nobody spent.
import type { Facts } from './facts.ts';

export async function checkPoints(facts: Facts): Promise<Record<string, number>> {
	return {
		'points accounts': await checkAccounts(facts),
		'points awards': await checkAwards(facts),
		'payments with points': await checkFollowed(facts),
		'points taken': await checkTaken(facts)
	};
}

/** Of every account: balance and pending are the sum of its entries, what is left of its lots is what it may spend. */
async function checkAccounts({ sql, found }: Facts): Promise<number> {
	const rows = await sql<
		{ client: string; balance: number; pending: number; entries: number; waiting: number; left: number; back: number }[]
	>`
		select a.client_id as client, a.balance, a.pending,
			coalesce((select sum(e.points) from points_entry e where e.supplier_id = a.supplier_id and e.client_id = a.client_id), 0)::int as entries,
			coalesce((select sum(e.pending_points) from points_entry e where e.supplier_id = a.supplier_id and e.client_id = a.client_id), 0)::int as waiting,
			coalesce((select sum(l."left") from points_lot l where l.supplier_id = a.supplier_id and l.client_id = a.client_id), 0)::int as left,
			coalesce((select sum(e.points) from points_entry e where e.supplier_id = a.supplier_id and e.client_id = a.client_id and e.kind in ('reversed', 'adjusted') and e.points < 0), 0)::int as back
		from points_account a`;
	for (const { client, balance, pending, entries, waiting, left, back } of rows) {
		if (balance !== entries || pending !== waiting)
			found('points add up', `${client}: ${balance} and ${pending} pending, entries say ${entries} and ${waiting}`);
		if (Math.max(balance, 0) !== left) found('points add up', `${client}: ${balance}, its lots have ${left} left`);
		if (balance < 0 && balance < back) found('points add up', `${client}: ${balance}, and only ${back} was taken back`);
	}
	const orphans = await sql<{ entry: string }[]>`
		select entry_id as entry from points_entry e where not exists (select from points_account a where a.supplier_id = e.supplier_id and a.client_id = e.client_id)`;
	for (const { entry } of orphans) found('points add up', `entry ${entry} is of no account`);
	const late = await sql<{ client: string; on: string; left: number }[]>`
		select l.client_id as client, l.expires_on::text as on, l."left" as left from points_lot l
		where l."left" > 0 and l.expires_on < (now() + coalesce((select offset_ms from demo_clock), 0) * interval '1 millisecond')::date - 3`;
	for (const { client, on, left } of late) found('nothing stuck', `${left} points of ${client} ended on ${on}`);
	return rows.length;
}

/** What an award has in the ledger, and the money it stands on. */
async function checkAwards({ sql, found }: Facts): Promise<number> {
	const rows = await sql<
		{
			award: string;
			kind: string;
			verdict: string;
			points: number;
			pending: number;
			earned: number;
			said_pending: number;
			said_earned: number;
			amount: string;
			days_late: number;
			grace: number;
			before_try: boolean;
			status: string;
			standing: string | null;
			paid_in: string | null;
			final_ago: number | null;
		}[]
	>`
		select w.award_id as award, w.kind, w.verdict, w.points, w.pending_points as pending, w.earned_points as earned, w.amount_minor::text as amount,
			coalesce((select sum(e.pending_points) from points_entry e where e.supplier_id = w.supplier_id and e.source_id = w.award_id), 0)::int as said_pending,
			coalesce((select sum(e.points) from points_entry e where e.supplier_id = w.supplier_id and e.source_id = w.award_id), 0)::int as said_earned,
			(w.acted_on - w.due_on) as days_late,
			case p.terms -> 'earning' ->> 'closedDay' when 'next_business_day' then 5 else 0 end as grace,
			coalesce(t.stripe_payment_intent_id is not null and w.acted_on < (t.created_at at time zone s.time_zone)::date, false) as before_try,
			t.status,
			(select sum(a.amount_minor) from payment m join allocation a using (supplier_id, payment_id)
				where m.supplier_id = w.supplier_id and m.attempt_id = w.attempt_id and a.invoice_id = w.invoice_id)::text as paid_in,
			(select sum(a.amount_minor) - coalesce((select sum(case when r.kind in ('refund_failed', 'chargeback_won', 'return_undone', 'refund_unsaid') then -x.amount_minor else x.amount_minor end)
					from payment m2 join reversal r using (supplier_id, payment_id) join reversal_allocation x using (supplier_id, reversal_id)
					where m2.supplier_id = w.supplier_id and m2.attempt_id = w.attempt_id and x.invoice_id = w.invoice_id), 0)
				from payment m join allocation a using (supplier_id, payment_id)
				where m.supplier_id = w.supplier_id and m.attempt_id = w.attempt_id and a.invoice_id = w.invoice_id)::text as standing,
			(now() + coalesce((select offset_ms from demo_clock), 0) * interval '1 millisecond')::date - w.final_on as final_ago
		from points_award w join supplier s using (supplier_id) join payment_attempt t using (supplier_id, attempt_id)
		join points_programme p on p.supplier_id = w.supplier_id and p.version = w.version`;
	for (const row of rows) {
		const name = `${row.kind} award ${row.award}`;
		const has = row.pending + row.earned;
		if (row.pending !== row.said_pending || row.earned !== row.said_earned)
			found(
				'awards are in the ledger',
				`${name}: ${row.earned} and ${row.pending} pending, entries say ${row.said_earned} and ${row.said_pending}`
			);
		if (has > row.points) found('awards are in the ledger', `${name}: ${has} of ${row.points}`);
		if (row.points > 0 && row.verdict !== 'on_time')
			found('nothing earned late', `${name}: ${row.verdict}, and ${row.points} points`);
		if (row.kind === 'payment' && row.points > 0 && row.days_late > row.grace)
			found('nothing earned late', `${name}: ${row.days_late} days after its due day`);
		if (row.kind === 'payment' && row.before_try) found('nothing earned late', `${name} was made before it was tried`);
		if (row.pending > 0 && row.final_ago !== null && row.final_ago > 3)
			found('nothing stuck', `${name}: ${row.pending} pending, final ${row.final_ago} days ago`);
		if (row.kind !== 'payment') continue;
		const [standing, amount] = [Number(row.standing ?? 0), Number(row.amount)];
		// A debit under way has no payment yet.
		const most =
			row.paid_in === null
				? row.status === 'processing'
					? row.points
					: 0
				: Math.floor((row.points * Math.min(standing, amount)) / amount);
		if (has > Math.max(0, most))
			found(
				'no points on money that went back',
				`${name}: ${has} points, ${standing} of ${amount} stands (${row.status})`
			);
		if (row.paid_in !== null && has < most)
			found('points stand as the money does', `${name}: ${has} of ${most} points, ${standing} of ${amount} stands`);
		if (row.paid_in !== null && row.earned > 0 && standing <= 0)
			found('no points on money that went back', `${name}: ${row.earned} earned, nothing stands`);
	}
	return rows.length;
}

/** Points come after the money's commit: whoever was killed in between has lost none. Each invoice of a payment under a published programme was judged, and nothing waits. */
async function checkFollowed({ sql, found }: Facts): Promise<number> {
	const rows = await sql<{ receipt: string; number: string; judged: boolean }[]>`
		select p.receipt_number as receipt, i.number, exists (select from points_award w
			where w.supplier_id = p.supplier_id and w.attempt_id = p.attempt_id and w.invoice_id = a.invoice_id and w.kind = 'payment') as judged
		from payment p join allocation a using (supplier_id, payment_id) join payment_attempt t using (supplier_id, attempt_id)
		join invoice i on i.supplier_id = a.supplier_id and i.invoice_id = a.invoice_id
		where exists (select from points_programme v where v.supplier_id = p.supplier_id
			and date_trunc('second', v.published_at) <= least(p.paid_at, t.created_at) and (v.ended_at is null or v.ended_at > greatest(p.paid_at, t.created_at)))`;
	for (const { receipt, number, judged } of rows)
		if (!judged) found('every payment is judged', `${number}, paid by ${receipt}: nobody asked what it earns`);
	const waiting = await sql<{ job: string; subject: string; hours: number; error: string | null }[]>`
		select job, subject_id as subject, error,
			extract(epoch from now() + coalesce((select offset_ms from demo_clock), 0) * interval '1 millisecond' - asked_at)::float8 / 3600 as hours
		from due_work where job = 'points'`;
	for (const { job, subject, hours, error } of waiting)
		if (hours > 1) found('nothing stuck', `${job} of ${subject} wait for ${Math.round(hours)} hours: ${error ?? ''}`);
	return rows.length;
}

/** What was taken for points: paid with them once, of a payment that stands where it was for one, each code to one. */
async function checkTaken({ sql, found }: Facts): Promise<number> {
	const rows = await sql<
		{
			id: string;
			kind: string;
			state: string;
			points: number;
			spent: number;
			times: number;
			status: string | null;
			payments: number;
			stock: number | null;
			taken: number;
		}[]
	>`
		select r.redemption_id as id, r.kind, r.state, r.points, t.status,
			coalesce((select sum(e.points) from points_entry e where e.supplier_id = r.supplier_id and e.source_id = r.redemption_id), 0)::int as spent,
			(select count(*) filter (where e.kind = 'spent') - count(*) filter (where e.kind = 'given_back') from points_entry e
				where e.supplier_id = r.supplier_id and e.source_id = r.redemption_id)::int as times,
			(select count(*) from payment p where p.supplier_id = r.supplier_id and p.attempt_id = r.attempt_id)::int as payments,
			(select (x ->> 'stock')::int from points_programme p, jsonb_array_elements(p.terms -> 'rewards') x
				where p.supplier_id = r.supplier_id and p.version = r.version and x ->> 'rewardId' = r.reward_id::text) as stock,
			(select count(*) from points_redemption o where o.supplier_id = r.supplier_id and o.reward_id = r.reward_id and o.state not in ('given_back', 'canceled'))::int as taken
		from points_redemption r left join payment_attempt t on t.supplier_id = r.supplier_id and t.attempt_id = r.attempt_id`;
	for (const { id, kind, state, points, spent, times, status, payments, stock, taken } of rows) {
		const gone = state === 'given_back' || state === 'canceled';
		if (spent !== (gone ? 0 : -points) || times !== (gone ? 0 : 1))
			found(
				'nothing taken twice',
				`${kind} ${id} is ${state} for ${points}: ${spent} in the ledger, spent ${times} times`
			);
		if (kind === 'credit' && state === 'used' && !payments)
			found('nothing taken twice', `credit ${id} is used, and nobody paid`);
		if (
			kind === 'credit' &&
			state === 'held' &&
			(payments > 0 || ['declined', 'canceled', 'paid'].includes(status ?? ''))
		)
			found('nothing stuck', `credit ${id} is held, and its try is ${status}`);
		if (stock !== null && taken > stock) found('nothing taken twice', `${kind} ${id}: ${taken} of ${stock} were taken`);
	}
	for (const { code, times } of await sql<{ code: string; times: number }[]>`
		select code, count(*)::int as times from points_redemption where code is not null group by supplier_id, reward_id, code having count(*) > 1`)
		found('nothing taken twice', `code ${code} was given ${times} times`);
	const discounts = await sql<{ discount: string; given: string; worth: string | null; state: string | null }[]>`
		select d.payment_id as discount, sum(case d.kind when 'granted' then d.amount_minor else -d.amount_minor end)::text as given,
			max(r.value_minor)::text as worth, max(r.state) as state
		from discount d join payment p using (supplier_id, payment_id)
		left join points_redemption r on r.supplier_id = p.supplier_id and r.attempt_id = p.attempt_id and r.client_id = d.client_id
		where d.reason = 'points' group by d.supplier_id, d.payment_id`;
	for (const { discount, given, worth, state } of discounts) {
		if (worth === null) found('discounts paid with points', `${given} on payment ${discount}: nobody spent points`);
		else if (Number(given) > Number(worth))
			found('discounts paid with points', `${given} on payment ${discount}: the points were worth ${worth}`);
		if (state === 'given_back' && Number(given) > 0)
			found('discounts paid with points', `${given} on payment ${discount}: its points were given back`);
	}
	return rows.length;
}
