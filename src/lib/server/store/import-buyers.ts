// The buyers of an import that waits for a word: what they are, and how many of their invoices will be kept.
import { and, eq, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { ChosenKind } from '../../domain/invoices/client-kind.ts';
import type { Party } from '../../domain/invoices/document.ts';
import type { Tx } from './database.ts';
import { isKept, isWanted, linesOf } from './import-lines.ts';
import { importLine } from './schema/index.ts';

export type PendingBuyer = {
	buyerKey: string;
	buyer: Party;
	chosenClientId: string | null;
	chosenKind: ChosenKind | null;
	/** Its invoices that wait to be kept, by whether they can be paid here; and those of them that ask for no look. */
	payable: number;
	others: number;
	freshPayable: number;
	freshOthers: number;
};
/** The buyers of what waits to be kept, each once, in the order in which the files name them. */
export async function listBuyers(
	tx: Tx,
	scope: Scope,
	importId: string,
	acceptsReview: boolean
): Promise<PendingBuyer[]> {
	const count = (where: string) => sql.raw(`(count(*) filter (where ${where}))::int`);
	const payable = `import_line.view->>'notPayableReason' is null`;
	const rows = await tx
		.select({
			buyerKey: importLine.buyerKey,
			buyer: sql<Party>`(array_agg(${importLine.document}->'buyer' order by ${importLine.filePosition}, ${importLine.position}))[1]`,
			chosenClientId: importLine.chosenClientId,
			chosenKind: importLine.chosenKind,
			payable: sql<number>`${count(payable)}`,
			others: sql<number>`${count(`not (${payable})`)}`,
			freshPayable: sql<number>`${count(`${payable} and import_line.outcome = 'new'`)}`,
			freshOthers: sql<number>`${count(`not (${payable}) and import_line.outcome = 'new'`)}`
		})
		.from(importLine)
		.where(
			and(
				linesOf(scope, importId),
				isWanted(acceptsReview),
				sql`${importLine.document} is not null`,
				sql`not ${isKept}`
			)
		)
		.groupBy(importLine.buyerKey, importLine.chosenClientId, importLine.chosenKind)
		.orderBy(sql`min((${importLine.filePosition}::bigint << 32) + ${importLine.position})`);
	return rows;
}
/** What a person says a new client is: on every line of its buyer. Answers with how many. */
export async function chooseKind(
	tx: Tx,
	scope: Scope,
	{ importId, buyerKey }: { importId: string; buyerKey: string },
	kind: ChosenKind | null
): Promise<number> {
	const rows = await tx
		.update(importLine)
		.set({ chosenKind: kind })
		.where(and(linesOf(scope, importId), eq(importLine.buyerKey, buyerKey), sql`${importLine.document} is not null`))
		.returning({ position: importLine.position });
	return rows.length;
}
