// Mails about invoices and money. Each tells one fact and offers one action.
import { m } from '#lib/paraglide/messages.js';
import type { LogoView, OptionView } from '../../contract/views.ts';
import { optionSummary } from '../../i18n/offers.ts';
import { optionTitle } from '../../i18n/option-titles.ts';
import { debitDeclineText } from '../../i18n/declines.ts';
import { formatDay } from '../../domain/calendar/format.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { formatMoney, type Locale } from '../../domain/money/format.ts';
import type { Rest } from '../../domain/invoices/state.ts';
import type { Minor } from '../../domain/money/minor.ts';
import type { DeclineFamily } from '../../domain/payments/declines.ts';
import type { PaymentMethodType } from '../../domain/payments/methods.ts';
import { aboutSupplier } from '../about-supplier.ts';
import type { Supplier } from '../store/suppliers.ts';
import { dueBlock, duePreview, dueRows } from './due-block.ts';
import { renderMail, type Block, type RenderedMail } from './layout.ts';

export type PayMethod = PaymentMethodType | 'transfer';
export type To = { supplier: Supplier; logo: LogoView | null; name: string; locale: Locale };
export const mail = ({ supplier, logo, locale }: To, subject: string, preview: string, blocks: Block[]): RenderedMail =>
	renderMail({
		locale,
		subject,
		preview,
		supplierName: supplier.name,
		logo,
		brandHue: supplier.brandHue,
		blocks,
		footer: [
			m.mail_footer_person({ name: supplier.contactName, email: supplier.contactEmail }, { locale }),
			whoIs(supplier, locale),
			m.mail_footer_why({ supplier: supplier.legalName }, { locale })
		]
	});
/** Who it is, in a line: what the pay page says one tap away. */
function whoIs(supplier: Supplier, locale: Locale): string {
	const { legalName, legalForm, siren, town, phone } = aboutSupplier(supplier, locale);
	return [legalName, legalForm, siren && `SIREN ${siren}`, town, phone?.text].filter(Boolean).join(' · ');
}
export const hello = (to: To): Block => ({
	kind: 'text',
	text: m.mail_hello({ name: to.name }, { locale: to.locale })
});

function byMethods(methods: PayMethod[], locale: Locale): string[] {
	const say = { locale };
	const words: Record<PayMethod, () => string> = {
		card: () => m.mail_by_card({}, say),
		sepa_debit: () => m.mail_by_debit({}, say),
		transfer: () => m.mail_by_transfer({}, say)
	};
	const list = new Intl.ListFormat(locale === 'en' ? 'en-GB' : locale, { type: 'disjunction' });
	return methods.length ? [m.mail_invoice_by({ methods: list.format(methods.map((one) => words[one]())) }, say)] : [];
}
export function renderInvoiceMail(
	to: To,
	invoice: {
		number: string;
		amountMinor: Minor;
		currency: string;
		dueOn: CivilDate;
		/** How it can be paid. */
		methods: PayMethod[];
		/** The choices besides paying all of it now. */
		options: OptionView[];
		url: string;
	}
): RenderedMail {
	const say = { locale: to.locale };
	const amount = formatMoney(invoice.amountMinor, invoice.currency, to.locale);
	const due = formatDay(invoice.dueOn, to.locale);
	const choices = invoice.options.map((option): [string, string] => [
		optionTitle(option, to.locale),
		optionSummary(option, invoice.currency, to.locale)
	]);
	return mail(
		to,
		m.mail_invoice_subject({ number: invoice.number, supplier: to.supplier.name, amount }, say),
		m.mail_invoice_preview({ amount, due }, say),
		[
			hello(to),
			{ kind: 'text', text: m.mail_invoice_text({ number: invoice.number }, say) },
			{ kind: 'amount', label: m.amount_left({}, say), text: amount, note: m.due_on({ date: due }, say) },
			...(choices.length ? [{ kind: 'facts' as const, rows: choices }] : []),
			{ kind: 'button', label: m.mail_invoice_button({}, say), url: invoice.url },
			{ kind: 'small', text: [...byMethods(invoice.methods, to.locale), m.mail_invoice_note({}, say)].join(' ') }
		]
	);
}

export function renderReceiptMail(
	to: To,
	payment: {
		receiptNumber: string;
		amountMinor: Minor;
		currency: string;
		paidOn: CivilDate;
		methodLabel: string;
		numbers: string;
		creditMinor: Minor;
		due: Rest;
		discounts: { reason: string; amountMinor: Minor; documentNumber: string | null }[];
		/** What it earned, in words. */
		points: string | null;
	}
): RenderedMail {
	const say = { locale: to.locale };
	const amount = formatMoney(payment.amountMinor, payment.currency, to.locale);
	const notes = payment.discounts.flatMap((one) => one.documentNumber ?? []);
	return mail(
		to,
		m.mail_receipt_subject({ amount, number: payment.receiptNumber }, say),
		payment.numbers ? m.mail_receipt_preview({ numbers: payment.numbers }, say) : m.mail_receipt_kept_preview({}, say),
		[
			hello(to),
			{ kind: 'text', text: m.mail_receipt_text({}, say) },
			{
				kind: 'amount',
				label: m.amount_received({}, say),
				text: amount,
				note: m.paid_on({ date: formatDay(payment.paidOn, to.locale) }, say)
			},
			{
				kind: 'facts',
				rows: [
					[m.receipt({}, say), payment.receiptNumber],
					...(payment.numbers ? [[m.invoices_paid({}, say), payment.numbers] as [string, string]] : []),
					...(payment.creditMinor > 0n
						? [
								[m.receipt_kept({}, say), formatMoney(payment.creditMinor, payment.currency, to.locale)] as [
									string,
									string
								]
							]
						: []),
					[m.paid_with({}, say), payment.methodLabel],
					...payment.discounts.map((one): [string, string] => [
						one.reason === 'points' ? m.mail_receipt_points({}, say) : m.mail_receipt_discount({}, say),
						formatMoney(one.amountMinor, payment.currency, to.locale)
					]),
					...(payment.points ? [[m.nav_points({}, say), payment.points] as [string, string]] : []),
					...dueRows({ ...payment.due, currency: payment.currency }, to.locale)
				]
			},
			{
				kind: 'small',
				text: notes.length
					? m.mail_receipt_credit_note({ number: notes.join(', ') }, say)
					: payment.numbers
						? m.mail_receipt_attached({}, say)
						: m.mail_receipt_attached_kept({}, say)
			}
		]
	);
}

export function renderDebitNotice(
	to: To,
	debit: {
		amountMinor: Minor;
		currency: string;
		numbers: string;
		methodLabel: string;
		mandate: string;
		expectedOn: CivilDate;
	}
): RenderedMail {
	const say = { locale: to.locale };
	const amount = formatMoney(debit.amountMinor, debit.currency, to.locale);
	return mail(
		to,
		m.mail_debit_subject({ amount }, say),
		m.mail_debit_preview({ date: formatDay(debit.expectedOn, to.locale) }, say),
		[
			hello(to),
			{ kind: 'text', text: m.mail_debit_text({ amount, numbers: debit.numbers }, say) },
			{
				kind: 'facts',
				rows: [
					[m.mail_debit_account({}, say), debit.methodLabel],
					[m.mail_debit_mandate({}, say), debit.mandate],
					[m.mail_debit_creditor({}, say), to.supplier.legalName],
					[m.mail_debit_result({}, say), formatDay(debit.expectedOn, to.locale)]
				]
			},
			{ kind: 'small', text: m.mail_debit_rights({}, say) }
		]
	);
}

/** A debit that came to nothing: what is to be paid of its invoices now, which somebody may have paid otherwise meanwhile. */
export function renderFailedMail(
	to: To,
	failed: {
		amountMinor: Minor;
		currency: string;
		numbers: string;
		family: DeclineFamily;
		due: Rest & { numbers: string };
		url: string;
	}
): RenderedMail {
	const say = { locale: to.locale };
	const amount = formatMoney(failed.amountMinor, failed.currency, to.locale);
	const due = { ...failed.due, currency: failed.currency };
	return mail(to, m.mail_failed_subject({ numbers: failed.numbers }, say), duePreview(due, to.locale), [
		hello(to),
		{ kind: 'text', text: m.mail_failed_text({ amount, numbers: failed.numbers }, say) },
		{ kind: 'text', text: debitDeclineText(failed.family, to.locale) },
		dueBlock(due, to.locale),
		...(due.payableMinor > 0n
			? [{ kind: 'button' as const, label: m.mail_failed_button({}, say), url: failed.url }]
			: [])
	]);
}
