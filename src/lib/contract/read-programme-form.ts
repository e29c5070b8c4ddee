// What the form of a points programme means. One reading for the browser (mistakes while typing, live preview) and the server.
import { parseCivilDate, type CivilDate } from '../domain/calendar/civil-date.ts';
import { ZERO, type Minor } from '../domain/money/minor.ts';
import type { ExpiryRule, LoyaltyTier, ProgrammeTerms, Reward, Words } from '../domain/points/programme.ts';
import type { ProgrammeForm, RewardForm, TierForm } from './programme-form.ts';
import { typedAmount, typedRate, typedWhole } from './typed.ts';

/** A field that can't be read: which, and what it should hold. Paths are those of check-programme. */
export type ProgrammeProblem = { field: string; code: 'not_a_date' | 'not_an_amount' | 'not_a_rate' | 'not_a_count' };

const oneOf = <T extends string>(text: string, values: readonly [T, ...T[]]): T =>
	values.find((value) => value === text) ?? values[0];
const words = (fr: string, en: string): Words => ({ fr: fr.trim(), en: en.trim() });

/** Reads field after field, and keeps what could not be read. */
function reader() {
	const problems: ProgrammeProblem[] = [];
	const read = <T>(
		text: string,
		field: string,
		code: ProgrammeProblem['code'],
		parse: (text: string) => T | null
	): T | null => {
		if (!text.trim()) return null;
		const value = parse(text);
		if (value === null) problems.push({ field, code });
		return value;
	};
	const required = <T>(
		text: string,
		field: string,
		code: ProgrammeProblem['code'],
		parse: (text: string) => T | null,
		empty: T
	): T => {
		if (!text.trim()) problems.push({ field, code });
		return read(text, field, code, parse) ?? empty;
	};
	return {
		problems,
		whole: (text: string, field: string) => required(text, field, 'not_a_count', typedWhole, 0),
		wholeOr: <T>(text: string, field: string, empty: T) => read(text, field, 'not_a_count', typedWhole) ?? empty,
		rate: (text: string, field: string) => required(text, field, 'not_a_rate', typedRate, 0),
		money: (text: string, field: string) => required(text, field, 'not_an_amount', typedAmount, ZERO),
		moneyOr: <T>(text: string, field: string, empty: T): Minor | T =>
			read(text, field, 'not_an_amount', typedAmount) ?? empty,
		day: (text: string, field: string): CivilDate | null => read(text, field, 'not_a_date', parseCivilDate)
	};
}
type Reader = ReturnType<typeof reader>;

/** What the form means. Unreadable fields are named in `problems`, and count as empty. */
export function readProgrammeForm(form: ProgrammeForm): { terms: ProgrammeTerms; problems: ProgrammeProblem[] } {
	const r = reader();
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

function readEarning(form: ProgrammeForm, r: Reader): ProgrammeTerms['earning'] {
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

function readExpiry(form: ProgrammeForm, r: Reader): ExpiryRule | null {
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

function readTier(tier: TierForm, i: number, r: Reader): LoyaltyTier {
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

const readReward = (reward: RewardForm, i: number, r: Reader): Reward => ({
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
