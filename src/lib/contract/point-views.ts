// What a signed-in client sees of its points. A pay link is given nothing of it.
import type { CivilDate } from '../domain/calendar/civil-date.ts';
import type { Minor } from '../domain/money/minor.ts';
import type { CreditStep } from '../domain/points/credit.ts';
import type { Strip } from '../domain/points/strip.ts';
import type { RewardKind } from '../domain/points/programme.ts';

/** How far somebody is on the way to the next tier, in percent; `from`: where the tier it is in begins. */
export type TierProgress = { percent: number; from: number };
export type TierCard = {
	/** Below zero: a debt that the next points pay. */
	balance: number;
	pending: number;
	/** Position in the programme, 0 the first. */
	tier: number;
	tierName: string;
	/** null: there is none above, or nothing is earned any more. */
	next: { name: string; threshold: number; missing: number; by: CivilDate | null } | null;
	isTop: boolean;
	progress: TierProgress;
	/** What the next tier brings. */
	nextBenefits: string[];
};
export type TierView = { position: number; name: string; threshold: number; isHere: boolean; benefits: string[] };
export type HistoryLine = {
	lineId: string;
	happenedOn: CivilDate;
	title: string;
	note: string;
	points: number;
	/** Not in the balance yet. */
	pendingPoints: number;
	invoiceId: string | null;
	number: string | null;
};
export type HistoryMonth = { month: string; title: string; points: number; lines: HistoryLine[] };
export type RewardView = {
	rewardId: string;
	kind: RewardKind;
	name: string;
	terms: string;
	points: number;
	until: CivilDate | null;
	/** How many are left; null: as many as are asked for. */
	left: number | null;
	/** Why it can't be taken now. */
	isFor: 'now' | 'later' | 'tier' | 'points';
	/** Of whom it is for, or how many points are missing. */
	tierName: string | null;
	missing: number;
};
export type TakenView = {
	redemptionId: string;
	name: string;
	points: number;
	state: 'used' | 'asked' | 'canceled' | 'held' | 'given_back';
	code: string | null;
	takenOn: CivilDate;
	/** Of one that the supplier can’t give: since when, and why. */
	refused: { on: CivilDate; reason: string } | null;
};
/** Points on the next invoice: whole steps, some of which are out of reach. */
export type CreditView = {
	invoiceId: string;
	number: string;
	payableMinor: Minor;
	currency: string;
	steps: CreditStep[];
};

export type PointsView = TierCard & {
	programme: string;
	slug: string;
	version: number;
	earnedInYear: number;
	tiers: TierView[];
	strip: Strip | null;
	/** As the ledger counts it; `missing`: how many more bring the points. null: the programme gives nothing for it. */
	streak: { count: number; of: number; missing: number; points: number } | null;
	/** In a row, where the programme gives nothing for it: there are never two counts. */
	inARow: number;
	/** When the first of what is pending is expected; null: nothing is, or nobody knows. */
	pendingFrom: CivilDate | null;
	history: { months: HistoryMonth[]; next: string | null; isFirst: boolean };
	expiring: { on: CivilDate; points: number }[];
	/** How long points last, in words; null: they do not expire. */
	expiryText: string | null;
	credit: CreditView | null;
	rewards: RewardView[];
	taken: TakenView[];
	/** The rules were accepted by somebody of this client. */
	isAccepted: boolean;
	isFrozen: boolean;
	/** Why, in the words of the supplier. */
	frozenReason: string | null;
	end: { lastEarnOn: CivilDate; lastSpendOn: CivilDate } | null;
	/** What is paid on time today earns; false behind the last day to earn. */
	canEarn: boolean;
};
/** What one payment earned, or will: all that a pay link may know. `isDebit`: pending until its debit has succeeded. */
export type EarnedView = { points: number; pending: number; finalOn: CivilDate | null; isDebit: boolean };
/** Points on the one invoice that is paid, in a few steps. */
export type PointsUseView = {
	steps: CreditStep[];
	used: { points: number; valueMinor: Minor } | null;
	/** Why the points that were asked for are not used, in words. */
	refused: string | null;
	isAccepted: boolean;
};
