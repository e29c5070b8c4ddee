// The points programme of a supplier, in versions: one draft, one in force, those that ended.
import { and, desc, eq, getTableColumns, isNotNull } from 'drizzle-orm';
import * as v from 'valibot';
import { toJson } from '../../contract/offers.ts';
import { ProgrammeTerms } from '../../contract/points.ts';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { ProgrammeTerms as Terms } from '../../domain/points/programme.ts';
import { versionInForce } from '../../domain/points/versions.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { lockSupplier } from './lock-supplier.ts';
import { pointsProgramme } from './schema/index.ts';
import { writtenOnce } from './written-once.ts';

export type ProgrammeRow = Omit<typeof pointsProgramme.$inferSelect, 'terms'> & { terms: Terms };
export type PublishedRow = Omit<ProgrammeRow, 'terms' | 'publishedAt'> & { publishedAt: Date };
type Which = { supplierId: string; version: number; publishedAt: Date | null };
/** Terms of published versions, which never change (drizzle/0035_points.sql): read once in each process, some at a time. */
const known = new Map<string, Terms>();
const KEPT_MAX = 500;
/** With its instant: a publication that was rolled back is not the one that came after it. */
const keyOf = ({ supplierId, version, publishedAt }: Which): string =>
	`${supplierId} ${version} ${publishedAt?.getTime()}`;
function rowOf(row: typeof pointsProgramme.$inferSelect): ProgrammeRow {
	const terms = known.get(keyOf(row)) ?? v.parse(ProgrammeTerms, row.terms);
	if (row.publishedAt) {
		if (known.size >= KEPT_MAX) known.clear();
		known.set(keyOf(row), terms);
	}
	return { ...row, terms };
}

/** `false`: the supplier never gave points, and nothing else of points is asked. */
export async function hasPublished(tx: Tx, scope: Scope): Promise<boolean> {
	const [row] = await tx
		.select({ version: pointsProgramme.version })
		.from(pointsProgramme)
		.where(and(eq(pointsProgramme.supplierId, scope.supplierId), isNotNull(pointsProgramme.publishedAt)))
		.limit(1);
	return row !== undefined;
}
const { terms: _, ...withoutTerms } = getTableColumns(pointsProgramme);
const published = writtenOnce<{ supplierId: string }>()((tx, given) =>
	tx
		.select(withoutTerms)
		.from(pointsProgramme)
		.where(and(eq(pointsProgramme.supplierId, given.supplierId), isNotNull(pointsProgramme.publishedAt)))
		.orderBy(desc(pointsProgramme.version))
);
/** Every published version without its terms, newest first. */
export async function listPublished(tx: Tx, scope: Scope): Promise<PublishedRow[]> {
	const rows = await published(tx, { supplierId: scope.supplierId });
	return rows.map((row) => ({ ...row, publishedAt: required(row.publishedAt, 'published') }));
}
export const termsOf = async (tx: Tx, scope: Scope, row: PublishedRow): Promise<Terms> =>
	known.get(keyOf(row)) ?? required(await findProgramme(tx, scope, row.version), 'version').terms;
/** What acts are judged by now; null: the supplier gives no points. After `lastEarnOn` nothing is earned by it, after `lastSpendOn` nothing is spent. */
export async function findLiveProgramme(tx: Tx, scope: Scope): Promise<ProgrammeRow | null> {
	const live = versionInForce(await listPublished(tx, scope));
	return live && { ...live, terms: await termsOf(tx, scope, live) };
}

export async function findProgramme(tx: Tx, scope: Scope, version: number): Promise<ProgrammeRow | null> {
	const [row] = await tx
		.select()
		.from(pointsProgramme)
		.where(and(eq(pointsProgramme.supplierId, scope.supplierId), eq(pointsProgramme.version, version)))
		.limit(1);
	return row ? rowOf(row) : null;
}

/** Newest first: a draft, then what is in force, then what ended. */
export async function listProgrammes(tx: Tx, scope: Scope): Promise<ProgrammeRow[]> {
	const rows = await tx
		.select()
		.from(pointsProgramme)
		.where(eq(pointsProgramme.supplierId, scope.supplierId))
		.orderBy(desc(pointsProgramme.version))
		.limit(200);
	return rows.map(rowOf);
}
/** The same, locked: saving and publishing are one at a time, the first draft too. */
export async function lockProgrammes(tx: Tx, scope: Scope): Promise<ProgrammeRow[]> {
	await lockSupplier(tx, scope);
	const rows = await tx
		.select()
		.from(pointsProgramme)
		.where(eq(pointsProgramme.supplierId, scope.supplierId))
		.orderBy(desc(pointsProgramme.version))
		.for('no key update');
	return rows.map(rowOf);
}

export type DraftRow = Pick<ProgrammeRow, 'version' | 'terms' | 'createdBy' | 'createdAt' | 'updatedAt'>;
export async function insertProgrammeDraft(tx: Tx, scope: Scope, { terms, ...row }: DraftRow): Promise<void> {
	await tx.insert(pointsProgramme).values({ supplierId: scope.supplierId, ...row, terms: toJson(terms) });
}
const thisVersion = (scope: Scope, version: number) =>
	and(eq(pointsProgramme.supplierId, scope.supplierId), eq(pointsProgramme.version, version));
export async function saveProgrammeDraft(
	tx: Tx,
	scope: Scope,
	{ version, terms, updatedAt }: Pick<ProgrammeRow, 'version' | 'terms' | 'updatedAt'>
): Promise<void> {
	await tx
		.update(pointsProgramme)
		.set({ terms: toJson(terms), updatedAt })
		.where(thisVersion(scope, version));
}
export async function deleteProgrammeDraft(tx: Tx, scope: Scope, version: number): Promise<void> {
	await tx.delete(pointsProgramme).where(thisVersion(scope, version));
}
export async function markProgrammePublished(tx: Tx, scope: Scope, version: number, now: Date): Promise<void> {
	await tx.update(pointsProgramme).set({ publishedAt: now }).where(thisVersion(scope, version));
}
/** The next version came, or the last day to spend is over. */
export async function markProgrammeEnded(tx: Tx, scope: Scope, version: number, now: Date): Promise<void> {
	await tx.update(pointsProgramme).set({ endedAt: now }).where(thisVersion(scope, version));
}
export async function announceProgrammeEnd(
	tx: Tx,
	scope: Scope,
	version: number,
	end: { endAnnouncedAt: Date; lastEarnOn: CivilDate; lastSpendOn: CivilDate }
): Promise<void> {
	await tx.update(pointsProgramme).set(end).where(thisVersion(scope, version));
}
