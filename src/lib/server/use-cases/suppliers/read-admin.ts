// The supplier's screens. Reads only; every figure comes from the ledger.
import { optionViews } from '../../../contract/option-views.ts';
import type { DiscountView, InvoiceView, OptionView, PaymentView, SupplierView } from '../../../contract/views.ts';
import { may, type Role, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { isHeld, type Hold } from '../../../domain/invoices/hold.ts';
import type { AgreedTerms } from '../../../domain/invoices/agreed-terms.ts';
import { mayBeConsumer } from '../../../domain/invoices/client-kind.ts';
import { add, minor, type Minor } from '../../../domain/money/minor.ts';
import type { Words } from '../../../domain/points/programme.ts';
import type { Services } from '../../services.ts';
import { countWaitingTransactions } from '../../store/bank.ts';
import { listPayLinks, type PayLinkListing } from '../../store/access.ts';
import { listAttemptsOfInvoice } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { hasPdf } from '../../store/documents.ts';
import { findInvoice, listInvoices, type InvoiceFilter } from '../../store/invoices.ts';
import { countInvoices, listInvoicesBehind } from '../../store/invoice-pages.ts';
import { listClaims, sumOutstanding, type Outstanding } from '../../store/invoice-sums.ts';
import type { Latest } from '../../store/latest.ts';
import { listAcceptances } from '../../store/offers.ts';
import { listPlansOfInvoices } from '../../store/plans.ts';
import { adminAttempts, type AdminAttempt } from './admin-attempts.ts';
import { readReductions } from '../offers/discount-view.ts';
import { quoteInvoices } from '../offers/quote-invoices.ts';
import { adminPlans, type AdminPlan } from '../plans/manage-plans.ts';
import { listLatestMails, type MailRow } from '../../store/mails.ts';
import { findMember, getSupplier, listMailProblems, type Contact } from '../../store/parties.ts';
import { listPayments } from '../../store/payments.ts';
import { listFailedRefunds, type FailedRefund } from '../../store/refund-requests.ts';
import { listGaps, readStripeBooks, type StripeBooks } from '../../store/stripe-books.ts';
import type { MailKind, MailState } from '../../store/schema/index.ts';
import { pageOf } from '../page.ts';
import { readStock } from '../points/reward-stock.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { invoiceView, paymentView, supplierView } from '../invoices/views.ts';

export type AdminFrame = {
	supplier: SupplierView;
	personName: string;
	role: Role;
	mayRefund: boolean;
	mayPublish: boolean;
};
export async function readAdminFrame(services: Services, scope: Scope): Promise<AdminFrame> {
	return read(services, scope, async (tx) => {
		const { actor } = scope;
		const person = actor.kind === 'member' ? await findMember(tx, scope, actor.memberId) : null;
		return {
			supplier: supplierView(await getSupplier(tx, scope)),
			personName: person?.name ?? '',
			role: person?.role ?? 'read_only',
			mayRefund: may(actor, 'refund'),
			mayPublish: may(actor, 'publish_offers')
		};
	});
}

export const todayOf = async (services: Services, tx: Tx, scope: Scope): Promise<CivilDate> =>
	civilDateIn(services.clock.now(), (await getSupplier(tx, scope)).timeZone);

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
const FAILED_REFUND_MS = 60 * 86_400_000;
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

const INVOICES_SHOWN = 50;
export async function readInvoiceList(
	services: Services,
	scope: Scope,
	{ after = null, ...filter }: Omit<InvoiceFilter, 'today' | 'pageSize'> & { after?: string | null }
): Promise<{ invoices: InvoiceView[]; next: string | null; isFirst: boolean }> {
	return read(services, scope, async (tx) => {
		const today = await todayOf(services, tx, scope);
		const { rows, ...page } = await pageOf(
			{ after, size: INVOICES_SHOWN },
			({ after: place, limit }) => {
				const [id = null, left] = place?.split('.') ?? [];
				const afterSize = left === undefined ? null : minor(BigInt(left));
				return listInvoicesBehind(tx, scope, { ...filter, today, after: id, afterSize, limit });
			},
			// What is left of it may be another sum by then.
			({ invoiceId, balanceMinor }) =>
				filter.sort === 'amount' ? `${invoiceId}.${balanceMinor < 0n ? -balanceMinor : balanceMinor}` : invoiceId
		);
		return { invoices: rows.map((record) => invoiceView(record, today)), ...page };
	});
}

export type AdminInvoice = {
	invoice: InvoiceView;
	clientId: string;
	paymentReference: string;
	termsText: string | null;
	agreed: AgreedTerms | null;
	hasPdf: boolean;
	deliveredOn: CivilDate | null;
	/** A consumer’s instalments are counted from the day of delivery. */
	mayBeConsumer: boolean;
	/** null once it is over. */
	hold: Hold | null;
	attempts: Latest<AdminAttempt>;
	payments: PaymentView[];
	discounts: DiscountView[];
	plans: AdminPlan[];
	/** What the client may choose today, and which of it it accepted before. */
	options: OptionView[];
	accepted: {
		option: string;
		amountMinor: Minor;
		discountMinor: Minor;
		termsText: string;
		acceptedAt: Date;
		ip: string | null;
	}[];
	links: PayLinkListing[];
	mails: Latest<{ kind: MailKind; to: string; state: MailState; problem: string | null; createdAt: Date }>;
};
const mailView = ({ kind, toAddress, state, problem, createdAt }: MailRow) => ({
	kind,
	to: toAddress,
	state,
	problem,
	createdAt
});
export async function readAdminInvoice(
	services: Services,
	scope: Scope,
	invoiceId: string
): Promise<Result<AdminInvoice>> {
	return read(services, scope, async (tx) => {
		const record = await findInvoice(tx, scope, invoiceId);
		if (!record) return refuse('not_found');
		const { rows: attempts, more } = await listAttemptsOfInvoice(tx, scope, invoiceId);
		const mails = await listLatestMails(tx, scope, { subjectId: invoiceId });
		const supplier = await getSupplier(tx, scope);
		const quoted = await quoteInvoices(tx, scope, { supplier, records: [record], at: services.clock.now() });
		const plans = await listPlansOfInvoices(tx, scope, [invoiceId], { running: false });
		const { today } = quoted.quote;
		return done({
			invoice: invoiceView(record, today),
			clientId: record.clientId,
			paymentReference: record.paymentReference,
			termsText: record.termsText,
			agreed: record.agreed,
			hasPdf: await hasPdf(tx, scope, invoiceId),
			deliveredOn: record.deliveredOn,
			mayBeConsumer: mayBeConsumer(record.clientKind),
			hold: isHeld(record, today) ? { holdReason: record.holdReason, holdUntil: record.holdUntil } : null,
			attempts: { more, rows: await adminAttempts(tx, scope, attempts, { today, timeZone: supplier.timeZone }) },
			payments: (await listPayments(tx, scope, { invoiceId })).map(paymentView),
			discounts: await readReductions(tx, scope, invoiceId, supplier.timeZone),
			plans: await adminPlans(
				tx,
				scope,
				plans.map((plan) => ({ ...plan, clientName: record.clientName })),
				today
			),
			options: optionViews(quoted),
			accepted: (
				await listAcceptances(
					tx,
					scope,
					attempts.map((attempt) => attempt.attemptId)
				)
			).map(({ option, amountMinor, discountMinor, termsText, acceptedAt, ip }) => ({
				option,
				amountMinor,
				discountMinor,
				termsText,
				acceptedAt,
				ip
			})),
			links: await listPayLinks(tx, scope, { invoiceId }),
			mails: { more: mails.more, rows: mails.rows.map(mailView) }
		});
	});
}
