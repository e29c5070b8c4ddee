// The terms of an offer as they are stored and as the supplier's form sends them: money as text, days as YYYY-MM-DD.
import * as v from 'valibot';
import { parseCivilDate, type CivilDate } from '../domain/calendar/civil-date.ts';
import { minor, type Minor } from '../domain/money/minor.ts';
import type { OfferPolicy } from '../domain/offers/policy.ts';

/** A policy without its version: what a draft holds. */
export type OfferTerms = Omit<OfferPolicy, 'version'>;

const Money = v.pipe(
	v.string(),
	v.regex(/^-?\d{1,12}$/),
	v.transform((text): Minor => minor(BigInt(text)))
);
const Day = v.pipe(
	v.string(),
	v.check((text) => parseCivilDate(text) !== null),
	v.transform((text) => text as CivilDate)
);
const Tier = v.object({
	discountBps: v.pipe(v.number(), v.integer()),
	counted: v.picklist(['from_issue', 'before_due']),
	days: v.pipe(v.number(), v.integer())
});
export const OfferTerms = v.object({
	validFrom: v.nullable(Day),
	validUntil: v.nullable(Day),
	methods: v.array(v.picklist(['card', 'sepa_debit'])),
	discount: v.nullable(
		v.object({
			tiers: v.pipe(v.array(Tier), v.maxLength(6)),
			capMinor: v.nullable(Money),
			vatMode: v.picklist(['adjusted', 'net_of_tax', 'by_law']),
			excludes: v.array(v.picklist(['freight', 'deposits']))
		})
	),
	instalments: v.nullable(
		v.object({
			counts: v.array(v.picklist([2, 3])),
			minMinor: Money,
			maxMinor: v.nullable(Money),
			spacing: v.object({ unit: v.picklist(['day', 'month']), every: v.pipe(v.number(), v.integer()) }),
			firstPart: v.picklist(['now', 'on_due_date']),
			who: v.picklist(['everyone', 'never_late']),
			caution: v.optional(
				v.nullable(
					v.object({
						isForLate: v.boolean(),
						afterBrokenDays: v.nullable(v.pipe(v.number(), v.integer())),
						clientMaxMinor: v.nullable(Money)
					})
				)
			)
		})
	)
});

/** For jsonb and for evidence: a bigint is written as its digits, an instant as ISO 8601. */
export const toJson = (value: unknown): unknown =>
	JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)));
