// Policies in versions, who is in which group, what clients accepted.
import { and, asc, desc, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { OfferTerms, toJson } from '../../contract/offers.ts';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { isDeposit } from '../../domain/invoices/document.ts';
import { minor } from '../../domain/money/minor.ts';
import type { PastInvoice } from '../../domain/offers/simulate.ts';
import type { PolicyAudience, PublishedPolicy } from '../../domain/offers/resolve-policy.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { lockSupplier } from './lock-supplier.ts';
import { clientGroupMember, offerPolicy, quoteAcceptance } from './schema/index.ts';
import { listOf } from './insert-many.ts';
import { writtenOnce } from './written-once.ts';

export type PolicyRow = Omit<typeof offerPolicy.$inferSelect, 'terms'> & { terms: OfferTerms };
const rowOf = (row: typeof offerPolicy.$inferSelect): PolicyRow => ({ ...row, terms: v.parse(OfferTerms, row.terms) });

export const audienceOf = ({
	audienceKind,
	tier,
	groupId,
	clientId
}: Pick<PolicyRow, 'audienceKind' | 'tier' | 'groupId' | 'clientId'>): PolicyAudience =>
	audienceKind === 'client'
		? { kind: 'client', clientId: required(clientId, 'client of a policy') }
		: audienceKind === 'group'
			? { kind: 'group', groupId: required(groupId, 'group of a policy') }
			: audienceKind === 'tier'
				? { kind: 'tier', tier: required(tier, 'tier of a policy') }
				: { kind: 'all' };

export type LivePolicy = PublishedPolicy & { policyId: string; name: string };
/** Published and not ended: those that clients may be offered, with the groups that each is in. */
type OfClients = { supplierId: string; clientIds: string };
const livePolicies = writtenOnce<OfClients & { most: number }>()((tx, given) =>
	tx
		.select()
		.from(offerPolicy)
		.where(
			and(
				eq(offerPolicy.supplierId, given.supplierId),
				isNotNull(offerPolicy.publishedAt),
				isNull(offerPolicy.endedAt),
				or(isNull(offerPolicy.clientId), sql`${offerPolicy.clientId} = any(${given.clientIds}::uuid[])`)
			)
		)
		.orderBy(asc(offerPolicy.publishedAt))
		.limit(given.most)
);
const groupsOfClients = writtenOnce<OfClients>()((tx, given) =>
	tx
		.select({ clientId: clientGroupMember.clientId, groupId: clientGroupMember.groupId })
		.from(clientGroupMember)
		.where(
			and(
				eq(clientGroupMember.supplierId, given.supplierId),
				sql`${clientGroupMember.clientId} = any(${given.clientIds}::uuid[])`
			)
		)
		.orderBy(asc(clientGroupMember.groupId))
);
export async function listLivePolicies(
	tx: Tx,
	scope: Scope,
	clientIds: string[]
): Promise<{ policies: LivePolicy[]; groupsOf: (clientId: string) => string[] }> {
	const of = { supplierId: scope.supplierId, clientIds: listOf(clientIds) };
	const [rows, groups] = await Promise.all([
		livePolicies(tx, { ...of, most: 200 * clientIds.length }),
		groupsOfClients(tx, of)
	]);
	return {
		policies: rows.map(rowOf).map(liveOf),
		groupsOf: (clientId) => groups.filter((group) => group.clientId === clientId).map((group) => group.groupId)
	};
}
const liveOf = (row: PolicyRow): LivePolicy => ({
	...row.terms,
	policyId: row.policyId,
	name: row.name,
	version: row.version,
	audience: audienceOf(row),
	publishedAt: required(row.publishedAt, 'publication')
});

/**
 * Of these clients, who has paid every invoice by its due date so far, and owes nothing that is past due. A SEPA debit counts from the day it was ordered
 * (docs/decisions/0017).
 */
export async function listNeverLate(
	tx: Tx,
	scope: Scope,
	clientIds: string[],
	{ today, timeZone }: { today: CivilDate; timeZone: string }
): Promise<Set<string>> {
	const rows = await tx.execute<{ client: string }>(sql`
		select c.client_id as client from unnest(${`{${clientIds.join(',')}}`}::uuid[]) as c(client_id)
		where not exists (
			select from open_item o where o.supplier_id = ${scope.supplierId} and o.client_id = c.client_id and o.due_on < ${today}
				and o.not_payable_reason is null and o.balance_minor > 0
		) and not exists (
			select from payment p
				join payment_attempt t on t.supplier_id = p.supplier_id and t.attempt_id = p.attempt_id
				join allocation a on a.supplier_id = p.supplier_id and a.payment_id = p.payment_id
				join invoice i on i.supplier_id = a.supplier_id and i.invoice_id = a.invoice_id
			where p.supplier_id = ${scope.supplierId} and p.client_id = c.client_id
				and (t.created_at at time zone ${timeZone})::date > i.due_on
		)`);
	return new Set(rows.map((row) => row.client));
}

/** What is offered to tiers of the points programme today, by name. */
export async function listTierPolicies(tx: Tx, scope: Scope): Promise<{ tier: number; name: string }[]> {
	const rows = await tx
		.select({ tier: offerPolicy.tier, name: offerPolicy.name })
		.from(offerPolicy)
		.where(
			and(
				eq(offerPolicy.supplierId, scope.supplierId),
				eq(offerPolicy.audienceKind, 'tier'),
				isNotNull(offerPolicy.publishedAt),
				isNull(offerPolicy.endedAt)
			)
		)
		.orderBy(asc(offerPolicy.tier), asc(offerPolicy.publishedAt));
	return rows.flatMap(({ tier, name }) => (tier === null ? [] : [{ tier, name }]));
}

/** Every version of every policy, drafts first, then what is live, then what has ended. */
export async function listPolicies(tx: Tx, scope: Scope): Promise<PolicyRow[]> {
	const rows = await tx
		.select()
		.from(offerPolicy)
		.where(eq(offerPolicy.supplierId, scope.supplierId))
		.orderBy(asc(offerPolicy.name), desc(offerPolicy.version))
		.limit(500);
	return rows.map(rowOf);
}
export async function listVersions(tx: Tx, scope: Scope, policyId: string): Promise<PolicyRow[]> {
	const rows = await tx
		.select()
		.from(offerPolicy)
		.where(and(eq(offerPolicy.supplierId, scope.supplierId), eq(offerPolicy.policyId, policyId)))
		.orderBy(desc(offerPolicy.version));
	return rows.map(rowOf);
}
/** The same, locked: saving and publishing are one at a time, the first draft too. */
export async function lockVersions(tx: Tx, scope: Scope, policyId: string): Promise<PolicyRow[]> {
	await lockSupplier(tx, scope);
	const rows = await tx
		.select()
		.from(offerPolicy)
		.where(and(eq(offerPolicy.supplierId, scope.supplierId), eq(offerPolicy.policyId, policyId)))
		.orderBy(desc(offerPolicy.version))
		.for('no key update');
	return rows.map(rowOf);
}

export type NewPolicy = Omit<PolicyRow, 'supplierId' | 'publishedAt' | 'endedAt'>;
export async function insertDraft(tx: Tx, scope: Scope, { terms, ...row }: NewPolicy): Promise<void> {
	await tx
		.insert(offerPolicy)
		.values({ supplierId: scope.supplierId, ...row, terms: toJson(terms), publishedAt: null, endedAt: null });
}
const thisVersion = (scope: Scope, { policyId, version }: Pick<PolicyRow, 'policyId' | 'version'>) =>
	and(
		eq(offerPolicy.supplierId, scope.supplierId),
		eq(offerPolicy.policyId, policyId),
		eq(offerPolicy.version, version)
	);
export async function saveDraft(
	tx: Tx,
	scope: Scope,
	row: Pick<
		PolicyRow,
		'policyId' | 'version' | 'name' | 'audienceKind' | 'tier' | 'groupId' | 'clientId' | 'terms' | 'updatedAt'
	>
): Promise<void> {
	const { policyId, version, terms, ...change } = row;
	await tx
		.update(offerPolicy)
		.set({ ...change, terms: toJson(terms) })
		.where(thisVersion(scope, { policyId, version }));
}
export async function deleteDraft(tx: Tx, scope: Scope, row: Pick<PolicyRow, 'policyId' | 'version'>): Promise<void> {
	await tx.delete(offerPolicy).where(thisVersion(scope, row));
}
export async function markPublished(
	tx: Tx,
	scope: Scope,
	row: Pick<PolicyRow, 'policyId' | 'version'>,
	now: Date
): Promise<void> {
	await tx.update(offerPolicy).set({ publishedAt: now }).where(thisVersion(scope, row));
}
export async function markEnded(
	tx: Tx,
	scope: Scope,
	row: Pick<PolicyRow, 'policyId' | 'version'>,
	now: Date
): Promise<void> {
	await tx.update(offerPolicy).set({ endedAt: now }).where(thisVersion(scope, row));
}

export type Acceptance = typeof quoteAcceptance.$inferSelect;
export async function insertAcceptance(tx: Tx, scope: Scope, row: Omit<Acceptance, 'supplierId'>): Promise<void> {
	await tx.insert(quoteAcceptance).values({ supplierId: scope.supplierId, ...row, snapshot: toJson(row.snapshot) });
}
export async function listAcceptances(tx: Tx, scope: Scope, attemptIds: string[]): Promise<Acceptance[]> {
	if (!attemptIds.length) return [];
	return tx
		.select()
		.from(quoteAcceptance)
		.where(and(eq(quoteAcceptance.supplierId, scope.supplierId), inArray(quoteAcceptance.attemptId, attemptIds)))
		.orderBy(desc(quoteAcceptance.acceptedAt));
}

/**
 * Invoices of a period, in euros, that are paid in full, with the day they were: what a new rule is tried on. The whole invoice counts as one VAT line, which
 * gives totals exact to the cent.
 */
export async function listPaidInvoices(
	tx: Tx,
	scope: Scope,
	{ from, limit = 5000 }: { from: CivilDate; limit?: number }
): Promise<PastInvoice[]> {
	const rows = await tx.execute<{
		client_id: string;
		issued_on: string;
		due_on: string;
		paid_on: string;
		type_code: string;
		debt: string;
		freight: string;
		net: string;
		vat: string;
	}>(sql`
		select i.client_id, i.issued_on::text, i.due_on::text, p.paid_on::text, i.type_code, i.debt_minor::text as debt,
			i.freight_minor::text as freight, i.net_minor::text as net, i.vat_minor::text as vat
		from invoice i join open_item o on o.supplier_id = i.supplier_id and o.invoice_id = i.invoice_id cross join lateral (
			select max(x.paid_on) as paid_on, sum(a.amount_minor) as paid from allocation a
			join payment x on x.supplier_id = a.supplier_id and x.payment_id = a.payment_id
			where a.supplier_id = i.supplier_id and a.invoice_id = i.invoice_id) p
		where i.supplier_id = ${scope.supplierId} and i.issued_on >= ${from} and i.debt_minor > 0 and i.currency = 'EUR' and p.paid_on is not null and o.balance_minor = 0
		order by i.issued_on, i.invoice_id limit ${limit}`);
	return rows.map((row) => ({
		clientId: row.client_id,
		issuedOn: row.issued_on as CivilDate,
		dueOn: row.due_on as CivilDate,
		paidOn: row.paid_on as CivilDate,
		payableMinor: minor(BigInt(row.debt)),
		freightMinor: minor(BigInt(row.freight)),
		isDeposit: isDeposit(row.type_code),
		vatLines: [{ category: 'S', rateBps: 0, baseMinor: minor(BigInt(row.net)), vatMinor: minor(BigInt(row.vat)) }]
	}));
}
