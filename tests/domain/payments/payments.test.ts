// States, methods, refusals and refunds of payments.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { attemptStatusFrom, isLive, nextStatus, type AttemptStatus } from '#lib/domain/payments/attempt-status.ts';
import { declineFamily, type DeclineFamily } from '#lib/domain/payments/declines.ts';
import { isChargeable, isExpired, methodsFor } from '#lib/domain/payments/methods.ts';
import { checkRefund } from '#lib/domain/payments/refund-guard.ts';
import { minor, type Minor } from '#lib/domain/money/minor.ts';
import { payableToday, restOf, stateOf, type InvoiceFacts } from '#lib/domain/invoices/state.ts';

const offered = (amount: Minor) =>
	methodsFor(amount)
		.filter((method) => method.offered)
		.map((method) => method.type);
const LIVE: AttemptStatus[] = ['open', 'awaiting_auth', 'awaiting_transfer', 'processing', 'unknown'];
describe('the state table', () => {
	const snapshot = (status: string, hasLastError = false, nextActionType: string | null = null) =>
		attemptStatusFrom({ status, hasLastError, nextActionType });
	test('every status Stripe can give has one of ours', () => {
		expect([
			snapshot('requires_payment_method'),
			snapshot('requires_payment_method', true),
			snapshot('requires_confirmation'),
			snapshot('requires_action', false, 'use_stripe_sdk'),
			snapshot('requires_action', false, 'display_bank_transfer_instructions'),
			snapshot('processing'),
			snapshot('succeeded'),
			snapshot('canceled')
		]).toEqual([
			'open',
			'declined',
			'awaiting_auth',
			'awaiting_auth',
			'awaiting_transfer',
			'processing',
			'paid',
			'canceled'
		]);
	});
	test('an unheard-of word is unknown, and keeps what we knew', () => {
		fc.assert(
			fc.property(
				fc.string(),
				fc.constantFrom<AttemptStatus>('open', 'processing', 'paid', 'declined'),
				(word, current) => {
					fc.pre(
						![
							'requires_payment_method',
							'requires_confirmation',
							'requires_action',
							'processing',
							'succeeded',
							'canceled'
						].includes(word)
					);
					expect(nextStatus(current, snapshot(word))).toBe(current);
				}
			)
		);
	});
	test('a stale read never brings a paid or canceled attempt back', () => {
		for (const read of ['open', 'processing', 'declined', 'awaiting_auth', 'canceled'] as const)
			expect(nextStatus('paid', read)).toBe('paid');
		expect(nextStatus('canceled', 'processing')).toBe('canceled');
		// Money is money: one that had been given up is paid all the same.
		expect(nextStatus('canceled', 'paid')).toBe('paid');
	});
	test('as long as its end is open, an attempt is what Stripe says it is; a declined one may be tried again', () => {
		for (const current of [...LIVE, 'declined'] as const)
			for (const read of ['open', 'awaiting_auth', 'awaiting_transfer', 'processing', 'paid', 'declined'] as const)
				expect(nextStatus(current, read)).toBe(read);
	});
	test('only an attempt whose end is open holds its invoice', () => {
		expect(LIVE.filter(isLive)).toEqual(LIVE);
		expect((['paid', 'set_up', 'declined', 'canceled'] as const).filter(isLive)).toEqual([]);
	});
});

describe('methods', () => {
	test('SEPA stops at 10,000 EUR, and says why', () => {
		expect(offered(minor(1_000_000n))).toEqual(['card', 'sepa_debit']);
		expect(offered(minor(1_000_001n))).toEqual(['card']);
		expect(methodsFor(minor(1_000_001n))[1]).toEqual({
			type: 'sepa_debit',
			offered: false,
			reason: 'amount_above_sepa_limit'
		});
	});
	test('from 50 cents to 999,999.99 EUR; outside, none is offered, and each says which it is', () => {
		expect([offered(minor(50n)), offered(minor(99_999_999n))]).toEqual([['card', 'sepa_debit'], ['card']]);
		const outside = (amount: bigint, reason: string) =>
			expect(methodsFor(minor(amount))).toEqual([
				{ type: 'card', offered: false, reason },
				{ type: 'sepa_debit', offered: false, reason }
			]);
		outside(49n, 'amount_too_small');
		outside(0n, 'amount_too_small');
		outside(100_000_000n, 'amount_too_large');
	});
	test('a kept one is charged unless its bank or its owner took it away, its giver may pay no more, or it is of another account', () => {
		const kept = { unusableAt: null, removedAt: null, stripeAccount: 'acct_1', giverMayPay: true };
		const day = new Date('2026-11-01T10:00:00Z');
		const chargeable = (over: Partial<Parameters<typeof isChargeable>[0]>, account: string | null = 'acct_1') =>
			isChargeable({ ...kept, ...over }, account);
		expect(chargeable({})).toBe(true);
		// Without Connect all is of the platform's own account.
		expect(chargeable({ stripeAccount: null }, null)).toBe(true);
		expect([
			chargeable({ unusableAt: day }),
			chargeable({ removedAt: day }),
			chargeable({ giverMayPay: false }),
			chargeable({}, 'acct_2'),
			chargeable({}, null)
		]).toEqual([false, false, false, false, false]);
	});
	test('without both its month and its year, nothing says that a card has ended', () => {
		const today = civilDate('2026-11-26');
		expect(isExpired({ expiryMonth: 1, expiryYear: 2020 }, today)).toBe(true);
		expect(isExpired({ expiryMonth: 1, expiryYear: null }, today)).toBe(false);
		expect(isExpired({ expiryMonth: null, expiryYear: 2020 }, today)).toBe(false);
	});
});
test('a stolen card is a plain refusal; unheard-of codes too', () => {
	expect([
		declineFamily('card_declined', 'stolen_card'),
		declineFamily('card_declined', 'insufficient_funds'),
		declineFamily('expired_card', null),
		declineFamily('brand_new', 'code'),
		declineFamily('account_closed', null)
	]).toEqual(['generic', 'insufficient_funds', 'expired_card', 'generic', 'sepa_account']);
});
test.each<[DeclineFamily, string[]]>([
	['incorrect_cvc', ['incorrect_cvc', 'invalid_cvc']],
	['incorrect_number', ['incorrect_number', 'invalid_number']],
	['technical', ['processing_error', 'issuer_not_available', 'try_again_later']],
	['authentication', ['authentication_required', 'payment_intent_authentication_failure']],
	['sepa_refused', ['refer_to_customer', 'generic_could_not_process', 'debit_disputed']],
	[
		'sepa_account',
		[
			'account_closed',
			'bank_account_restricted',
			'branch_does_not_exist',
			'invalid_account_number',
			'incorrect_account_holder_name'
		]
	],
	['sepa_mandate', ['authorization_revoked', 'debit_not_authorized', 'debit_authorization_not_match']],
	['sepa_limit', ['charge_exceeds_source_limit', 'charge_exceeds_weekly_limit']]
])('%s is said of the codes that call for it, and of a decline code before the code', (family, codes) => {
	for (const code of codes) {
		expect(declineFamily(code, null)).toBe(family);
		expect(declineFamily('expired_card', code)).toBe(family);
	}
});

describe('refunds', () => {
	const payment = {
		method: 'sepa_debit',
		paidOn: civilDate('2026-11-02'),
		amountMinor: minor(10_000n),
		reversedMinor: minor(2_500n)
	};
	test('a SEPA debit waits seven business days', () => {
		expect(checkRefund(payment, minor(100n), civilDate('2026-11-10'))).toEqual({
			code: 'refund_too_early',
			allowedOn: '2026-11-11'
		});
		expect(checkRefund(payment, minor(100n), civilDate('2026-11-11'))).toBeNull();
		expect(checkRefund({ ...payment, method: 'card' }, minor(100n), civilDate('2026-11-02'))).toBeNull();
	});
	test('never more than what is left, never nothing', () => {
		expect(checkRefund(payment, minor(7_501n), civilDate('2026-12-01'))).toEqual({
			code: 'refund_above_rest',
			restMinor: 7_500n
		});
		expect(checkRefund(payment, minor(0n), civilDate('2026-12-01'))).toEqual({ code: 'refund_not_positive' });
	});
	test('all that is left may go; where more went back than had come, nothing is left', () => {
		expect(checkRefund(payment, minor(7_500n), civilDate('2026-12-01'))).toBeNull();
		expect(checkRefund({ ...payment, reversedMinor: minor(12_000n) }, minor(1n), civilDate('2026-12-01'))).toEqual({
			code: 'refund_above_rest',
			restMinor: 0n
		});
	});
});

describe('what is asked today', () => {
	const facts = (over: Partial<InvoiceFacts>): InvoiceFacts => ({
		balanceMinor: minor(10_000n),
		underWayMinor: minor(0n),
		promisedMinor: minor(0n),
		plannedMinor: minor(0n),
		paidMinor: minor(0n),
		receivedMinor: minor(0n),
		dueOn: civilDate('2026-12-01'),
		notPayableReason: null,
		...over
	});
	test('is the balance less what is under way, and never below zero', () => {
		expect(payableToday(facts({}))).toBe(10_000n);
		expect(payableToday(facts({ underWayMinor: minor(10_000n) }))).toBe(0n);
		expect(payableToday(facts({ balanceMinor: minor(-500n) }))).toBe(0n);
		expect(payableToday(facts({ notPayableReason: 'factored' }))).toBe(0n);
	});
	test('each rest is told by the way it comes, and together they are the balance', () => {
		const rest = (over: Partial<Record<'balance' | 'underWay' | 'promised' | 'planned', bigint>>) => {
			const of = { balance: 10_000n, underWay: 0n, promised: 0n, planned: 0n, ...over };
			const { payableMinor, underWayMinor, plannedMinor } = restOf(
				facts({
					balanceMinor: minor(of.balance),
					underWayMinor: minor(of.underWay),
					promisedMinor: minor(of.promised),
					plannedMinor: minor(of.planned)
				})
			);
			return [payableMinor, underWayMinor, plannedMinor];
		};
		expect([rest({}), rest({ underWay: 4_000n }), rest({ planned: 6_000n })]).toEqual([
			[10_000n, 0n, 0n],
			[6_000n, 4_000n, 0n],
			[4_000n, 0n, 6_000n]
		]);
		// The discount that a debit brings with it is nobody's to pay.
		expect(rest({ underWay: 9_800n, promised: 200n })).toEqual([0n, 9_800n, 0n]);
		expect(rest({ underWay: 3_000n, promised: 100n, planned: 6_900n })).toEqual([0n, 3_000n, 6_900n]);
		// More on its way, or in a plan, than is owed: no more than is owed is told.
		expect(rest({ underWay: 12_000n, planned: 500n })).toEqual([0n, 10_000n, 0n]);
		expect(rest({ underWay: 4_000n, planned: 9_000n })).toEqual([0n, 4_000n, 6_000n]);
		expect([rest({ balance: 0n, underWay: 500n }), rest({ balance: -500n, planned: 500n })]).toEqual([
			[0n, 0n, 0n],
			[0n, 0n, 0n]
		]);
		// Owed although it can't be paid here.
		expect(restOf(facts({ notPayableReason: 'factored' })).payableMinor).toBe(10_000n);
	});
	test('has one word', () => {
		const today = civilDate('2026-12-02');
		expect([
			stateOf(facts({}), today),
			stateOf(facts({}), civilDate('2026-12-01')),
			stateOf(facts({}), civilDate('2026-11-01')),
			stateOf(facts({ balanceMinor: minor(0n), paidMinor: minor(10_000n), receivedMinor: minor(9_800n) }), today),
			stateOf(facts({ balanceMinor: minor(0n), paidMinor: minor(10_000n) }), today),
			stateOf(facts({ balanceMinor: minor(0n) }), today),
			stateOf(facts({ balanceMinor: minor(-1n) }), today),
			stateOf(facts({ balanceMinor: minor(0n), paidMinor: minor(-500n) }), today),
			stateOf(facts({ underWayMinor: minor(10_000n) }), today),
			stateOf(facts({ notPayableReason: 'currency' }), today)
		]).toEqual([
			'late',
			'due_soon',
			'open',
			'paid',
			'credited',
			'paid',
			'credit',
			'credit_used',
			'under_way',
			'not_payable'
		]);
		expect([
			stateOf(facts({ plannedMinor: minor(10_000n) }), today),
			stateOf(facts({ plannedMinor: minor(6_000n), underWayMinor: minor(4_000n) }), today),
			stateOf(facts({ plannedMinor: minor(6_000n) }), today),
			stateOf(facts({ notPayableReason: 'withdrawn', balanceMinor: minor(0n) }), today),
			stateOf(facts({ notPayableReason: 'currency', balanceMinor: minor(0n) }), today)
		]).toEqual(['in_plan', 'in_plan', 'late', 'not_payable', 'paid']);
		// Seven days ahead are soon.
		expect([stateOf(facts({}), civilDate('2026-11-24')), stateOf(facts({}), civilDate('2026-11-23'))]).toEqual([
			'due_soon',
			'open'
		]);
	});
});
