// Work found by what is due: one definition for each job. A row says when it wants to be looked at (store/due-work.ts), whoever has a hand free does it.
import { mintScope, type Scope } from '../../domain/access/scope.ts';
import type { Services } from '../services.ts';
import { claimDueWork, forgetWork, putOffWork, type DueWork } from '../store/due-work.ts';
import type { DueJob } from '../store/schema/index.ts';
import { followDuePoints } from '../use-cases/points/follow-due-points.ts';

type Job = {
	/** Harmless twice, and side by side with itself. */
	run: (services: Services, scope: Scope, work: DueWork) => Promise<void>;
	/** After so many failures in a row. */
	retryMs: (failures: number) => number;
};
const MINUTE = 60_000;
const JOBS: Record<DueJob, Job> = {
	points: { run: followDuePoints, retryMs: (failures) => Math.min(10 * MINUTE, 5000 * 2 ** failures) }
};
/** For a batch: longer than any takes, and shorter than a receipt waits. */
const LEASE_MS = MINUTE;

/** Does a batch of what is due; `false`: nothing is. */
export async function doDueWork(services: Services): Promise<boolean> {
	const batch = await claimDueWork(services.db, services.clock.now(), LEASE_MS);
	for (const work of batch) await doOne(services, work);
	// Somebody may wait for it: the receipt that says what was earned.
	if (batch.length) services.signal();
	return batch.length > 0;
}

async function doOne(services: Services, work: DueWork): Promise<void> {
	const { job, supplierId, subjectId, failures } = work;
	try {
		await JOBS[job].run(services, mintScope(supplierId, { kind: 'system' }), work);
		await forgetWork(services.db, work);
	} catch (error) {
		services.log.error({ err: error, job, supplierId, subjectId, failures }, 'work not done, trying again');
		const until = new Date(services.clock.now().getTime() + JOBS[job].retryMs(failures));
		await putOffWork(services.db, work, { error: String((error as Error).cause ?? error), until });
	}
}
