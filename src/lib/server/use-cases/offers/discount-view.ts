// A discount, given or taken back, as screens show it.
import type { DiscountView } from '../../../contract/views.ts';
import { minor } from '../../../domain/money/minor.ts';
import type { DiscountListing } from '../../store/discounts.ts';

export const discountView = (row: DiscountListing): DiscountView => ({
	discountId: row.discountId,
	kind: row.kind,
	reason: row.reason,
	number: row.number,
	documentNumber: row.documentNumber,
	amountMinor: row.amountMinor,
	vatMinor: minor(row.vat.reduce((sum, part) => sum + part.vatMinor, 0n)),
	currency: row.currency,
	happenedOn: row.happenedOn
});
