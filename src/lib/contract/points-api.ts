// What a supplier's own software sends about points: so many more or less with a reason, or a reward that is taken.
import * as v from 'valibot';
import { isUuid } from './payments.ts';

/** The bounds of both are the use case's to say. */
export const AdjustmentBody = v.object({ points: v.number(), reason: v.pipe(v.string(), v.maxLength(1000)) });
export const RedemptionBody = v.object({ reward_id: v.pipe(v.string(), v.check(isUuid)) });
/** As many lines as one answer of the history may hold. */
export const HISTORY_MAX = 200;
