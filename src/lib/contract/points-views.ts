// What the supplier's screens of its points programme show.
import type { CivilDate } from '../domain/calendar/civil-date.ts';
import type { Minor } from '../domain/money/minor.ts';
import type { MonthEnd, Punctuality, PunctualitySide, Sides } from '../domain/points/figures.ts';
import type { OwedForPoints } from '../domain/points/provision.ts';
import type { ProgrammeTerms, RewardKind, Words } from '../domain/points/programme.ts';
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
