// What the worker does when the clock says so, of some jobs alone.
import { doDueWork } from '#lib/server/jobs/due-jobs.ts';
import type { Services } from '#lib/server/services.ts';
import type { DueJob } from '#lib/server/store/schema/index.ts';

/** Until nothing of these jobs is due. */
export async function workDue(services: Services, ...jobs: DueJob[]): Promise<void> {
	while (await doDueWork(services, jobs));
}
