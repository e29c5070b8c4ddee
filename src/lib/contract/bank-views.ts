// What the supplier's bank page shows.
import type { CivilDate } from '../domain/calendar/civil-date.ts';
import type { Minor } from '../domain/money/minor.ts';
import type { Certainty, Match, MatchReason } from '../domain/bank/matching.ts';
import type { Page } from './lists.ts';

/** The transaction that another file has told already, and what became of it. */
export type ToldBefore = {
	fileName: string;
	bookedOn: CivilDate;
	state: 'waiting' | 'booked' | 'aside';
	clientName: string | null;
};
export type Proposal = {
	kind: 'pay' | 'return' | 'keep';
	clientName: string;
	/** Invoices to pay, or the payment that comes back. */
	invoices: { invoiceId: string; number: string; payableMinor: Minor }[];
	paymentId: string | null;
	/** For whom the whole of it is kept. */
	clientId: string | null;
	reason: MatchReason | 'returned';
	certainty: Certainty;
	amountIs: Match['amountIs'];
	settledNumbers: string[];
};
export type BankTransactionView = {
	bankTransactionId: string;
	bookedOn: CivilDate;
	amountMinor: Minor;
	currency: string;
	counterparty: string | null;
	text: string;
	returnReason: string | null;
	isReturn: boolean;
	fileName: string;
	clientName: string | null;
	settledBy: string | null;
	/** Another file told it already, or may have. */
	toldBefore: ToldBefore | null;
	proposals: Proposal[];
};
export type BankView = {
	waiting: BankTransactionView[];
	waitingCount: number;
	waitingPage: { next: string | null; isFirst: boolean };
	booked: Page<BankTransactionView>;
	aside: Page<BankTransactionView>;
	open: { number: string; clientName: string; payableMinor: Minor; isInPlan: boolean }[];
};
