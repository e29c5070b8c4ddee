// What is wrong with a logo or a field of the identity: which, and how to mend it.
import { m } from '#lib/paraglide/messages.js';
import { LOGO_MAX_BYTES } from '../domain/identity/logo.ts';
import { LOGO_MAX_SIDE, LOGO_MIN_SIDE, type LogoProblem } from '../domain/identity/picture.ts';
import type { IdentityField } from '../contract/identity.ts';
import type { Locale } from '../domain/money/format.ts';

const LIMITS = { kilobytes: LOGO_MAX_BYTES / 1024, most: LOGO_MAX_SIDE, least: LOGO_MIN_SIDE };
/** What may be given, under the field. */
export const logoHint = (): string => m.logo_hint(LIMITS);

export function logoText(problem: LogoProblem, locale: Locale): string {
	const say = { locale };
	const texts: Record<LogoProblem, () => string> = {
		missing: () => m.logo_missing({}, say),
		too_heavy: () => m.logo_too_heavy(LIMITS, say),
		not_a_picture: () => m.logo_not_a_picture({}, say),
		damaged: () => m.logo_damaged({}, say),
		too_small: () => m.logo_too_small(LIMITS, say),
		too_large: () => m.logo_too_large(LIMITS, say),
		unusual: () => m.logo_unusual({}, say)
	};
	return m.refusal_logo_refused({ why: texts[problem]() }, say);
}
/** Under the field itself. */
export function identityProblem(field: IdentityField): string {
	const texts: Record<IdentityField, () => string> = {
		forme: m.identity_form_wrong,
		siren: m.identity_siren_wrong,
		telephone: m.identity_phone_wrong,
		rue: m.identity_street_wrong,
		codePostal: m.identity_postal_code_wrong,
		ville: m.identity_town_wrong
	};
	return texts[field]();
}
