// The supplier's first page. Reads only.
import type { Dashboard } from '../../../contract/admin-views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { add } from '../../../domain/money/minor.ts';
import type { Services } from '../../services.ts';
import { countWaitingTransactions } from '../../store/bank.ts';
import { listMailProblems } from '../../store/contacts.ts';
import type { Tx } from '../../store/database.ts';
import { countInvoices } from '../../store/invoice-pages.ts';
import { listClaims, type Outstanding, sumOutstanding } from '../../store/invoice-sums.ts';
import { type InvoiceFilter, listInvoices } from '../../store/invoices.ts';
import { listPayments } from '../../store/payments.ts';
import { listFailedRefunds } from '../../store/refund-requests.ts';
import { listGaps, readStripeBooks } from '../../store/stripe-books.ts';
import { contactView, invoiceView, paymentView } from '../invoices/views.ts';
import { readStock } from '../points/reward-stock.ts';
import { read } from '../run.ts';
import { todayOf } from './read-frame.ts';

const FAILED_REFUND_MS = 60 * 86400000;
export async function readDashboard(services: Services, scope: Scope): Promise<Dashboard> {
	return read(services, scope, async (tx) => {
		const today = await todayOf(services, tx, scope);
		const views = async (filter: Partial<InvoiceFilter>) =>
			(await listInvoices(tx, scope, { today, pageSize: 8, ...filter })).map((record) => invoiceView(record, today));
		const [[euros, ...others], claims] = await Promise.all([sumOutstanding(tx, scope, today), listClaims(tx, scope)]);
		const claimIn = (currency: string) =>
			add(...claims.filter((one) => one.currency === currency).map((one) => one.claimMinor));
		const mailProblems = await listMailProblems(tx, scope);
		const owed = (one: Outstanding) => add(one.balanceMinor, claimIn(one.currency));
		return {
			totals: { ...euros, receivableMinor: owed(euros), claimMinor: claimIn('EUR') },
			otherCurrencies: others.map((one) => ({ currency: one.currency, receivableMinor: owed(one) })),
			late: await views({ status: 'late' }),
			underWay: await views({ status: 'under_way' }),
			underWayCount: await countInvoices(tx, scope, { today, status: 'under_way' }),
			payments: (await listPayments(tx, scope, { limit: 8 })).map(paymentView),
			gaps: await readGaps(services, tx, scope),
			...(await readStripeBooks(tx, scope, services.clock.now())),
			mailProblems: { ...mailProblems, rows: mailProblems.rows.map(contactView) },
			failedRefunds: await listFailedRefunds(tx, scope, new Date(services.clock.now().getTime() - FAILED_REFUND_MS)),
			bankWaiting: await countWaitingTransactions(tx, scope),
			goneRewards: (await readStock(tx, scope, today)).filter(({ left }) => left === 0).map(({ name }) => name)
		};
	});
}

async function readGaps(services: Services, tx: Tx, scope: Scope): Promise<Dashboard['gaps']> {
	const { rows, more } = await listGaps(tx, scope, services.clock.now());
	return {
		more,
		rows: rows.map(({ stripeAccount, reconciledOn, stripeMinor, ledgerMinor }) => ({
			account: stripeAccount,
			day: reconciledOn,
			stripeMinor,
			ledgerMinor
		}))
	};
}
