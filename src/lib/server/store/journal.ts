// Booking entries and reading balances. A balance is always the sum of the journal.
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { EntryKind, JournalEntry } from '../../domain/ledger/entries.ts';
import { minor, ZERO, type Minor } from '../../domain/money/minor.ts';
import { required } from '../../domain/required.ts';
import { newId } from '../identity.ts';
import type { Tx } from './database.ts';
import { insertMany } from './insert-many.ts';
import { pin, type Pinned } from './pinned.ts';
import { counter, journalEntry, journalLine, type ReversalKind } from './schema/index.ts';

/** `stripeAccount`: where it moved money at Stripe, '' for the platform's own account. */
type Booked = { currency: string; bookedOn: CivilDate; now: Date; stripeAccount?: string };
/** Books an entry once: `false` when its fact (source and kind) is already in the books. */
export async function bookEntry(
	tx: Tx,
	scope: Scope,
	{ kind, sourceId, lines }: JournalEntry,
	{ currency, bookedOn, now, stripeAccount }: Booked
): Promise<boolean> {
	const entryId = newId();
	// Neither named nor read back: a client's person who pays books an entry, and sees none.
	const { count } = await insertMany(
		tx,
		scope,
		journalEntry,
		[{ entryId, kind, sourceId, currency, stripeAccount: stripeAccount ?? null, bookedOn, createdAt: now }],
		sql`on conflict do nothing`
	);
	if (count)
		await insertMany(
			tx,
			scope,
			journalLine,
			lines.map((line, position) => ({ entryId, position, ...line }))
		);
	return count === 1;
}
/** Books each once, and says how many were not in the books yet. */
export async function bookEntries(
	tx: Tx,
	scope: Scope,
	entries: (Booked & { entry: JournalEntry })[]
): Promise<number> {
	const rows = entries.map((one) => ({ ...one, entryId: newId() }));
	const kept = await insertMany<typeof journalEntry, { entry_id: string }>(
		tx,
		scope,
		journalEntry,
		rows.map(({ entryId, entry: { kind, sourceId }, currency, bookedOn, now }) => ({
			entryId,
			kind,
			sourceId,
			currency,
			bookedOn,
			createdAt: now
		})),
		sql`on conflict (supplier_id, source_id, kind) do nothing returning entry_id`
	);
	const ids = new Set(kept.map((row) => row.entry_id));
	const lines = rows
		.filter(({ entryId }) => ids.has(entryId))
		.flatMap(({ entryId, entry }) => entry.lines.map((line, position) => ({ entryId, position, ...line })));
	await insertMany(tx, scope, journalLine, lines);
	return ids.size;
}

/** Of documents that are numbered without gap, a series a year. */
const SERIES = { receipt: 'R', credit_note: 'AV' };
/** The next number of a series, "AV2026-000001": taken under lock, given back if the transaction fails. */
export async function nextNumber(tx: Tx, scope: Scope, series: keyof typeof SERIES, on: CivilDate): Promise<string> {
	const year = on.slice(0, 4);
	const [row] = await tx
		.insert(counter)
		.values({ supplierId: scope.supplierId, name: `${series}:${year}`, value: 1 })
		.onConflictDoUpdate({ target: [counter.supplierId, counter.name], set: { value: sql`${counter.value} + 1` } })
		.returning({ value: counter.value });
	return `${SERIES[series]}${year}-${String(required(row, 'number').value).padStart(6, '0')}`;
}

/** What the books hold of some facts: money in transit at Stripe (511), fees apart, whatever day it was booked. */
export async function sumBooked(
	tx: Tx,
	scope: Scope,
	kinds: readonly EntryKind[],
	sourceIds: string[]
): Promise<Minor> {
	if (!sourceIds.length) return ZERO;
	const [row] = await tx
		.select({ total: sql<string>`coalesce(sum(${journalLine.debitMinor} - ${journalLine.creditMinor}), 0)` })
		.from(journalLine)
		.innerJoin(
			journalEntry,
			and(eq(journalEntry.supplierId, journalLine.supplierId), eq(journalEntry.entryId, journalLine.entryId))
		)
		.where(
			and(
				eq(journalLine.supplierId, scope.supplierId),
				eq(journalLine.account, '511'),
				inArray(journalEntry.kind, [...kinds]),
				inArray(journalEntry.sourceId, sourceIds)
			)
		);
	return minor(BigInt(required(row, 'sum').total));
}

/** Of money that went back, what the client owes for no invoice because it had gone back before. */
export async function findClaim(
	tx: Tx,
	scope: Scope,
	{ stripeObjectId, kind }: { stripeObjectId: string; kind: ReversalKind }
): Promise<Minor> {
	const [row] = await tx.execute<{ claim: string }>(sql`
		select coalesce(sum(l.debit_minor - l.credit_minor), 0)::text as claim
		from journal_entry e join journal_line l on l.supplier_id = e.supplier_id and l.entry_id = e.entry_id
		where e.supplier_id = ${scope.supplierId} and e.source_id = ${stripeObjectId} and e.kind = ${kind}
			and l.account = '411' and l.invoice_id is null`);
	return minor(BigInt(required(row, 'sum').claim));
}

export type EntryListing = {
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
export type Period = { from: CivilDate; until: CivilDate };
const inPeriod = (scope: Scope, { from, until }: Period) =>
	sql`e.supplier_id = ${scope.supplierId} and e.booked_on between ${from} and ${until}`;
/** The entries of a period as one moment sees them: they are never edited, so that their lines may be read later (pinned.ts). */
export const pinEntries = (tx: Tx, scope: Scope, period: Period): Promise<Pinned> =>
	pin(
		tx,
		sql`select e.entry_id as id, (e.booked_on, e.created_at, e.entry_id) as place from journal_entry e where ${inPeriod(scope, period)}`
	);
/** One page of the entries of a period, in the order of the books. */
export async function listEntries(
	tx: Tx,
	scope: Scope,
	{ after, limit, ...period }: Period & { after: string | null; limit: number }
): Promise<{ entryId: string }[]> {
	const rows = await tx.execute<{ entry_id: string }>(sql`
		select e.entry_id from journal_entry e
		where ${inPeriod(scope, period)} ${
			after === null
				? sql``
				: sql`and (e.booked_on, e.created_at, e.entry_id) >
			(select a.booked_on, a.created_at, a.entry_id from journal_entry a where a.supplier_id = ${scope.supplierId} and a.entry_id = ${after})`
		}
		order by e.booked_on, e.created_at, e.entry_id limit ${limit}`);
	return rows.map((row) => ({ entryId: row.entry_id }));
}
type EntryRow = Pick<EntryListing, 'currency' | 'account' | 'kind' | 'number'> & {
	entry_id: string;
	booked_on: CivilDate;
	rate_bps: string | null;
	name: string | null;
	piece: string | null;
	is_credit: boolean;
	debit_minor: string;
	credit_minor: string;
};
/**
 * Of `e`, an entry: receipt, document, or what Stripe calls it, so that each amount is found again on the paper or in Stripe's own report. A reduction without a
 * credit note (no VAT moves) is on the receipt of its payment; of a part that was given up, on its invoice.
 */
const PIECE = sql`coalesce(
	case e.kind
		when 'payment' then (select p.receipt_number from payment p where p.supplier_id = e.supplier_id 
			and p.stripe_payment_intent_id = split_part(e.source_id, ':', 1) and p.intent_round = coalesce(nullif(split_part(e.source_id, ':', 2), '')::int, 1))
		when 'payment_unsaid' then (select p.receipt_number from payment p where p.supplier_id = e.supplier_id and p.payment_id = e.source_id::uuid)
		when 'transfer' then (select p.receipt_number from payment p where p.supplier_id = e.supplier_id and p.payment_id = e.source_id::uuid)
		when 'invoice_opened' then i.number
		when 'invoice_withdrawn' then i.number
	end,
	case when e.kind in ('discount', 'discount_void', 'points_used', 'points_given_back', 'credit_note', 'credit_note_void', 'part_forgiven')
		then (select coalesce(d.document_number, (select p.receipt_number from payment p where p.supplier_id = d.supplier_id and p.payment_id = d.payment_id), i.number)
			from discount d where d.supplier_id = e.supplier_id and d.discount_id = e.source_id::uuid) end,
	case when e.source_id ~ '^[a-z]+_' then e.source_id end)`;
/** Every line of some entries, in the order of the books. */
export async function listLines(tx: Tx, scope: Scope, entryIds: string[]): Promise<EntryListing[]> {
	const rows = await tx.execute<EntryRow>(sql`
		select e.entry_id, e.booked_on::text, e.kind, e.currency, l.account, l.rate_bps::text, c.name, i.number, coalesce(i.debt_minor < 0, false) as is_credit, ${PIECE} as piece, l.debit_minor::text, l.credit_minor::text
		from journal_entry e join journal_line l on l.supplier_id = e.supplier_id and l.entry_id = e.entry_id
			left join client c on c.supplier_id = l.supplier_id and c.client_id = l.client_id
			left join invoice i on i.supplier_id = l.supplier_id and i.invoice_id = l.invoice_id
		where e.supplier_id = ${scope.supplierId} and e.entry_id = any(${`{${entryIds.join(',')}}`}::uuid[])
		order by e.booked_on, e.created_at, e.entry_id, l.position`);
	return rows.map((row) => ({
		entryId: row.entry_id,
		bookedOn: row.booked_on,
		kind: row.kind,
		currency: row.currency,
		account: row.account,
		rateBps: row.rate_bps === null ? null : Number(row.rate_bps),
		clientName: row.name,
		number: row.number,
		piece: row.piece,
		isCredit: row.is_credit,
		debitMinor: minor(BigInt(row.debit_minor)),
		creditMinor: minor(BigInt(row.credit_minor))
	}));
}
export type PeriodTotal = { currency: string; entryCount: number; debitMinor: Minor; creditMinor: Minor };
/** The whole period, each currency by itself. */
export async function sumPeriod(tx: Tx, scope: Scope, period: Period): Promise<PeriodTotal[]> {
	const rows = await tx.execute<{ currency: string; entries: number; debit: string; credit: string }>(sql`
		select e.currency, count(distinct e.entry_id)::int as entries, sum(l.debit_minor)::text as debit, sum(l.credit_minor)::text as credit
		from journal_entry e join journal_line l on l.supplier_id = e.supplier_id and l.entry_id = e.entry_id
		where ${inPeriod(scope, period)} group by e.currency order by e.currency <> 'EUR', e.currency`);
	return rows.map((row) => ({
		currency: row.currency,
		entryCount: row.entries,
		debitMinor: minor(BigInt(row.debit)),
		creditMinor: minor(BigInt(row.credit))
	}));
}
