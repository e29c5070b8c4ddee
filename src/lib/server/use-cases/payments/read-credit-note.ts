// The document of a discount as it is shown, mailed and printed. Null for a discount that needs none, or somebody else's.
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { DiscountVat } from '../../../domain/ledger/entries.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import type { DiscountReason } from '../../store/schema/index.ts';
import { listDiscounts } from '../../store/discounts.ts';
import { findInvoice } from '../../store/invoices.ts';
import { findClient } from '../../store/clients.ts';
import { getSupplier, issuerOf, type Issuer } from '../../store/suppliers.ts';
import { read } from '../run.ts';

export type CreditNote = {
	kind: 'granted' | 'voided';
	reason: DiscountReason;
	documentNumber: string;
	cancelsNumber: string | null;
	supplier: Issuer;
	client: { name: string; siren: string | null; vatNumber: string | null };
	number: string;
	issuedOn: CivilDate;
	happenedOn: CivilDate;
	amountMinor: Minor;
	currency: string;
	vat: DiscountVat[];
};

export async function readCreditNote(tx: Tx, scope: Scope, discountId: string): Promise<CreditNote | null> {
	const [row] = await listDiscounts(tx, scope, { discountId });
	if (!row?.documentNumber) return null;
	const [supplier, client, invoice] = await Promise.all([
		getSupplier(tx, scope),
		findClient(tx, scope, row.clientId),
		findInvoice(tx, scope, row.invoiceId)
	]);
	if (!client || !invoice) return null;
	return {
		kind: row.kind,
		reason: row.reason,
		documentNumber: row.documentNumber,
		cancelsNumber: row.cancelsNumber,
		supplier: await issuerOf(tx, scope, supplier),
		client: { name: client.name, siren: client.siren, vatNumber: client.vatNumber },
		number: row.number,
		issuedOn: invoice.issuedOn,
		happenedOn: row.happenedOn,
		amountMinor: row.amountMinor,
		currency: row.currency,
		vat: row.vat
	};
}
export const findCreditNote = (services: Services, scope: Scope, discountId: string): Promise<CreditNote | null> =>
	read(services, scope, (tx) => readCreditNote(tx, scope, discountId));
