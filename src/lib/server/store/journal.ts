// Booking entries and reading balances. A balance is always the sum of the journal.
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { EntryKind, JournalEntry } from '../../domain/ledger/entries.ts';
import { minor, ZERO, type Minor } from '../../domain/money/minor.ts';
import { newId } from '../identity.ts';
import type { Tx } from './database.ts';
import { counter, journalEntry, journalLine } from './schema/index.ts';

/** Books an entry once: `false` when its fact (source and kind) is already in the books. */
export async function bookEntry(
	tx: Tx,
	scope: Scope,
	entry: JournalEntry,
	booked: { currency: string; bookedOn: CivilDate; now: Date }
): Promise<boolean> {
	const entryId = newId();
	const kept = await tx
		.insert(journalEntry)
		.values({
			supplierId: scope.supplierId,
			entryId,
			kind: entry.kind,
			sourceId: entry.sourceId,
			currency: booked.currency,
			bookedOn: booked.bookedOn,
			createdAt: booked.now
		})
		.onConflictDoNothing({ target: [journalEntry.supplierId, journalEntry.sourceId, journalEntry.kind] })
		.returning({ entryId: journalEntry.entryId });
	if (!kept.length) return false;
	await tx
		.insert(journalLine)
		.values(entry.lines.map((line, position) => ({ supplierId: scope.supplierId, entryId, position, ...line })));
	return true;
}

/** The next number of a gapless series: taken under lock, given back if the transaction fails. */
export async function nextNumber(tx: Tx, scope: Scope, name: string): Promise<number> {
	const [row] = await tx
		.insert(counter)
		.values({ supplierId: scope.supplierId, name, value: 1 })
		.onConflictDoUpdate({ target: [counter.supplierId, counter.name], set: { value: sql`${counter.value} + 1` } })
		.returning({ value: counter.value });
	return row!.value;
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
	return minor(BigInt(row!.total));
}
