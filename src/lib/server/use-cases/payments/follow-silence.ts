// Accounts at Stripe that could not be asked (a key or an account that is refused, no answer): asked again, shown and told to the owners once it is no
// mere lost answer, and everything is taken up again by itself when they answer. Meanwhile nothing is taken of them, no client is told of a refusal, no
// plan breaks (store/plan-days.ts, store/plan-charges.ts).
import { mintScope } from '../../../domain/access/scope.ts';
import { civilDateIn, daysBetween } from '../../../domain/calendar/civil-date.ts';
import type { Silence } from '../../../domain/payments/silence.ts';
import { required } from '../../../domain/required.ts';
import { NotAsked } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { wakeWork } from '../../store/due-work.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { prolongCures } from '../../store/plan-days.ts';
import { recordAudit } from '../../store/audits.ts';
import {
	accountOf,
	confirmSilence,
	endSilence,
	listToAskAgain,
	wakeStripeEvents,
	type StripeAccount
} from '../../store/stripe-accounts.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit } from '../run.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** When nobody answers, a question takes its time: the others wait for the next round. */
const UNREACHABLE_MAX = 3;

export async function followSilence(services: Services): Promise<void> {
	let unreachable = 0;
	for (const account of await listToAskAgain(services.db, services.clock.now())) {
		const silence = await silenceOf(services, account);
		if (silence === null) await takeUpAgain(services, account);
		else await confirm(services, account, silence);
		if (silence === 'unreachable' && ++unreachable >= UNREACHABLE_MAX) return;
	}
}

/** null: it answers. */
async function silenceOf(services: Services, account: StripeAccount): Promise<Silence | null> {
	try {
		await services.payments.greet(accountOf(account));
		return null;
	} catch (error) {
		if (error instanceof NotAsked) return error.silence;
		throw error;
	}
}

const begin = ({ silentSince }: StripeAccount): Date => required(silentSince, 'begin of a silence');
const lasted = (account: StripeAccount, now: Date): number => now.getTime() - begin(account).getTime();

async function confirm(services: Services, account: StripeAccount, silence: Silence): Promise<void> {
	const scope = mintScope(account.supplierId, { kind: 'system' });
	const now = services.clock.now();
	const lastedMs = lasted(account, now);
	// Every minute at first, then each time that a tenth more has passed: whoever mends it waits a quarter of an hour at most.
	const pauseMs = Math.min(Math.max(lastedMs / 10, MINUTE_MS), 15 * MINUTE_MS);
	const isTold = mayTell(account, silence, now);
	await commit(services, scope, async (tx) => {
		await confirmSilence(tx, scope, account.account, {
			silence,
			confirmedAt: account.confirmedAt ?? now,
			askAgainAt: new Date(now.getTime() + pauseMs),
			...(isTold ? { toldAt: now } : {})
		});
		if (!isTold) return;
		const detail = { account: account.account, silence, former: account.untilAt ? 'yes' : '' };
		await queueOwnerNotice(tx, scope, now, await recordAudit(tx, scope, now, 'stripe_silent', account.account, detail));
	});
	services.log.error(
		{ account: account.account, silence, since: account.silentSince },
		'stripe account can not be asked'
	);
}

/** Once for as long as it lasts, and at most once a day if it comes and goes. That nobody answers may pass by itself: an hour is waited. */
function mayTell(account: StripeAccount, silence: Silence, now: Date): boolean {
	const { toldAt } = account;
	if (silence === 'unreachable' && lasted(account, now) < HOUR_MS) return false;
	return toldAt === null || (toldAt < begin(account) && now.getTime() - toldAt.getTime() > DAY_MS);
}

/** Clients could not mend a plan meanwhile: the days are given back to them. What waits is due now: events, what Stripe has not ended; the run finds its way by itself. */
async function takeUpAgain(services: Services, account: StripeAccount): Promise<void> {
	const scope = mintScope(account.supplierId, { kind: 'system' });
	const now = services.clock.now();
	await commit(services, scope, async (tx) => {
		if (!(await endSilence(tx, scope, account.account)) || !account.confirmedAt || account.untilAt) return;
		const { timeZone } = await getSupplier(tx, scope);
		const [since, today] = [civilDateIn(begin(account), timeZone), civilDateIn(now, timeZone)];
		await prolongCures(tx, scope, { since, days: daysBetween(since, today) }, now);
	});
	await wakeStripeEvents(services.db, account, now);
	await wakeWork(services.db, accountOf(account), now);
	services.log.info({ account: account.account, since: account.silentSince }, 'stripe account answers again');
}
