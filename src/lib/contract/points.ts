// The rules of a points programme as they are stored and as the supplier's form sends them: money as text, texts in both languages.
import * as v from 'valibot';
import { minor, type Minor } from '../domain/money/minor.ts';
import type { ProgrammeTerms as Terms } from '../domain/points/programme.ts';

const Money = v.pipe(
	v.string(),
	v.regex(/^-?\d{1,12}$/),
	v.transform((text): Minor => minor(BigInt(text)))
);
const Whole = v.pipe(v.number(), v.integer(), v.minValue(-1_000_000_000), v.maxValue(1_000_000_000));
const Words = v.object({ fr: v.pipe(v.string(), v.maxLength(2000)), en: v.pipe(v.string(), v.maxLength(2000)) });
const Day = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/));

/** Whatever was typed is kept, mistakes and all: domain/points/check-programme.ts says what is wrong with it. */
export const ProgrammeTerms = v.object({
	name: Words,
	intro: Words,
	earning: v.object({
		pointsPer: v.object({ points: Whole, euroMinor: Money }),
		basis: v.picklist(['with_vat', 'without_vat']),
		minInvoiceMinor: Money,
		excludes: v.array(v.picklist(['deposits'])),
		early: v.nullable(v.object({ bpsPerDay: Whole, maxDays: Whole, withDiscount: v.boolean() })),
		streak: v.nullable(v.object({ invoices: Whole, points: Whole })),
		sepa: Whole,
		planFinished: Whole,
		firstOnline: Whole,
		maxPerInvoice: v.nullable(Whole),
		maxPerPeriod: v.nullable(v.object({ points: Whole, period: v.picklist(['month', 'year']) })),
		closedDay: v.picklist(['same_day', 'next_business_day'])
	}),
	sepaVestingDays: Whole,
	expiry: v.nullable(
		v.variant('kind', [
			v.object({ kind: v.literal('months'), months: Whole }),
			v.object({ kind: v.literal('yearly'), month: Whole, day: Whole, minMonths: Whole })
		])
	),
	tiers: v.pipe(
		v.array(v.object({ name: Words, threshold: Whole, multiplierBps: Whole, perk: v.nullable(Words) })),
		v.maxLength(6)
	),
	credit: v.nullable(v.object({ points: Whole, valueMinor: Money, maxShareBps: Whole })),
	rewards: v.pipe(
		v.array(
			v.object({
				rewardId: v.pipe(v.string(), v.uuid()),
				kind: v.picklist(['service', 'voucher', 'gift']),
				name: Words,
				terms: Words,
				points: Whole,
				stock: v.nullable(Whole),
				from: v.nullable(Day),
				until: v.nullable(Day),
				minTier: Whole
			})
		),
		v.maxLength(20)
	),
	costCapMinor: v.nullable(Money),
	expiryNoticeDays: Whole
}) satisfies v.GenericSchema<unknown, Terms>;
