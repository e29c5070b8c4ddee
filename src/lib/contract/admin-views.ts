// What the supplier's screens of its invoices, clients, payments and books show.
import type { Minor } from '../domain/money/minor.ts';
import type { CivilDate } from '../domain/calendar/civil-date.ts';
import type { EntryKind } from '../domain/ledger/entries.ts';
import type {
	CutOff,
	CutOffRefund,
	DeclaredView,
	DiscountView,
	InvoiceView,
	OptionView,
	PaymentView,
	PlanView,
	SupplierView
} from './views.ts';
import type { Role } from '../domain/access/scope.ts';
import type { Silence } from '../domain/payments/silence.ts';
import type { Latest, Page } from './lists.ts';
import type { Words } from '../domain/points/programme.ts';
import type { AgreedTerms } from '../domain/invoices/agreed-terms.ts';
import type { Hold } from '../domain/invoices/hold.ts';
import type { MailKind, MailState } from '../domain/mail/kinds.ts';
import type { AttemptStatus } from '../domain/payments/attempt-status.ts';
import type { ClientKind, ClientKindFrom } from '../domain/invoices/client-kind.ts';
import type { ClientGroupView, DiscountCostView } from './offer-views.ts';
import type { ClientPointsCard } from './points-views.ts';
import type { ReversalKind } from '../domain/payments/reversals.ts';

export type BalanceView = {
	account: string;
	isFormer: boolean;
	/** Held by Stripe of what is in the books, and what the books say is held. */
	balanceMinor: Minor;
	booksMinor: Minor;
	/** On the account as well, and outside of the books. */
	outsideMinor: Minor;
	comparedAt: Date;
};
/** Refunds of the last weeks that failed, the money not given back since: the client still waits for it. */
export type FailedRefundView = {
	paymentId: string;
	receiptNumber: string;
	clientName: string;
	amountMinor: Minor;
	currency: string;
};
/**
 * What clients owe in one currency, from the balances of the journal. `balanceMinor` (all of it, 411 of the invoices) is always `openMinor` +
 * `busyMinor` + `elsewhereMinor` - `creditMinor`.
 */
export type OutstandingView = {
	currency: string;
	balanceMinor: Minor;
	/** Payable here today. */
	openMinor: Minor;
	lateMinor: Minor;
	/** Payable here, and being taken: debits under way, instalments of plans to come. */
	busyMinor: Minor;
	underWayMinor: Minor;
	/** Owed, and not payable here: another currency, another payee, debited by the supplier… */
	elsewhereMinor: Minor;
	/** Credit notes and invoices paid too much. */
	creditMinor: Minor;
	openCount: number;
	lateCount: number;
};
export type PayLinkView = {
	payLinkId: string;
	contactName: string;
	contactEmail: string;
	number: string;
	invoiceId: string;
	createdAt: Date;
	expiresAt: Date;
	revokedAt: Date | null;
};
export type EntryView = {
	entryId: string;
	bookedOn: CivilDate;
	kind: EntryKind;
	currency: string;
	account: string;
	rateBps: number | null;
	clientName: string | null;
	number: string | null;
	/** What proves the entry: a receipt, an invoice, a credit note, or the object at Stripe. */
	piece: string | null;
	/** The line is about a credit note that the supplier brought in. */
	isCredit: boolean;
	debitMinor: Minor;
	creditMinor: Minor;
};
export type PeriodView = { currency: string; entryCount: number; debitMinor: Minor; creditMinor: Minor };
export type AdminFrame = {
	supplier: SupplierView;
	personName: string;
	role: Role;
	mayRefund: boolean;
	mayPublish: boolean;
};
export type SilenceView = { account: string; silence: Silence; since: Date; former: boolean };
export type Dashboard = {
	/** The balance of each account at Stripe beside 511, as it was compared last. */
	balances: BalanceView[];
	/** Objects at Stripe that could not be settled, since when. */
	unsettled: Latest<{ objectId: string; since: Date }>;
	/** In euros. `receivableMinor` is what clients owe in all: account 411. */
	totals: OutstandingView & { receivableMinor: Minor; claimMinor: Minor };
	/** What is owed in other currencies, each by itself. */
	otherCurrencies: { currency: string; receivableMinor: Minor }[];
	/** The first of them; how many there are stands in `totals` and beside. */
	late: InvoiceView[];
	underWay: InvoiceView[];
	underWayCount: number;
	payments: PaymentView[];
	gaps: Latest<{ account: string; day: CivilDate; stripeMinor: Minor; ledgerMinor: Minor }>;
	mailProblems: Latest<ContactView>;
	/** Refunds that failed: the client was told of money that did not come. */
	failedRefunds: Latest<FailedRefundView>;
	/** Movements of the bank to look at. */
	bankWaiting: number;
	/** Rewards of which nothing is left: no client sees them any more. */
	goneRewards: Words[];
};
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
	links: PayLinkView[];
	mails: Latest<{ kind: MailKind; to: string; state: MailState; problem: string | null; createdAt: Date }>;
};
export type AdminAttempt = {
	attemptId: string;
	status: AttemptStatus;
	amountMinor: Minor;
	methodLabel: string | null;
	errorCode: string | null;
	createdAt: Date;
	/** Its account was disconnected: nobody can ask what became of it. */
	cutOff: CutOff | null;
	/** What was said of it may be taken back. */
	instead: CutOff | null;
	/** What counts, and what was taken back before. */
	said: DeclaredView | null;
	saidBefore: DeclaredView[];
};
export type AdminPlan = PlanView & {
	clientId: string;
	clientName: string;
	invoices: { invoiceId: string; number: string }[];
	openMinor: Minor;
	createdAt: Date;
};
export type PlanLists = {
	/** Something was refused, or waits for the client. */
	atRisk: AdminPlan[];
	/** Instalments that fall due within seven days. */
	dueSoon: { plan: AdminPlan; dueOn: CivilDate; amountMinor: Minor }[];
	running: Page<AdminPlan>;
	ended: Page<AdminPlan>;
};
/** A person of a client, and what each of them may. */
export type ContactView = {
	contactId: string;
	name: string;
	email: string;
	isBilling: boolean;
	hasPortal: boolean;
	mayPay: boolean;
	/** The words of the server that refused the address. */
	mailProblem: string | null;
};
export type ClientLine = {
	clientId: string;
	name: string;
	kind: ClientKind;
	siren: string | null;
	openMinor: Minor;
	lateMinor: Minor;
};
export type AdminClient = {
	client: {
		clientId: string;
		name: string;
		kind: ClientKind;
		kindFrom: ClientKindFrom | null;
		siren: string | null;
		vatNumber: string | null;
	};
	contacts: ContactView[];
	groups: ClientGroupView[];
	plans: Page<AdminPlan>;
	/** null: no programme, and no points of an older one. */
	points: ClientPointsCard | null;
	/** What its discounts cost in twelve months. */
	cost: DiscountCostView;
	/** Paid beyond the invoices, and kept for the client. */
	advanceMinor: Minor;
	/** Owed for no invoice: money that went back to it twice. */
	claims: { clientId: string; currency: string; claimMinor: Minor }[];
	invoices: Page<InvoiceView>;
	payments: Page<PaymentView>;
};
export type AdminPayment = {
	payment: PaymentView;
	lines: { invoiceId: string; number: string; amountMinor: Minor }[];
	reversals: { kind: ReversalKind; amountMinor: Minor; reason: string | null; occurredAt: Date }[];
	/** Asked for, not answered yet: not on offer for another refund. */
	refundWaitingMinor: Minor;
	cutOffRefunds: CutOffRefund[];
};
export type Journal = {
	month: string;
	/** Of the whole month, whatever page is shown. */
	totals: PeriodView[];
	lines: EntryView[];
	next: string | null;
	isFirst: boolean;
};
