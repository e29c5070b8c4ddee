// Open invoices with the prices of today, for a spreadsheet. Reads only; the prices are the quote engine's.
import { optionView } from '../../../contract/option-views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import type { Services } from '../../services.ts';
import { listInvoices, type InvoiceRecord } from '../../store/invoices.ts';
import { getSupplier } from '../../store/parties.ts';
import { quoteInvoices } from '../offers/quote-invoices.ts';
import { read } from '../run.ts';

export type PricedInvoice = Pick<
	InvoiceRecord,
	'number' | 'issuedOn' | 'dueOn' | 'clientName' | 'currency' | 'grossMinor' | 'balanceMinor'
> & {
	nowMinor: Minor | null;
	early: { amountMinor: Minor; discountMinor: Minor; lastDay: CivilDate | null } | null;
	plans: number[];
};
const PAGE = 200;
/** What a spreadsheet is for; more is the API's work. */
const EXPORT_MAX = 2000;

/** What falls due first comes first. */
export async function exportInvoices(services: Services, scope: Scope): Promise<PricedInvoice[]> {
	const priced: PricedInvoice[] = [];
	for (let page = 1; priced.length < EXPORT_MAX; page++) {
		const more = await read(services, scope, async (tx) => {
			const supplier = await getSupplier(tx, scope);
			const at = services.clock.now();
			const today = civilDateIn(at, supplier.timeZone);
			const list = await listInvoices(tx, scope, { today, status: 'open', page, pageSize: PAGE });
			for (const record of list.invoices) {
				const { quote } = await quoteInvoices(tx, scope, { supplier, records: [record], at });
				const views = quote.options.map((option) => optionView(option, quote, supplier.timeZone));
				const early = views.find((view) => view.kind === 'early');
				priced.push({
					...record,
					nowMinor: views.find((view) => view.kind === 'now')?.amountMinor ?? null,
					early: early
						? { amountMinor: early.amountMinor, discountMinor: early.discountMinor, lastDay: early.lastDay }
						: null,
					plans: views.flatMap((view) => (view.kind === 'plan_2' ? [2] : view.kind === 'plan_3' ? [3] : []))
				});
			}
			return list.hasMore;
		});
		if (!more) break;
	}
	return priced;
}
