// Who gets no new plan although the offer would allow it: clients that are late, whose plan broke, or that have much in plans already. One rule for page, quote,
// acceptance and API, as the supplier wrote it in the offer. Terms that an invoice itself gives are not asked.
import { addDays, type CivilDate } from '../calendar/civil-date.ts';
import { add, type Minor } from '../money/minor.ts';

export type PlanCaution = {
	/** A client that owes something past its day may choose a plan all the same. */
	isForLate: boolean;
	/** Days without a new plan after one that broke; null: a broken plan counts for nothing. */
	afterBrokenDays: number | null;
	/** What one client may have in plans at once, the new one included. */
	clientMaxMinor: Minor | null;
};
/** What is known of a client on the day it asks. */
export type PlanHistory = {
	/** Something of it is past its due date, and neither under way nor in a plan. */
	isLate: boolean;
	/** The last day on which a plan of it broke. */
	brokenOn: CivilDate | null;
	/** To come and under way in its plans. */
	inPlansMinor: Minor;
};
export type CautionReason = 'client_late' | 'plan_broken' | 'plans_full';

/** null: nothing stands against it. Versions published before there was such a rule have none, and keep what they promised. */
export function cautionReason(
	caution: PlanCaution | null | undefined,
	{ isLate, brokenOn, inPlansMinor }: PlanHistory,
	{ today, totalMinor }: { today: CivilDate; totalMinor: Minor }
): CautionReason | null {
	if (!caution) return null;
	const { isForLate, afterBrokenDays, clientMaxMinor } = caution;
	if (!isForLate && isLate) return 'client_late';
	if (brokenOn !== null && afterBrokenDays !== null && today < addDays(brokenOn, afterBrokenDays)) return 'plan_broken';
	if (clientMaxMinor !== null && add(inPlansMinor, totalMinor) > clientMaxMinor) return 'plans_full';
	return null;
}
