// The bank as the supplier sees it: movements to look at, each with what it may pay; those that were settled, newest first.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Certainty, Match, MatchReason } from '../../../domain/bank/matching.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { ZERO, type Minor } from '../../../domain/money/minor.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { countWaitingEntries, listBankEntries, type BankEntryListing } from '../../store/bank.ts';
import type { Tx } from '../../store/database.ts';
import { listOpenInvoices } from '../../store/invoices.ts';
import { pageOf, type Page } from '../page.ts';
import { read } from '../run.ts';
import { findCandidates, findMatches, readMatchingFacts, type MatchingFacts, type Settled } from './find-matches.ts';

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
export type BankEntryView = {
	bankEntryId: string;
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
	toldBefore: BankEntryListing['toldBefore'];
	proposals: Proposal[];
};
export type BankView = {
	waiting: BankEntryView[];
	waitingCount: number;
	waitingPage: { next: string | null; isFirst: boolean };
	booked: Page<BankEntryView>;
	aside: Page<BankEntryView>;
	open: { number: string; clientName: string; payableMinor: Minor; isInPlan: boolean }[];
};
const QUEUE = 50;
const SETTLED = 30;

/** Where a page of each list begins. */
export type BankPlaces = { waitingAfter?: string | null; bookedAfter?: string | null; asideAfter?: string | null };
export const readBank = (
	services: Services,
	scope: Scope,
	{ waitingAfter = null, bookedAfter = null, asideAfter = null }: BankPlaces = {}
): Promise<BankView> =>
	read(services, scope, async (tx) => {
		const page = (after: string | null, size: number, state: 'waiting' | 'booked' | 'aside') =>
			pageOf(
				{ after, size },
				(ask) => listBankEntries(tx, scope, { state, ...ask }),
				(one) => one.bankEntryId
			);
		const settled = async (after: string | null, state: 'booked' | 'aside') => {
			const { rows, ...place } = await page(after, SETTLED, state);
			return { ...place, rows: rows.map((entry) => viewOf(entry, [])) };
		};
		const { rows: entries, ...waitingPage } = await page(waitingAfter, QUEUE, 'waiting');
		const facts = await readMatchingFacts(tx, scope, await findCandidates(tx, scope, entries));
		const waiting = [];
		for (const entry of entries) {
			const { matches, returns, settled } = await findMatches(tx, scope, facts, entry);
			const proposals: Proposal[] = [
				...matches.map((match) => proposalOf(facts, match)),
				...returns.map(({ payment, certainty }) => ({
					kind: 'return' as const,
					clientName: payment.clientName,
					invoices: payment.numbers.map((number) => ({ invoiceId: '', number, payableMinor: payment.standingMinor })),
					paymentId: payment.paymentId,
					clientId: null,
					reason: 'returned' as const,
					certainty,
					amountIs: 'exact' as const,
					settledNumbers: []
				})),
				...settled.map(keepingOf)
			];
			waiting.push(viewOf(entry, proposals));
		}
		return {
			waiting,
			waitingCount: await countWaitingEntries(tx, scope),
			waitingPage,
			booked: await settled(bookedAfter, 'booked'),
			aside: await settled(asideAfter, 'aside'),
			open: entries.length ? await suggestions(tx, scope) : []
		};
	});

/** Numbers to choose from while one is typed: the oldest that are open. Any other is found by its number all the same. */
async function suggestions(tx: Tx, scope: Scope): Promise<BankView['open']> {
	const records = await listOpenInvoices(tx, scope, { limit: SUGGESTED });
	return records.map((record) => ({
		number: record.number,
		clientName: record.clientName,
		payableMinor: payableToday(record),
		isInPlan: record.plannedMinor > 0n
	}));
}
const SUGGESTED = 300;

const proposalOf = ({ records }: MatchingFacts, match: Match): Proposal => ({
	kind: 'pay',
	clientName: match.clientName,
	invoices: match.invoiceIds.map((invoiceId) => {
		const record = required(records.get(invoiceId), 'open invoice');
		return { invoiceId, number: record.number, payableMinor: payableToday(record) };
	}),
	paymentId: null,
	clientId: null,
	reason: match.reason,
	certainty: match.certainty,
	amountIs: match.amountIs,
	settledNumbers: match.settledNumbers
});
const keepingOf = ({ clientId, clientName, numbers, reason }: Settled): Proposal => ({
	kind: 'keep',
	clientName,
	invoices: numbers.map((number) => ({ invoiceId: '', number, payableMinor: ZERO })),
	paymentId: null,
	clientId,
	reason,
	certainty: 'possible',
	amountIs: 'kept',
	settledNumbers: []
});
const viewOf = (entry: BankEntryListing, proposals: Proposal[]): BankEntryView => ({
	bankEntryId: entry.bankEntryId,
	bookedOn: entry.bookedOn,
	amountMinor: entry.amountMinor,
	currency: entry.currency,
	counterparty: entry.counterparty,
	text: entry.text,
	returnReason: entry.returnReason,
	isReturn: entry.isReturn,
	fileName: entry.fileName,
	clientName: entry.clientName,
	settledBy: entry.settledBy,
	toldBefore: entry.toldBefore,
	proposals
});
