// A means of payment as it reads: "Carte Visa •••• 4242", "Prélèvement SEPA •••• 2606".
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';

export function methodName(type: string, label: string | null, locale: Locale): string {
	const say = { locale };
	if (type === 'transfer') return m.method_transfer({}, say);
	if (type === 'sepa_debit') return `${m.method_sepa_debit({}, say)}${label ? ` ${label.replace(/^SEPA /, '')}` : ''}`;
	return `${m.method_card({}, say)}${label ? ` ${label}` : ''}`;
}
