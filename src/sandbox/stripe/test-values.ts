// Test cards and accounts and what each does. Source: https://docs.stripe.com/testing and https://docs.stripe.com/payments/sepa-debit/accept-a-payment
export type CardBehaviour = {
	brand: string;
	decline?: [code: string, decline: string | null, message: string, advice?: string];
	threeDS?: 'always' | 'unless_set_up' | 'on_session';
	after?: 'decline_funds' | 'decline';
	dispute?: string;
	refund?: 'pending' | 'fails';
};

const DECLINED = 'Your card was declined.';
export const CARDS: Record<string, { pm: string; behaviour: CardBehaviour }> = {
	'4242424242424242': { pm: 'pm_card_visa', behaviour: { brand: 'visa' } },
	'4000056655665556': { pm: 'pm_card_visa_debit', behaviour: { brand: 'visa' } },
	'5555555555554444': { pm: 'pm_card_mastercard', behaviour: { brand: 'mastercard' } },
	'378282246310005': { pm: 'pm_card_amex', behaviour: { brand: 'amex' } },
	'4000002500001001': { pm: 'pm_card_visa_cartesBancaires', behaviour: { brand: 'visa' } },
	'4000000000000002': {
		pm: 'pm_card_visa_chargeDeclined',
		behaviour: { brand: 'visa', decline: ['card_declined', 'generic_decline', DECLINED] }
	},
	'4000000000009995': {
		pm: 'pm_card_visa_chargeDeclinedInsufficientFunds',
		behaviour: {
			brand: 'visa',
			decline: ['card_declined', 'insufficient_funds', 'Your card has insufficient funds.', 'try_again_later']
		}
	},
	'4000000000009987': {
		pm: 'pm_card_visa_chargeDeclinedLostCard',
		behaviour: { brand: 'visa', decline: ['card_declined', 'lost_card', DECLINED, 'do_not_try_again'] }
	},
	'4000000000009979': {
		pm: 'pm_card_visa_chargeDeclinedStolenCard',
		behaviour: { brand: 'visa', decline: ['card_declined', 'stolen_card', DECLINED, 'do_not_try_again'] }
	},
	'4000000000000069': {
		pm: 'pm_card_chargeDeclinedExpiredCard',
		behaviour: { brand: 'visa', decline: ['expired_card', null, 'Your card has expired.'] }
	},
	'4000000000000127': {
		pm: 'pm_card_chargeDeclinedIncorrectCvc',
		behaviour: { brand: 'visa', decline: ['incorrect_cvc', null, "Your card's security code is incorrect."] }
	},
	'4000000000000119': {
		pm: 'pm_card_chargeDeclinedProcessingError',
		behaviour: {
			brand: 'visa',
			decline: ['processing_error', null, 'An error occurred while processing your card. Try again in a little bit.']
		}
	},
	'4000000000006975': {
		pm: 'pm_card_visa_chargeDeclinedVelocityLimitExceeded',
		behaviour: { brand: 'visa', decline: ['card_declined', 'card_velocity_exceeded', DECLINED] }
	},
	'4000000000000341': {
		pm: 'pm_card_chargeCustomerFail',
		behaviour: { brand: 'visa', decline: ['card_declined', 'generic_decline', DECLINED] }
	},
	'4000002500003155': {
		pm: 'pm_card_authenticationRequiredOnSetup',
		behaviour: { brand: 'visa', threeDS: 'unless_set_up' }
	},
	'4000002760003184': { pm: 'pm_card_authenticationRequired', behaviour: { brand: 'visa', threeDS: 'always' } },
	'4000003800000446': {
		pm: 'pm_card_authenticationRequiredSetupForOffSession',
		behaviour: { brand: 'visa', threeDS: 'on_session' }
	},
	'4000000000003220': { pm: 'pm_card_threeDSecure2Required', behaviour: { brand: 'visa', threeDS: 'always' } },
	'4000008260003178': {
		pm: 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
		behaviour: { brand: 'visa', threeDS: 'always', after: 'decline_funds' }
	},
	'4000008400001629': {
		pm: 'pm_card_threeDSecureRequiredChargeDeclined',
		behaviour: { brand: 'visa', threeDS: 'always', after: 'decline' }
	},
	'4000000000000259': { pm: 'pm_card_createDispute', behaviour: { brand: 'visa', dispute: 'fraudulent' } },
	'4000000000002685': {
		pm: 'pm_card_createDisputeProductNotReceived',
		behaviour: { brand: 'visa', dispute: 'product_not_received' }
	},
	'4000000000007726': { pm: 'pm_card_pendingRefund', behaviour: { brand: 'visa', refund: 'pending' } },
	'4000000000005126': { pm: 'pm_card_refundFail', behaviour: { brand: 'visa', refund: 'fails' } }
};

export type SepaBehaviour =
	| 'success'
	| 'success_delayed'
	| 'failed'
	| 'failed_delayed'
	| 'disputed'
	| 'insufficient_funds'
	| 'charge_exceeds_source_limit'
	| 'charge_exceeds_weekly_limit'
	| 'account_closed';
export const IBANS: Record<string, { pm: string; behaviour: SepaBehaviour }> = {
	FR1420041010050500013M02606: { pm: 'pm_success_fr', behaviour: 'success' },
	DE89370400440532013000: { pm: 'pm_success_de', behaviour: 'success' },
	FR3020041010050500013M02609: { pm: 'pm_successDelayed_fr', behaviour: 'success_delayed' },
	FR8420041010050500013M02607: { pm: 'pm_failed_fr', behaviour: 'failed' },
	DE62370400440532013001: { pm: 'pm_failed_de', behaviour: 'failed' },
	FR7920041010050500013M02600: { pm: 'pm_failedDelayed_fr', behaviour: 'failed_delayed' },
	FR5720041010050500013M02608: { pm: 'pm_disputed_fr', behaviour: 'disputed' },
	FR9720041010050000000343434: { pm: 'pm_exceedsWeeklyVolumeLimit_fr', behaviour: 'charge_exceeds_source_limit' },
	FR5920041010050000000121212: { pm: 'pm_exceedsWeeklyTransactionLimit_fr', behaviour: 'charge_exceeds_weekly_limit' },
	FR9720041010050000002222227: { pm: 'pm_insufficientFunds_fr', behaviour: 'insufficient_funds' }
};

/** Behaviours are kept by name so that the state survives a restart. Any other valid number or IBAN simply succeeds. */
export const cardBehaviour = (name: string): CardBehaviour =>
	Object.values(CARDS).find((card) => card.pm === name)?.behaviour ?? { brand: 'visa' };
export const sepaBehaviour = (name: string): SepaBehaviour =>
	Object.values(IBANS).find((iban) => iban.pm === name)?.behaviour ?? (name.replace(/^sepa:/, '') as SepaBehaviour);
