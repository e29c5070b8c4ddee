// A programme ends with notice: so many days before the last one on which points are earned, and after that one so many to use them.
import { addDays, type CivilDate } from '../calendar/civil-date.ts';
import type { ProgrammeTerms } from './programme.ts';

export const EARN_NOTICE_DAYS = 30;
export const SPEND_NOTICE_DAYS = 90;
/** Until the money of a SEPA debit is there, at most. */
export const DEBIT_DAYS = 14;

/** The earliest last day to earn of an end that is announced on a day. */
export const earliestEarnOn = (today: CivilDate): CivilDate => addDays(today, EARN_NOTICE_DAYS);
/** After a last day to earn, the earliest to use: points of a debit are final so many days after its money came, which takes some days itself. */
export const earliestSpendOn = (
	lastEarnOn: CivilDate,
	{ sepaVestingDays }: Pick<ProgrammeTerms, 'sepaVestingDays'>
): CivilDate => addDays(lastEarnOn, SPEND_NOTICE_DAYS + (sepaVestingDays > 0 ? sepaVestingDays + DEBIT_DAYS : 0));
