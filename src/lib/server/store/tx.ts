// A transaction inside one scope. What PostgreSQL has undone (serialization failure, deadlock) is done again, twice at most.
// What was lost with its connection before COMMIT was said (a restart, an administrator who ends it, 57P01, or half a minute without a word, 25P03, which the driver may tell
// as CONNECTION_CLOSED) did not happen: it is done again once, and the log has it. Once, since whoever ends a transaction has a reason, and what was silent for so long
// may be so again. From COMMIT on nobody knows whether it stands, whatever the code: it is never done again here, and its caller is told.
import { sql } from 'drizzle-orm';
import type { Actor, Scope } from '../../domain/access/scope.ts';
import { errorCode, isLost } from './away.ts';
import type { Database, Tx } from './database.ts';

const UNDONE = new Set(['40001', '40P01']);
const UNDONE_MAX = 2;
const LOST_MAX = 1;

/** Who asks, in the word that the policies know. */
const kindOf = (actor: Actor): string => (actor.kind === 'member' ? actor.role : actor.kind);

/** Runs `work` in one transaction that sees only `scope`. One commit; nothing outside PostgreSQL may be called inside. */
export async function inScope<T>(db: Database, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
	for (let [undone, lost] = [0, 0]; ;) {
		// Lost under way, nothing of it stands; lost from `committing` on, it may.
		let state: 'waiting' | 'under way' | 'committing' = 'waiting';
		const isUnderWay = () => state === 'under way';
		try {
			return await db.app.transaction(async (tx) => {
				state = 'under way';
				await tx.execute(
					sql`select set_config('ponctuel.supplier_id', ${scope.supplierId}, true), set_config('ponctuel.client_id', ${scope.clientId ?? ''}, true), set_config('ponctuel.invoice_id', ${scope.invoiceId ?? ''}, true), set_config('ponctuel.actor', ${kindOf(scope.actor)}, true)`
				);
				const outcome = await work(tx);
				state = 'committing';
				return outcome;
			});
		} catch (error) {
			if (UNDONE.has(errorCode(error)) && undone < UNDONE_MAX) undone += 1;
			else if (isUnderWay() && isLost(error) && lost < LOST_MAX) {
				lost += 1;
				db.onRepeat(error);
			} else throw error;
		}
	}
}

/**
 * This commit is not waited for until it is on the disk. If the database server itself dies at once, it may be lost, with all that were committed after it:
 * never some and not others (https://www.postgresql.org/docs/current/wal-async-commit.html). Only for work that is then done again.
 */
export const commitWithoutWaiting = async (tx: Tx): Promise<void> =>
	void (await tx.execute(sql`set local synchronous_commit = off`));

/** The constraint that refused, or ''. */
export function constraintName(error: unknown): string {
	for (let e = error as { constraint_name?: unknown; cause?: unknown } | undefined; e; e = e.cause as typeof e)
		if (typeof e.constraint_name === 'string') return e.constraint_name;
	return '';
}

/** The values themselves were refused (data exceptions, constraints, sizes): trying again would not help, another row might pass. */
export const isRefusedByDatabase = (error: unknown): boolean => /^(22|23|54)/.test(errorCode(error));
