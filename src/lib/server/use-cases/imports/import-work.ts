// One turn of work at an import: whose it is, and its transactions.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { holdClaim, saveImport, type Claim } from '../../store/imports.ts';
import { recordFact } from '../../store/outbox.ts';
import type { ImportState } from '../../store/schema/index.ts';
import { commit } from '../run.ts';

export const LEASE_MS = 60_000;
/** After so many, the tables are no longer what they were. */
const GROWN = [1000, 10_000, 60_000];
export const hasGrown = (before: number, after: number): boolean =>
	GROWN.some((size) => before < size && after >= size);

export type Work = { services: Services; scope: Scope; claim: Claim };
/** Somebody else has taken over, or a person called the import off. */
export class LostClaim extends Error {}

/** One transaction of a turn, with its news. `hold` makes sure that the import is still ours: once, at its beginning or at its end. */
export async function step(
	{ services, scope, claim }: Work,
	steps: (tx: Tx, hold: () => Promise<void>) => Promise<void>
) {
	const now = services.clock.now();
	const hold = (tx: Tx) => async () => {
		if (!(await holdClaim(tx, scope, claim, new Date(now.getTime() + LEASE_MS)))) throw new LostClaim();
	};
	await commit(services, scope, async (tx) => {
		await steps(tx, hold(tx));
		await recordFact(tx, scope, now, { kind: 'import.changed', clientId: null, invoiceId: null, attemptId: null });
	});
}
/** The import goes on to another state, and is nobody's. */
export const moveOn = (work: Work, state: ImportState, change: Parameters<typeof saveImport>[3] = {}): Promise<void> =>
	step(work, async (tx, hold) => {
		await hold();
		await saveImport(tx, work.scope, work.claim.importId, { state, ...change });
	});
