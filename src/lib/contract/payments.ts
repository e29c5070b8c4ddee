// What the browser sends to pay, checked before anything else looks at it.
import * as v from 'valibot';
import { minor } from '../domain/money/minor.ts';

export const StartPayment = v.object({
	attemptId: v.pipe(v.string(), v.uuid()),
	/** null: the means of payment of the plan, for a part that its bank wants confirmed. */
	confirmationTokenId: v.nullable(v.pipe(v.string(), v.regex(/^ctoken_\w{8,100}$/))),
	invoiceIds: v.pipe(
		v.array(v.pipe(v.string(), v.uuid())),
		v.minLength(1),
		v.maxLength(50),
		v.check((ids) => new Set(ids).size === ids.length)
	),
	option: v.optional(v.picklist(['now', 'early', 'plan_2', 'plan_3', 'next_part', 'all_parts']), 'now'),
	/** What the page said would be paid at once. */
	expectedAmountMinor: v.pipe(
		v.string(),
		v.regex(/^\d{1,12}$/),
		v.transform((text) => minor(BigInt(text)))
	)
});
export type StartPayment = v.InferOutput<typeof StartPayment>;

export const ChangeMethod = v.object({
	setupId: v.pipe(v.string(), v.uuid()),
	planId: v.pipe(v.string(), v.uuid()),
	confirmationTokenId: v.pipe(v.string(), v.regex(/^ctoken_\w{8,100}$/))
});
export type ChangeMethod = v.InferOutput<typeof ChangeMethod>;

export const AttemptId = v.pipe(v.string(), v.uuid());
export const isUuid = (text: string): boolean => v.is(AttemptId, text);
