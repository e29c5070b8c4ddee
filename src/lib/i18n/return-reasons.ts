// Why the bank took a payment back, for the client: kind, and what to do. Codes of banks are for the supplier.
import { m } from '#lib/paraglide/messages.js';
import { returnClassOf } from '../domain/bank/return-reasons.ts';
import type { Locale } from '../domain/money/format.ts';

/** `null` when the reason says nothing that helps. */
export function returnForClient(reason: string | null, locale: Locale): string | null {
	const say = { locale };
	switch (returnClassOf(reason)) {
		case 'soft':
			return m.returned_soft({}, say);
		case 'hard':
			return m.returned_hard({}, say);
		case 'dispute':
			return m.returned_dispute({}, say);
		case 'technical':
			return m.returned_technical({}, say);
		default:
			return null;
	}
}
