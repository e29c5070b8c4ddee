// More invoices were chosen than one payment takes: the payments that take them all, what falls due first before the rest. Reads only.
import { INVOICES_PER_PAYMENT } from '../../../contract/payments.ts';
import type { LotView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import { add, subtract } from '../../../domain/money/minor.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { listInvoicesOf } from '../../store/open-invoices.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { earlyOf } from '../invoices/read-portal.ts';
import { read } from '../run.ts';

/** Those with nothing left to pay are in none: whoever comes back after the first payment finds the next ones. */
export const splitChoice = (services: Services, scope: Scope, invoiceIds: string[]): Promise<LotView[]> =>
	read(services, scope, async (tx) => {
		const chosen = await listInvoicesOf(tx, scope, invoiceIds);
		const records = chosen.filter((record) => payableToday(record) > 0n);
		const supplier = await getSupplier(tx, scope);
		const early = await earlyOf(tx, scope, { supplier, records, at: services.clock.now() });
		const gainOf = new Map(early.map((one) => [one.invoiceId, one.discountMinor]));
		const lots: LotView[] = [];
		for (let at = 0; at < records.length; at += INVOICES_PER_PAYMENT) {
			const lot = records.slice(at, at + INVOICES_PER_PAYMENT);
			const [first, last] = [required(lot[0], 'first of a lot'), required(lot.at(-1), 'last of a lot')];
			lots.push({
				invoiceIds: lot.map((record) => record.invoiceId),
				// As the client's list and the page that pays them say it: the early price where there is one.
				amountMinor: subtract(
					add(...lot.map(payableToday)),
					add(...lot.flatMap((record) => gainOf.get(record.invoiceId) ?? []))
				),
				currency: first.currency,
				dueFrom: first.dueOn,
				dueTo: last.dueOn
			});
		}
		return lots;
	});
