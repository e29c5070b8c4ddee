// The form that connects LoyaltyLion: its key, the site, the name of the rule there.
import * as v from 'valibot';
import { LOYALTY_KEY, RULE_NAME } from '../domain/points/loyalty.ts';

const LoyaltyKeySchema = v.object({
	key: v.pipe(v.string(), v.trim(), v.regex(LOYALTY_KEY)),
	siteId: v.pipe(
		v.string(),
		v.trim(),
		v.regex(/^\d{1,12}$/),
		v.transform((text) => Number(text))
	),
	ruleName: v.pipe(v.string(), v.trim(), v.regex(RULE_NAME))
});
export type LoyaltyKey = v.InferOutput<typeof LoyaltyKeySchema>;
const FIELDS: Record<string, string> = { key: 'cle', siteId: 'site', ruleName: 'regle' };

/** What was typed, or the field that is not one. */
export function loyaltyKeyFrom(form: FormData): { ok: true; value: LoyaltyKey } | { ok: false; field: string } {
	const read = v.safeParse(LoyaltyKeySchema, {
		key: form.get('cle') ?? '',
		siteId: form.get('site') ?? '',
		ruleName: form.get('regle') ?? ''
	});
	return read.success
		? { ok: true, value: read.output }
		: { ok: false, field: FIELDS[v.getDotPath(read.issues[0]) ?? ''] ?? '' };
}
