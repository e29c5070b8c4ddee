// The worker: empties the queues when woken, and runs periodic tasks when their turn has come. Queues are rows (mail, stripe_event,
// plan_charge, due_work, import_job, loyalty_outbox, sign_in_request) claimed a few at a time, so any number of workers may run (decision 0007).
import type { Services } from '../services.ts';
import { makeBell, type Bell } from './bell.ts';
import { askStripe, doDueWork, doOwnWork } from './due-jobs.ts';
import { workWithHands, type Shift } from './hands.ts';
import { lastTurns, takeTurn } from '../store/periodic-tasks.ts';
import { sendNextSignIn } from '../use-cases/access/send-sign-in.ts';
import { advanceNextImport } from '../use-cases/imports/advance-import.ts';
import { readMembersAgain } from '../use-cases/loyalty/read-members-again.ts';
import { sendNextToLoyalty } from '../use-cases/loyalty/send-to-loyalty.ts';
import { setOffCredits } from '../use-cases/invoices/set-off-credits.ts';
import { sendNextMail } from '../use-cases/sending/send-next-mail.ts';
import { followSilence } from '../use-cases/payments/follow-silence.ts';
import { claimEvents, EVENT_HANDS, handleEvent, handleNextEvent } from '../use-cases/payments/handle-event.ts';
import { checkDeclaredRefunds } from '../use-cases/payments/check-declared-refunds.ts';
import { checkDeclaredOutcomes } from '../use-cases/payments/check-declared-outcomes.ts';
import { compareTotals } from '../use-cases/payments/reconcile-balance.ts';
import { reconcileRecent } from '../use-cases/payments/reconcile.ts';
import { chargeNextInstalments, collectDue } from '../use-cases/payments/collect-instalments.ts';
import { forgetMethods } from '../use-cases/methods/manage-methods.ts';
import {
	announceInstalments,
	askMethodsAgain,
	putInDefault,
	warnOfEndingCards
} from '../use-cases/plans/announce-and-default.ts';
import { tellExpiring, tendPoints } from '../use-cases/points/tend-points.ts';
import { COMPARE_OPEN, compareOpen } from '../use-cases/upkeep/compare-open.ts';
import { purgeExpired } from '../use-cases/upkeep/purge-expired.ts';

type Queue = {
	name: string;
	next: (services: Services) => Promise<boolean>;
	/** Until nothing is due, with several hands; without it, one after the other. */
	many?: (services: Services, shift: Shift) => Promise<void>;
};
const QUEUES: Queue[] = [
	{ name: 'stripe events', next: handleNextEvent, many: handleEvents },
	{ name: 'sign-in mails', next: sendNextSignIn },
	{ name: 'parts of plans', next: chargeNextInstalments },
	{ name: 'what is due', next: doOwnWork },
	{ name: 'mails', next: sendNextMail },
	{ name: 'LoyaltyLion', next: sendNextToLoyalty },
	// Two, so that a small import need not wait for a large one.
	{ name: 'imports', next: advanceNextImport },
	{ name: 'more imports', next: advanceNextImport }
];
type Periodic = {
	name: string;
	everyMs: number;
	run: (services: Services) => Promise<void>;
	/** Takes as long as there is to read: beside the others, so that none of them waits for it. */
	isLong?: boolean;
};
/** What Stripe tells, of several suppliers at once. */
function handleEvents(services: Services, shift: Shift): Promise<void> {
	return workWithHands(
		EVENT_HANDS,
		shift,
		(free) => claimEvents(services, free),
		(event) => handleEvent(services, event)
	);
}
const MINUTE = 60_000;
/** Which suppliers have something to do is found by an index (store/due-suppliers.ts): a round in which nothing is due costs the same for ten and for ten thousand. */
export const PERIODIC: [Periodic, ...Periodic[]] = [
	// First: what follows asks only accounts that answer.
	{ name: 'ask silent Stripe accounts again', everyMs: MINUTE, run: followSilence },
	{ name: 'hear what was said of tries', everyMs: 10 * MINUTE, run: checkDeclaredOutcomes },
	{ name: 'hear what was said of refunds', everyMs: 10 * MINUTE, run: checkDeclaredRefunds },
	// A debit comes back within eight weeks, a card's payment is disputed within 120 days; what comes later is found within a day.
	{
		name: 'reconcile the last three days',
		everyMs: 60 * MINUTE,
		isLong: true,
		run: (services) => reconcileRecent(services, 3, 120)
	},
	{
		name: 'reconcile the last thirty days',
		everyMs: 24 * 60 * MINUTE,
		isLong: true,
		run: (services) => reconcileRecent(services, 30)
	},
	{ name: 'forget means of payment', everyMs: 60 * MINUTE, run: forgetMethods },
	{ name: 'ask for means of payment again', everyMs: 10 * MINUTE, run: askMethodsAgain },
	{ name: 'set off credit notes', everyMs: MINUTE, run: setOffCredits },
	{ name: 'tell of cards that end', everyMs: 10 * MINUTE, run: warnOfEndingCards },
	{ name: 'announce parts of plans', everyMs: 10 * MINUTE, run: announceInstalments },
	{ name: 'put parts of plans on the queue', everyMs: MINUTE, run: collectDue },
	{ name: 'read clients at LoyaltyLion again', everyMs: 10 * MINUTE, run: readMembersAgain },
	{ name: 'break plans in default', everyMs: 60 * MINUTE, run: putInDefault },
	{ name: 'tell of points that expire', everyMs: 60 * MINUTE, run: tellExpiring },
	{ name: 'points that are due', everyMs: 10 * MINUTE, run: tendPoints },
	{ name: 'forget what has served its time', everyMs: 60 * MINUTE, isLong: true, run: purgeExpired },
	{ name: 'compare totals with Stripe', everyMs: 24 * 60 * MINUTE, isLong: true, run: compareTotals },
	{ name: COMPARE_OPEN, everyMs: 24 * 60 * MINUTE, isLong: true, run: (services) => compareOpen(services) }
];
const POLL_MS = 5000;

export type Worker = { wake(): void; stop(): Promise<void>; drain(): Promise<void> };

export function startWorker(services: Services): Worker {
	let isStopping = false;
	const stopping = () => isStopping;
	const bell = makeBell();
	const gong = makeBell();
	const ringBoth = () => {
		bell.ring();
		gong.ring();
	};
	// Whoever rings, the clock rings too: a lost signal costs five seconds, never a payment. Periodic tasks hear the clock alone.
	const clock = setInterval(ringBoth, POLL_MS);
	const loop = async (bell: Bell, work: () => Promise<void>) => {
		while (!isStopping) {
			const nextRing = bell.nextRing(); // taken before the work: a ring in the middle of it is not missed
			await work();
			if (!isStopping) await nextRing;
		}
	};
	const loops = [
		...QUEUES.map((queue) =>
			loop(bell, () =>
				careful(services, queue.name, stopping, async () => {
					if (queue.many) return queue.many(services, { stopping, nextRing: bell.nextRing });
					while (!stopping() && (await queue.next(services)));
				})
			)
		),
		// Hears the clock alone: nothing of it is due at the moment it is asked for.
		loop(gong, () =>
			careful(services, 'what Stripe has not ended', stopping, () =>
				askStripe(services, { stopping, nextRing: gong.nextRing })
			)
		),
		...[false, true].map((isLong) =>
			loop(gong, () =>
				careful(services, isLong ? 'long periodic tasks' : 'periodic tasks', stopping, () =>
					runPeriodic(
						services,
						PERIODIC.filter((task) => Boolean(task.isLong) === isLong),
						stopping
					)
				)
			)
		)
	];
	return {
		wake: bell.ring,
		stop: async () => {
			isStopping = true;
			clearInterval(clock);
			ringBoth();
			await Promise.all(loops);
		},
		drain: () => drainOnce(services)
	};
}

async function careful(
	services: Services,
	queue: string,
	stopping: () => boolean,
	work: () => Promise<void>
): Promise<void> {
	try {
		await work();
	} catch (error) {
		if (!stopping()) services.log.error({ err: error, queue }, 'queue interrupted, will resume');
	}
}

async function runPeriodic(services: Services, tasks: Periodic[], stopping: () => boolean): Promise<void> {
	// Asked once for all: most rounds find nobody's turn.
	const last = await lastTurns(services.db);
	for (const task of tasks) {
		if (stopping()) return;
		const lastAt = last.get(task.name)?.getTime() ?? -Infinity;
		if (lastAt >= services.clock.now().getTime() - task.everyMs) continue;
		try {
			if (await takeTurn(services.db, task.name, services.clock.now(), task.everyMs)) await task.run(services);
		} catch (error) {
			if (!stopping()) services.log.error({ err: error, task: task.name }, 'task interrupted, will resume');
		}
	}
}

/** Does everything that is due now, in this call: for tests and for the demo's clock. */
export async function drainOnce(services: Services): Promise<void> {
	const [silent, ...others] = PERIODIC;
	await runPeriodic(services, [silent], () => false);
	while (await doDueWork(services));
	await runPeriodic(services, others, () => false);
	for (const queue of QUEUES) while (await queue.next(services));
}
