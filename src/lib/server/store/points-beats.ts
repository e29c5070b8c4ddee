// Invoices as the series of those paid on time counts them: each once, in the order in which they were settled.
import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { Tx } from './database.ts';
import { pointsBeat } from './schema/index.ts';

export type Beat = typeof pointsBeat.$inferSelect;

export type NewBeat = Omit<Beat, 'supplierId' | 'seq'>;
export async function setStands(tx: Tx, scope: Scope, invoiceId: string, stands: boolean): Promise<void> {
	await tx
		.update(pointsBeat)
		.set({ stands })
		.where(and(eq(pointsBeat.supplierId, scope.supplierId), eq(pointsBeat.invoiceId, invoiceId)));
}
/** The last `count` invoices on time that no bonus was given for. */
export async function listLastBeats(tx: Tx, scope: Scope, clientId: string, count: number): Promise<string[]> {
	const rows = await tx
		.select({ invoiceId: pointsBeat.invoiceId })
		.from(pointsBeat)
		.where(
			and(
				eq(pointsBeat.supplierId, scope.supplierId),
				eq(pointsBeat.clientId, clientId),
				eq(pointsBeat.verdict, 'on_time'),
				eq(pointsBeat.stands, true),
				isNull(pointsBeat.streakAwardId)
			)
		)
		.orderBy(desc(pointsBeat.seq))
		.limit(count);
	return rows.map((row) => row.invoiceId);
}
export async function countBeats(tx: Tx, scope: Scope, invoiceIds: string[], awardId: string): Promise<void> {
	await tx
		.update(pointsBeat)
		.set({ streakAwardId: awardId })
		.where(and(eq(pointsBeat.supplierId, scope.supplierId), inArray(pointsBeat.invoiceId, invoiceIds)));
}
/** Whether every invoice that a bonus was given for is still paid, and when the last of their points is final. */
export async function readStreak(
	tx: Tx,
	scope: Scope,
	awardId: string
): Promise<{ stands: boolean; finalOn: CivilDate | null }> {
	const [row] = await tx.execute<{ stands: boolean | null; final_on: CivilDate | null }>(sql`
		select bool_and(b.stands) as stands, max(a.final_on)::text as final_on
		from points_beat b left join points_award a on a.supplier_id = b.supplier_id and a.invoice_id = b.invoice_id and a.kind = 'payment'
		where b.supplier_id = ${scope.supplierId} and b.streak_award_id = ${awardId}`);
	return { stands: row?.stands === true, finalOn: row?.final_on ?? null };
}
