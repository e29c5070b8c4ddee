// Open invoices with the prices of today, for a spreadsheet. Reads only; the prices are the quote engine's.
import { optionView } from '../../../contract/option-views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import type { Quote } from '../../../domain/offers/quoted.ts';
import type { Services } from '../../services.ts';
import type { InvoiceRecord } from '../../store/invoices.ts';
import { listInvoicesOf, pinOpenInvoices } from '../../store/open-invoices.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { pagesOf } from '../../store/pinned.ts';
import { quoteEach } from '../offers/quote-invoices.ts';
import { read } from '../run.ts';

export type PricedInvoice = Pick<
	InvoiceRecord,
	'invoiceId' | 'number' | 'issuedOn' | 'dueOn' | 'clientName' | 'currency' | 'grossMinor' | 'balanceMinor'
> & {
	nowMinor: Minor | null;
	early: { amountMinor: Minor; discountMinor: Minor; lastDay: CivilDate | null } | null;
	plans: number[];
};
/** Invoices of one question. */
const AT_ONCE = 200;

/**
 * What falls due first comes first: all that is open at the beginning, some at a time. Each is told as it stands when it is read; one that is settled
 * meanwhile is open no more, and left out.
 */
export async function* exportInvoices(services: Services, scope: Scope): AsyncGenerator<PricedInvoice[]> {
	const pinned = await read(services, scope, (tx) => pinOpenInvoices(tx, scope));
	for (const ids of pagesOf(pinned, AT_ONCE))
		yield await read(services, scope, async (tx) => {
			const supplier = await getSupplier(tx, scope);
			const at = services.clock.now();
			const records = (await listInvoicesOf(tx, scope, ids)).filter((record) => record.balanceMinor !== 0n);
			const quoted = await quoteEach(tx, scope, { supplier, records, at });
			return quoted.map(({ record, quote }) => pricedOf(record, quote, supplier.timeZone));
		});
}

function pricedOf(record: InvoiceRecord, quote: Quote, timeZone: string): PricedInvoice {
	const views = quote.options.map((option) => optionView(option, quote, timeZone));
	const early = views.find((view) => view.kind === 'early');
	return {
		...record,
		nowMinor: views.find((view) => view.kind === 'now')?.amountMinor ?? null,
		early: early
			? { amountMinor: early.amountMinor, discountMinor: early.discountMinor, lastDay: early.lastDay }
			: null,
		plans: views.flatMap((view) => (view.kind === 'plan_2' ? [2] : view.kind === 'plan_3' ? [3] : []))
	};
}
