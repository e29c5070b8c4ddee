// Every payment and refund is told to whoever receives the client's mail; a mail leaves once, or once more for each process that was killed.
import type { Facts } from './facts.ts';

/**
 * An invitation to pay what is paid by now, a receipt of what was accepted by mistake and undone before it left; money that went back and came again, that
 * was no invoice's, or whose part of a plan was refused with it, of which another mail tells.
 */
async function hasNothingToSay(sql: Facts['sql'], kind: string, subject: string, id: string): Promise<boolean> {
	if (kind === 'invoice_to_pay')
		return (await sql`select from payment_attempt_invoice where invoice_id = ${subject} limit 1`).length > 0;
	if (kind === 'payment_received')
		return (
			(await sql`select from reversal where payment_id = ${subject} and kind = 'transfer_undone' limit 1`).length > 0
		);
	if (kind === 'money_returned')
		return (
			(
				await sql`select from reversal r where r.reversal_id = ${subject} and (
				exists (select from reversal again where again.payment_id = r.payment_id and again.kind in ('chargeback_won', 'return_undone') and again.occurred_at >= r.occurred_at)
				or not exists (select from reversal_allocation a where a.reversal_id = r.reversal_id and a.amount_minor > 0)
				or exists (select from mail m join mail own on own.mail_id = ${id} where m.kind = 'part_failed' and m.contact_id = own.contact_id and m.created_at = own.created_at)) limit 1`
			).length > 0
		);
	if (kind === 'money_restored' || kind === 'refund_failed') return true;
	if (kind === 'refund')
		return (
			(
				await sql`select from reversal r join reversal f on f.supplier_id = r.supplier_id and f.stripe_object_id = r.stripe_object_id and f.kind = 'refund_failed' where r.reversal_id = ${subject} limit 1`
			).length > 0
		);
	return false;
}

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
