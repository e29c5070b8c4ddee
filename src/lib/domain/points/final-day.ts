// When points that are pending are final. Of a debit under way nobody knows yet: the day on which its result is awaited, and so many after it. Pure.
import { addDays, type CivilDate } from '../calendar/civil-date.ts';

export const finalDay = ({
	finalOn,
	expectedOn,
	vestingDays
}: {
	finalOn: CivilDate | null;
	expectedOn: CivilDate | null;
	vestingDays: number;
}): CivilDate | null => finalOn ?? (expectedOn && addDays(expectedOn, vestingDays));
