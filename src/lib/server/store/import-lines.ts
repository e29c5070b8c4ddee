// The lines of an import: what will become of each invoice, and what became of it.
import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { ImportOutcome } from '../../domain/invoices/import-states.ts';
import type { Party } from '../../domain/invoices/document.ts';
import type { Finding } from '../../domain/invoices/findings.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import type { ImportJob } from './imports.ts';
import { anyOf, insertMany } from './insert-many.ts';
import { toJson } from './json.ts';
import { importLine } from './schema/index.ts';

export type LineRow = typeof importLine.$inferSelect;
export type NewLine = Omit<typeof importLine.$inferInsert, 'supplierId' | 'importId'>;

/** The lines of one import. */
export const linesOf = (scope: Scope, importId: string) =>
	and(eq(importLine.supplierId, scope.supplierId), eq(importLine.importId, importId));

export async function deleteLines(tx: Tx, scope: Scope, importId: string, filePositions: number[]): Promise<void> {
	await tx.delete(importLine).where(and(linesOf(scope, importId), inArray(importLine.filePosition, filePositions)));
}
export async function insertLines(tx: Tx, scope: Scope, importId: string, rows: NewLine[]): Promise<void> {
	await insertMany(
		tx,
		scope,
		importLine,
		rows.map((row) => ({ importId, ...row }))
	);
}
type PendingNumber = {
	number: string;
	issueYear: number;
	clientName: string;
	issuedOn: string;
	grossMinor: Minor;
	debtMinor: Minor;
};
/** Numbers that this import holds already, as what is to be kept. */
export async function listPendingNumbers(
	tx: Tx,
	scope: Scope,
	importId: string,
	numbers: string[]
): Promise<PendingNumber[]> {
	const rows = await tx.execute<
		Record<'number' | 'client' | 'issued' | 'gross' | 'debt', string> & { issue_year: number }
	>(sql`
		select l.number, l.issue_year, l.view->>'clientName' as client, l.view->>'issuedOn' as issued,
			l.view->>'grossMinor' as gross, l.view->>'debtMinor' as debt from import_line l
		where l.supplier_id = ${scope.supplierId} and l.import_id = ${importId} and l.outcome in ('new', 'review')
			and l.number = ${anyOf(numbers)}`);
	return rows.map((row) => ({
		number: row.number,
		issueYear: row.issue_year,
		clientName: row.client,
		issuedOn: row.issued,
		grossMinor: minor(BigInt(row.gross)),
		debtMinor: minor(BigInt(row.debt))
	}));
}

/** Its invoice exists: it was kept. */
export const isKept = sql<boolean>`exists (select from invoice i where i.supplier_id = import_line.supplier_id and i.invoice_id = import_line.invoice_id)`;
/** Kept only because a person says so: held ones that were looked at, and those that replace what is known. */
const isAccepted = (acceptsReview: boolean) =>
	or(
		acceptsReview ? eq(importLine.outcome, 'review') : undefined,
		and(eq(importLine.outcome, 'conflict'), eq(importLine.replaces, true))
	);
export const isWanted = (acceptsReview: boolean) => or(eq(importLine.outcome, 'new'), isAccepted(acceptsReview));
/** What the word of a person wants kept and is not, from where keeping has come to. */
export async function listToSave(tx: Tx, scope: Scope, job: ImportJob, limit: number): Promise<LineRow[]> {
	return tx
		.select()
		.from(importLine)
		.where(
			and(
				linesOf(scope, job.importId),
				sql`(${importLine.filePosition}, ${importLine.position}) > (${job.keptFile}, ${job.keptLine})`,
				isWanted(job.acceptsReview),
				sql`${importLine.document} is not null`,
				sql`not ${isKept}`
			)
		)
		.orderBy(asc(importLine.filePosition), asc(importLine.position))
		.limit(limit);
}
/** Lines that ended otherwise than they were announced. */
export async function saveOutcomes(
	tx: Tx,
	scope: Scope,
	importId: string,
	lines: { filePosition: number; position: number; outcome: ImportOutcome; view?: unknown }[]
): Promise<void> {
	for (const { filePosition, position, outcome, view } of lines)
		await tx
			.update(importLine)
			.set({ outcome, ...(view ? { view: sql`${toJson(view)}::jsonb` } : {}) })
			.where(
				and(linesOf(scope, importId), eq(importLine.filePosition, filePosition), eq(importLine.position, position))
			);
}

export async function countOutcomes(
	tx: Tx,
	scope: Scope,
	importIds: string[]
): Promise<Map<string, Record<ImportOutcome, number>>> {
	const all = new Map<string, Record<ImportOutcome, number>>(
		importIds.map((importId) => [importId, { new: 0, review: 0, identical: 0, conflict: 0, refused: 0 }])
	);
	if (!importIds.length) return all;
	const rows = await tx
		.select({ importId: importLine.importId, outcome: importLine.outcome, count: sql<number>`count(*)::int` })
		.from(importLine)
		.where(and(eq(importLine.supplierId, scope.supplierId), inArray(importLine.importId, importIds)))
		.groupBy(importLine.importId, importLine.outcome);
	for (const row of rows) required(all.get(row.importId), 'import')[row.outcome] = row.count;
	return all;
}
/** Questions that this word answers with yes: lines that ask for a look, and those whose file names an account to pay to that is not the supplier's. */
export async function countAnswered(
	tx: Tx,
	scope: Scope,
	importId: string,
	acceptsReview: boolean
): Promise<{ lines: number; accounts: number }> {
	const [row] = await tx
		.select({
			lines: sql<number>`count(*)::int`,
			accounts: sql<number>`(count(*) filter (where jsonb_path_exists(${importLine.view}, '$.findings[*] ? (@.code starts with "PAYEE_ACCOUNT")')))::int`
		})
		.from(importLine)
		.where(
			and(
				linesOf(scope, importId),
				isAccepted(acceptsReview),
				sql`jsonb_path_exists(${importLine.view}, '$.findings[*] ? (@.severity == "confirm")')`
			)
		);
	return required(row, 'counts');
}
/** Conflicts that a person wants to stand in the place of what is known. */
export async function countReplacing(tx: Tx, scope: Scope, importIds: string[]): Promise<Map<string, number>> {
	const rows = await tx
		.select({ importId: importLine.importId, count: sql<number>`count(*)::int` })
		.from(importLine)
		.where(
			and(
				eq(importLine.supplierId, scope.supplierId),
				inArray(importLine.importId, importIds),
				eq(importLine.outcome, 'conflict'),
				eq(importLine.replaces, true)
			)
		)
		.groupBy(importLine.importId);
	return new Map(rows.map((row) => [row.importId, row.count]));
}
const isPdf = sql<boolean>`exists (select from import_file f where f.supplier_id = import_line.supplier_id and f.import_id = import_line.import_id and f.position = import_line.file_position and f.media_type = 'application/pdf' and f.content is not null)`;
export type ListedLine = LineRow & { isKept: boolean; isPdf: boolean };
/** The place of a line: of which file, and which of its invoices. */
export type LinePlace = Pick<LineRow, 'filePosition' | 'position'>;
/** Those behind `after`, in the order of the files. */
export async function listLines(
	tx: Tx,
	scope: Scope,
	importId: string,
	filter: { outcome?: ImportOutcome | undefined; after: LinePlace | null; limit: number }
): Promise<ListedLine[]> {
	const rows = await tx
		.select({ line: importLine, isKept, isPdf })
		.from(importLine)
		.where(
			and(
				linesOf(scope, importId),
				filter.outcome ? eq(importLine.outcome, filter.outcome) : undefined,
				filter.after
					? sql`(${importLine.filePosition}, ${importLine.position}) > (${filter.after.filePosition}, ${filter.after.position})`
					: undefined
			)
		)
		.orderBy(asc(importLine.filePosition), asc(importLine.position))
		.limit(filter.limit);
	return rows.map(({ line, ...facts }) => ({ ...line, ...facts }));
}

/** Every line of this buyer gets the client that a person chose; without a name it is a new one, of the buyer's own name. Answers with how many lines. */
export async function chooseClient(
	tx: Tx,
	scope: Scope,
	{ importId, buyerKey }: { importId: string; buyerKey: string },
	choice: { clientId: string; name: string | null }
): Promise<number> {
	const rows = await tx
		.update(importLine)
		.set({
			chosenClientId: choice.clientId,
			view: sql`${importLine.view} || jsonb_build_object('clientName', coalesce(${choice.name}::text, ${importLine.document}->'buyer'->>'name'), 'clientIsNew', ${choice.name === null}::boolean, 'matchedBy', null)`
		})
		.where(and(linesOf(scope, importId), eq(importLine.buyerKey, buyerKey), sql`${importLine.document} is not null`))
		.returning({ position: importLine.position });
	return rows.length;
}
/** The buyer of these lines, as their files name it, and a person's word on who it is. */
export async function findBuyer(
	tx: Tx,
	scope: Scope,
	{ importId, buyerKey }: { importId: string; buyerKey: string }
): Promise<{ buyer: Party; chosenClientId: string | null } | null> {
	const [row] = await tx
		.select({ buyer: sql<Party>`${importLine.document}->'buyer'`, chosenClientId: importLine.chosenClientId })
		.from(importLine)
		.where(and(linesOf(scope, importId), eq(importLine.buyerKey, buyerKey), sql`${importLine.document} is not null`))
		.limit(1);
	return row ?? null;
}
/** Every line of this buyer asks whether its address is let in (`asks`), or no longer does; what else asks for a look still does. */
export async function noteContact(
	tx: Tx,
	scope: Scope,
	{ importId, buyerKey }: { importId: string; buyerKey: string },
	asks: Finding | null
): Promise<void> {
	await tx.execute(sql`
		update import_line l set
			view = l.view || jsonb_build_object('findings', f.findings),
			outcome = case when l.outcome not in ('new', 'review') then l.outcome
				when jsonb_path_exists(f.findings, '$[*] ? (@.severity == "confirm")') then 'review' else 'new' end
		from (
			select supplier_id, import_id, file_position, position,
				coalesce((select jsonb_agg(e) from jsonb_array_elements(view->'findings') e where e->>'code' <> 'CONTACT_NEW'), '[]'::jsonb)
					|| ${toJson(asks ? [asks] : [])}::jsonb as findings
			from import_line
			where supplier_id = ${scope.supplierId} and import_id = ${importId} and buyer_key = ${buyerKey} and document is not null
		) f
		where l.supplier_id = f.supplier_id and l.import_id = f.import_id and l.file_position = f.file_position and l.position = f.position
			and not exists (select from invoice i where i.supplier_id = l.supplier_id and i.invoice_id = l.invoice_id)`);
}
export async function chooseReplacement(
	tx: Tx,
	scope: Scope,
	at: { importId: string; filePosition: number; position: number },
	replaces: boolean
): Promise<boolean> {
	const rows = await tx
		.update(importLine)
		.set({ replaces })
		.where(
			and(
				linesOf(scope, at.importId),
				eq(importLine.filePosition, at.filePosition),
				eq(importLine.position, at.position),
				eq(importLine.outcome, 'conflict'),
				sql`${importLine.document} is not null`
			)
		)
		.returning({ position: importLine.position });
	return rows.length > 0;
}
/** The invoices that an import created. */
export const listImported = async (tx: Tx, scope: Scope, importId: string): Promise<string[]> =>
	(
		await tx
			.select({ invoiceId: importLine.invoiceId })
			.from(importLine)
			.where(and(linesOf(scope, importId), eq(importLine.outcome, 'new'), isKept))
	).map((row) => row.invoiceId);
/** The clients of these invoices. */
export async function listClientsOf(tx: Tx, scope: Scope, importId: string): Promise<string[]> {
	const rows = await tx.execute<{ client_id: string }>(sql`
		select distinct i.client_id from import_line l join invoice i on i.supplier_id = l.supplier_id and i.invoice_id = l.invoice_id
		where l.supplier_id = ${scope.supplierId} and l.import_id = ${importId} and l.outcome = 'new'`);
	return rows.map((row) => row.client_id);
}
