// LoyaltyLion, where a supplier has it: what is said there of an award, when a call is tried again, what a client has there. Pure.
// Source: https://developers.loyaltylion.com (Admin API v2, Headless API 2025-06).

/** What an award has become in our ledger: `reversed` is all of it. */
export type AwardState = 'pending' | 'earned' | 'reversed';
/** An activity is recorded as pending, approved once its points are earned, declined when they were taken back. */
export type LoyaltyOperation = 'record' | 'approve' | 'decline';
/** `earned_nothing`: taken, and the client has not one point more: a limit of the rule, or no such rule. */
export type RecordOutcome = 'earned' | 'not_enrolled' | 'earned_nothing';
/** `broken`: the key is refused, may not do this, or can’t be read here any more. Nothing is sent until an owner mends it. */
export type ConnectionState = 'active' | 'paused' | 'broken' | 'disconnected';
export type BrokenReason = 'key_refused' | 'scope_missing' | 'key_unreadable';
/** `unknown`: no such customer there. Only enrolled ones earn. */
export type LoyaltyRowState = 'waiting' | 'sending' | 'done' | 'failed' | 'skipped';
export type MemberState = 'enrolled' | 'guest' | 'unknown';
export type ClaimedReward = {
	id: number;
	title: string;
	/** Of a voucher. */
	code: string | null;
	claimedAt: string;
	expiresAt: string | null;
	isUsed: boolean;
};

/** The name of the rule there: letters and `_` alone (https://help.loyaltylion.com/en/articles/1965598-activity-custom). */
export const RULE_NAME = /^[A-Za-z_]{1,60}$/;
/** A key as LoyaltyLion shows it once. */
export const LOYALTY_KEY = /^pat_[0-9a-f]{32}$/;
/** Keys of the stand-in, which nobody can be given by LoyaltyLion: eight zeros. Real ones and these never mix. */
export const isSandboxKey = (key: string): boolean => key.startsWith('pat_00000000');

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];
const WAITS_MS = [10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 24 * HOUR] as const;
/** After so many tries: the last wait again and again, a service that is down comes back. What LoyaltyLion asks for wins. */
export const waitAfter = (attempts: number, retryAfterMs: number | null): number =>
	retryAfterMs ?? WAITS_MS[Math.min(Math.max(attempts, 1), WAITS_MS.length) - 1] ?? 24 * HOUR;
