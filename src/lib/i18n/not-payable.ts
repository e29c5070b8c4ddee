// Why an invoice can't be paid here, in words.
import { m } from '#lib/paraglide/messages.js';
import type { NotPayableReason } from '../domain/invoices/findings.ts';
import type { Locale } from '../domain/money/format.ts';

export function notPayableText(reason: NotPayableReason, locale?: Locale): string {
	const texts: Record<NotPayableReason, (inputs: object, say: { locale?: Locale }) => string> = {
		settled: m.not_payable_settled,
		credit_note: m.not_payable_credit_note,
		factored: m.not_payable_factored,
		other_payee: m.not_payable_other_payee,
		debited: m.not_payable_debited,
		currency: m.not_payable_currency,
		information_only: m.not_payable_information,
		withdrawn: m.not_payable_withdrawn
	};
	return texts[reason]({}, locale ? { locale } : {});
}
/** On the page of one invoice of a plan that pays several: the others are nobody's business there. */
export const inPlanWithOthersText = (locale: Locale): string => m.in_plan_with_others({}, { locale });
export const creditedText = (locale: Locale): string => m.not_payable_credited({}, { locale });
