// How long the law lets a payment be put off. Values are data with their source; they change by decree, so they are kept here in one table.
import { addDays, civilDate, endOfMonth, type CivilDate } from '../calendar/civil-date.ts';
import type { ClientKind } from '../invoices/client-kind.ts';
import type { DiscountVatMode, VatMode } from './policy.ts';

/**
 * Business clients (code de commerce, art. L441-10): 60 days after the invoice, or, if the contract says so, 45 days end of month, in either of its
 * two lawful readings (45 days then the end of that month, or the end of the month then 45 days).
 */
export type BusinessTerms = 'days_60' | 'days_45_then_end_of_month' | 'end_of_month_then_days_45';
const BUSINESS_CAP: Record<BusinessTerms, (issuedOn: CivilDate) => CivilDate> = {
	days_60: (issuedOn) => addDays(issuedOn, 60),
	days_45_then_end_of_month: (issuedOn) => endOfMonth(addDays(issuedOn, 45)),
	end_of_month_then_days_45: (issuedOn) => addDays(endOfMonth(issuedOn), 45)
};
/**
 * Consumers (code de la consommation, art. L312-4 since 2026-11-20, ordonnance 2025-880): a deferral by the supplier itself, without interest, is no
 * consumer credit if all is paid within 50 days of delivery, 14 for large companies selling online.
 */
const CONSUMER_DAYS = { ordinary: 50, large_online_seller: 14 } as const;

export type LegalTerms = { business: BusinessTerms; isLargeOnlineSeller: boolean };

/**
 * The last day on which the whole of an invoice may be paid by agreement; null when it depends on a delivery date that nobody gave. Of a client that may
 * be one or the other: a day that both may have.
 */
export function lastLawfulDay(
	invoice: { issuedOn: CivilDate; deliveredOn: CivilDate | null },
	clientKind: ClientKind,
	terms: LegalTerms
): CivilDate | null {
	const asBusiness = BUSINESS_CAP[terms.business](invoice.issuedOn);
	if (clientKind === 'business') return asBusiness;
	const days = CONSUMER_DAYS[terms.isLargeOnlineSeller ? 'large_online_seller' : 'ordinary'];
	const asConsumer = invoice.deliveredOn && addDays(invoice.deliveredOn, days);
	if (clientKind === 'consumer' || asConsumer === null) return asConsumer;
	return asConsumer < asBusiness ? asConsumer : asBusiness;
}

/**
 * Whether a discount for early payment reduces VAT that was already invoiced. France and most of the Union: yes, when it is taken (directive 2006/112,
 * art. 90). Belgium: VAT is computed on the discounted amount at issue and never moves (code de la TVA, art. 28).
 */
const VAT_MODE_OF: Readonly<Record<string, VatMode>> = { BE: 'net_of_tax' };
export const vatModeIn = (mode: DiscountVatMode, country: string): VatMode =>
	mode === 'by_law' ? (VAT_MODE_OF[country] ?? 'adjusted') : mode;

/**
 * The least a contract between professionals may state as late-payment interest: three times the legal interest rate for a business creditor (code de
 * commerce, art. L441-10 II). Legal rates are set by decree for each half-year: 2.06, 4.22, 5.07, 4.92, 3.71, 2.76, 2.62 %. A half-year that is not
 * here yet has the floor of the last one known.
 */
type LateRateFloor = { from: CivilDate; bps: number };
const LATE_RATE_FLOORS: readonly [LateRateFloor, ...LateRateFloor[]] = [
	{ from: civilDate('2023-01-01'), bps: 618 },
	{ from: civilDate('2023-07-01'), bps: 1266 },
	{ from: civilDate('2024-01-01'), bps: 1521 },
	{ from: civilDate('2024-07-01'), bps: 1476 },
	{ from: civilDate('2025-01-01'), bps: 1113 },
	{ from: civilDate('2025-07-01'), bps: 828 },
	{ from: civilDate('2026-01-01'), bps: 786 }
];
export const lateRateFloor = (today: CivilDate): LateRateFloor =>
	LATE_RATE_FLOORS.findLast((floor) => floor.from <= today) ?? LATE_RATE_FLOORS[0];
