// Money leaves for the supplier's bank: by Stripe's schedule or by hand, arrives after days, comes back when the bank refuses it; and what else moves a
// balance without a payment (https://docs.stripe.com/payouts, https://docs.stripe.com/api/payouts).
import type Stripe from 'stripe';
import { balanceTransaction } from './balance.ts';
import { invalid, missingParam } from './errors.ts';
import { NO_CAUSE, emit, type Cause } from './events.ts';
import { integer, metadataOf, text, type Params } from './form.ts';
import { isTargetDay } from './target-days.ts';
import type { Account, World } from './world.ts';

const DAY_MS = 86_400_000;
/** Banks take two of their days. */
const ARRIVES_DAYS = 2;

const sumByCurrency = (rows: Stripe.BalanceTransaction[]) => {
	const sums = new Map<string, number>();
	for (const row of rows) sums.set(row.currency, (sums.get(row.currency) ?? 0) + row.net);
	return [...sums].map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }));
};
export function balanceOf(world: World, account: Account) {
	const rows = Object.values(account.balance_transactions);
	const isThere = (row: Stripe.BalanceTransaction) => row.available_on <= world.seconds();
	return {
		object: 'balance',
		available: sumByCurrency(rows.filter(isThere)),
		livemode: false,
		pending: sumByCurrency(rows.filter((row) => !isThere(row)))
	};
}
const availableIn = (world: World, account: Account, currency: string): number =>
	balanceOf(world, account).available.find((one) => one.currency === currency)?.amount ?? 0;

/** In how many milliseconds a bank has it. */
function untilArrival(world: World): number {
	let at = Math.floor(world.now() / DAY_MS) * DAY_MS;
	for (let left = ARRIVES_DAYS; left > 0;) {
		at += DAY_MS;
		if (isTargetDay(new Date(at))) left -= 1;
	}
	return at - world.now();
}

type Asked = {
	amount: number;
	currency: string;
	automatic: boolean;
	description?: string | null;
	metadata?: Stripe.Metadata;
};
function payOut(world: World, account: Account, asked: Asked, cause: Cause): Stripe.Payout {
	const { amount, currency, automatic, description = automatic ? 'STRIPE PAYOUT' : null, metadata = {} } = asked;
	const wait = untilArrival(world);
	const payout = {
		id: world.id('po_1'),
		object: 'payout',
		amount,
		application_fee: null,
		application_fee_amount: null,
		arrival_date: Math.floor((world.now() + wait) / 1000),
		automatic,
		balance_transaction: null,
		created: world.seconds(),
		currency,
		description,
		destination: 'ba_1Supplier',
		failure_balance_transaction: null,
		failure_code: null,
		failure_message: null,
		livemode: false,
		metadata,
		method: 'standard',
		original_payout: null,
		payout_method: null,
		reconciliation_status: automatic ? 'completed' : 'not_applicable',
		reversed_by: null,
		source_type: 'card',
		statement_descriptor: null,
		status: 'pending',
		trace_id: null,
		type: 'bank_account'
	} as unknown as Stripe.Payout;
	account.payouts[payout.id] = payout;
	payout.balance_transaction = balanceTransaction(world, account, -amount, 0, 'payout', payout.id).id;
	emit(world, account, 'payout.created', payout, cause);
	world.later(Math.min(DAY_MS / 2, wait), 'payout_leaves', account, payout.id);
	world.later(wait, 'payout_arrives', account, payout.id);
	return payout;
}

/** By hand: no more than is available. */
export function createPayout(world: World, account: Account, params: Params, cause: Cause): Stripe.Payout {
	const amount = integer(params.amount, 'amount');
	const currency = text(params.currency);
	if (amount === undefined) throw missingParam('amount');
	if (!currency) throw missingParam('currency');
	if (amount <= 0)
		throw invalid('This value must be greater than or equal to 1.', {
			code: 'parameter_invalid_integer',
			param: 'amount'
		});
	if (amount > availableIn(world, account, currency))
		throw invalid(
			'You have insufficient funds in your Stripe account for this transfer. Your card balance is too low. You can use the /v1/balance endpoint to view your Stripe balance.',
			{ code: 'balance_insufficient' }
		);
	const { description, metadata } = params;
	return payOut(
		world,
		account,
		{ amount, currency, automatic: false, description: text(description) ?? null, metadata: metadataOf(metadata) },
		cause
	);
}
export function payoutLeaves(world: World, account: Account, payout: Stripe.Payout): void {
	if (payout.status !== 'pending') return;
	payout.status = 'in_transit';
	emit(world, account, 'payout.updated', payout, NO_CAUSE, { status: 'pending' });
}
export function payoutArrives(world: World, account: Account, payout: Stripe.Payout): void {
	if (payout.status !== 'pending' && payout.status !== 'in_transit') return;
	const previous = payout.status;
	payout.status = 'paid';
	emit(world, account, 'payout.paid', payout, NO_CAUSE, { status: previous });
}
/** Some that fail have been shown as paid before. Stripe pays out no more until the bank account is set right. */
export function payoutFails(world: World, account: Account, payout: Stripe.Payout, code: string): Stripe.Payout {
	if (payout.status === 'failed' || payout.status === 'canceled') return payout;
	const previous = payout.status;
	Object.assign(payout, { status: 'failed', failure_code: code, failure_message: 'The bank refused the payout.' });
	payout.failure_balance_transaction = balanceTransaction(
		world,
		account,
		payout.amount,
		0,
		'payout_failure',
		payout.id
	).id;
	if (account._payoutSchedule) account._payoutSchedule = 'stopped';
	emit(world, account, 'payout.failed', payout, NO_CAUSE, { status: previous });
	return payout;
}
export function cancelPayout(world: World, account: Account, payout: Stripe.Payout, cause: Cause): Stripe.Payout {
	if (payout.automatic) throw invalid('You may not cancel automatic payouts.');
	if (payout.status !== 'pending')
		throw invalid(`Payouts can only be canceled while they are pending. This payout is ${payout.status}.`);
	payout.status = 'canceled';
	payout.failure_balance_transaction = balanceTransaction(
		world,
		account,
		payout.amount,
		0,
		'payout_cancel',
		payout.id
	).id;
	emit(world, account, 'payout.canceled', payout, cause, { status: 'pending' });
	return payout;
}

const isSchedule = (word: string): word is 'manual' | 'daily' | 'weekly' | 'monthly' =>
	['manual', 'daily', 'weekly', 'monthly'].includes(word);
/** Stripe's own default is daily; here nothing is paid out by itself until somebody says so. */
export function schedulePayouts(world: World, account: Account, interval: string): unknown {
	if (!isSchedule(interval)) return null;
	account._payoutSchedule = interval;
	world.work = world.work.filter((work) => work.kind !== 'payout_due' || work.account !== account.id);
	if (interval !== 'manual') nextDay(world, account);
	return { interval };
}
const nextDay = (world: World, account: Account): void =>
	world.later((Math.floor(world.now() / DAY_MS) + 1) * DAY_MS - world.now(), 'payout_due', account, 'balance');
/** At midnight UTC: every day, on Mondays, or on the first of a month. All that is available, if it is anything. */
export function payOutDue(world: World, account: Account): void {
	const schedule = account._payoutSchedule;
	if (!schedule || schedule === 'manual' || schedule === 'stopped') return;
	nextDay(world, account);
	const today = new Date(world.now());
	if (schedule === 'weekly' && today.getUTCDay() !== 1) return;
	if (schedule === 'monthly' && today.getUTCDate() !== 1) return;
	for (const { currency, amount } of balanceOf(world, account).available)
		if (amount > 0) payOut(world, account, { amount, currency, automatic: true }, NO_CAUSE);
}
/** What an automatic payout paid out: all that was there and that none before it had paid out, and itself. */
export function membersOf(account: Account, payout: Stripe.Payout): Stripe.BalanceTransaction[] {
	const automatic = Object.values(account.payouts).filter((one) => one.automatic && one.currency === payout.currency);
	const before = automatic
		.filter((one) => one.created < payout.created)
		.reduce((latest, one) => Math.max(latest, one.created), 0);
	const others = automatic.filter((one) => one !== payout).map((one) => one.balance_transaction);
	return Object.values(account.balance_transactions).filter(
		(row) =>
			row.currency === payout.currency &&
			(row.id === payout.balance_transaction ||
				(!others.includes(row.id) && row.available_on > before && row.available_on <= payout.created))
	);
}

/** Stripe's monthly fees, money put in from the bank, money held back or set free. */
const OWN_MOVES = ['stripe_fee', 'topup', 'reserve_transaction', 'adjustment'];
export const isOwnMove = (type: string): boolean => OWN_MOVES.includes(type);
export const moveBalance = (world: World, account: Account, type: string, amount: number): Stripe.BalanceTransaction =>
	balanceTransaction(world, account, amount, 0, type, '');
