// What an invoice was lowered by, or raised by again, as screens show it: discounts, and credit notes set off against it.
import type { DiscountView } from '../../../contract/views.ts';
import { minor } from '../../../domain/money/minor.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { ZERO } from '../../../domain/money/minor.ts';
import { listCreditsOfInvoice } from '../../store/credit-uses.ts';
import type { Tx } from '../../store/database.ts';
import { listDiscounts, type DiscountListing } from '../../store/discounts.ts';

export const discountView = (row: DiscountListing): DiscountView => ({
	discountId: row.discountId,
	kind: row.kind,
	reason: row.reason,
	number: row.number,
	documentNumber: row.documentNumber,
	amountMinor: row.amountMinor,
	vatMinor: minor(row.vat.reduce((sum, share) => sum + share.vatMinor, 0n)),
	currency: row.currency,
	happenedOn: row.happenedOn
});

export async function readReductions(
	tx: Tx,
	scope: Scope,
	invoiceId: string,
	timeZone: string
): Promise<DiscountView[]> {
	const [discounts, credits] = await Promise.all([
		listDiscounts(tx, scope, { invoiceId }),
		listCreditsOfInvoice(tx, scope, invoiceId, timeZone)
	]);
	return [
		...discounts.map(discountView),
		...credits.map(({ creditUseId, creditNumber, amountMinor, currency, usedOn }): DiscountView => ({
			discountId: creditUseId,
			kind: 'granted',
			reason: 'credited',
			number: creditNumber,
			documentNumber: null,
			amountMinor,
			vatMinor: ZERO,
			currency,
			happenedOn: usedOn
		}))
	];
}
