// An account's balance transactions in our words, and the balance they come to (https://docs.stripe.com/reports/balance-transaction-types).
import type Stripe from 'stripe';
import { minor, type Minor } from '../../../domain/money/minor.ts';
import { nameOfMove } from './money-back.ts';
import type { AccountBook, MoneyMove } from './port.ts';

const amount = (value: number): Minor => minor(BigInt(value));
const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** What is not listed is nothing we know: advances, transfers between accounts, corrections by hand… An adjustment is a dispute, one way or the other. */
const KINDS: Record<string, MoneyMove['kind']> = {
	charge: 'in',
	payment: 'in',
	refund: 'back',
	payment_refund: 'back',
	refund_failure: 'restored',
	payment_failure_refund: 'restored',
	payout: 'payout',
	payout_failure: 'payout_returned',
	payout_cancel: 'payout_returned',
	topup: 'top_up',
	topup_reversal: 'top_up',
	stripe_fee: 'fee',
	stripe_fx_fee: 'fee',
	tax_fee: 'fee',
	reserve_transaction: 'reserve',
	reserved_funds: 'reserve',
	reserve_hold: 'reserve',
	reserve_release: 'reserve',
	payout_minimum_balance_hold: 'reserve',
	payout_minimum_balance_release: 'reserve',
	payment_network_reserve_hold: 'reserve',
	payment_network_reserve_release: 'reserve'
};

export async function readBook(
	stripe: Stripe,
	since: Date,
	currency: string,
	options: Stripe.RequestOptions
): Promise<AccountBook | null> {
	const moves: MoneyMove[] = [];
	let newest: string | undefined;
	const created = { gte: seconds(since) };
	for await (const row of stripe.balanceTransactions.list({ created, limit: 100, expand: ['data.source'] }, options)) {
		newest ??= row.id;
		// Other balances of the account (cards issued, money set aside for disputes) are none of this one.
		if (row.currency === currency.toLowerCase() && row.balance_type === 'payments') moves.push(moveOf(row));
	}
	const { available, pending } = await stripe.balance.retrieve(undefined, options);
	const { data } = await stripe.balanceTransactions.list({ created, limit: 1 }, options);
	if (data[0]?.id !== newest) return null;
	const here = [...available, ...pending].filter((one) => one.currency === currency.toLowerCase());
	return { moves, balanceMinor: amount(here.reduce((sum, one) => sum + one.amount, 0)) };
}

const moveOf = (row: Stripe.BalanceTransaction): MoneyMove => ({
	kind: row.type === 'adjustment' ? (row.amount < 0 ? 'back' : 'restored') : (KINDS[row.type] ?? 'other'),
	moveId: row.id,
	...sourceOf(row),
	currency: row.currency.toUpperCase(),
	amountMinor: amount(row.amount),
	feeMinor: amount(row.fee),
	at: new Date(row.created * 1000)
});

/** What moved it, and the payment it is about: an intent of another program's looks the same. */
function sourceOf({ id, source }: Stripe.BalanceTransaction): Pick<MoneyMove, 'objectId' | 'intentId'> {
	if (source === null || typeof source === 'string') return { objectId: source ?? '', intentId: null };
	const intent = 'payment_intent' in source ? source.payment_intent : null;
	const intentId = typeof intent === 'string' ? intent : intent && 'id' in intent ? intent.id : null;
	return { objectId: source.object === 'dispute' ? nameOfMove(source, id) : source.id, intentId };
}
