// Work found by what is due: one definition for each job. A row says when it wants to be looked at (store/due-work.ts), whoever has a hand free does it.
import { mintScope, type Scope } from '../../domain/access/scope.ts';
import type { Services } from '../services.ts';
import type { Database } from '../store/database.ts';
import { claimDueWork, forgetWork, putOffWork, type DueWork } from '../store/due-work.ts';
import { POOLS, type DueJob, type Pool } from '../store/schema/index.ts';
import { recheckSetup } from '../use-cases/methods/recheck-setup.ts';
import { recheckAttempt, recheckRefund } from '../use-cases/payments/reconcile.ts';
import { followDuePoints } from '../use-cases/points/follow-due-points.ts';
import { workWithHands, type Shift } from './hands.ts';

type Job = {
	/** Harmless twice, and side by side with itself. The instant at which it wants to be looked at again; null: it is done. */
	run: (services: Services, scope: Scope, work: DueWork) => Promise<Date | null>;
	/** After so many failures in a row. */
	retryMs: (failures: number) => number;
	/** Longer than it takes: afterwards it is another's. */
	leaseMs: number;
};
const MINUTE = 60_000;
const askingStripe = (run: Job['run']): Job => ({
	run,
	retryMs: (failures) => Math.min(30 * MINUTE, MINUTE * 2 ** failures),
	// A question that nobody answers takes a minute, and a look may be several.
	leaseMs: 5 * MINUTE
});
export const JOBS: Record<DueJob, Job> = {
	// Its lease, for a whole batch, is shorter than a receipt waits.
	points: {
		run: followDuePoints,
		retryMs: (failures) => Math.min(10 * MINUTE, 5000 * 2 ** failures),
		leaseMs: MINUTE
	},
	attempt: askingStripe(recheckAttempt),
	refund: askingStripe(recheckRefund),
	setup: askingStripe(recheckSetup)
};
const NAMES = Object.keys(JOBS) as DueJob[];

/** Of one lane so many are in hand at once: an account at Stripe that is slow or has enough of us holds these, and no other's; a supplier that has thousands, too. */
const PER_LANE = 2;
const HANDS = 12;
const BATCH = 20;

/** Whose turn it was last, in each pool of these services. */
const served = new WeakMap<Database, Map<Pool, string>>();
async function claim({ db, clock }: Services, pool: Pool, limit: number, among: DueJob[] = NAMES): Promise<DueWork[]> {
	const jobs = among.filter((job) => POOLS[job] === pool);
	if (!jobs.length) return [];
	const turns = served.get(db) ?? new Map<Pool, string>();
	served.set(db, turns);
	const claimed = await claimDueWork(db, clock.now(), {
		pool,
		leases: Object.fromEntries(jobs.map((job) => [job, JOBS[job].leaseMs])),
		perLane: PER_LANE,
		limit,
		served: turns.get(pool)
	});
	turns.set(pool, claimed.served);
	return claimed.work;
}

/** Does a batch of what is due, one after the other; `false`: nothing is. */
export async function doDueWork(services: Services, jobs: DueJob[] = NAMES): Promise<boolean> {
	const batches = [await claim(services, 'stripe', BATCH, jobs), await claim(services, 'nobody', BATCH, jobs)];
	for (const work of batches.flat()) await doOne(services, work);
	// Somebody may wait for it: the receipt that says what was earned.
	if (batches.some((batch) => batch.length)) services.signal();
	return batches.some((batch) => batch.length);
}
/** What waits for nobody's answer. */
export const doOwnWork = (services: Services): Promise<boolean> =>
	doDueWork(
		services,
		NAMES.filter((job) => POOLS[job] === 'nobody')
	);

/** Asks Stripe until nothing is due, several accounts at once. */
export const askStripe = (services: Services, shift: Shift): Promise<void> =>
	workWithHands(
		HANDS,
		shift,
		(free) => claim(services, 'stripe', free),
		(work) => doOne(services, work)
	);

async function doOne(services: Services, work: DueWork): Promise<void> {
	const { job, supplierId, subjectId, failures } = work;
	try {
		const again = await JOBS[job].run(services, mintScope(supplierId, { kind: 'system' }), work);
		if (again) await putOffWork(services.db, work, { until: again });
		else await forgetWork(services.db, work);
	} catch (error) {
		services.log.error({ err: error, job, supplierId, subjectId, failures }, 'work not done, trying again');
		const until = new Date(services.clock.now().getTime() + JOBS[job].retryMs(failures));
		await putOffWork(services.db, work, { error: String((error as Error).cause ?? error), until });
	}
}
