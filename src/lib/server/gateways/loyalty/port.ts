// What the product needs of a shopper programme besides its own points, in its own words. The LoyaltyLion client beside this file speaks it.
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { ClaimedReward, MemberState } from '../../../domain/points/loyalty.ts';

/** Whose programme, and the key to it. */
export type LoyaltyDoor = { supplierId: string; key: string; siteId: number };
/** Why a call came to nothing, and what to do about it. Errors are values; none of them holds the key. */
export type LoyaltyProblem =
	/** 401: nothing will be answered under this key. */
	| { kind: 'key_refused' }
	/** 403: the key may not do this. */
	| { kind: 'scope_missing'; problem: string }
	/** 403 without saying what is missing: a quota, until it is over. */
	| { kind: 'wait'; retryAfterMs: number | null; problem: string }
	/** Nothing was done, or it may be done again: the same call, later. */
	| { kind: 'later'; status: number | null; retryAfterMs: number | null; problem: string }
	/** It may have been done, and must not be done twice: it is looked up first. */
	| { kind: 'unknown'; status: number | null; problem: string }
	/** Asked again, it would be refused again. */
	| { kind: 'refused'; status: number; problem: string };
export type LoyaltyAnswer<T> = { kind: 'ok'; value: T } | LoyaltyProblem;

export type LoyaltyMemberThere = {
	state: MemberState;
	pointsApproved: number;
	pointsPending: number;
	rewards: ClaimedReward[];
};
export type LoyaltyGateway = {
	/** Whether the key may read this site; answers the newest activity it saw. Whether it may write shows with the first payment. */
	greet(door: LoyaltyDoor): Promise<LoyaltyAnswer<{ seenActivityId: number }>>;
	/** One payment on time, pending. `activityId` is ours, and what it is found by afterwards. */
	recordOnTimePayment(
		door: LoyaltyDoor,
		payment: { ruleName: string; activityId: string; clientId: string; paidOn: CivilDate }
	): Promise<LoyaltyAnswer<null>>;
	/** Whether that payment is there, among what came after an activity that was known before. `isWhole`: everything was read. */
	findPayment(
		door: LoyaltyDoor,
		asked: { activityId: string; sinceId: number }
	): Promise<LoyaltyAnswer<{ isThere: boolean; isWhole: boolean; seenActivityId: number }>>;
	/** As often as it is asked: a declined one stays declined. */
	setPaymentState(
		door: LoyaltyDoor,
		payment: { ruleName: string; activityId: string; state: 'approved' | 'declined' }
	): Promise<LoyaltyAnswer<null>>;
	readMember(door: LoyaltyDoor, clientId: string): Promise<LoyaltyAnswer<LoyaltyMemberThere>>;
};
