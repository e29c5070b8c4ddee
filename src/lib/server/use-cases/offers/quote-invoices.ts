// What a client may choose today for some of its invoices: gathers the facts, asks the quote engine. The only caller of quote() on the server, so
// that page, mail, Stripe call and API show the same price.
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { isDeposit } from '../../../domain/invoices/document.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import { NO_OFFER } from '../../../domain/offers/policy.ts';
import { isHeld } from '../../../domain/invoices/hold.ts';
import { quote } from '../../../domain/offers/quote.ts';
import type { Quote, QuoteInput } from '../../../domain/offers/quoted.ts';
import type { PlanHistory } from '../../../domain/offers/caution.ts';
import { resolvePolicy } from '../../../domain/offers/resolve-policy.ts';
import { required } from '../../../domain/required.ts';
import type { Tx } from '../../store/database.ts';
import { listDiscounted } from '../../store/discounts.ts';
import { type InvoiceRecord } from '../../store/invoices.ts';
import { listVatLinesOf } from '../../store/invoice-vat.ts';
import { readLoyalties, type ClientLoyalty } from '../points/read-loyalty.ts';
import { listLivePolicies, listNeverLate, type LivePolicy } from '../../store/offers.ts';
import { listPlanHistories } from '../../store/plan-history.ts';
import type { Supplier } from '../../store/suppliers.ts';

export type Quoted = {
	quote: Quote;
	input: QuoteInput;
	policyId: string | null;
	/** The points programme in force; null: none. */
	loyalty: ClientLoyalty | null;
};
/** `usePoints`: of the one invoice, by a person of the client who is signed in. `foresees: false`: what a choice would earn is told to nobody. */
type Asked = { supplier: Supplier; records: InvoiceRecord[]; at: Date; usePoints?: number; foresees?: boolean };

/** `records` are of one client. Reads only. */
export async function quoteInvoices(tx: Tx, scope: Scope, asked: Asked): Promise<Quoted> {
	const { clientId } = required(asked.records[0], 'invoice');
	const under = await underWhich(tx, scope, [clientId], asked);
	const { policy, loyalty } = under(clientId);
	return quoteUnder(tx, scope, asked, policy, { loyalty });
}
type Under = { policy: LivePolicy | null; loyalty: ClientLoyalty | null };
/** The policy that applies to each client, its tier asked, and what it may earn and use. */
async function underWhich(
	tx: Tx,
	scope: Scope,
	clientIds: string[],
	{ supplier, at, foresees = true }: Pick<Asked, 'supplier' | 'at' | 'foresees'>
): Promise<(clientId: string) => Under> {
	const [{ policies, groupsOf }, loyalties] = await Promise.all([
		listLivePolicies(tx, scope, clientIds),
		readLoyalties(tx, scope, clientIds, civilDateIn(at, supplier.timeZone), { foresees })
	]);
	return (clientId) => {
		const loyalty = loyalties.get(clientId) ?? null;
		const client = { clientId, groupIds: groupsOf(clientId), tier: loyalty?.tier ?? null };
		return { policy: resolvePolicy(policies, client) as LivePolicy | null, loyalty };
	};
}

/** Each by itself, of any clients: what they have in common is asked once. */
export async function quoteEach(
	tx: Tx,
	scope: Scope,
	{ supplier, records, at }: Asked
): Promise<(Quoted & { record: InvoiceRecord })[]> {
	const clientIds = [...new Set(records.map((record) => record.clientId))];
	const under = await underWhich(tx, scope, clientIds, { supplier, at });
	const facts = await factsOf(tx, scope, { supplier, records, at }, (clientId) => asksOf(under(clientId).policy));
	const quoted: (Quoted & { record: InvoiceRecord })[] = [];
	for (const record of records) {
		const { policy, loyalty } = under(record.clientId);
		const asked = { supplier, records: [record], at };
		quoted.push({ record, ...(await quoteUnder(tx, scope, asked, policy, { facts, loyalty })) });
	}
	return quoted;
}
/** What a policy asks of a client: `past`, whether it was ever late; `history`, its plans. */
type Asks = { past: boolean; history: boolean };
const asksOf = (policy: QuoteInput['policy'] | null): Asks => ({
	past: policy?.instalments?.who === 'never_late',
	history: Boolean(policy?.instalments?.caution)
});
/** Of a policy that is not written yet: the preview asks what it would say. */
export const PREVIEW: Asks = { past: false, history: true };
type Facts = {
	vatLines: Awaited<ReturnType<typeof listVatLinesOf>>;
	discounted: Awaited<ReturnType<typeof listDiscounted>>;
	/** null: not asked. */
	neverLate: Set<string> | null;
	histories: Map<string, PlanHistory> | null;
};
/** What quotes of these invoices ask, once for all. */
export async function factsOf(
	tx: Tx,
	scope: Scope,
	{ supplier: { timeZone }, records, at }: Asked,
	asksOfClient: (clientId: string) => Asks
): Promise<Facts> {
	const invoiceIds = records.map((record) => record.invoiceId);
	const clientIds = [...new Set(records.map((record) => record.clientId))];
	const [past, history] = [
		clientIds.filter((id) => asksOfClient(id).past),
		clientIds.filter((id) => asksOfClient(id).history)
	];
	const on = { today: civilDateIn(at, timeZone), timeZone };
	const [vatLines, discounted, neverLate, histories] = await Promise.all([
		listVatLinesOf(tx, scope, invoiceIds),
		listDiscounted(tx, scope, invoiceIds),
		past.length ? listNeverLate(tx, scope, past, on) : null,
		history.length ? listPlanHistories(tx, scope, history, on) : null
	]);
	return { vatLines, discounted, neverLate, histories };
}

type Known = { facts?: Facts; loyalty?: ClientLoyalty | null };
/** The same under a policy of one's choice: what a supplier sees before publishing it. */
export async function quoteUnder(
	tx: Tx,
	scope: Scope,
	asked: Asked,
	policy: (QuoteInput['policy'] & { policyId: string }) | null,
	{ facts, loyalty = null }: Known = {}
): Promise<Quoted> {
	const { supplier, records, at, usePoints = 0 } = asked;
	const first = required(records[0], 'invoice');
	const today = civilDateIn(at, supplier.timeZone);
	const { vatLines, discounted, neverLate, histories } =
		facts ?? (await factsOf(tx, scope, asked, () => asksOf(policy)));
	const input: QuoteInput = {
		invoices: records.map((record) => ({
			invoiceId: record.invoiceId,
			issuedOn: record.issuedOn,
			dueOn: record.dueOn,
			deliveredOn: record.deliveredOn,
			payableMinor: payableToday(record),
			freightMinor: record.freightMinor,
			isDeposit: isDeposit(record.typeCode),
			hasDiscount: discounted.has(record.invoiceId),
			netMinor: record.netMinor,
			isHeld: isHeld(record, today),
			isFactored: record.notPayableReason === 'factored',
			vatLines: vatLines.get(record.invoiceId) ?? [],
			debtMinor: record.debtMinor,
			agreed: record.agreed && { discounts: record.agreed.discounts, parts: record.agreed.parts }
		})),
		policy: policy ?? NO_OFFER,
		clientKind: first.clientKind,
		neverLate: !asksOf(policy).past || Boolean(neverLate?.has(first.clientId)),
		planHistory: histories?.get(first.clientId) ?? null,
		loyalty,
		usePoints,
		supplier: {
			timeZone: supplier.timeZone,
			country: supplier.address.country,
			terms: { business: supplier.businessTerms, isLargeOnlineSeller: supplier.isLargeOnlineSeller }
		},
		at
	};
	return { quote: quote(input), input, policyId: policy?.policyId ?? null, loyalty };
}
