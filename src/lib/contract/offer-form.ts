// The supplier's form of an offer, as typed, and what it means. One reading for the browser (mistakes while typing, live preview) and the server.
import type { Locale } from '../domain/money/format.ts';
import type { Minor } from '../domain/money/minor.ts';
import type { DiscountTier } from '../domain/offers/policy.ts';
import type { PolicyAudience } from '../domain/offers/resolve-policy.ts';
import type { OfferTerms } from './offers.ts';
import { isUuid } from './payments.ts';
import { fieldReader, oneOf, type FieldProblem } from './read-fields.ts';
import { typedCount, typedFrom } from './typed.ts';

export type TierText = { rate: string; days: string; counted: DiscountTier['counted'] };
/** Everything as text, so that nothing typed is lost on the way. */
export type OfferForm = {
	name: string;
	audience: string; // 'all', 'group:<id>', 'client:<id>'
	validFrom: string;
	validUntil: string;
	methods: string[];
	hasDiscount: boolean;
	tiers: TierText[];
	cap: string;
	vatMode: string;
	excludes: string[];
	hasInstalments: boolean;
	counts: string[];
	min: string;
	max: string;
	every: string;
	unit: string;
	firstPart: string;
	who: string;
	/** Who gets no new plan: late clients, after a broken plan, above a sum. */
	isForLate: boolean;
	afterBroken: string;
	clientMax: string;
};
/** A field that can't be read: which, and what it should hold. Paths are those of check-policy. */
export type FormProblem = FieldProblem | { field: string; code: 'not_chosen' };
export type ReadForm = { audience: PolicyAudience; terms: OfferTerms; problems: FormProblem[] };

export const TIERS_MAX = 4;
export const NEW_OFFER: OfferForm = {
	name: '',
	audience: 'all',
	validFrom: '',
	validUntil: '',
	methods: ['card', 'sepa_debit'],
	hasDiscount: true,
	tiers: [{ rate: '2', days: '15', counted: 'from_issue' }],
	cap: '',
	vatMode: 'by_law',
	excludes: [],
	hasInstalments: false,
	counts: ['2', '3'],
	min: '300',
	max: '',
	every: '20',
	unit: 'day',
	firstPart: 'now',
	who: 'everyone',
	isForLate: false,
	afterBroken: '90',
	clientMax: ''
};

export function formFrom(data: FormData): OfferForm {
	const text = (name: string): string => String(data.get(name) ?? '').slice(0, 200);
	const all = (name: string): string[] => data.getAll(name).map(String).slice(0, 10);
	return {
		name: text('nom'),
		audience: text('pour'),
		validFrom: text('debut'),
		validUntil: text('fin'),
		methods: all('moyens'),
		hasDiscount: data.has('escompte'),
		tiers: Array.from({ length: TIERS_MAX }, (_, i) => ({
			rate: text(`palier.${i}.taux`),
			days: text(`palier.${i}.jours`),
			counted: text(`palier.${i}.base`) === 'before_due' ? ('before_due' as const) : ('from_issue' as const)
		})).filter((tier) => tier.rate.trim() || tier.days.trim()),
		cap: text('plafond'),
		vatMode: text('tva'),
		excludes: all('exclure'),
		hasInstalments: data.has('echelonner'),
		counts: all('fois'),
		min: text('minimum'),
		max: text('maximum'),
		every: text('ecart'),
		unit: text('unite'),
		firstPart: text('premiere'),
		who: text('qui'),
		isForLate: data.has('retard'),
		afterBroken: text('rupture'),
		clientMax: text('encours')
	};
}

/** What the form means. Unreadable fields are named in `problems`, and count as empty. */
export function readForm(form: OfferForm): ReadForm {
	const r = fieldReader(typedCount);
	const terms: OfferTerms = {
		validFrom: r.day(form.validFrom, 'validFrom'),
		validUntil: r.day(form.validUntil, 'validUntil'),
		methods: (['card', 'sepa_debit'] as const).filter((method) => form.methods.includes(method)),
		discount: form.hasDiscount
			? {
					tiers: form.tiers.map((tier, i) => ({
						discountBps: r.rate(tier.rate, `discount.tiers.${i}.discountBps`),
						counted: tier.counted,
						days: r.whole(tier.days, `discount.tiers.${i}.days`)
					})),
					capMinor: r.moneyOr(form.cap, 'discount.capMinor', null),
					vatMode: oneOf(form.vatMode, ['by_law', 'adjusted', 'net_of_tax']),
					excludes: (['freight', 'deposits'] as const).filter((one) => form.excludes.includes(one))
				}
			: null,
		instalments: form.hasInstalments
			? {
					counts: ([2, 3] as const).filter((count) => form.counts.includes(String(count))),
					minMinor: r.money(form.min, 'instalments.minMinor'),
					maxMinor: r.moneyOr(form.max, 'instalments.maxMinor', null),
					spacing: {
						unit: oneOf(form.unit, ['day', 'month']),
						every: r.whole(form.every, 'instalments.spacing.every', 1)
					},
					firstPart: oneOf(form.firstPart, ['now', 'on_due_date']),
					who: oneOf(form.who, ['everyone', 'never_late']),
					caution: {
						isForLate: form.isForLate,
						afterBrokenDays: r.wholeOr(form.afterBroken, 'instalments.caution.afterBrokenDays', null),
						clientMaxMinor: r.moneyOr(form.clientMax, 'instalments.caution.clientMaxMinor', null)
					}
				}
			: null
	};
	const audience = audienceFrom(form.audience);
	// Never everybody for want of a word: what was meant for one client is no offer to all.
	const problems: FormProblem[] = audience ? r.problems : [...r.problems, { field: 'audience', code: 'not_chosen' }];
	return { audience: audience ?? { kind: 'all' }, terms, problems };
}

export function audienceFrom(text: string): PolicyAudience | null {
	const [kind, id] = text.split(':');
	if (kind === 'group' && id && isUuid(id)) return { kind, groupId: id };
	if (kind === 'client' && id && isUuid(id)) return { kind, clientId: id };
	if (kind === 'tier' && id && /^[1-9]$/.test(id)) return { kind, tier: Number(id) };
	return text === 'all' ? { kind: 'all' } : null;
}
const audienceText = (audience: PolicyAudience): string =>
	audience.kind === 'all'
		? 'all'
		: audience.kind === 'group'
			? `group:${audience.groupId}`
			: audience.kind === 'tier'
				? `tier:${audience.tier}`
				: `client:${audience.clientId}`;

/** The form of an offer that exists. */
export function formOf(name: string, audience: PolicyAudience, terms: OfferTerms, locale: Locale): OfferForm {
	const typed = (hundredths: Minor | number | null) => typedFrom(hundredths, locale);
	const { discount, instalments } = terms;
	return {
		...NEW_OFFER,
		name,
		audience: audienceText(audience),
		validFrom: terms.validFrom ?? '',
		validUntil: terms.validUntil ?? '',
		methods: terms.methods,
		hasDiscount: discount !== null,
		...(discount && {
			tiers: discount.tiers.map((tier) => ({
				rate: typed(tier.discountBps),
				days: String(tier.days),
				counted: tier.counted
			})),
			cap: typed(discount.capMinor),
			vatMode: discount.vatMode,
			excludes: discount.excludes
		}),
		hasInstalments: instalments !== null,
		...(instalments && {
			counts: instalments.counts.map(String),
			min: typed(instalments.minMinor),
			max: typed(instalments.maxMinor),
			every: String(instalments.spacing.every),
			unit: instalments.spacing.unit,
			firstPart: instalments.firstPart,
			who: instalments.who,
			// Published before there was such a rule: late or not, after a broken plan or not.
			isForLate: instalments.caution?.isForLate ?? true,
			afterBroken: String(instalments.caution?.afterBrokenDays ?? ''),
			clientMax: typed(instalments.caution?.clientMaxMinor ?? null)
		})
	};
}
