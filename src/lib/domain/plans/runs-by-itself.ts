// Whether a plan asks nothing of its payer.
import type { CivilDate } from '../calendar/civil-date.ts';
import type { Minor } from '../money/minor.ts';
import type { InstalmentStatus, PlanStatus } from './plan-states.ts';
import { nextInstalment } from './plan.ts';

/** As its payer sees it (contract/views.ts). */
type Followed = {
	status: PlanStatus;
	isHeld: boolean;
	methodLost: boolean;
	needs: unknown;
	cureEndsOn: CivilDate | null;
	instalments: readonly { position: number; dueOn: CivilDate; amountMinor: Minor; status: InstalmentStatus }[];
};
/** The rest is taken by itself, each instalment on its day. Paying earlier is possible, and out of the way. */
export const runsByItself = (plan: Followed, today: CivilDate): boolean =>
	plan.status === 'active' &&
	!plan.isHeld &&
	!plan.methodLost &&
	plan.needs === null &&
	plan.cureEndsOn === null &&
	plan.instalments.every(({ status }) => status !== 'retrying') &&
	(nextInstalment(plan.instalments)?.dueOn ?? '') >= today;
