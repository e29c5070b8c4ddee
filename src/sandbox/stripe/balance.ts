// The balance at Stripe: what each movement brings or takes, and what Stripe keeps of it.
import type Stripe from 'stripe';
import { emit, NO_CAUSE } from './events.ts';
import type { Account, World } from './world.ts';

/** Stripe's fee, from the published table for EEA cards and SEPA; what we book is what this says, never our own sum. */
export function fillBalance(world: World, account: Account, charge: Stripe.Charge): void {
	if (charge.balance_transaction) return;
	const isCard = charge.payment_method_details?.type === 'card';
	const fee = isCard ? Math.round((charge.amount * 15) / 1000) + 25 : 35;
	const transaction = balanceTransaction(world, account, charge.amount, fee, isCard ? 'charge' : 'payment', charge.id);
	charge.balance_transaction = transaction.id;
	emit(world, account, 'charge.updated', charge, NO_CAUSE, { balance_transaction: null });
}

const WAITS = ['charge', 'payment'];
/** https://docs.stripe.com/reports/reporting-categories */
const CATEGORIES: Record<string, string> = {
	payment: 'charge',
	adjustment: 'dispute',
	payout_failure: 'payout_reversal',
	payout_cancel: 'payout_reversal',
	stripe_fee: 'fee',
	reserve_transaction: 'risk_reserved_funds'
};
const currencyOf = ({ charges, refunds, disputes, payouts }: Account, source: string): string =>
	(charges[source] ?? refunds[source] ?? disputes[source] ?? payouts[source])?.currency ?? 'eur';

export function balanceTransaction(
	world: World,
	account: Account,
	amount: number,
	fee: number,
	type: string,
	source: string
): Stripe.BalanceTransaction {
	const currency = currencyOf(account, source);
	const transaction = {
		id: world.id('txn_3'),
		object: 'balance_transaction',
		amount,
		// What goes is gone at once; what comes can be paid out after the country's delay (https://docs.stripe.com/payouts#payout-speed).
		available_on: world.seconds() + (amount > 0 && WAITS.includes(type) ? 604_800 : 0),
		balance_type: 'payments',
		created: world.seconds(),
		currency,
		description: null,
		exchange_rate: null,
		fee,
		fee_details: fee
			? [
					{
						amount: fee,
						application: null,
						currency,
						description: type === 'adjustment' ? 'Dispute fee' : 'Stripe processing fees',
						type: 'stripe_fee'
					}
				]
			: [],
		net: amount - fee,
		reporting_category: CATEGORIES[type] ?? type,
		source: source || null,
		status: 'pending',
		type
	} as unknown as Stripe.BalanceTransaction;
	account.balance_transactions[transaction.id] = transaction;
	return transaction;
}
