// The bank as the supplier sees it: transactions to look at, each with what it may pay; those that were settled, newest first.
import type { Proposal, BankTransactionView, BankView } from '../../../contract/bank-views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { Match } from '../../../domain/bank/matching.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import { ZERO } from '../../../domain/money/minor.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { countWaitingTransactions, listBankTransactions, type BankTransactionListing } from '../../store/bank.ts';
import type { Tx } from '../../store/database.ts';
import { listOpenInvoices } from '../../store/invoices.ts';
import { pageOf } from '../page.ts';
import { read } from '../run.ts';
import { findCandidates, findMatches, readMatchingFacts, type MatchingFacts, type Settled } from './find-matches.ts';

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
				(ask) => listBankTransactions(tx, scope, { state, ...ask }),
				(one) => one.bankTransactionId
			);
		const settled = async (after: string | null, state: 'booked' | 'aside') => {
			const { rows, ...place } = await page(after, SETTLED, state);
			return { ...place, rows: rows.map((transaction) => viewOf(transaction, [])) };
		};
		const { rows: transactions, ...waitingPage } = await page(waitingAfter, QUEUE, 'waiting');
		const facts = await readMatchingFacts(tx, scope, await findCandidates(tx, scope, transactions));
		const waiting = [];
		for (const transaction of transactions) {
			const { matches, returns, settled } = await findMatches(tx, scope, facts, transaction);
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
			waiting.push(viewOf(transaction, proposals));
		}
		return {
			waiting,
			waitingCount: await countWaitingTransactions(tx, scope),
			waitingPage,
			booked: await settled(bookedAfter, 'booked'),
			aside: await settled(asideAfter, 'aside'),
			open: transactions.length ? await suggestions(tx, scope) : []
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
const viewOf = (transaction: BankTransactionListing, proposals: Proposal[]): BankTransactionView => ({
	bankTransactionId: transaction.bankTransactionId,
	bookedOn: transaction.bookedOn,
	amountMinor: transaction.amountMinor,
	currency: transaction.currency,
	counterparty: transaction.counterparty,
	text: transaction.text,
	returnReason: transaction.returnReason,
	isReturn: transaction.isReturn,
	fileName: transaction.fileName,
	clientName: transaction.clientName,
	settledBy: transaction.settledBy,
	toldBefore: transaction.toldBefore,
	proposals
});
