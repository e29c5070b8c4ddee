// Every cent once: what the stand-in of Stripe took, gave back and kept, against payments, reversals and the journal; and 511 against its balance.
import type { Facts } from './facts.ts';

type Charge = {
	id: string;
	amount: number;
	status: string;
	captured: boolean;
	payment_intent: string;
	created: number;
};
type Refund = { id: string; amount: number; status: string; charge: string; metadata: Record<string, string> };
type Dispute = {
	id: string;
	amount: number;
	status: string;
	charge: string;
	balance_transactions: { amount: number; fee: number; net: number }[];
};
type Payout = { id: string; amount: number; status: string };
type BalanceTransaction = { id: string; amount: number; fee: number; net: number; source: string; type: string };
export type Account = {
	charges: Record<string, Charge>;
	refunds: Record<string, Refund>;
	disputes: Record<string, Dispute>;
	payouts?: Record<string, Payout>;
	balance_transactions: Record<string, BalanceTransaction>;
	payment_intents: Record<string, { id: string; status: string; amount: number }>;
};
export async function stateOf(apiUrl: string): Promise<Record<string, Account>> {
	const answer = await fetch(`${apiUrl}/_sandbox/state`);
	return ((await answer.json()) as { accounts: Record<string, Account> }).accounts;
}

/** All that a supplier has and had at Stripe: ids are of one account each. */
const together = (all: Account[]): Account => ({
	charges: Object.assign({}, ...all.map(({ charges }) => charges)),
	refunds: Object.assign({}, ...all.map(({ refunds }) => refunds)),
	disputes: Object.assign({}, ...all.map(({ disputes }) => disputes)),
	payouts: Object.assign({}, ...all.map(({ payouts }) => payouts ?? {})),
	balance_transactions: Object.assign({}, ...all.map((account) => account.balance_transactions)),
	payment_intents: Object.assign({}, ...all.map((account) => account.payment_intents))
});

export async function checkStripe({ sql, found, outside }: Facts): Promise<Record<string, number>> {
	const accounts = await stateOf(outside.apiUrl);
	const looked = { 'charges at Stripe': 0, refunds: 0, 'disputes and returns': 0, payouts: 0, 'journal entries': 0 };
	const suppliers = await sql<
		{ id: string; names: string[] }[]
	>`select supplier_id as id, array_agg(account order by account) filter (where account <> '') as names from stripe_account group by 1`;
	for (const { id, names } of suppliers) {
		const {
			charges,
			refunds,
			disputes,
			payouts = {},
			balance_transactions
		} = together(names.map((name) => accounts[name]!));
		// What a person said and took back is no payment; the next one under the name of its intent is its second round.
		const payments = await sql<{ intent: string; amount: number; payment: string; name: string }[]>`
			select stripe_payment_intent_id as intent, amount_minor as amount, payment_id as payment,
				stripe_payment_intent_id || case when intent_round > 1 then ':' || intent_round else '' end as name from payment p
			where supplier_id = ${id} and stripe_payment_intent_id is not null
				and not exists (select from reversal r where r.supplier_id = p.supplier_id and r.payment_id = p.payment_id and r.kind = 'payment_unsaid')`;
		const entries = await sql<{ source: string; kind: string; cash: number; off: number }[]>`
			select e.source_id as source, e.kind, coalesce(sum(l.debit_minor - l.credit_minor) filter (where l.account = '511'), 0) as cash, sum(l.debit_minor - l.credit_minor) as off
			from journal_entry e join journal_line l using (supplier_id, entry_id) where e.supplier_id = ${id} group by 1, 2, e.entry_id`;
		looked['journal entries'] += entries.length;
		for (const entry of entries)
			if (entry.off !== 0) found('entries balance', `${entry.kind} of ${entry.source}: ${entry.off}`);
		const cashOf = (kind: string, source: string): number[] =>
			entries.filter((entry) => entry.kind === kind && entry.source === source).map(({ cash }) => cash);
		const taken = Object.values(charges).filter(({ status, captured }) => status === 'succeeded' && captured);
		looked['charges at Stripe'] += taken.length;
		for (const charge of taken) {
			const kept = payments.filter(({ intent }) => intent === charge.payment_intent);
			if (kept.length !== 1 || kept[0]!.amount !== charge.amount)
				found(
					'every cent once',
					`${charge.payment_intent}: ${charge.amount} taken, payments ${kept.map(({ amount }) => amount).join() || 'none'}`
				);
			const booked = cashOf('payment', kept[0]?.name ?? charge.payment_intent);
			if (booked.join() !== String(charge.amount))
				found(
					'every cent once',
					`${charge.payment_intent}: ${charge.amount} taken, 511 has ${booked.join() || 'nothing'}`
				);
			if (taken.filter(({ payment_intent }) => payment_intent === charge.payment_intent).length > 1)
				found('every cent once', `${charge.payment_intent} was charged twice`);
		}
		for (const { intent } of payments)
			if (!taken.some(({ payment_intent }) => payment_intent === intent))
				found('every cent once', `payment of ${intent}, which Stripe has not taken`);
		const back = await sql<{ object: string; kind: string; amount: number }[]>`
			select case when kind in ('refund', 'refund_failed') then regexp_replace(stripe_object_id, ':[0-9]+$', '') else stripe_object_id end as object, kind, amount_minor as amount
			from reversal r where supplier_id = ${id} and not exists (select from reversal u
				where u.supplier_id = r.supplier_id and u.stripe_object_id = r.stripe_object_id and u.kind = 'refund_unsaid')`;
		const goneBack = (object: string, kinds: string[]) =>
			back
				.filter((row) => row.object === object && kinds.includes(row.kind))
				.map(({ amount }) => amount)
				.join();
		for (const refund of Object.values(refunds)) {
			looked.refunds += 1;
			if (goneBack(refund.id, ['refund']) !== String(refund.amount))
				found(
					'refunds once',
					`${refund.id} of ${refund.amount} (${refund.status}): booked ${goneBack(refund.id, ['refund']) || 'nothing'}`
				);
			const failed = ['failed', 'canceled'].includes(refund.status);
			if ((goneBack(refund.id, ['refund_failed']) === String(refund.amount)) !== failed)
				found(
					'refunds once',
					`${refund.id} is ${refund.status}; restored: ${goneBack(refund.id, ['refund_failed']) || 'nothing'}`
				);
		}
		for (const dispute of Object.values(disputes)) {
			looked['disputes and returns'] += 1;
			const booked = goneBack(dispute.id, ['chargeback', 'debit_return']);
			if (booked !== String(dispute.amount))
				found('disputes once', `${dispute.id} of ${dispute.amount} (${dispute.status}): booked ${booked || 'nothing'}`);
		}
		for (const { id: payout, amount, status } of Object.values(payouts)) {
			looked.payouts += 1;
			const came = ['failed', 'canceled'].includes(status) ? String(amount) : '';
			const [left, back] = [cashOf('payout', payout).join(), cashOf('payout_returned', payout).join()];
			if (left !== String(-amount) || back !== came)
				found(
					'payouts once',
					`${payout} of ${amount} (${status}): 511 has ${left || 'nothing'}, back ${back || 'nothing'}`
				);
		}
		for (const { object, kind } of back.filter(({ kind }) => ['refund', 'chargeback', 'debit_return'].includes(kind)))
			if (!refunds[object] && !disputes[object])
				found('nothing invented', `${kind} ${object} is booked, and Stripe does not know it`);
		// Requests that the supplier made, each once: Stripe knows them by their id.
		const asked = new Map<string, number>();
		for (const { metadata } of Object.values(refunds))
			for (const value of Object.values(metadata ?? {}))
				if (/^[\da-f-]{36}$/.test(value)) asked.set(value, (asked.get(value) ?? 0) + 1);
		const requests = await sql<
			{ request: string; status: string }[]
		>`select refund_request_id as request, status from refund_request where supplier_id = ${id}`;
		for (const { request, status } of requests) {
			const made = asked.get(request) ?? 0;
			if (made > 1) found('refunds once', `request ${request} was made ${made} times`);
			if (made && status === 'refused')
				found('refunds once', `request ${request} is called refused, and Stripe made it`);
		}
		const balance = Object.values(balance_transactions).reduce((sum, { net }) => sum + net, 0);
		const booked = entries.reduce((sum, { cash }) => sum + cash, 0);
		if (balance !== booked)
			found(
				'511 is the balance at Stripe',
				`${names.join(' and ')}: Stripe has ${balance}, 511 says ${booked} (${booked - balance})`
			);
	}
	return looked;
}
