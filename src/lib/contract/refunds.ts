// What a member types to give money back.
import * as v from 'valibot';
import { typedAmount } from './typed.ts';

export const RefundForm = v.object({
	refundRequestId: v.pipe(v.string(), v.uuid()),
	montant: v.pipe(
		v.string(),
		v.check((text) => typedAmount(text) !== null),
		v.transform((text) => typedAmount(text)!)
	)
});
