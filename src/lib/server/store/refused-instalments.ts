// Whether a bank ever said no to an instalment of a plan. The counter of an instalment is no history: it begins anew once another day was agreed on, and a dispute that was
// won leaves it as it was.
import { sql, type SQL } from 'drizzle-orm';

/**
 * `part`: the alias of the instalment asked about. Its tries are asked: one of the schedule that was declined, a debit that was under way and did not come, money that a
 * bank took back and did not give again. Who is refused on the page while paying pays in another way there: that is none.
 */
export const wasRefused = (instalment: 'q' | 'z'): SQL => {
	const of = sql.raw(instalment);
	return sql`exists (select from attempt_part rh join payment_attempt rt on rt.supplier_id = rh.supplier_id and rt.attempt_id = rh.attempt_id
		where rh.supplier_id = ${of}.supplier_id and rh.plan_id = ${of}.plan_id and rh.position = ${of}.position
			and (rt.status = 'declined' and (rt.channel = 'plan' or rt.expected_on is not null)
				or (select coalesce(sum(case when rr.kind in ('debit_return', 'chargeback') then rr.amount_minor else -rr.amount_minor end), 0) > 0
					from payment rp join reversal rr on rr.supplier_id = rp.supplier_id and rr.payment_id = rp.payment_id
					where rp.supplier_id = rt.supplier_id and rp.attempt_id = rt.attempt_id and rr.kind in ('debit_return', 'return_undone', 'chargeback', 'chargeback_won'))))`;
};
