// Evidence of what was agreed to: the question asked of the quote engine, the answer chosen, the words shown, and who, when, from where.
import { optionView } from '../../../contract/option-views.ts';
import { contactOf, type Scope } from '../../../domain/access/scope.ts';
import type { Locale } from '../../../domain/money/format.ts';
import type { PaymentOption } from '../../../domain/offers/quoted.ts';
import { cureDaysFor } from '../../../domain/plans/failure.ts';
import { consentText, TERMS_VERSION } from '../../../i18n/offers.ts';
import { sha256 } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import { insertAcceptance } from '../../store/offers.ts';
import type { Supplier } from '../../store/suppliers.ts';
import type { Quoted } from './quote-invoices.ts';

/** Where the payer is: the address to come back to, and what evidence keeps of an acceptance. */
export type From = { returnUrl: string; ip: string | null; userAgent: string | null; locale: Locale };
export type Accepted = { supplier: Supplier; clientId: string; quoted: Quoted; option: PaymentOption; from: From };

/** Evidence keeps the names it was first written with: `parts` are the instalments. */
const asStored = ({ instalments, ...option }: PaymentOption) => ({ ...option, parts: instalments });

export async function saveAcceptance(
	tx: Tx,
	scope: Scope,
	attemptId: string,
	{ supplier, clientId, quoted, option, from }: Accepted
): Promise<void> {
	const view = optionView(option, quoted.quote, supplier.timeZone);
	const cureDays = cureDaysFor(quoted.input.clientKind, supplier.planCureDays);
	const termsText = consentText(view, { currency: 'EUR', supplier: supplier.name, locale: from.locale, cureDays });
	await insertAcceptance(tx, scope, {
		attemptId,
		clientId,
		contactId: contactOf(scope),
		option: option.kind,
		policyId: quoted.policyId,
		policyVersion: quoted.quote.policyVersion,
		amountMinor: option.amountMinor,
		discountMinor: option.discountMinor,
		snapshot: { input: quoted.input, option: asStored(option) },
		termsText,
		termsVersion: TERMS_VERSION,
		termsHash: sha256(termsText),
		locale: from.locale,
		ip: from.ip,
		userAgent: from.userAgent?.slice(0, 500) ?? null,
		acceptedAt: quoted.quote.quotedAt
	});
}
