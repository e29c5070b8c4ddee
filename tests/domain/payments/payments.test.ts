// States, methods, allocations and VAT of payments.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { attemptStatusFrom, isLive, nextStatus, type AttemptStatus } from '#lib/domain/payments/attempt-status.ts';
import { allocateReceived, allocateReversal } from '#lib/domain/payments/allocation.ts';
import { declineFamily } from '#lib/domain/payments/declines.ts';
import { methodsFor } from '#lib/domain/payments/methods.ts';
import { checkRefund } from '#lib/domain/payments/refund-guard.ts';
import { vatOfPayment, vatOfReduction } from '#lib/domain/payments/vat.ts';
import { divideHalfUp, minor, shareOut, type Minor } from '#lib/domain/money/minor.ts';
import { payableToday, stateOf, type InvoiceFacts } from '#lib/domain/invoices/state.ts';

const offered = (amount: Minor) =>
	methodsFor(amount)
		.filter((method) => method.offered)
		.map((method) => method.type);
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
	test('only an attempt whose end is open holds its invoice', () =>
		expect((['open', 'processing', 'unknown', 'paid', 'declined', 'canceled'] as const).map(isLive)).toEqual([
			true,
			true,
			true,
			false,
			false,
			false
		]));
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
		expect(offered(minor(49n))).toEqual([]);
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

const lines = fc.array(
	fc.record({ invoiceId: fc.uuid(), amountMinor: fc.bigInt({ min: 1n, max: 10n ** 7n }).map(minor) }),
	{ minLength: 1, maxLength: 6 }
);
const sum = (parts: { amountMinor: Minor }[]) => parts.reduce((total, part) => total + part.amountMinor, 0n);
describe('allocation', () => {
	test('received money is allocated to the cent, oldest first, never more than asked', () => {
		fc.assert(
			fc.property(lines, fc.bigInt({ min: 0n, max: 10n ** 8n }), (asked, received) => {
				const dated = asked.map((line, i) => ({ ...line, dueOn: civilDate(`2026-0${(i % 9) + 1}-01`) }));
				const parts = allocateReceived(dated, minor(received));
				const total = sum(dated);
				expect(sum(parts)).toBe(received < total ? received : total);
				for (const part of parts)
					expect(part.amountMinor <= dated.find((line) => line.invoiceId === part.invoiceId)!.amountMinor).toBe(true);
			})
		);
	});
	test('a reversal takes from the last allocation first, never more than stands', () => {
		expect(
			allocateReversal(
				[
					{ invoiceId: 'a', amountMinor: minor(100n) },
					{ invoiceId: 'b', amountMinor: minor(50n) }
				],
				minor(70n)
			)
		).toEqual([
			{ invoiceId: 'b', amountMinor: 50n },
			{ invoiceId: 'a', amountMinor: 20n }
		]);
		fc.assert(
			fc.property(
				lines,
				fc.bigInt({ min: 0n, max: 10n ** 8n }),
				(standing, amount) =>
					void expect(sum(allocateReversal(standing, minor(amount)))).toBe(
						amount < sum(standing) ? amount : sum(standing)
					)
			)
		);
	});
});

describe('VAT of a payment', () => {
	const invoice = [
		{ category: 'S', rateBps: 2000, baseMinor: minor(100_000n), vatMinor: minor(20_000n) },
		{ category: 'S', rateBps: 550, baseMinor: minor(20_000n), vatMinor: minor(1_100n) }
	];
	test('paid in one go, the receipt shows the invoice’s own VAT', () =>
		expect(vatOfPayment(invoice, minor(0n), minor(141_100n))).toEqual([
			{ rateBps: 2000, grossMinor: 120_000n, vatMinor: 20_000n },
			{ rateBps: 550, grossMinor: 21_100n, vatMinor: 1_100n }
		]));
	test('however it is cut in payments, the receipts add up to the invoice’s VAT', () => {
		fc.assert(
			fc.property(fc.array(fc.bigInt({ min: 1n, max: 60_000n }), { maxLength: 8 }), (cuts) => {
				const total = 141_100n;
				const parts: bigint[] = [];
				let paid = 0n;
				for (const cut of cuts.filter((part) => part > 0n)) {
					if (paid + cut >= total) continue;
					parts.push(cut);
					paid += cut;
				}
				parts.push(total - paid);
				let before = 0n;
				const vat = [0n, 0n];
				for (const part of parts) {
					vatOfPayment(invoice, minor(before), minor(part)).forEach((line, i) => (vat[i]! += line.vatMinor));
					before += part;
				}
				expect(vat).toEqual([20_000n, 1_100n]);
			})
		);
	});
	test('each payment’s lines add up to the payment', () => {
		fc.assert(
			fc.property(
				fc.bigInt({ min: 0n, max: 100_000n }),
				fc.bigInt({ min: 1n, max: 41_000n }),
				(before, amount) =>
					void expect(
						vatOfPayment(invoice, minor(before), minor(amount)).reduce((total, line) => total + line.grossMinor, 0n)
					).toBe(amount)
			)
		);
	});
	test('receipts and what is given up add up to the invoice’s VAT, whatever is paid, given up, in which order, and what was paid before it came here', () => {
		const rate = fc.constantFrom(2000, 1000, 550, 210, 0);
		const line = fc
			.record({ rateBps: rate, baseMinor: fc.bigInt({ min: 1n, max: 50_000n }).map(minor) })
			.map((one) => ({
				category: 'S',
				...one,
				vatMinor: minor(divideHalfUp(one.baseMinor * BigInt(one.rateBps), 10_000n))
			}));
		const piece = fc.record({ share: fc.bigInt({ min: 1n, max: 9n }), isGivenUp: fc.boolean() });
		fc.assert(
			fc.property(
				fc.array(line, { minLength: 1, maxLength: 3 }),
				fc.array(piece, { minLength: 1, maxLength: 6 }),
				fc.bigInt({ min: 0n, max: 4n }),
				(lines, pieces, prepaidShare) => {
					const gross = lines.reduce((sum, one) => sum + one.baseMinor + one.vatMinor, 0n);
					const debtMinor = minor(gross - (gross * prepaidShare) / 10n);
					const amounts = shareOut(
						debtMinor,
						pieces.map((one) => one.share)
					);
					let [paid, givenUp] = [0n, 0n];
					const sums = lines.map(() => 0n);
					pieces.forEach(({ isGivenUp }, i) => {
						const amountMinor = amounts[i]!;
						const vat = isGivenUp
							? vatOfReduction(lines, { debtMinor, givenUpMinor: minor(givenUp), amountMinor })
							: vatOfPayment(lines, minor(paid), amountMinor);
						if (isGivenUp) givenUp += amountMinor;
						else paid += amountMinor;
						expect(vat.reduce((sum, one) => sum + one.grossMinor, 0n)).toBe(amountMinor);
						vat.forEach((one, at) => (sums[at]! += one.vatMinor));
					});
					// What came in before it was paid here is the end of the invoice; without any, the whole VAT.
					const whole = vatOfPayment(lines, minor(0n), debtMinor).map((one) => one.vatMinor);
					expect(sums).toEqual(whole);
					if (prepaidShare === 0n) expect(sums).toEqual(lines.map((one) => one.vatMinor));
				}
			)
		);
	});
	test('no VAT split in the file, no VAT invented', () => expect(vatOfPayment([], minor(0n), minor(100n))).toEqual([]));
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
});

describe('what is asked today', () => {
	const facts = (over: Partial<InvoiceFacts>): InvoiceFacts => ({
		balanceMinor: minor(10_000n),
		underWayMinor: minor(0n),
		promisedMinor: minor(0n),
		plannedMinor: minor(0n),
		paidMinor: minor(0n),
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
	test('has one word', () => {
		const today = civilDate('2026-12-02');
		expect([
			stateOf(facts({}), today),
			stateOf(facts({}), civilDate('2026-12-01')),
			stateOf(facts({}), civilDate('2026-11-01')),
			stateOf(facts({ balanceMinor: minor(0n) }), today),
			stateOf(facts({ balanceMinor: minor(-1n) }), today),
			stateOf(facts({ underWayMinor: minor(10_000n) }), today),
			stateOf(facts({ notPayableReason: 'currency' }), today)
		]).toEqual(['late', 'due_soon', 'open', 'paid', 'credit', 'under_way', 'not_payable']);
	});
});
