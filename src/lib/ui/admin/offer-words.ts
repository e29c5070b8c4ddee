// An offer's terms in a few words, for a list.
import type { OfferTerms } from '#lib/contract/offers.ts';
import { formatRate, type Locale } from '#lib/domain/money/format.ts';
import { m } from '#lib/paraglide/messages.js';

export function termsInWords({ discount, instalments }: OfferTerms, locale: Locale): string {
	const parts = [
		discount &&
			m.offer_terms_discount({ rates: discount.tiers.map((tier) => formatRate(tier.discountBps, locale)).join(', ') }),
		instalments && m.offer_terms_instalments({ counts: instalments.counts.join(', ') })
	].filter(Boolean);
	return parts.length ? parts.join(' · ') : m.offer_terms_none();
}
