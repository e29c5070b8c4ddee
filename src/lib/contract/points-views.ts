// What the supplier's screens of its points programme show.
import type { PointsEntryKind, AwardKind, RedemptionKind } from '../domain/points/kinds.ts';
import type { Verdict } from '../domain/points/judge.ts';
import type { Page } from './lists.ts';
import type { ProgrammeForm } from './programme-form.ts';
import type { LoyaltyTier, ProgrammeTerms, RewardKind, Words } from '../domain/points/programme.ts';
import type { CivilDate } from '../domain/calendar/civil-date.ts';
import type { Minor } from '../domain/money/minor.ts';
import type { MonthEnd, Punctuality, PunctualitySide, Sides } from '../domain/points/figures.ts';
import type { OwedForPoints } from '../domain/points/provision.ts';
import type { Trial, TrialClient } from '../domain/points/simulate.ts';

export type ProgrammeVersion = { version: number; publishedAt: Date | null; endedAt: Date | null };
/** What a points programme does and costs, over the last twelve months. */
export type PointsFigures = {
	today: CivilDate;
	/** The day on which the first version was published. */
	startedOn: CivilDate;
	terms: ProgrammeTerms;
	totals: {
		gained: number;
		taken: number;
		used: number;
		expired: number;
		/** By hand, below zero where more was taken. */
		adjusted: number;
		outstanding: number;
		owed: number;
		pending: number;
	};
	/** What is promised, at what it is worth; null: points are worth no money. */
	owed: OwedForPoints | null;
	months: MonthEnd[];
	tiers: number[];
	punctuality: Punctuality;
	costPerDayMinor: Minor | null;
	clients: (Sides & {
		clientId: string;
		name: string;
		balance: number;
		pending: number;
		earnedInYear: number;
		tier: number;
		isFrozen: boolean;
	})[];
	hasMoreClients: boolean;
};
/** A client's points at a glance, for its supplier. */
export type ClientPointsCard = {
	balance: number;
	pending: number;
	/** null: no programme is in force. */
	tier: { position: number; name: Words | null } | null;
	nextExpiry: { on: CivilDate; points: number } | null;
	frozenReason: string | null;
};
/** A reward that somebody asked for, to be given by the supplier. */
export type AskedReward = {
	redemptionId: string;
	clientId: string;
	clientName: string;
	kind: 'service' | 'gift';
	name: string;
	points: number;
	askedOn: CivilDate;
};
/** A reward in force that ends by number. */
export type RewardStock = { rewardId: string; kind: RewardKind; name: Words; left: number; taken: number };
export type VoucherCodes = { rewardId: string; name: string; free: number; given: number };
/** A points programme tried on a year of payments. `unknown`: invoices that came in as paid. `onTime` of a client: of its invoices past their due day, by no rule of the programme. */
export type TrialView = Omit<Trial, 'clients'> & {
	unknown: number;
	clients: (TrialClient & { onTime: PunctualitySide })[];
};

/** One line: what the ledger says, or an act that earned nothing, or nothing yet. */
export type HistoryView = {
	lineId: string;
	happenedOn: CivilDate;
	/** What it changed of the balance. */
	points: number;
	/** Of an act whose money is not final. */
	pendingPoints: number;
	/** null: an act without a line in the ledger that counts. */
	kind: PointsEntryKind | null;
	/** Of an adjustment: why, and who made it. */
	reason: string | null;
	madeBy: string | null;
	/** Of points given back with a later end: that day. */
	until: CivilDate | null;
	award: {
		kind: AwardKind;
		verdict: Verdict;
		base: number;
		early: number;
		sepa: number;
		points: number;
		dueOn: CivilDate;
		actedOn: CivilDate;
		finalOn: CivilDate | null;
		/** Of a debit: when its result is awaited, and how long after it its points are final. */
		expectedOn: CivilDate | null;
		vestingDays: number;
		invoiceId: string;
		number: string;
		option: string;
		status: string;
	} | null;
	redemption: {
		kind: RedemptionKind;
		name: Words | null;
		valueMinor: Minor | null;
		/** Of points used: the one invoice that they were used on. */
		invoice: { invoiceId: string; number: string } | null;
		/** Why the supplier can't give it. */
		note: string | null;
	} | null;
};
export type ClientPoints = ClientPointsCard & {
	clientId: string;
	name: string;
	history: Page<HistoryView & { madeByName: string | null; invoiceId: string | null }>;
	/** When the use of its points was stopped or set free, by whom and why: the latest first. */
	stops: PointsStop[];
	mayMove: boolean;
};
export type PointsStop = { stopId: string; isStopped: boolean; at: Date; by: string; reason: string };
export type Ending = { announcedOn: CivilDate; lastEarnOn: CivilDate; lastSpendOn: CivilDate };
export type ProgrammeEditor = {
	/** null: nothing was ever written. */
	form: ProgrammeForm | null;
	liveForm: ProgrammeForm | null;
	liveVersion: number | null;
	publishedAt: Date | null;
	draftVersion: number | null;
	/** By which instant a draft is known: its number is given again once it is thrown away. */
	draftBegunAt: number | null;
	ending: Ending | null;
	versions: ProgrammeVersion[];
	/** Of each voucher, how many codes nobody was given. */
	freeCodes: Record<string, number>;
	lastTiers: LoyaltyTier[];
	tierOffers: { tier: number; name: string }[];
	today: CivilDate;
	slug: string;
	timeZone: string;
	/** Nothing that is announced today may end before. */
	earliest: { earnOn: CivilDate; spendOn: CivilDate };
	mayWrite: boolean;
};
export type RewardList = {
	asked: AskedReward[];
	stock: RewardStock[];
	codes: VoucherCodes[];
	mayGive: boolean;
	mayWrite: boolean;
};
