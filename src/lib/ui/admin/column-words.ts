// What a column of a list may be, in words. The keys are those of the reader.
import { m } from '#lib/paraglide/messages.js';

export const COLUMN_WORDS: Record<string, () => string> = {
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
	item: m.column_item,
	lineNet: m.column_line_net,
	lineVat: m.column_line_vat,
	lineGross: m.column_line_gross
};
