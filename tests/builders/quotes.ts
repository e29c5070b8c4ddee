// What is quoted in tests: one invoice of 1,200.00, an offer of 2 % for fifteen days or of two or three instalments, and whatever a test changes of it.
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import type { VatLine } from '#lib/domain/invoices/document.ts';
import { minor, type Minor } from '#lib/domain/money/minor.ts';
import type { LegalTerms } from '#lib/domain/offers/legal.ts';
import type { OfferPolicy } from '#lib/domain/offers/policy.ts';
import type { OptionKind, PaymentOption, Quote, QuotedInvoice, QuoteInput } from '#lib/domain/offers/quoted.ts';

export const euros = (text: string): Minor =>
	minor(BigInt(text.replace('.', '').replace('-', '')) * (text.startsWith('-') ? -1n : 1n));
export const vat = (rateBps: number, base: string, tax: string): VatLine => ({
	category: 'S',
	rateBps,
	baseMinor: euros(base),
	vatMinor: euros(tax)
});
export const invoice = (over: Partial<QuotedInvoice> = {}): QuotedInvoice => ({
	invoiceId: 'a',
	issuedOn: civilDate('2026-11-12'),
	dueOn: civilDate('2026-12-12'),
	deliveredOn: null,
	netMinor: null,
	isHeld: false,
	payableMinor: euros('1200.00'),
	freightMinor: minor(0n),
	isDeposit: false,
	hasDiscount: false,
	vatLines: [vat(2000, '1000.00', '200.00')],
	isFactored: false,
	debtMinor: over.payableMinor ?? euros('1200.00'),
	agreed: null,
	...over
});
export const TERMS: LegalTerms = { business: 'days_60', isLargeOnlineSeller: false };
export const policy = (over: Partial<OfferPolicy> = {}): OfferPolicy => ({
	version: 1,
	validFrom: null,
	validUntil: null,
	methods: ['card', 'sepa_debit'],
	discount: {
		tiers: [{ discountBps: 200, counted: 'from_issue', days: 15 }],
		capMinor: null,
		vatMode: 'adjusted',
		excludes: []
	},
	instalments: {
		counts: [2, 3],
		minMinor: euros('100.00'),
		maxMinor: null,
		spacing: { unit: 'day', every: 20 },
		firstPart: 'now',
		who: 'everyone'
	},
	...over
});
export const input = (over: Partial<QuoteInput> = {}): QuoteInput => ({
	invoices: [invoice()],
	policy: policy(),
	clientKind: 'business',
	neverLate: true,
	supplier: { timeZone: 'Europe/Paris', country: 'FR', terms: TERMS },
	at: new Date('2026-11-21T10:00:00Z'),
	...over
});
export const option = (result: Quote, kind: OptionKind): PaymentOption => {
	const found = result.options.find((candidate) => candidate.kind === kind);
	if (!found) throw new Error(`${kind}: ${result.notOffered.find((entry) => entry.kind === kind)?.reason}`);
	return found;
};
/** The option, or why there is none: a test that expects one of the two reads the same. */
export const offered = (result: Quote, kind: OptionKind) =>
	result.options.find((candidate) => candidate.kind === kind) ?? reason(result, kind);
export const reason = (result: Quote, kind: OptionKind) =>
	result.notOffered.find((entry) => entry.kind === kind)?.reason;
