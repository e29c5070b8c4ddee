// A programme that is good as it stands: 1 point for 10 €, 100 points are 5 € less, that is half a percent of what is paid on time. What a supplier starts from.
import { minor } from '../money/minor.ts';
import { NO_MULTIPLIER, type ProgrammeTerms } from './programme.ts';

export const DEFAULT_PROGRAMME: ProgrammeTerms = {
	name: { fr: 'Points de ponctualité', en: 'Punctuality points' },
	intro: {
		fr: 'Payer à l’heure nous aide à vous servir : nous vous en remercions avec des points.',
		en: 'Paying on time helps us serve you: we thank you for it with points.'
	},
	earning: {
		pointsPer: { points: 1, euroMinor: minor(1000n) },
		basis: 'with_vat',
		minInvoiceMinor: minor(0n),
		excludes: [],
		early: { bpsPerDay: 150, maxDays: 20, withDiscount: true },
		streak: { invoices: 10, points: 100 },
		sepa: 5,
		planFinished: 20,
		firstOnline: 10,
		maxPerInvoice: null,
		maxPerPeriod: null,
		closedDay: 'next_business_day'
	},
	sepaVestingDays: 0,
	expiry: { kind: 'months', months: 24 },
	tiers: [
		{ name: { fr: 'Bronze', en: 'Bronze' }, threshold: 0, multiplierBps: NO_MULTIPLIER, perk: null },
		{
			name: { fr: 'Argent', en: 'Silver' },
			threshold: 500,
			multiplierBps: NO_MULTIPLIER,
			perk: { fr: 'Vos demandes traitées en premier', en: 'Your requests are dealt with first' }
		},
		{
			name: { fr: 'Or', en: 'Gold' },
			threshold: 1500,
			multiplierBps: 12_500,
			perk: { fr: 'Vos commandes préparées en premier', en: 'Your orders are prepared first' }
		}
	],
	credit: { points: 100, valueMinor: minor(500n), maxShareBps: 5000 },
	rewards: [],
	costCapMinor: null,
	expiryNoticeDays: 30
};
