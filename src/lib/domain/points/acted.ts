// What the client did, when: the order of a debit, the capture of a card, the value day of a transfer. Points are judged by this day, in the ledger as on trial.
import { addDays, civilDateIn, type CivilDate } from '../calendar/civil-date.ts';
import { startOfDayIn } from '../calendar/day-starts.ts';

export type Acted = {
	methodType: string | null;
	/** Who began it: the schedule of a plan begins its debits by itself. */
	channel: string;
	begunAt: Date;
	paidAt: Date | null;
	/** Of a transfer, as the bank tells it. */
	valueOn: CivilDate | null;
	/** Of what is paid of a plan: the first day asked for, and how often it was refused since that day was agreed on. */
	instalmentDueOn: CivilDate | null;
	instalmentFailures: number;
};

/** `at` decides which version of the rules judges it; `actedOn`, at the supplier's clock, whether it was on time. */
export function whenActed(one: Acted, timeZone: string): { at: Date; actedOn: CivilDate } {
	if (one.valueOn)
		return { actedOn: one.valueOn, at: new Date(startOfDayIn(addDays(one.valueOn, 1), timeZone).getTime() - 1) };
	const acted = one.methodType === 'sepa_debit' || !one.paidAt ? one.begunAt : one.paidAt;
	const actedOn = civilDateIn(acted, timeZone);
	// Stripe tells whole seconds: what was paid right after a version came counts under it.
	const at = new Date(Math.floor(acted.getTime() / 1000) * 1000 + 999);
	// What the schedule takes by itself is paid on its day, whenever it was ordered; once it was refused, on the day on which it was paid.
	if (one.channel === 'plan' && one.instalmentDueOn !== null)
		return {
			at,
			actedOn: one.instalmentFailures === 0 || actedOn < one.instalmentDueOn ? one.instalmentDueOn : actedOn
		};
	return { at, actedOn };
}
