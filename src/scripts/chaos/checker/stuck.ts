// Nothing is stuck: after some calm days every try, event, refund, import, setup and part of a plan has come to an end, or waits for a day or a person.
import type { Facts } from './facts.ts';
import { stateOf } from './stripe.ts';

export async function checkStuck({ sql, found, outside }: Facts): Promise<Record<string, number>> {
	const [clock] = await sql<
		{ now: Date }[]
	>`select now() + coalesce((select offset_ms from demo_clock), 0) * interval '1 millisecond' as now`;
	const now = clock!.now;
	const accounts = await stateOf(outside.apiUrl);
	const processing = new Set(
		Object.values(accounts).flatMap(({ payment_intents }) =>
			Object.values(payment_intents).flatMap(({ id, status }) => (status === 'processing' ? id : []))
		)
	);
	const attempts = await sql<{ id: string; status: string; intent: string | null; age: number }[]>`
		select attempt_id as id, status, stripe_payment_intent_id as intent, extract(epoch from ${now}::timestamptz - updated_at)::float8 as age from payment_attempt`;
	for (const { id, status, intent, age } of attempts) {
		if (['open', 'unknown'].includes(status) && age > 86_400)
			found('nothing stuck', `try ${id} is ${status} for ${Math.round(age / 3600)} hours`);
		if (status === 'awaiting_auth' && age > 2 * 86_400)
			found('nothing stuck', `try ${id} waits for a bank's page for ${Math.round(age / 3600)} hours`);
		if (status === 'processing' && !processing.has(intent ?? ''))
			found('nothing stuck', `try ${id} is processing, and Stripe has ended it`);
	}
	const lives = await sql<{ id: string; status: string }[]>`
		select a.attempt_id as id, a.status from payment_attempt_invoice l join payment_attempt a using (supplier_id, attempt_id)
		where l.live and a.status not in ('open', 'unknown', 'awaiting_auth', 'awaiting_transfer', 'processing')`;
	for (const { id, status } of lives) found('nothing stuck', `try ${id} is ${status}, and still holds its invoice`);
	for (const { id, state, problem } of await sql<{ id: string; state: string; problem: string | null }[]>`
		select stripe_event_id as id, state, problem from stripe_event where state <> 'done'`)
		found('nothing stuck', `event ${id} is ${state}: ${problem ?? ''}`);
	for (const { id } of await sql<
		{ id: string }[]
	>`select refund_request_id as id from refund_request where status = 'open'`)
		found('nothing stuck', `refund ${id} is open`);
	for (const { id, state } of await sql<
		{ id: string; state: string }[]
	>`select import_id as id, state from import_job where state in ('reading', 'keeping')`)
		found('nothing stuck', `import ${id} is ${state}`);
	for (const { id, status } of await sql<
		{ id: string; status: string }[]
	>`select setup_id as id, status from method_setup where status in ('open', 'processing')`)
		found('nothing stuck', `means of payment ${id} is ${status}`);
	for (const { id } of await sql<
		{ id: string }[]
	>`select charge_id as id from plan_charge where created_at < ${now}::timestamptz - interval '1 day'`)
		found('nothing stuck', `debits ${id} are on the queue for a day`);
	// An instalment that is due and is asked for waits for nobody; one that a person must mend may.
	const instalments = await sql<
		{ plan: string; position: number; status: string; ask_on: string | null; live: boolean; others: boolean }[]
	>`
		select pp.plan_id as plan, pp.position, pp.status, pp.ask_on::text,
			exists (select from attempt_part ap join payment_attempt a using (supplier_id, attempt_id) where ap.supplier_id = pp.supplier_id and ap.plan_id = pp.plan_id and ap.position = pp.position
				and a.status in ('open', 'unknown', 'awaiting_auth', 'processing')) as live,
			exists (select from plan_part_line l join payment_attempt_invoice pai on pai.supplier_id = l.supplier_id and pai.invoice_id = l.invoice_id and pai.live
				where l.supplier_id = pp.supplier_id and l.plan_id = pp.plan_id and l.position = pp.position) as others
		from plan_part pp join plan p using (supplier_id, plan_id)
		where p.status = 'active' and (pp.status = 'processing' or (pp.ask_on is not null and pp.ask_on < (${now}::timestamptz at time zone 'Europe/Paris')::date - 2))`;
	for (const { plan, position, status, ask_on, live, others } of instalments) {
		if (status === 'processing' ? live : others) continue;
		found('nothing stuck', `part ${position} of ${plan} is ${status}${ask_on ? `, to be asked for on ${ask_on}` : ''}`);
	}
	return { tries: attempts.length };
}
