// What lies in the storage beside the database and has no row of a document that needs it is removed: left by a process that died before it wrote the row, or by a move
// back that did not come to its end. One at a time, by whoever took it, however many look at once.
// Throws StorageProblem: what was taken is due again once the mark holds no more.
import type { FileStorage } from '../../gateways/storage/port.ts';
import type { Tx } from '../../store/database.ts';
import { endRemoval, listRemovals, takeRemoval } from '../../store/pending-objects.ts';

export type Remover = {
	storage: FileStorage;
	now: () => Date;
	transact: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
};
/** Of one supplier, or of all (`null`: the operator). */
export async function removeObjects(
	{ storage, now, transact }: Remover,
	owner: { supplierId: string } | null
): Promise<void> {
	for (const one of await transact((tx) => listRemovals(tx, owner, now()))) {
		// Before the row is looked at: whatever holds us up from here, what we send can't arrive after the mark.
		const remove = storage.removal(one);
		const mark = now();
		if (!(await transact((tx) => takeRemoval(tx, one, mark)))) continue;
		await remove();
		await transact((tx) => endRemoval(tx, one, mark));
	}
}
