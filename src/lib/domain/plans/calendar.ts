// When an instalment is announced, asked for and due. A card answers at once; a SEPA debit is ordered ahead so that it lands on its day
// (https://docs.stripe.com/payments/sepa-debit: target date three to fifteen days ahead).
import { addDays, daysBetween, type CivilDate } from '../calendar/civil-date.ts';

const ANNOUNCED_DAYS = 7;
const SEPA_ORDERED_DAYS = 4;
const SEPA_TARGET_MIN_DAYS = 3;

/** The day on which the client is told what will be taken, and when. */
export const announcedOn = (dueOn: CivilDate): CivilDate => addDays(dueOn, -ANNOUNCED_DAYS);
/** The day on which an instalment is asked for. */
export const askedOn = (dueOn: CivilDate, methodType: string | null): CivilDate =>
	methodType === 'sepa_debit' ? addDays(dueOn, -SEPA_ORDERED_DAYS) : dueOn;
/** The day a debit ordered today should land on; null when it is too near, and the bank's own delay applies. */
export const targetDay = (dueOn: CivilDate, today: CivilDate): CivilDate | null =>
	daysBetween(today, dueOn) >= SEPA_TARGET_MIN_DAYS ? dueOn : null;
