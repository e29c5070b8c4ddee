// Forms that wait for their person, few and small: written before anybody is signed in, hence the system role.
import { and, desc, eq, gt, inArray, lte } from 'drizzle-orm';
import type { Database } from './database.ts';
import { keptForm, type SubjectKind } from './schema/index.ts';

export type KeptForm = Pick<typeof keptForm.$inferSelect, 'formId' | 'act' | 'action' | 'fields' | 'keptAt'>;
export type KeptFor = { supplierId: string; kind: SubjectKind; subjectId: string; browserHash: string };
/** Of one person in one browser; an older one makes room. */
const FORMS_MAX = 5;
/** As the database counts it, with room for what escaping adds. */
export const FORM_CHARS_MAX = 100_000;
/** A form of which nothing came is not kept for ever. */
const FORM_LIFE_MS = 2 * 3_600_000;

const since = (now: Date): Date => new Date(now.getTime() - FORM_LIFE_MS);
const of = ({ supplierId, kind, subjectId, browserHash }: KeptFor) =>
	and(
		eq(keptForm.supplierId, supplierId),
		eq(keptForm.subjectKind, kind),
		eq(keptForm.subjectId, subjectId),
		eq(keptForm.browserHash, browserHash)
	);

/** `replaces`: the one that was sent again and has to wait again. */
export async function insertKeptForm(
	db: Database,
	person: KeptFor,
	form: KeptForm,
	replaces: string | null
): Promise<void> {
	const { supplierId, kind, subjectId, browserHash } = person;
	await db.system.transaction(async (tx) => {
		const known = await tx
			.select({ formId: keptForm.formId })
			.from(keptForm)
			.where(of(person))
			.orderBy(desc(keptForm.keptAt), desc(keptForm.formId));
		const gone = [...known.filter(({ formId }) => formId === replaces), ...known.slice(FORMS_MAX - 1)];
		if (gone.length)
			await tx.delete(keptForm).where(
				and(
					of(person),
					inArray(
						keptForm.formId,
						gone.map(({ formId }) => formId)
					)
				)
			);
		await tx.insert(keptForm).values({ supplierId, subjectKind: kind, subjectId, browserHash, ...form });
	});
}
export const listKeptForms = (db: Database, person: KeptFor, now: Date): Promise<KeptForm[]> =>
	db.system
		.select({
			formId: keptForm.formId,
			act: keptForm.act,
			action: keptForm.action,
			fields: keptForm.fields,
			keptAt: keptForm.keptAt
		})
		.from(keptForm)
		.where(and(of(person), gt(keptForm.keptAt, since(now))))
		.orderBy(desc(keptForm.keptAt), desc(keptForm.formId))
		.limit(FORMS_MAX);
export const deleteKeptForm = async (db: Database, person: KeptFor, formId: string): Promise<void> =>
	void (await db.system.delete(keptForm).where(and(of(person), eq(keptForm.formId, formId))));
export const deleteStaleForms = async (db: Database, now: Date): Promise<void> =>
	void (await db.system.delete(keptForm).where(lte(keptForm.keptAt, since(now))));
