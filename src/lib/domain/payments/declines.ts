// A refusal of the bank, in the few families that call for different next steps. The code is logged, the family is shown:
// a stolen card is never named as such. Source: https://docs.stripe.com/declines/codes and the SEPA failure codes.

export type DeclineFamily =
	| 'generic' // try another card, or call the bank
	| 'insufficient_funds'
	| 'expired_card'
	| 'incorrect_cvc'
	| 'incorrect_number'
	| 'technical' // try again in a moment
	| 'authentication' // the bank wants a confirmation that did not come
	| 'sepa_refused' // the bank sent the debit back: pay otherwise
	| 'sepa_account' // closed, blocked or wrong account
	| 'sepa_mandate' // no valid mandate: sign again or pay otherwise
	| 'sepa_limit';

const FAMILIES: Record<string, DeclineFamily> = {
	insufficient_funds: 'insufficient_funds',
	expired_card: 'expired_card',
	incorrect_cvc: 'incorrect_cvc',
	invalid_cvc: 'incorrect_cvc',
	incorrect_number: 'incorrect_number',
	invalid_number: 'incorrect_number',
	processing_error: 'technical',
	issuer_not_available: 'technical',
	try_again_later: 'technical',
	authentication_required: 'authentication',
	payment_intent_authentication_failure: 'authentication',
	refer_to_customer: 'sepa_refused',
	generic_could_not_process: 'sepa_refused',
	debit_disputed: 'sepa_refused',
	account_closed: 'sepa_account',
	bank_account_restricted: 'sepa_account',
	branch_does_not_exist: 'sepa_account',
	invalid_account_number: 'sepa_account',
	incorrect_account_holder_name: 'sepa_account',
	authorization_revoked: 'sepa_mandate',
	debit_not_authorized: 'sepa_mandate',
	debit_authorization_not_match: 'sepa_mandate',
	charge_exceeds_source_limit: 'sepa_limit',
	charge_exceeds_weekly_limit: 'sepa_limit'
};

/** The decline code is the finer of the two; anything unheard of is a generic refusal. */
export const declineFamily = (code: string | null, declineCode: string | null): DeclineFamily =>
	FAMILIES[declineCode ?? ''] ?? FAMILIES[code ?? ''] ?? 'generic';
