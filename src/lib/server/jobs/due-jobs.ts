// Work found by what is due: one definition for each job. A row says when it wants to be looked at (store/due-work.ts), whoever has a hand free does it.
import { mintScope, type Scope } from '../../domain/access/scope.ts';
import type { Services } from '../services.ts';
import { claimDueWork, forgetWork, putOffWork, type Claim, type DueWork } from '../store/due-work.ts';
import type { DueJob } from '../store/schema/index.ts';
import { lookAtSetup } from '../use-cases/methods/set-up-method.ts';
import { lookAtAttempt, lookAtRefund } from '../use-cases/payments/reconcile.ts';
import { followDuePoints } from '../use-cases/points/follow-due-points.ts';

type Job = {
	/** Whose answer it waits for: what asks Stripe has a pool of hands of its own. */
	asks: 'stripe' | 'nobody';
	/** Harmless twice, and side by side with itself. The instant at which it wants to be looked at again; null: it is done. */
	run: (services: Services, scope: Scope, work: DueWork) => Promise<Date | null>;
	/** After so many failures in a row. */
	retryMs: (failures: number) => number;
	/** Longer than it takes: afterwards it is another's. */
	leaseMs: number;
};
const MINUTE = 60_000;
const askingStripe = (run: Job['run']): Job => ({
	asks: 'stripe',
	run,
	retryMs: (failures) => Math.min(30 * MINUTE, MINUTE * 2 ** failures),
	// A question that nobody answers takes a minute, and a look may be several.
	leaseMs: 5 * MINUTE
});
export const JOBS: Record<DueJob, Job> = {
	// Its lease, for a whole batch, is shorter than a receipt waits.
	points: {
		asks: 'nobody',
		run: followDuePoints,
		retryMs: (failures) => Math.min(10 * MINUTE, 5000 * 2 ** failures),
		leaseMs: MINUTE
	},
	attempt: askingStripe(lookAtAttempt),
	refund: askingStripe(lookAtRefund),
	setup: askingStripe(lookAtSetup)
};
const NAMES = Object.keys(JOBS) as DueJob[];
export const ASKING_NOBODY = NAMES.filter((job) => JOBS[job].asks === 'nobody');
const ASKING_STRIPE = NAMES.filter((job) => JOBS[job].asks === 'stripe');

/** Of one account at Stripe so many questions wait at once: one that is slow or has enough of us holds these hands, and no other's. */
const PER_ACCOUNT = 2;
const HANDS = 12;
const BATCH = 20;

const claim = (services: Services, jobs: DueJob[], many: Pick<Claim, 'perLane' | 'limit'>): Promise<DueWork[]> =>
	claimDueWork(services.db, services.clock.now(), {
		leases: Object.fromEntries(jobs.map((job) => [job, JOBS[job].leaseMs])),
		...many
	});

/** Does a batch of what is due, one after the other; `false`: nothing is. */
export async function doDueWork(services: Services, jobs: DueJob[] = NAMES): Promise<boolean> {
	const batch = await claim(services, jobs, { perLane: BATCH, limit: BATCH });
	for (const work of batch) await doOne(services, work);
	// Somebody may wait for it: the receipt that says what was earned.
	if (batch.length) services.signal();
	return batch.length > 0;
}

/** Asks Stripe until nothing is due, several accounts at once. Who waits long for an answer keeps no other waiting: `nextRing` says that more may be due. */
export async function askStripe(
	services: Services,
	{ stopping, nextRing }: { stopping: () => boolean; nextRing: () => Promise<void> }
): Promise<void> {
	const inHand = new Set<Promise<void>>();
	try {
		for (;;) {
			const ring = nextRing();
			const free = stopping() ? 0 : HANDS - inHand.size;
			for (const work of free ? await claim(services, ASKING_STRIPE, { perLane: PER_ACCOUNT, limit: free }) : []) {
				const hand = doOne(services, work).finally(() => inHand.delete(hand));
				inHand.add(hand);
			}
			if (!inHand.size) return;
			await Promise.race([ring, ...inHand]);
		}
	} finally {
		// Whatever went wrong: nobody leaves while something is in hand.
		await Promise.allSettled(inHand);
	}
}

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
