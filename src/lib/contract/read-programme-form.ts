// What the form of a points programme means. One reading for the browser (mistakes while typing, live preview) and the server.
import { ZERO } from '../domain/money/minor.ts';
import type { ExpiryRule, LoyaltyTier, ProgrammeTerms, Reward, Words } from '../domain/points/programme.ts';
import type { ProgrammeForm, RewardForm, TierForm } from './programme-form.ts';
import { fieldReader, oneOf, type FieldProblem, type FieldReader } from './read-fields.ts';
import { typedWhole } from './typed.ts';

const words = (fr: string, en: string): Words => ({ fr: fr.trim(), en: en.trim() });

/** What the form means. Unreadable fields are named in `problems`, and count as empty. */
export function readProgrammeForm(form: ProgrammeForm): { terms: ProgrammeTerms; problems: FieldProblem[] } {
	const r = fieldReader(typedWhole);
	const terms: ProgrammeTerms = {
		name: words(form.nameFr, form.nameEn),
		intro: words(form.introFr, form.introEn),
		earning: readEarning(form, r),
		sepaVestingDays: r.wholeOr(form.vestingDays, 'sepaVestingDays', 0),
		expiry: readExpiry(form, r),
		tiers: form.tiers.map((tier, i) => readTier(tier, i, r)),
		credit: form.hasCredit
			? {
					points: r.whole(form.creditPoints, 'credit.points'),
					valueMinor: r.money(form.creditValue, 'credit.valueMinor'),
					maxShareBps: r.rate(form.creditShare, 'credit.maxShareBps')
				}
			: null,
		rewards: form.rewards.map((reward, i) => readReward(reward, i, r)),
		costCapMinor: r.moneyOr(form.cap, 'costCapMinor', null),
		expiryNoticeDays: r.whole(form.noticeDays, 'expiryNoticeDays')
	};
	return { terms, problems: r.problems };
}

function readEarning(form: ProgrammeForm, r: FieldReader): ProgrammeTerms['earning'] {
	const maxPeriod = r.wholeOr(form.maxPeriod, 'earning.maxPerPeriod.points', null);
	return {
		pointsPer: {
			points: r.whole(form.points, 'earning.pointsPer.points'),
			euroMinor: r.money(form.perAmount, 'earning.pointsPer.euroMinor')
		},
		basis: oneOf(form.basis, ['with_vat', 'without_vat']),
		minInvoiceMinor: r.moneyOr(form.minInvoice, 'earning.minInvoiceMinor', ZERO),
		excludes: form.hasNoDeposits ? ['deposits'] : [],
		early: form.hasEarly
			? {
					bpsPerDay: r.rate(form.earlyRate, 'earning.early.bpsPerDay'),
					maxDays: r.whole(form.earlyDays, 'earning.early.maxDays'),
					withDiscount: form.withDiscount
				}
			: null,
		streak: form.hasStreak
			? {
					invoices: r.whole(form.streakInvoices, 'earning.streak.invoices'),
					points: r.whole(form.streakPoints, 'earning.streak.points')
				}
			: null,
		sepa: r.wholeOr(form.sepa, 'earning.sepa', 0),
		planFinished: r.wholeOr(form.planFinished, 'earning.planFinished', 0),
		firstOnline: r.wholeOr(form.firstOnline, 'earning.firstOnline', 0),
		maxPerInvoice: r.wholeOr(form.maxInvoice, 'earning.maxPerInvoice', null),
		maxPerPeriod: maxPeriod === null ? null : { points: maxPeriod, period: oneOf(form.period, ['month', 'year']) },
		closedDay: oneOf(form.closedDay, ['next_business_day', 'same_day'])
	};
}

function readExpiry(form: ProgrammeForm, r: FieldReader): ExpiryRule | null {
	const kind = oneOf(form.expiry, ['never', 'months', 'yearly']);
	if (kind === 'never') return null;
	if (kind === 'months') return { kind, months: r.whole(form.expiryMonths, 'expiry.months') };
	return {
		kind,
		month: r.whole(form.expiryMonth, 'expiry.day'),
		day: r.whole(form.expiryDay, 'expiry.day'),
		minMonths: r.whole(form.expiryMinMonths, 'expiry.minMonths')
	};
}

function readTier(tier: TierForm, i: number, r: FieldReader): LoyaltyTier {
	const perk = words(tier.perkFr, tier.perkEn);
	return {
		name: words(tier.nameFr, tier.nameEn),
		// Everybody is in the first one: it asks for nothing.
		threshold:
			i === 0 ? r.wholeOr(tier.threshold, 'tiers.0.threshold', 0) : r.whole(tier.threshold, `tiers.${i}.threshold`),
		// 1,25 times is read like 1,25 %.
		multiplierBps: r.rate(tier.multiplier, `tiers.${i}.multiplierBps`) * 100,
		perk: perk.fr || perk.en ? perk : null
	};
}

const readReward = (reward: RewardForm, i: number, r: FieldReader): Reward => ({
	rewardId: reward.rewardId,
	kind: oneOf(reward.kind, ['service', 'voucher', 'gift']),
	name: words(reward.nameFr, reward.nameEn),
	terms: words(reward.termsFr, reward.termsEn),
	points: r.whole(reward.points, `rewards.${i}.points`),
	stock: r.wholeOr(reward.stock, `rewards.${i}.stock`, null),
	from: r.day(reward.from, `rewards.${i}.from`),
	until: r.day(reward.until, `rewards.${i}.until`),
	minTier: r.wholeOr(reward.minTier, `rewards.${i}.minTier`, 0)
});
