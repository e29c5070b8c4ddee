// What points are given for, what they are used for, and the lines of their ledger.
import type { RewardKind } from './programme.ts';

export type AwardKind = 'payment' | 'streak' | 'plan' | 'first_online';
export type RedemptionKind = 'credit' | RewardKind;
export type PointsEntryKind = 'pending' | 'earned' | 'spent' | 'given_back' | 'expired' | 'reversed' | 'adjusted';
