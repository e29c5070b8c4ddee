// What the supplier's screens show of LoyaltyLion: the connection, what is to be said there, what a client has.
import type { CivilDate } from '../domain/calendar/civil-date.ts';
import type {
	BrokenReason,
	ClaimedReward,
	ConnectionState,
	LoyaltyOperation,
	LoyaltyRowState,
	MemberState,
	RecordOutcome
} from '../domain/points/loyalty.ts';
import type { Page } from './lists.ts';

export type LoyaltyView = {
	/** null: never connected. */
	connection: {
		state: ConnectionState;
		keyLastFour: string;
		siteId: number;
		ruleName: string;
		connectedAt: Date;
		brokenReason: BrokenReason | null;
		brokenDetail: string | null;
		resumeAt: Date | null;
		lastSyncedAt: Date | null;
	} | null;
	counts: Record<LoyaltyRowState, number>;
	open: Page<LoyaltyLine>;
	settled: Page<LoyaltyLine>;
	notEnrolled: { clients: { clientId: string; name: string }[]; count: number };
	mayConnect: boolean;
	mayMend: boolean;
};
export type LoyaltyLine = {
	rowId: string;
	clientId: string;
	clientName: string;
	operation: LoyaltyOperation;
	actedOn: CivilDate;
	state: LoyaltyRowState;
	outcome: RecordOutcome | null;
	attempts: number;
	nextAt: Date;
	lastStatus: number | null;
	lastError: string | null;
	settledAt: Date | null;
};
export type LoyaltyOfClient = {
	state: MemberState;
	pointsApproved: number;
	pointsPending: number;
	rewards: ClaimedReward[];
	syncedAt: Date;
} | null;
