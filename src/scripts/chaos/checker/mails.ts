// Every payment and refund is told to whoever receives the client's mail; a mail leaves once, or once more for each process that was killed.
import type { Facts } from './facts.ts';

/**
 * An invitation to pay what is paid by now, a receipt of what was accepted or said by mistake and undone before it left; money that went back and came again, that
 * was no invoice's, or whose part of a plan was refused with it, of which another mail tells; a refund that failed, was said by mistake, or had been told under
 * another reference; a means of payment that nobody is asked for any more.
 */
const NOTHING_TO_SAY: Record<string, (sql: Facts['sql'], subject: string, id: string) => Promise<readonly unknown[]>> =
	{
		invoice_to_pay: (sql, subject) => sql`select from payment_attempt_invoice where invoice_id = ${subject} limit 1`,
		payment_received: (sql, subject) =>
			sql`select from reversal where payment_id = ${subject} and kind in ('transfer_undone', 'payment_unsaid') limit 1`,
		money_returned: (sql, subject, id) => sql`
		select from reversal r where r.reversal_id = ${subject} and (
			exists (select from reversal again where again.payment_id = r.payment_id and again.kind in ('chargeback_won', 'return_undone') and again.occurred_at >= r.occurred_at)
			or not exists (select from reversal_allocation a where a.reversal_id = r.reversal_id and a.amount_minor > 0)
			or exists (select from mail m join mail own on own.mail_id = ${id} where m.kind = 'part_failed' and m.contact_id = own.contact_id and m.created_at = own.created_at)) limit 1`,
		refund: (sql, subject, id) => sql`
		select from reversal r where r.reversal_id = ${subject} and (
			exists (select from reversal f where f.supplier_id = r.supplier_id and f.stripe_object_id = r.stripe_object_id and f.kind in ('refund_failed', 'refund_unsaid'))
			or exists (select from reversal other join reversal unsaid on unsaid.supplier_id = other.supplier_id and unsaid.stripe_object_id = other.stripe_object_id and unsaid.kind = 'refund_unsaid'
				join mail m on m.supplier_id = other.supplier_id and m.subject_id = other.reversal_id and m.kind = 'refund' and m.state = 'sent' join mail own on own.mail_id = ${id} and own.contact_id = m.contact_id
				where other.supplier_id = r.supplier_id and other.payment_id = r.payment_id and other.kind = 'refund' and other.amount_minor = r.amount_minor)) limit 1`,
		// Its plan is over or rests, another means serves it, nothing of it is to come, or who is asked to pay a refused part in another way gives another with it. And of
		// an account that was left and came back for a while, a plan's client is told once.
		method_lost: (sql, subject, id) => sql`
		select from plan p join mail own on own.mail_id = ${id} where p.plan_id = ${subject} and (
			p.status <> 'active'
			or exists (select from stripe_account a where a.supplier_id = p.supplier_id and a.account <> '' and right(own.unique_key, length(a.account) + 3) = ':0:' || a.account
				and exists (select from saved_method s where s.supplier_id = p.supplier_id and s.method_id = p.method_id and s.unusable_at is null and s.removed_at is null))
			or exists (select from saved_method s join supplier u on u.supplier_id = s.supplier_id left join contact g on g.supplier_id = s.supplier_id and g.contact_id = s.contact_id
				where s.supplier_id = p.supplier_id and s.method_id = p.method_id and s.unusable_at is null and s.removed_at is null
					and s.stripe_account is not distinct from u.stripe_account and coalesce(g.may_pay, true))
			or not exists (select from plan_part o where o.supplier_id = p.supplier_id and o.plan_id = p.plan_id and o.status in ('scheduled', 'retrying', 'action_needed'))
			or exists (select from plan_part o where o.supplier_id = p.supplier_id and o.plan_id = p.plan_id and o.status = 'action_needed')
			or exists (select from mail m where m.supplier_id = p.supplier_id and m.kind = 'part_failed' and m.subject_id = p.plan_id and m.contact_id = own.contact_id and m.state = 'sent')) limit 1`
	};
/** Told only to whoever was told what it takes back. */
const ONLY_AFTER_ANOTHER = ['money_restored', 'refund_failed', 'transfer_undone'];
const hasNothingToSay = async (sql: Facts['sql'], kind: string, subject: string, id: string): Promise<boolean> =>
	ONLY_AFTER_ANOTHER.includes(kind) || ((await NOTHING_TO_SAY[kind]?.(sql, subject, id)) ?? []).length > 0;

export async function checkMails({ sql, found, outside }: Facts): Promise<Record<string, number>> {
	const box = (await (await fetch(`${outside.mailboxUrl}/mails`)).json()) as {
		messageId: string;
		to: string[];
		subject: string;
	}[];
	const times = new Map<string, number>();
	for (const { messageId } of box) times.set(messageId, (times.get(messageId) ?? 0) + 1);
	const mails = await sql<
		{ id: string; kind: string; state: string; tries: number; problem: string | null; subject: string }[]
	>`select mail_id as id, subject_id as subject, kind, state, tries, problem from mail`;
	for (const { id, kind, state, tries, problem, subject } of mails) {
		const received = [...times]
			.filter(([messageId]) => messageId.includes(id))
			.reduce((sum, [, count]) => sum + count, 0);
		if (state === 'due' || state === 'sending')
			found('mails leave in time', `${kind} ${id} is ${state} after ${tries} tries: ${problem ?? ''}`);
		if (state === 'failed') found('mails leave in time', `${kind} ${id} failed: ${problem ?? ''}`);
		if (state === 'dropped' && !(await hasNothingToSay(sql, kind, subject, id)))
			found('mails leave in time', `${kind} ${id} was dropped, and what it says is true`);
		if (state === 'sent' && received === 0)
			found('mails leave in time', `${kind} ${id} is called sent, and never came`);
	}
	// Eight tries, up to four hours apart, and a clock that jumps by days.
	for (const { id, kind, days } of await sql<{ id: string; kind: string; days: number }[]>`
		select mail_id as id, kind, extract(epoch from sent_at - created_at)::float8 / 86400 as days from mail where sent_at > created_at + interval '3 days'`)
		found('mails leave in time', `${kind} ${id} left after ${Math.round(days)} days`);
	const repeats = [...times.values()].reduce((sum, count) => sum + count - 1, 0);
	if (repeats > outside.kills) found('mails once', `${repeats} came again; ${outside.kills} kills explain as many`);
	const missing = await sql<{ receipt: string; email: string }[]>`
		select p.receipt_number as receipt, c.email from payment p join contact c on c.supplier_id = p.supplier_id and c.client_id = p.client_id and c.is_billing
		where not exists (select from mail m where m.supplier_id = p.supplier_id and m.kind = 'payment_received' and m.subject_id = p.payment_id and m.to_address = c.email)`;
	for (const { receipt, email } of missing) found('payments are told', `${receipt} was never told to ${email}`);
	const twice = await sql<{ subject: string; kind: string; to_address: string; n: number }[]>`
		select subject_id as subject, kind, to_address, count(*)::int as n from mail where kind in ('payment_received', 'invoice_to_pay') group by 1, 2, 3 having count(*) > 1`;
	for (const { subject, kind, to_address, n } of twice)
		found('mails once', `${kind} of ${subject} was queued ${n} times for ${to_address}`);
	return { mails: mails.length, 'mails that came again': repeats };
}
