// Refusals in words: what happened, and what to do.
import { m } from '#lib/paraglide/messages.js';
import type { Refusal, RefusalCode } from '../contract/refusals.ts';
import { formatDay } from '../domain/calendar/format.ts';
import { parseCivilDate } from '../domain/calendar/civil-date.ts';
import { formatMoney, formatRate, type Locale } from '../domain/money/format.ts';
import type { LogoProblem } from '../domain/identity/picture.ts';
import { minor } from '../domain/money/minor.ts';
import type { DeclineFamily } from '../domain/payments/declines.ts';
import type { OutcomeMistake } from '../domain/payments/outcome.ts';
import type { PolicyMistake } from '../domain/offers/check-policy.ts';
import type { ProgrammeMistake } from '../domain/points/check-programme.ts';
import { mistakeText } from './offer-mistakes.ts';
import { codesMistakeText, programmeMistakeText, type CodesMistake } from './points-mistakes.ts';
import { declineText } from './declines.ts';
import { logoText } from './identity.ts';
import { loyaltyProblem } from './loyalty.ts';

export function refusalText({ code, detail }: Refusal, locale: Locale): string {
	const say = { locale };
	const money = (text: string | undefined): string =>
		formatMoney(minor(BigInt(text ?? '0')), detail.currency ?? 'EUR', locale);
	const day = dayText(locale);
	const texts: Record<RefusalCode, () => string> = {
		...importTexts(detail, locale),
		...pointsTexts(locale),
		...outcomeTexts(locale),
		...offerTexts(detail, locale),
		...settingsTexts(detail, locale),
		not_found: () => m.refusal_not_found({}, say),
		not_allowed: () => m.refusal_not_allowed({}, say),
		signed_out: () => m.refusal_signed_out({}, say),
		pay_not_yours: () => m.refusal_pay_not_yours({}, say),
		contact_known: () => m.refusal_contact_known({}, say),
		api_key_scope: () => m.refusal_api_key_scope({}, say),
		api_key_expired: () => m.refusal_api_key_expired({}, say),
		api_key_address: () => m.refusal_api_key_address({}, say),
		too_many_keys: () => m.refusal_too_many_keys({}, say),
		proof_needed: () => m.refusal_proof_needed({}, say),
		passkey_refused: () => m.refusal_passkey_refused({}, say),
		last_owner: () => m.refusal_last_owner({}, say),
		input_invalid: () => invalidText(detail, say),
		tries_exhausted: () => m.refusal_tries_exhausted({}, say),
		too_many_requests: () => m.refusal_too_many_requests({}, say),
		amount_changed: () => m.refusal_amount_changed({ amount: money(detail.amountMinor) }, say),
		schedule_changed: () => m.refusal_schedule_changed({}, say),
		offer_expired: () => m.refusal_offer_expired({ amount: money(detail.amountMinor) }, say),
		late_rate_too_low: () =>
			m.refusal_late_rate_too_low({ rate: formatRate(Number(detail.rateBps ?? '0'), locale) }, say),
		nothing_to_pay: () => m.refusal_nothing_to_pay({}, say),
		too_many_invoices: () => m.refusal_too_many_invoices({ max: detail.max ?? '' }, say),
		payment_under_way: () => m.refusal_payment_under_way({}, say),
		payment_in_progress: () => m.refusal_payment_in_progress({}, say),
		already_paid: () => m.refusal_already_paid({}, say),
		method_not_offered: () => m.refusal_method_not_offered({}, say),
		attempt_id_reused: () => m.refusal_attempt_id_reused({}, say),
		card_declined: () => declineText((detail.family ?? 'generic') as DeclineFamily, locale),
		day_not_possible: () => m.refusal_day_not_possible({}, say),
		day_past_cap: () => m.refusal_day_past_cap({ date: day(detail.date) }, say),
		move_waiting: () => m.refusal_move_waiting({}, say),
		move_changed: () => m.refusal_move_changed({}, say),
		method_needed: () => m.refusal_method_needed({}, say),
		card_ends_early: () => m.refusal_card_ends_early({ ends: detail.ends ?? '', date: day(detail.date) }, say),
		method_refused: () => m.refusal_method_refused({}, say),
		payment_unknown: () => m.refusal_payment_unknown({}, say),
		payment_unavailable: () => m.refusal_payment_unavailable({}, say),
		refund_too_early: () => m.refusal_refund_too_early({ date: day(detail.allowedOn) }, say),
		refund_changed: () => m.refusal_refund_changed({ amount: money(detail.goneMinor) }, say),
		refund_above_rest: () => m.refusal_refund_above_rest({ amount: money(detail.restMinor) }, say),
		refund_not_positive: () => m.refusal_refund_not_positive({}, say),
		refund_refused: () => m.refusal_refund_refused({ code: detail.code ?? '' }, say),
		refund_unknown: () => m.refusal_refund_unknown({}, say),
		link_expired: () => m.refusal_link_expired({}, say),
		link_revoked: () => m.refusal_link_revoked({}, say),
		code_wrong: () => m.refusal_code_wrong({}, say),
		sign_in_expired: () => m.refusal_sign_in_expired({}, say),
		other_browser: () => m.refusal_other_browser({}, say),
		idempotency_mismatch: () => m.refusal_idempotency_mismatch({}, say),
		idempotency_busy: () => m.refusal_idempotency_busy({}, say),
		no_billing_contact: () => m.refusal_no_billing_contact({}, say),
		plan_running: () => m.refusal_plan_running({}, say),
		transfer_under_part: () => m.refusal_transfer_under_part({ amount: money(detail.amountMinor) }, say),
		invoice_unknown: () => m.refusal_invoice_unknown({ number: detail.number ?? '' }, say),
		bank_entry_settled: () => m.refusal_bank_entry_settled({}, say),
		refund_by_transfer: () => m.refusal_refund_by_transfer({}, say)
	};
	return texts[code]();
}

type ImportCode = Extract<
	RefusalCode,
	'file_too_large' | 'archives_too_large' | 'review_by_person' | 'imports_waiting' | `import_${string}`
>;
function importTexts(detail: Refusal['detail'], locale: Locale): Record<ImportCode, () => string> {
	const say = { locale };
	return {
		file_too_large: () => m.refusal_file_too_large({}, say),
		import_blocked: () => m.refusal_import_blocked({}, say),
		import_not_yours: () => m.refusal_import_not_yours({}, say),
		review_by_person: () => m.refusal_review_by_person({}, say),
		imports_waiting: () => m.refusal_imports_waiting({}, say),
		archives_too_large: () => m.refusal_archives_too_large({}, say),
		import_closed: () => m.refusal_import_closed({}, say),
		import_busy: () => m.refusal_import_busy({}, say),
		import_not_ready: () => m.refusal_import_not_ready({}, say),
		import_paid: () => m.refusal_import_paid({ numbers: detail.numbers ?? '' }, say)
	};
}

/** A reason without letters is told its rule; of any other value, its field. */
const invalidText = (detail: Refusal['detail'], say: { locale: Locale }): string =>
	detail.letters
		? m.client_points_mistake_reason({}, say)
		: m.refusal_input_invalid({ field: detail.field ?? '' }, say);

const settingsTexts = ({ problem }: Refusal['detail'], locale: Locale) => ({
	logo_refused: () => logoText(problem as LogoProblem, locale),
	loyalty_refused: () => m.refusal_loyalty_refused({ why: loyaltyProblem(problem ?? '', locale) }, { locale })
});

/** Of offers and of the points programme. */
function offerTexts(detail: Refusal['detail'], locale: Locale) {
	const say = { locale };
	const day = dayText(locale);
	const { mistake } = detail;
	return {
		offer_invalid: () => m.refusal_offer_invalid({ why: mistakeText(mistake as PolicyMistake['code'], locale) }, say),
		offer_changed: () => m.refusal_offer_changed({}, say),
		programme_changed: () => m.refusal_programme_changed({}, say),
		programme_invalid: () =>
			m.refusal_programme_invalid(
				{
					why: programmeMistakeText({ code: mistake as ProgrammeMistake['code'], offers: detail.offers ?? '' }, locale)
				},
				say
			),
		programme_ending: () => m.refusal_programme_ending({}, say),
		programme_ends_too_soon: () =>
			m.refusal_programme_ends_too_soon({ earn: day(detail.earnOn), spend: day(detail.spendOn) }, say),
		codes_invalid: () => m.refusal_codes_invalid({ why: codesMistakeText(mistake as CodesMistake, locale) }, say),
		codes_changed: () => m.refusal_codes_changed({}, say)
	};
}

type OutcomeCode = Extract<
	RefusalCode,
	| 'account_answers'
	| 'outcome_said'
	| 'refund_day_not_possible'
	| 'refund_unheard'
	| 'refund_said_first'
	| 'refund_not_taken'
	| OutcomeMistake
>;
function outcomeTexts(locale: Locale): Record<OutcomeCode, () => string> {
	const say = { locale };
	return {
		account_answers: () => m.refusal_account_answers({}, say),
		outcome_said: () => m.refusal_outcome_said({}, say),
		reference_of_another: () => m.refusal_reference_of_another({}, say),
		money_day_not_possible: () => m.refusal_money_day_not_possible({}, say),
		refund_day_not_possible: () => m.refusal_refund_day_not_possible({}, say),
		refund_unheard: () => m.refusal_refund_unheard({}, say),
		refund_said_first: () => m.refusal_refund_said_first({}, say),
		refund_not_taken: () => m.refusal_refund_not_taken({}, say)
	};
}

type OfPoints = Extract<RefusalCode, `points_${string}` | `reward_${string}`>;
function pointsTexts(locale: Locale): Record<OfPoints, () => string> {
	const say = { locale };
	return {
		points_rules_changed: () => m.refusal_points_rules_changed({}, say),
		points_not_offered: () => m.refusal_points_not_offered({}, say),
		points_frozen: () => m.refusal_points_frozen({}, say),
		points_not_enough: () => m.refusal_points_not_enough({}, say),
		points_not_a_step: () => m.refusal_points_not_a_step({}, say),
		points_over_share: () => m.refusal_points_over_share({}, say),
		points_one_invoice: () => m.refusal_points_one_invoice({}, say),
		points_rules_first: () => m.refusal_points_rules_first({}, say),
		reward_not_offered: () => m.refusal_reward_not_offered({}, say),
		reward_changed: () => m.refusal_reward_changed({}, say),
		reward_gone: () => m.refusal_reward_gone({}, say)
	};
}
const dayText =
	(locale: Locale) =>
	(text: string | undefined): string => {
		const day = parseCivilDate(text ?? '');
		return day ? formatDay(day, locale) : '';
	};
