// What a client may choose today for some of its invoices: gathers the facts, asks the quote engine. The only caller of quote() on the server, so
// that page, mail, Stripe call and API show the same price.
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { isDeposit } from '../../../domain/invoices/document.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import { NO_OFFER } from '../../../domain/offers/policy.ts';
import { quote, type Quote, type QuoteInput } from '../../../domain/offers/quote.ts';
import { resolvePolicy } from '../../../domain/offers/resolve-policy.ts';
import { required } from '../../../domain/required.ts';
import type { Tx } from '../../store/database.ts';
import { listDiscounted } from '../../store/discounts.ts';
import { listVatLinesOf, type InvoiceRecord } from '../../store/invoices.ts';
import { isNeverLate, listLivePolicies, type LivePolicy } from '../../store/offers.ts';
import { readPlanHistory } from '../../store/plan-history.ts';
import type { Supplier } from '../../store/parties.ts';

export type Quoted = { quote: Quote; input: QuoteInput; policyId: string | null };
type Asked = { supplier: Supplier; records: InvoiceRecord[]; at: Date };

/** `records` are of one client. Reads only. */
export async function quoteInvoices(tx: Tx, scope: Scope, asked: Asked): Promise<Quoted> {
	const { clientId } = required(asked.records[0], 'invoice');
	const { policies, groupIds } = await listLivePolicies(tx, scope, clientId);
	return quoteUnder(tx, scope, asked, resolvePolicy(policies, { clientId, groupIds }) as LivePolicy | null);
}

/** Each by itself, of any clients: what they have in common is asked once. */
export async function quoteEach(
	tx: Tx,
	scope: Scope,
	{ supplier, records, at }: Asked
): Promise<(Quoted & { record: InvoiceRecord })[]> {
	const facts = await factsOf(tx, scope, records);
	const policies = new Map<string, LivePolicy | null>();
	const quoted: (Quoted & { record: InvoiceRecord })[] = [];
	for (const record of records) {
		const { clientId } = record;
		if (!policies.has(clientId)) {
			const live = await listLivePolicies(tx, scope, clientId);
			const policy = resolvePolicy(live.policies, { clientId, groupIds: live.groupIds });
			policies.set(clientId, policy as LivePolicy | null);
		}
		const policy = policies.get(clientId) ?? null;
		quoted.push({ record, ...(await quoteUnder(tx, scope, { supplier, records: [record], at }, policy, facts)) });
	}
	return quoted;
}
type Facts = {
	vatLines: Awaited<ReturnType<typeof listVatLinesOf>>;
	discounted: Awaited<ReturnType<typeof listDiscounted>>;
};
async function factsOf(tx: Tx, scope: Scope, records: InvoiceRecord[]): Promise<Facts> {
	const invoiceIds = records.map((record) => record.invoiceId);
	const [vatLines, discounted] = await Promise.all([
		listVatLinesOf(tx, scope, invoiceIds),
		listDiscounted(tx, scope, invoiceIds)
	]);
	return { vatLines, discounted };
}

/** The same under a policy of one's choice: what a supplier sees before publishing it. */
export async function quoteUnder(
	tx: Tx,
	scope: Scope,
	{ supplier, records, at }: Asked,
	policy: (QuoteInput['policy'] & { policyId: string }) | null,
	known?: Facts,
	isPreview = false
): Promise<Quoted> {
	const first = required(records[0], 'invoice');
	const today = civilDateIn(at, supplier.timeZone);
	const asksForPast = policy?.instalments?.who === 'never_late';
	// Of a policy that is not written yet, too: the preview asks what it would say.
	const asksForHistory = isPreview || Boolean(policy?.instalments?.caution);
	const [{ vatLines, discounted }, neverLate, planHistory] = await Promise.all([
		known ?? factsOf(tx, scope, records),
		asksForPast ? isNeverLate(tx, scope, first.clientId, { today, timeZone: supplier.timeZone }) : true,
		asksForHistory ? readPlanHistory(tx, scope, first.clientId, { today, timeZone: supplier.timeZone }) : null
	]);
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
			isFactored: record.notPayableReason === 'factored',
			vatLines: vatLines.get(record.invoiceId) ?? [],
			debtMinor: record.debtMinor,
			agreed: record.agreed && { discounts: record.agreed.discounts, parts: record.agreed.parts }
		})),
		policy: policy ?? NO_OFFER,
		clientKind: first.clientKind,
		neverLate,
		planHistory,
		supplier: {
			timeZone: supplier.timeZone,
			country: supplier.address.country,
			terms: { business: supplier.businessTerms, isLargeOnlineSeller: supplier.isLargeOnlineSeller }
		},
		at
	};
	return { quote: quote(input), input, policyId: policy?.policyId ?? null };
}
