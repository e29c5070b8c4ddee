// SEPA debits: asked for now, answered by the bank after days, disputed later still.
import type Stripe from 'stripe';
import { failIntent, finishIntent, makeCharge, type StoredIntent } from './charges.ts';
import { invalid } from './errors.ts';
import { emit, NO_CAUSE, type Cause } from './events.ts';
import { isTargetDay } from './target-days.ts';
import { sepaBehaviour } from './test-values.ts';
import type { Account, World } from './world.ts';
import type { StoredMethod } from './methods.ts';
import { required } from '#lib/domain/required.ts';

const DAY_MS = 86_400_000;
const SEPA_SUCCESS_DAYS = 6;
const SEPA_FAILURE_DAYS = 3;
const SEPA_RETURN_DAYS = 20;

/** Days of the sandbox's clock until `count` TARGET days have gone by, at midnight UTC. */
function afterTargetDays(from: number, count: number): number {
	const start = Math.floor(from / DAY_MS) * DAY_MS;
	let at = start;
	for (let left = count; left > 0;) {
		at += DAY_MS;
		if (isTargetDay(new Date(at))) left -= 1;
	}
	return at;
}

/** A target date lies three to fifteen days ahead. */
function checkTarget(world: World, target: string | null): void {
	if (target === null) return;
	const days = Math.round((Date.parse(`${target}T00:00:00Z`) - Math.floor(world.now() / DAY_MS) * DAY_MS) / DAY_MS);
	if (!(days >= 3 && days <= 15))
		throw invalid('The target_date must be between 3 and 15 days from now.', {
			param: 'payment_method_options[sepa_debit][target_date]'
		});
}

/** SEPA submitted: processing now, the bank's answer after days (https://docs.stripe.com/payments/sepa-debit). */
export function startDebit(
	world: World,
	account: Account,
	intent: StoredIntent,
	method: StoredMethod,
	{ mandate, target, cause }: { mandate: string; target: string | null; cause: Cause }
): void {
	checkTarget(world, target);
	if (world.forced.sepa) {
		method._behaviour = `sepa:${world.forced.sepa}`;
		world.forced.sepa = undefined;
	}
	const charge = makeCharge(world, account, intent, method, 'pending', null, mandate);
	intent.status = 'processing';
	intent.payment_method = method.id;
	intent.last_payment_error = null;
	intent.next_action = null;
	emit(world, account, 'payment_intent.processing', intent, cause);
	emit(world, account, 'charge.pending', charge, cause);
	const expected = target ?? new Date(afterTargetDays(world.now(), 1)).toISOString().slice(0, 10);
	required(charge.payment_method_details?.sepa_debit, 'debit of a charge').expected_debit_date = expected;
	emit(world, account, 'charge.updated', charge, NO_CAUSE, {
		payment_method_details: { sepa_debit: { expected_debit_date: null } }
	});
	const behaviour = sepaBehaviour(method._behaviour);
	const fails = !['success', 'success_delayed', 'disputed'].includes(behaviour);
	// With a target date the bank is asked the working day before, so that the money leaves on that day.
	const from = target ? Date.parse(`${target}T00:00:00Z`) - DAY_MS : world.now();
	const at = afterTargetDays(from, fails ? SEPA_FAILURE_DAYS : SEPA_SUCCESS_DAYS);
	world.later(at - world.now(), fails ? 'debit_fails' : 'debit_succeeds', account, charge.id, behaviour);
}

export function debitSucceeds(world: World, account: Account, charge: Stripe.Charge, behaviour: string): void {
	const intent = required(account.payment_intents[charge.payment_intent as string], 'intent of a charge');
	if (intent.status !== 'processing') return;
	Object.assign(charge, { status: 'succeeded', paid: true });
	finishIntent(intent, required(account.payment_methods[charge.payment_method ?? ''], 'method of a charge'));
	emit(world, account, 'charge.succeeded', charge, NO_CAUSE);
	emit(world, account, 'payment_intent.succeeded', intent, NO_CAUSE);
	world.later(1000, 'balance', account, charge.id);
	if (behaviour === 'disputed')
		world.later(SEPA_RETURN_DAYS * DAY_MS, 'dispute', account, charge.id, 'debit_not_authorized');
}

export function debitFails(world: World, account: Account, charge: Stripe.Charge, behaviour: string): void {
	const intent = required(account.payment_intents[charge.payment_intent as string], 'intent of a charge');
	if (intent.status !== 'processing') return;
	const code = behaviour === 'failed' || behaviour === 'failed_delayed' ? 'refer_to_customer' : behaviour;
	Object.assign(charge, {
		status: 'failed',
		paid: false,
		failure_code: code,
		failure_message: 'The debit was refused by the bank.'
	});
	emit(world, account, 'charge.failed', charge, NO_CAUSE);
	const method = required(account.payment_methods[charge.payment_method ?? ''], 'method of a charge');
	failIntent(
		world,
		account,
		intent,
		method,
		{ code, decline_code: null, message: 'The debit was refused by the bank.', advice_code: null },
		NO_CAUSE,
		false
	);
	intent.latest_charge = charge.id;
}
