// What a member types to give money back.
import * as v from 'valibot';
import { REFUND_MEANINGS } from '../domain/payments/refund-guard.ts';
import { minor, type Minor } from '../domain/money/minor.ts';
import { typedAmount } from './typed.ts';

export const RefundForm = v.object({
	refundRequestId: v.pipe(v.string(), v.uuid()),
	montant: v.pipe(
		v.string(),
		v.transform(typedAmount),
		v.nonNullable(v.custom<Minor>((amount) => typeof amount === 'bigint'))
	),
	sens: v.picklist(REFUND_MEANINGS),
	motif: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(300))
});
/** The same with what was given back when the person looked: the confirmation. */
export const RefundConfirmation = v.object({
	...RefundForm.entries,
	vu: v.pipe(
		v.string(),
		v.regex(/^\d{1,15}$/),
		v.transform((text) => minor(BigInt(text)))
	)
});
