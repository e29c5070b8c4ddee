// The form of a points programme that exists.
import type { Locale } from '../domain/money/format.ts';
import type { Minor } from '../domain/money/minor.ts';
import type { ProgrammeTerms } from '../domain/points/programme.ts';
import type { ProgrammeForm } from './programme-form.ts';
import { typedFrom } from './typed.ts';

const countText = (count: number | null): string => (count === null ? '' : String(count));

export function programmeFormOf(terms: ProgrammeTerms, locale: Locale): ProgrammeForm {
	const typed = (hundredths: Minor | number | null) => typedFrom(hundredths, locale);
	const { earning, expiry, credit } = terms;
	const { early, streak, maxPerPeriod } = earning;
	return {
		nameFr: terms.name.fr,
		nameEn: terms.name.en,
		introFr: terms.intro.fr,
		introEn: terms.intro.en,
		points: String(earning.pointsPer.points),
		perAmount: typed(earning.pointsPer.euroMinor),
		basis: earning.basis,
		minInvoice: earning.minInvoiceMinor === 0n ? '' : typed(earning.minInvoiceMinor),
		hasNoDeposits: earning.excludes.includes('deposits'),
		hasEarly: early !== null,
		earlyRate: early ? typed(early.bpsPerDay) : typed(150),
		earlyDays: early ? String(early.maxDays) : '20',
		withDiscount: early?.withDiscount ?? true,
		hasStreak: streak !== null,
		streakInvoices: streak ? String(streak.invoices) : '10',
		streakPoints: streak ? String(streak.points) : '100',
		sepa: String(earning.sepa),
		planFinished: String(earning.planFinished),
		firstOnline: String(earning.firstOnline),
		maxInvoice: countText(earning.maxPerInvoice),
		maxPeriod: countText(maxPerPeriod?.points ?? null),
		period: maxPerPeriod?.period ?? 'month',
		closedDay: earning.closedDay,
		vestingDays: String(terms.sepaVestingDays),
		expiry: expiry?.kind ?? 'never',
		expiryMonths: expiry?.kind === 'months' ? String(expiry.months) : '24',
		expiryDay: expiry?.kind === 'yearly' ? String(expiry.day) : '31',
		expiryMonth: expiry?.kind === 'yearly' ? String(expiry.month) : '12',
		expiryMinMonths: expiry?.kind === 'yearly' ? String(expiry.minMonths) : '12',
		noticeDays: String(terms.expiryNoticeDays),
		tiers: terms.tiers.map((tier) => ({
			nameFr: tier.name.fr,
			nameEn: tier.name.en,
			threshold: String(tier.threshold),
			multiplier: typed(Math.round(tier.multiplierBps / 100)),
			perkFr: tier.perk?.fr ?? '',
			perkEn: tier.perk?.en ?? ''
		})),
		hasCredit: credit !== null,
		creditPoints: credit ? String(credit.points) : '100',
		creditValue: credit ? typed(credit.valueMinor) : '5',
		creditShare: credit ? typed(credit.maxShareBps) : '50',
		rewards: terms.rewards.map((reward) => ({
			rewardId: reward.rewardId,
			kind: reward.kind,
			nameFr: reward.name.fr,
			nameEn: reward.name.en,
			termsFr: reward.terms.fr,
			termsEn: reward.terms.en,
			points: String(reward.points),
			stock: countText(reward.stock),
			from: reward.from ?? '',
			until: reward.until ?? '',
			minTier: String(reward.minTier)
		})),
		cap: typed(terms.costCapMinor)
	};
}
