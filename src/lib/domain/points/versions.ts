// Which version of a points programme counts: the one in force, the one that judges an act. Pure.
import type { CivilDate } from '../calendar/civil-date.ts';

/** A published version: `publishedAt` until `endedAt`, or until its last day to earn. */
export type Published = { version: number; publishedAt: Date; endedAt: Date | null; lastEarnOn: CivilDate | null };

/** null: the supplier gives no points. */
export const versionInForce = <V extends Published>(published: readonly V[]): V | null =>
	published.find((one) => one.endedAt === null) ?? null;
/** The version in force at an instant, in which an act of that day still earns; null: none. */
export const versionAt = <V extends Published>(
	published: readonly V[],
	{ at, day }: { at: Date; day: CivilDate }
): V | null =>
	[...published]
		.sort((a, b) => b.version - a.version)
		.find(
			(one) =>
				one.publishedAt <= at &&
				(one.endedAt === null || one.endedAt > at) &&
				(one.lastEarnOn === null || one.lastEarnOn >= day)
		) ?? null;
