// What a member types to say what became of a try at Stripe that nobody can ask about any more.
import * as v from 'valibot';
import { parseCivilDate, type CivilDate } from '../domain/calendar/civil-date.ts';
import { isReference } from '../domain/payments/outcome.ts';

const TRY = {
	essai: v.pipe(v.string(), v.uuid()),
	motif: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(300))
};
export const PaidThereForm = v.object({
	...TRY,
	le: v.pipe(
		v.string(),
		v.transform(parseCivilDate),
		v.nonNullable(v.custom<CivilDate>((day) => typeof day === 'string'))
	),
	reference: v.pipe(v.string(), v.trim(), v.check(isReference)),
	moyen: v.picklist(['card', 'sepa_debit'])
});
export const NotPaidThereForm = v.object(TRY);
