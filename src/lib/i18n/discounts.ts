// A discount or a credit note, given or cancelled, in words.
import { m } from '#lib/paraglide/messages.js';
import type { DiscountView } from '../contract/views.ts';
import { formatMoney, type Locale } from '../domain/money/format.ts';

export function discountText(one: DiscountView, locale: Locale): string {
	const say = { locale };
	const amount = formatMoney(one.amountMinor, one.currency, locale);
	switch (one.reason) {
		case 'forgiven':
			return `${m.discount_forgiven({}, say)} · ${amount}`;
		case 'credited':
			return m.credit_used({ number: one.number, amount }, say);
		case 'goodwill':
		case 'returned': {
			const given = one.reason === 'goodwill' ? m.note_goodwill({}, say) : m.note_returned({}, say);
			return `${one.kind === 'granted' ? given : m.note_voided({}, say)} · ${amount}`;
		}
		case 'points':
			return one.kind === 'granted' ? m.points_taken_off({ amount }, say) : m.points_put_back({ amount }, say);
		case 'early':
			return one.kind === 'granted' ? m.discount_taken({ amount }, say) : m.discount_voided({ amount }, say);
	}
}
