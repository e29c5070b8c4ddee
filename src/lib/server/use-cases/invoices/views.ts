// From records to what screens show.
import type { ContactView } from '../../../contract/admin-views.ts';
import type { AboutSupplierView, InvoiceView, PaymentView, StripeView, SupplierView } from '../../../contract/views.ts';
import { daysBetween, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { initialsOf } from '../../../domain/look/initials.ts';
import { payableToday, stateOf } from '../../../domain/invoices/state.ts';
import type { Locale } from '../../../domain/money/format.ts';
import { aboutSupplier } from '../../about-supplier.ts';
import type { Config } from '../../config.ts';
import type { InvoiceRecord } from '../../store/invoices.ts';
import type { Supplier } from '../../store/suppliers.ts';
import { logoView } from '../../logo-address.ts';
import type { PaymentListing } from '../../store/payments.ts';

export const contactView = ({
	contactId,
	name,
	email,
	isBilling,
	hasPortal,
	mayPay,
	mailProblem
}: ContactView): ContactView => ({ contactId, name, email, isBilling, hasPortal, mayPay, mailProblem });

export const supplierView = (row: Supplier): SupplierView => ({
	name: row.name,
	initials: initialsOf(row.name),
	logo: logoView(row),
	hue: row.brandHue,
	contactName: row.contactName,
	contactEmail: row.contactEmail
});

/** Whose page it is. */
export const whoAsks = (row: Supplier, locale: Locale): { supplier: SupplierView; about: AboutSupplierView } => ({
	supplier: supplierView(row),
	about: aboutSupplier(row, locale)
});

/** Public values only. */
export const stripeView = (
	{ stripe, sandbox }: Pick<Config, 'stripe' | 'sandbox'>,
	supplier: Supplier
): StripeView => ({
	publishableKey: stripe.publishableKey,
	account: supplier.stripeAccount,
	scriptUrl: sandbox ? `${sandbox.jsUrl}/endive/stripe.js` : null
});

export const invoiceView = (record: InvoiceRecord, today: CivilDate): InvoiceView => ({
	invoiceId: record.invoiceId,
	number: record.number,
	typeCode: record.typeCode,
	clientName: record.clientName,
	issuedOn: record.issuedOn,
	dueOn: record.dueOn,
	dueIsDefault: record.dueIsDefault,
	daysToDue: daysBetween(today, record.dueOn),
	currency: record.currency,
	grossMinor: record.grossMinor,
	balanceMinor: record.balanceMinor,
	payableMinor: payableToday(record),
	underWayMinor: record.underWayMinor,
	state: stateOf(record, today),
	notPayableReason: record.notPayableReason,
	hasDocument: record.documentIsShown,
	hasSource: record.documentId !== null
});

export const paymentView = ({
	paymentId,
	receiptNumber,
	amountMinor,
	currency,
	paidOn,
	methodType,
	methodLabel,
	numbers,
	clientName,
	reversedMinor
}: PaymentListing): PaymentView => ({
	paymentId,
	receiptNumber,
	amountMinor,
	currency,
	paidOn,
	methodType,
	methodLabel,
	numbers,
	clientName,
	reversedMinor
});
