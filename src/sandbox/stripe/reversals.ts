// Money going back: refunds, card disputes, SEPA returns.
import type Stripe from 'stripe';
import { balanceTransaction } from './balance.ts';
import { invalid, missing, missingParam } from './errors.ts';
import { NO_CAUSE, emit, type Cause } from './events.ts';
import { flag, integer, metadataOf, object, text, type Params } from './form.ts';
import { cardBehaviour } from './test-values.ts';
import type { Account, World } from './world.ts';
import { required } from '#lib/domain/required.ts';

const euros = (cents: number): string => `€${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

export function createRefund(world: World, account: Account, params: Params, cause: Cause): Stripe.Refund {
	const intentId = text(params.payment_intent);
	const chargeId =
		text(params.charge) ??
		(intentId ? (account.payment_intents[intentId]?.latest_charge as string | undefined) : undefined);
	if (!intentId && !chargeId) throw missingParam('payment_intent');
	const charge = chargeId ? account.charges[chargeId] : undefined;
	if (!charge) throw missing('payment_intent', intentId ?? chargeId ?? '', 'payment_intent');
	const rest = charge.amount - charge.amount_refunded;
	if (charge.disputed)
		throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' });
	if (charge.status !== 'succeeded') throw invalid('This PaymentIntent does not have a successful charge to refund.');
	if (rest <= 0) throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
	const amount = integer(params.amount, 'amount') ?? rest;
	if (amount <= 0)
		throw invalid('This value must be greater than or equal to 1.', {
			code: 'parameter_invalid_integer',
			param: 'amount'
		});
	if (amount > rest)
		throw invalid(`Refund amount (${euros(amount)}) is greater than unrefunded amount on charge (${euros(rest)})`, {
			param: 'amount'
		});
	const isCard = charge.payment_method_details?.type === 'card';
	const behaviour = isCard
		? cardBehaviour(required(account.payment_methods[charge.payment_method ?? ''], 'method of a charge')._behaviour)
				.refund
		: undefined;
	const refund = {
		id: world.id(isCard ? 're_3' : 'pyr_'),
		object: 'refund',
		amount,
		balance_transaction: null,
		charge: charge.id,
		created: world.seconds(),
		currency: charge.currency,
		customer: null,
		customer_account: null,
		destination_details: { type: isCard ? 'card' : 'sepa_bank_transfer' },
		metadata: metadataOf(params.metadata),
		payment_intent: charge.payment_intent,
		payment_method: charge.payment_method,
		reason: text(params.reason) ?? null,
		receipt_number: null,
		source_transfer_reversal: null,
		status: isCard && behaviour !== 'pending' ? 'succeeded' : 'pending',
		transfer_reversal: null
	} as unknown as Stripe.Refund;
	account.refunds[refund.id] = refund;
	refund.balance_transaction = balanceTransaction(world, account, -amount, 0, 'refund', refund.id).id;
	charge.amount_refunded += amount;
	charge.refunded = charge.amount_refunded === charge.amount;
	emit(world, account, 'refund.created', refund, cause);
	emit(world, account, 'charge.refunded', charge, cause);
	if (behaviour === 'fails') world.later(3000, 'refund_fails', account, refund.id);
	else if (refund.status === 'pending')
		world.later(isCard ? 3000 : 4 * 86_400_000, 'refund_succeeds', account, refund.id);
	return refund;
}

export function refundSucceeds(world: World, account: Account, refund: Stripe.Refund): void {
	if (refund.status !== 'pending') return;
	refund.status = 'succeeded';
	emit(world, account, 'refund.updated', refund, NO_CAUSE, { status: 'pending' });
}

export function refundFails(world: World, account: Account, refund: Stripe.Refund): void {
	if (refund.status === 'failed') return;
	const previous = refund.status;
	refund.status = 'failed';
	refund.failure_reason = 'lost_or_stolen_card';
	const charge = required(account.charges[refund.charge as string], 'charge of a refund');
	charge.amount_refunded -= refund.amount;
	charge.refunded = false;
	refund.failure_balance_transaction = balanceTransaction(
		world,
		account,
		refund.amount,
		0,
		'refund_failure',
		refund.id
	).id;
	emit(world, account, 'refund.failed', refund, NO_CAUSE, { status: previous });
}

/** A card dispute waits for evidence; a SEPA return is lost at once. Either way the money leaves now. */
export function openDispute(world: World, account: Account, charge: Stripe.Charge, reason: string): Stripe.Dispute {
	const isCard = charge.payment_method_details?.type === 'card';
	// The whole charge, whatever was refunded of it before (support.stripe.com: dispute for full charge amount after a partial refund was issued).
	const { amount } = charge;
	const evidence = {
		access_activity_log: null,
		billing_address: null,
		cancellation_policy: null,
		cancellation_policy_disclosure: null,
		cancellation_rebuttal: null,
		customer_communication: null,
		customer_email_address: null,
		customer_name: null,
		customer_purchase_ip: null,
		customer_signature: null,
		duplicate_charge_documentation: null,
		duplicate_charge_explanation: null,
		duplicate_charge_id: null,
		enhanced_evidence: {},
		product_description: null,
		receipt: null,
		refund_policy: null,
		refund_policy_disclosure: null,
		refund_refusal_explanation: null,
		service_date: null,
		service_documentation: null,
		shipping_address: null,
		shipping_carrier: null,
		shipping_date: null,
		shipping_documentation: null,
		shipping_tracking_number: null,
		uncategorized_file: null,
		uncategorized_text: null
	};
	const dispute = {
		id: world.id(isCard ? 'dp_1' : 'du_1'),
		object: 'dispute',
		amount,
		balance_transactions: [],
		charge: charge.id,
		created: world.seconds(),
		currency: charge.currency,
		enhanced_eligibility_types: [],
		evidence,
		evidence_details: {
			due_by: isCard ? world.seconds() + 7 * 86_400 : null,
			enhanced_eligibility: {},
			has_evidence: false,
			past_due: false,
			submission_count: 0
		},
		intended_submission_method: null,
		is_charge_refundable: false,
		livemode: false,
		metadata: {},
		payment_intent: charge.payment_intent,
		payment_method_details: isCard
			? {
					type: 'card',
					card: {
						brand: required(charge.payment_method_details?.card, 'card of a charge').brand,
						case_type: 'chargeback',
						network_reason_code: '10.4'
					}
				}
			: { type: 'sepa_debit', sepa_debit: {} },
		reason,
		status: isCard ? 'needs_response' : 'lost'
	} as unknown as Stripe.Dispute;
	account.disputes[dispute.id] = dispute;
	charge.disputed = true;
	dispute.balance_transactions.push(
		balanceTransaction(world, account, -amount, isCard ? 2000 : 750, 'adjustment', dispute.id)
	);
	emit(world, account, 'charge.dispute.created', dispute, NO_CAUSE);
	emit(world, account, 'charge.dispute.funds_withdrawn', dispute, NO_CAUSE);
	if (!isCard) {
		emit(world, account, 'charge.dispute.closed', dispute, NO_CAUSE);
		const mandate = account.mandates[charge.payment_method_details?.sepa_debit?.mandate ?? ''];
		if (mandate && reason === 'debit_not_authorized') {
			mandate.status = 'inactive';
			emit(world, account, 'mandate.updated', mandate, NO_CAUSE, { status: 'active' });
		}
	}
	return dispute;
}

/** Won, all of it and the fee come back. Lost in part, the bank gives a part back (what had been refunded before), and no fee. */
export function closeDispute(
	world: World,
	account: Account,
	dispute: Stripe.Dispute,
	status: 'won' | 'lost',
	reinstated = status === 'won' ? dispute.amount : 0
): void {
	dispute.status = status;
	emit(world, account, 'charge.dispute.closed', dispute, NO_CAUSE);
	if (reinstated <= 0) return;
	dispute.balance_transactions.push(
		balanceTransaction(world, account, reinstated, status === 'won' ? -2000 : 0, 'adjustment', dispute.id)
	);
	emit(world, account, 'charge.dispute.funds_reinstated', dispute, NO_CAUSE);
}

/** Evidence with the documented magic words decides the outcome. */
export function updateDispute(world: World, account: Account, dispute: Stripe.Dispute, params: Params): Stripe.Dispute {
	const words = text(object(params.evidence).uncategorized_text);
	if (words) dispute.evidence.uncategorized_text = words;
	Object.assign(dispute.metadata, metadataOf(params.metadata));
	if (words && flag(params.submit ?? 'true')) {
		dispute.status = 'under_review';
		dispute.evidence_details.submission_count += 1;
		emit(world, account, 'charge.dispute.updated', dispute, NO_CAUSE, { status: 'needs_response' });
		if (words === 'winning_evidence') closeDispute(world, account, dispute, 'won');
		if (words === 'losing_evidence') closeDispute(world, account, dispute, 'lost');
	}
	return dispute;
}
export function acceptDispute(world: World, account: Account, dispute: Stripe.Dispute): Stripe.Dispute {
	closeDispute(world, account, dispute, 'lost');
	return dispute;
}
