// What the browser sends to pay, checked before anything else looks at it.
import * as v from 'valibot';
import { minor } from '../domain/money/minor.ts';

/** What one payment takes: whoever chooses more pays in several (use-cases/payments/split-choice.ts). */
export const INVOICES_PER_PAYMENT = 50;

/** One spelling of each id: what is counted by it, or kept with it, is counted once however it is written. */
const Id = v.pipe(v.string(), v.uuid(), v.toLowerCase());
export const StartPayment = v.object({
	attemptId: Id,
	/** null: a means of payment kept before, or that of the plan, for a part that its bank wants confirmed. */
	confirmationTokenId: v.nullable(v.pipe(v.string(), v.regex(/^ctoken_\w{8,100}$/))),
	/** One of the signed-in person's own. */
	savedMethodId: v.optional(v.nullable(Id)),
	/** To be found again next time; of a signed-in person only. */
	remember: v.optional(v.boolean()),
	invoiceIds: v.pipe(
		v.array(Id),
		v.minLength(1),
		v.maxLength(500),
		v.check((ids) => new Set(ids).size === ids.length)
	),
	option: v.optional(v.picklist(['now', 'early', 'plan_2', 'plan_3', 'next_part', 'all_parts']), 'now'),
	/** Points to use: less to pay of the one invoice; of a signed-in person only. */
	usePoints: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000_000))),
	/** What the page said would be paid at once. */
	expectedAmountMinor: v.pipe(
		v.string(),
		v.regex(/^\d{1,12}$/),
		v.transform((text) => minor(BigInt(text)))
	),
	/** The schedule that the page showed, of a plan that would begin: `2026-12-01:60000`, day and amount of each part. */
	expectedParts: v.optional(
		v.pipe(v.array(v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}:\d{1,12}$/))), v.maxLength(3))
	),
	/** Whoever gives the card has read that it ends before the last part. */
	cardMayEnd: v.optional(v.boolean())
});
export type StartPayment = v.InferOutput<typeof StartPayment>;

export const SetUpMethod = v.object({
	setupId: Id,
	/** null: for the signed-in person's next payments. */
	planId: v.nullable(Id),
	confirmationTokenId: v.pipe(v.string(), v.regex(/^ctoken_\w{8,100}$/)),
	/** Whoever gives the card has read that it ends before the last part. */
	cardMayEnd: v.optional(v.boolean())
});
export type SetUpMethod = v.InferOutput<typeof SetUpMethod>;

/** The client's answer to another day for a part. */
export const AnswerMove = v.object({
	planId: Id,
	position: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3)),
	/** The day that was suggested, as the person read it. */
	toOn: v.pipe(v.string(), v.isoDate()),
	accepts: v.boolean()
});

export const AttemptId = v.pipe(v.string(), v.uuid());
export const isUuid = (text: string): boolean => v.is(AttemptId, text);
