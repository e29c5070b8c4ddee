// The supplier's form of a points programme, as it was typed: everything is text, so that nothing is lost on the way.
import { isUuid } from './payments.ts';

export type TierForm = {
	nameFr: string;
	nameEn: string;
	threshold: string;
	multiplier: string;
	perkFr: string;
	perkEn: string;
};
export type RewardForm = {
	rewardId: string;
	kind: string;
	nameFr: string;
	nameEn: string;
	termsFr: string;
	termsEn: string;
	points: string;
	stock: string;
	from: string;
	until: string;
	minTier: string;
};
/** Everything as text, so that nothing typed is lost on the way. */
export type ProgrammeForm = {
	nameFr: string;
	nameEn: string;
	introFr: string;
	introEn: string;
	points: string;
	perAmount: string;
	basis: string;
	minInvoice: string;
	hasNoDeposits: boolean;
	hasEarly: boolean;
	earlyRate: string;
	earlyDays: string;
	withDiscount: boolean;
	hasStreak: boolean;
	streakInvoices: string;
	streakPoints: string;
	sepa: string;
	planFinished: string;
	firstOnline: string;
	maxInvoice: string;
	maxPeriod: string;
	period: string;
	closedDay: string;
	vestingDays: string;
	expiry: string; // 'never', 'months', 'yearly'
	expiryMonths: string;
	expiryDay: string;
	expiryMonth: string;
	expiryMinMonths: string;
	noticeDays: string;
	tiers: TierForm[];
	hasCredit: boolean;
	creditPoints: string;
	creditValue: string;
	creditShare: string;
	rewards: RewardForm[];
	cap: string;
};
export const TIERS_MAX = 6;
export const REWARDS_MAX = 20;
export const NEW_TIER: TierForm = { nameFr: '', nameEn: '', threshold: '', multiplier: '1', perkFr: '', perkEn: '' };
export const newReward = (rewardId: string): RewardForm => ({
	rewardId,
	kind: 'service',
	nameFr: '',
	nameEn: '',
	termsFr: '',
	termsEn: '',
	points: '',
	stock: '',
	from: '',
	until: '',
	minTier: '0'
});

export function programmeFormFrom(data: FormData, newId: () => string): ProgrammeForm {
	const text = (name: string): string => String(data.get(name) ?? '').slice(0, 2000);
	const rows = <T>(prefix: string, max: number, row: (at: (field: string) => string) => T): T[] =>
		Array.from({ length: max }, (_, i) => i)
			.filter((i) => data.has(`${prefix}.${i}.nom.fr`))
			.map((i) => row((field) => text(`${prefix}.${i}.${field}`)));
	return {
		nameFr: text('nom.fr'),
		nameEn: text('nom.en'),
		introFr: text('intro.fr'),
		introEn: text('intro.en'),
		points: text('points'),
		perAmount: text('tranche'),
		basis: text('base'),
		minInvoice: text('minimum'),
		hasNoDeposits: data.has('sans.acomptes'),
		hasEarly: data.has('avance'),
		earlyRate: text('avance.taux'),
		earlyDays: text('avance.jours'),
		withDiscount: data.has('avance.escompte'),
		hasStreak: data.has('serie'),
		streakInvoices: text('serie.factures'),
		streakPoints: text('serie.points'),
		sepa: text('sepa'),
		planFinished: text('echeancier'),
		firstOnline: text('premier'),
		maxInvoice: text('max.facture'),
		maxPeriod: text('max.periode'),
		period: text('periode'),
		closedDay: text('jour.ferme'),
		vestingDays: text('attente'),
		expiry: text('expiration'),
		expiryMonths: text('expiration.mois'),
		expiryDay: text('expiration.jour'),
		expiryMonth: text('expiration.du.mois'),
		expiryMinMonths: text('expiration.minimum'),
		noticeDays: text('preavis'),
		tiers: rows('palier', TIERS_MAX, (at) => ({
			nameFr: at('nom.fr'),
			nameEn: at('nom.en'),
			threshold: at('seuil'),
			multiplier: at('multiplicateur'),
			perkFr: at('avantage.fr'),
			perkEn: at('avantage.en')
		})),
		hasCredit: data.has('deduction'),
		creditPoints: text('deduction.points'),
		creditValue: text('deduction.valeur'),
		creditShare: text('deduction.part'),
		rewards: rows('recompense', REWARDS_MAX, (at) => ({
			rewardId: isUuid(at('id')) ? at('id') : newId(),
			kind: at('genre'),
			nameFr: at('nom.fr'),
			nameEn: at('nom.en'),
			termsFr: at('conditions.fr'),
			termsEn: at('conditions.en'),
			points: at('points'),
			stock: at('stock'),
			from: at('debut'),
			until: at('fin'),
			minTier: at('palier')
		})),
		cap: text('plafond')
	};
}

/** A row more or less, asked for without a script: `tiers`, `rewards`, or which one goes (`tiers.2`). */
export function withRows(
	form: ProgrammeForm,
	asked: { add: string; remove: string },
	newId: () => string
): ProgrammeForm {
	const [list, at] = asked.remove.split('.');
	const without = <T>(rows: T[], name: string): T[] => (list === name ? rows.filter((_, i) => i !== Number(at)) : rows);
	const tiers = without(form.tiers, 'tiers');
	const rewards = without(form.rewards, 'rewards');
	return {
		...form,
		tiers: asked.add === 'tiers' && tiers.length < TIERS_MAX ? [...tiers, NEW_TIER] : tiers,
		rewards: asked.add === 'rewards' && rewards.length < REWARDS_MAX ? [...rewards, newReward(newId())] : rewards
	};
}

/** What stands differently in two forms: the path of each field, and both values. Rewards are the same by their id, tiers by their place. */
export function changesBetween(
	before: ProgrammeForm,
	after: ProgrammeForm
): { path: string; before: string; after: string }[] {
	const [a, b] = [flat(before), flat(after)];
	return [...new Set([...a.keys(), ...b.keys()])].flatMap((path) => {
		const [was, is] = [a.get(path) ?? '', b.get(path) ?? ''];
		return was === is ? [] : [{ path, before: was, after: is }];
	});
}
function flat(form: ProgrammeForm): Map<string, string> {
	const fields = new Map<string, string>();
	const put = (prefix: string, row: object) => {
		for (const [name, value] of Object.entries(row))
			if (typeof value === 'string' || typeof value === 'boolean')
				fields.set(prefix + name, typeof value === 'string' ? value.trim() : value ? 'yes' : '');
	};
	put('', form);
	form.tiers.forEach((tier, i) => put(`tiers.${i}.`, tier));
	form.rewards.forEach((reward) => put(`rewards.${reward.rewardId}.`, { ...reward, rewardId: null }));
	return fields;
}
