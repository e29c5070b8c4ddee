// One turn of work at an import: whose it is, and its transactions.
import type { Scope } from '../../../domain/access/scope.ts';
import type { ImportState } from '../../../domain/invoices/import-states.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { holdClaim, saveImport, type Claim } from '../../store/imports.ts';
import { recordFact } from '../../store/outbox.ts';
import { commitWithoutWaiting, inScope } from '../../store/tx.ts';
import { commit } from '../run.ts';

export const LEASE_MS = 60_000;
/** After so many, the tables are no longer what they were. */
const GROWN = [1000, 10_000, 60_000];
export const hasGrown = (before: number, after: number): boolean =>
	GROWN.some((size) => before < size && after >= size);

export type Work = { services: Services; scope: Scope; claim: Claim };
/** Somebody else has taken over, or a person called the import off. */
export class LostClaim extends Error {}

type Steps = (tx: Tx, hold: () => Promise<void>) => Promise<void>;
/** One transaction of a turn, with its news. `hold` makes sure that the import is still ours: once, at its beginning or at its end. */
const stepsOf =
	({ services, scope, claim }: Work, steps: Steps) =>
	async (tx: Tx): Promise<void> => {
		const now = services.clock.now();
		await steps(tx, async () => {
			if (!(await holdClaim(tx, scope, claim, new Date(now.getTime() + LEASE_MS)))) throw new LostClaim();
		});
		await recordFact(tx, scope, now, { kind: 'import.changed', clientId: null, invoiceId: null, attemptId: null });
	};
/** More steps follow: nobody is woken for this one (pages see it within two seconds), and a database server that loses it loses those that follow too. */
export const step = (work: Work, steps: Steps): Promise<void> =>
	inScope(work.services.db, work.scope, async (tx) => {
		await commitWithoutWaiting(tx);
		await stepsOf(work, steps)(tx);
	});
/** The last step of its state is waited for until it is on the disk, and everything before it with it. */
export const lastStep = (work: Work, steps: Steps): Promise<void> =>
	commit(work.services, work.scope, stepsOf(work, steps));
/** The import goes on to another state, and is nobody's. */
export const moveOn = (work: Work, state: ImportState, change: Parameters<typeof saveImport>[3] = {}): Promise<void> =>
	lastStep(work, async (tx, hold) => {
		await hold();
		await saveImport(tx, work.scope, work.claim.importId, { state, ...change });
	});
