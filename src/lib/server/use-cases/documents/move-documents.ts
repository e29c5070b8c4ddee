// The operator moves the documents there are from the database to object storage, or back. Each is moved by itself, and read again before what it leaves is let go:
// killed at any instant, every document is whole in one of the two, and the next run goes on.
import { StorageProblem, type FileStorage } from '../../gateways/storage/port.ts';
import { sha256 } from '../../identity.ts';
import type { Queries } from '../../store/database.ts';
import {
	contentInDatabase,
	letContentGo,
	listPlaced,
	takeContentBack,
	type Place,
	type PlacedDocument
} from '../../store/move-documents.ts';
import { endRemoval, expectObject } from '../../store/pending-objects.ts';
import { removeObjects } from './remove-objects.ts';

export type Mover = {
	/** As the owner of the tables. */
	db: Queries;
	storage: FileStorage;
	now: () => Date;
	/** Of each that could not be moved, and stays where it is. */
	onProblem: (document: PlacedDocument, problem: StorageProblem) => void;
};
const BATCH = 100;

/** Answers with how many were moved. A storage that does not answer ends it; a file that is damaged, missing or being removed is said, and the others are moved. */
export async function moveDocuments(mover: Mover, to: Place): Promise<number> {
	const { db, storage, now } = mover;
	// What a move that was killed has left would be in the way.
	await removeObjects({ storage, now, transact: (work) => db.transaction(work) }, null);
	let moved = 0;
	for await (const one of documentsIn(db, to === 'storage' ? 'database' : 'storage'))
		if (await saying(mover, one, () => (to === 'storage' ? toStorage : toDatabase)(mover, one))) moved += 1;
	return moved;
}
/** Is each that lies in the storage there, as long as it was? Answers with how many were looked at. */
export async function checkDocuments(mover: Mover): Promise<number> {
	let checked = 0;
	for await (const one of documentsIn(mover.db, 'storage')) {
		checked += 1;
		await saying(mover, one, async () => {
			const there = await mover.storage.has(one);
			// To HEAD a bucket that is gone answers as a file that is: asked in full, it says which.
			if (there === null) await mover.storage.get(one, one.byteSize);
			else if (there !== one.byteSize)
				throw new StorageProblem('damaged', `${there} bytes are there of ${one.byteSize}`);
		});
	}
	return checked;
}

async function* documentsIn(db: Queries, place: Place): AsyncGenerator<PlacedDocument> {
	let after: PlacedDocument | null = null;
	for (;;) {
		const some: PlacedDocument[] = await listPlaced(db, place, after, BATCH);
		yield* some;
		after = some.at(-1) ?? null;
		if (!after) return;
	}
}
async function saying({ onProblem }: Mover, one: PlacedDocument, work: () => Promise<void>): Promise<boolean> {
	try {
		await work();
		return true;
	} catch (error) {
		if (!(error instanceof StorageProblem) || error.kind === 'away' || error.kind === 'refused') throw error;
		onProblem(one, error);
		return false;
	}
}

async function toStorage({ db, storage, now }: Mover, one: PlacedDocument): Promise<void> {
	const content = await contentInDatabase(db, one);
	// Moved by another meanwhile.
	if (!content) return;
	if (sha256(content) !== one.sha256)
		throw new StorageProblem('damaged', 'its bytes in the database are not what was received');
	if (!(await db.transaction((tx) => expectObject(tx, one, one.sha256, now()))))
		throw new StorageProblem('busy', 'an older copy is being removed: run it again in half an hour');
	await storage.put(one.supplierId, content);
	await storage.get(one, one.byteSize);
	if (!(await letContentGo(db, one))) throw new StorageProblem('busy', 'it is being moved by another: run it again');
}
async function toDatabase({ db, storage, now }: Mover, one: PlacedDocument): Promise<void> {
	const content = await storage.get(one, one.byteSize);
	const remove = storage.removal(one);
	const mark = now();
	if (!(await takeContentBack(db, one, content, mark))) return;
	await remove();
	await db.transaction((tx) => endRemoval(tx, one, mark));
}
