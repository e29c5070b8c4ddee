// The supplier's first page. Reads only.
import type { InvoiceView, PaymentView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { add, type Minor } from '../../../domain/money/minor.ts';
import type { Words } from '../../../domain/points/programme.ts';
import type { Services } from '../../services.ts';
import { countWaitingTransactions } from '../../store/bank.ts';
import { type Contact, listMailProblems } from '../../store/contacts.ts';
import type { Tx } from '../../store/database.ts';
import { countInvoices } from '../../store/invoice-pages.ts';
import { listClaims, type Outstanding, sumOutstanding } from '../../store/invoice-sums.ts';
import { type InvoiceFilter, listInvoices } from '../../store/invoices.ts';
import type { Latest } from '../../store/latest.ts';
import { listPayments } from '../../store/payments.ts';
import { type FailedRefund, listFailedRefunds } from '../../store/refund-requests.ts';
import { listGaps, readStripeBooks, type StripeBooks } from '../../store/stripe-books.ts';
import { invoiceView, paymentView } from '../invoices/views.ts';
import { readStock } from '../points/reward-stock.ts';
import { read } from '../run.ts';
import { todayOf } from './read-frame.ts';

export type Dashboard = StripeBooks & {
	/** In euros. `receivableMinor` is what clients owe in all: account 411. */
	totals: Outstanding & { receivableMinor: Minor; claimMinor: Minor };
	/** What is owed in other currencies, each by itself. */
	otherCurrencies: { currency: string; receivableMinor: Minor }[];
	/** The first of them; how many there are stands in `totals` and beside. */
	late: InvoiceView[];
	underWay: InvoiceView[];
	underWayCount: number;
	payments: PaymentView[];
	gaps: Latest<{ account: string; day: CivilDate; stripeMinor: Minor; ledgerMinor: Minor }>;
	mailProblems: Latest<Contact>;
	/** Refunds that failed: the client was told of money that did not come. */
	failedRefunds: Latest<FailedRefund>;
	/** Movements of the bank to look at. */
	bankWaiting: number;
	/** Rewards of which nothing is left: no client sees them any more. */
	goneRewards: Words[];
};
const FAILED_REFUND_MS = 60 * 86400000;
export async function readDashboard(services: Services, scope: Scope): Promise<Dashboard> {
	return read(services, scope, async (tx) => {
		const today = await todayOf(services, tx, scope);
		const views = async (filter: Partial<InvoiceFilter>) =>
			(await listInvoices(tx, scope, { today, pageSize: 8, ...filter })).map((record) => invoiceView(record, today));
		const [[euros, ...others], claims] = await Promise.all([sumOutstanding(tx, scope, today), listClaims(tx, scope)]);
		const claimIn = (currency: string) =>
			add(...claims.filter((one) => one.currency === currency).map((one) => one.claimMinor));
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
			mailProblems: await listMailProblems(tx, scope),
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
