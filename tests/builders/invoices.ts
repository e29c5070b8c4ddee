// The supplier that test invoices come from: the one of `aSupplier`.
import type { InvoiceSpec } from '#scripts/demo/invoice-file.ts';

export const LUMEN: InvoiceSpec['seller'] = {
	name: 'ATELIER LUMEN SARL',
	siren: '552100554',
	vatNumber: 'FR96552100554',
	address: { lines: ['1 rue X'], postalCode: '69001', town: 'Lyon', country: 'FR' },
	iban: 'FR7630006000011234567890189'
};
