// How long a person stays signed in: until it has been away for a while, and never longer than a whole life (ASVS 5.0, 7.3). Members move money and
// see every client: a working day away, a week in all. Contacts come back once a month to pay: a month away, half a year in all.
import type { SubjectKind } from './subject.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
type Life = { idleMs: number; wholeMs: number };
export const SESSION_LIFE: Record<SubjectKind, Life> = {
	member: { idleMs: 12 * HOUR_MS, wholeMs: 7 * DAY_MS },
	contact: { idleMs: 30 * DAY_MS, wholeMs: 180 * DAY_MS }
};
/** "Last seen" is written when it has grown this old, not at each request. */
export const SEEN_EVERY_MS = 5 * 60_000;

export function sessionEnd(kind: SubjectKind, createdAt: Date, lastSeenAt: Date): Date {
	const { idleMs, wholeMs } = SESSION_LIFE[kind];
	return new Date(Math.min(lastSeenAt.getTime() + idleMs, createdAt.getTime() + wholeMs));
}
