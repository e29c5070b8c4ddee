// Who a supplier is, as pages and mails say it.
import type { AboutSupplierView } from '../contract/views.ts';
import { formatPhone } from '../domain/identity/phone.ts';
import type { Locale } from '../domain/money/format.ts';
import type { Supplier } from './store/suppliers.ts';

/** In threes, as registers print it. */
const inThrees = (siren: string): string => siren.replace(/(\d{3})(?=\d)/g, '$1\u00a0');
export const aboutSupplier = (
	{ legalName, legalForm, siren, address, phone }: Supplier,
	locale: Locale
): AboutSupplierView => ({
	legalName,
	legalForm,
	siren: siren && inThrees(siren),
	town: address.town,
	phone: phone ? { number: phone, text: formatPhone(phone, locale) } : null
});
