// What a member types to give money back.
import * as v from 'valibot';
import { parseDecimal } from '../domain/money/minor.ts';

const typed = (text: string): string => text.replace(/[\s\u00a0\u202f€]/g, '').replace(',', '.');
export const RefundForm = v.object({
	refundRequestId: v.pipe(v.string(), v.uuid()),
	montant: v.pipe(
		v.string(),
		v.check((text) => parseDecimal(typed(text)) !== null),
		v.transform((text) => parseDecimal(typed(text))!)
	)
});
