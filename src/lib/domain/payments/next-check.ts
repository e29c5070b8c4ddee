// When Stripe is asked again about what it has not ended, should its event be lost: after as long as it has waited so far. A card is asked about a minute after it
// began, then after two, four, eight, so that nobody waits long for what has just happened and nothing is read again and again for days.

const MINUTE_MS = 60_000;
/** Half an hour: Stripe gives up within the hour what its bank has agreed to and we have not finished. */
const SOON_MS = 30 * MINUTE_MS;
/** A debit takes days, and what happens to it is listed by the hour besides (reconcile.ts). */
const DEBIT_MS = 12 * 60 * MINUTE_MS;

export function nextCheck({
	now,
	begunAt,
	isDebit = false,
	instants = []
}: {
	now: Date;
	begunAt: Date;
	isDebit?: boolean;
	/** From which on something else is to be done with it: it is looked at right after each. */
	instants?: Date[];
}): Date {
	const waitedMs = now.getTime() - begunAt.getTime();
	const pauseMs = Math.min(Math.max(waitedMs, MINUTE_MS), isDebit ? DEBIT_MS : SOON_MS);
	const ahead = instants.map((instant) => instant.getTime() + 1).filter((at) => at > now.getTime());
	return new Date(Math.min(now.getTime() + pauseMs, ...ahead));
}
