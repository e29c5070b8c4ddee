// A claim on which nothing is debited by itself: the client disputes it, or has promised another day. Paying it of one's own accord stays possible.
import type { CivilDate } from '../calendar/civil-date.ts';

export type HoldReason = 'disputed' | 'promised';
export type Hold = { holdReason: HoldReason | null; holdUntil: CivilDate | null };

/** A hold with a last day ends after that day by itself. */
export const isHeld = ({ holdReason, holdUntil }: Hold, today: CivilDate): boolean =>
	holdReason !== null && (holdUntil === null || holdUntil >= today);
