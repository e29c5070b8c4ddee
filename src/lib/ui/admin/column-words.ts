// What a column of a list may be, in words. The keys are those of the reader.
import { m } from '#lib/paraglide/messages.js';

/** `many`: the one name that several columns may bear; `needed`: what must be said before the list can be read. */
export type ColumnWords = { names: Record<string, () => string>; needed: () => string; many?: string };
const INVOICE_COLUMNS: Record<string, () => string> = {
	number: m.column_number,
	type: m.column_type,
	status: m.column_status,
	issuedOn: m.column_issued_on,
	dueOn: m.column_due_on,
	client: m.column_client,
	email: m.column_email,
	siren: m.column_siren,
	vatNumber: m.column_vat_number,
	net: m.column_net,
	vat: m.column_vat,
	gross: m.column_gross,
	paid: m.column_paid,
	due: m.column_due,
	vatRate: m.column_vat_rate,
	currency: m.column_currency,
	payeeAccount: m.column_payee_account,
	item: m.column_item,
	lineNet: m.column_line_net,
	lineVat: m.column_line_vat,
	lineGross: m.column_line_gross
};
export const INVOICE_LIST: ColumnWords = { names: INVOICE_COLUMNS, needed: m.columns_needed };
export const BANK_LIST: ColumnWords = {
	names: {
		bookedOn: m.bank_column_booked_on,
		valueOn: m.bank_column_value_on,
		amount: m.bank_column_amount,
		credit: m.bank_column_credit,
		debit: m.bank_column_debit,
		direction: m.bank_column_direction,
		text: m.bank_column_text,
		counterparty: m.bank_column_counterparty,
		counterpartyIban: m.bank_column_counterparty_iban,
		bankReference: m.bank_column_reference,
		account: m.bank_column_account,
		currency: m.column_currency,
		state: m.column_status
	},
	needed: m.bank_columns_needed,
	many: 'text'
};
