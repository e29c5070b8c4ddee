// What a member types to say what became of an attempt at Stripe that nobody can ask about any more.
import * as v from 'valibot';
import { parseCivilDate, type CivilDate } from '../domain/calendar/civil-date.ts';
import { isReference, isRefundReference } from '../domain/payments/outcome.ts';

const WORD = {
	motif: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(300)),
	/** What was said last, and is taken back: the round that the page showed. */
	constat: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,3}$/), v.transform(Number)))
};
const TRY = { essai: v.pipe(v.string(), v.uuid()), ...WORD };
const day = v.pipe(
	v.string(),
	v.transform(parseCivilDate),
	v.nonNullable(v.custom<CivilDate>((typed) => typeof typed === 'string'))
);
export const PaidThereForm = v.object({
	...TRY,
	le: day,
	reference: v.pipe(v.string(), v.trim(), v.check(isReference)),
	moyen: v.picklist(['card', 'sepa_debit'])
});
export const NotPaidThereForm = v.object(TRY);

const REFUND = { demande: v.pipe(v.string(), v.uuid()), ...WORD };
export const RefundedThereForm = v.object({
	...REFUND,
	le: day,
	reference: v.pipe(v.string(), v.trim(), v.check(isRefundReference))
});
export const NotRefundedThereForm = v.object(REFUND);
/** What all of them ask. */
export type DeclaredForm = { motif: string; constat?: number | undefined };
