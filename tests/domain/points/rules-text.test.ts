// The rules that a client reads and accepts say everything that counts, in both languages.
import { expect, test } from 'vitest';
import { minor } from '#lib/domain/money/minor.ts';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import type { ProgrammeTerms } from '#lib/domain/points/programme.ts';
import { rulesChanges, rulesSections, rulesText, type TierOffer } from '#lib/i18n/points-rules.ts';

const SUPPLIER = { name: 'Atelier Lumen', timeZone: 'Europe/Paris' };
const FULL: ProgrammeTerms = {
	...DEFAULT_PROGRAMME,
	earning: {
		pointsPer: { points: 3, euroMinor: minor(700n) },
		basis: 'without_vat',
		minInvoiceMinor: minor(4_100n),
		excludes: ['deposits'],
		early: { bpsPerDay: 175, maxDays: 13, withDiscount: false },
		streak: { invoices: 11, points: 121 },
		sepa: 17,
		planFinished: 23,
		firstOnline: 29,
		maxPerInvoice: 331,
		maxPerPeriod: { points: 1_337, period: 'month' },
		closedDay: 'same_day'
	},
	sepaVestingDays: 57,
	expiry: { kind: 'yearly', month: 12, day: 31, minMonths: 7 },
	credit: { points: 101, valueMinor: minor(503n), maxShareBps: 4_300 },
	rewards: [
		{
			rewardId: '018f0000-0000-7000-8000-000000000001',
			kind: 'voucher',
			name: { fr: 'Bon d’achat', en: 'Gift voucher' },
			terms: { fr: 'Dans nos boutiques.', en: 'In our shops.' },
			points: 419,
			stock: 37,
			from: '2027-01-05',
			until: '2027-06-07',
			minTier: 2
		}
	],
	expiryNoticeDays: 19
};
const SAID = {
	fr: [
		'7,00 €',
		'3 points',
		'hors TVA',
		'41,00 €',
		'acompte',
		'1,75 %',
		'13 jours',
		'11 factures',
		'121 points',
		'17 points',
		'23 points',
		'29 points',
		'331 points',
		'1 337 points',
		'57 jours',
		'31 décembre',
		'7 mois',
		'101 points',
		'5,03 €',
		'43 %',
		'Bon d’achat : 419 points',
		'Dans nos boutiques',
		'palier Or',
		'5 janvier 2027',
		'7 juin 2027',
		'37 en tout',
		'1,25, avant d’être arrondis',
		'en proportion de ce qui est prélevé',
		's’il est à l’heure, rapporte 29 points',
		'le palier du jour du premier paiement',
		'utilisables encore un mois',
		'une seule fois, les jours qui leur restaient',
		'Chèque : la date de valeur',
		'19 jours',
		'arrondis à l’entier inférieur',
		'jamais réclamé en argent',
		'90 jours'
	],
	en: [
		'€7.00',
		'3 points',
		'VAT excluded',
		'€41.00',
		'Deposit',
		'1.75%',
		'13 days',
		'11 invoices',
		'121 points',
		'17 points',
		'23 points',
		'29 points',
		'331 points',
		'1,337 points',
		'57 days',
		'31 December',
		'7 months',
		'101 points',
		'€5.03',
		'43%',
		'Gift voucher: 419 points',
		'In our shops',
		'the Gold tier',
		'5 January 2027',
		'7 June 2027',
		'37 in all',
		'1.25, before they are rounded',
		'in proportion to what is debited',
		'if it is on time, earns 29 points',
		'the tier of the day of the first payment',
		'used for another month',
		'once only, the days they had left',
		'Cheque: the value date',
		'19 days',
		'rounded down',
		'never claimed from you in money',
		'90 days'
	]
};
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

test.each(['fr', 'en'] as const)('every rule of a programme is in the text that is accepted (%s)', (locale) => {
	const text = plain(rulesText(FULL, SUPPLIER, locale).join('\n'));
	for (const words of SAID[locale]) expect(text).toContain(words);
});

test('what a programme does not give is not promised', () => {
	const { earning } = DEFAULT_PROGRAMME;
	const none = { ...earning, early: null, streak: null, sepa: 0, planFinished: 0, firstOnline: 0 };
	const text = rulesText({ ...DEFAULT_PROGRAMME, earning: none, credit: null, expiry: null }, SUPPLIER, 'en').join(
		'\n'
	);
	for (const words of [
		'Paying early adds',
		'in a row',
		'SEPA direct debit earns',
		'first online payment',
		'less to pay'
	])
		expect(text).not.toContain(words);
	expect(text).toContain('Points do not expire');
	expect(text).toContain('do not reduce an invoice');
});

test('the page shows the words that are stored when they are accepted: the same function, heading by heading', () =>
	expect(rulesSections(FULL, SUPPLIER, 'fr').flatMap(({ title, paragraphs }) => [title, ...paragraphs])).toEqual(
		rulesText(FULL, SUPPLIER, 'fr')
	));

test('what is offered to a tier alone stands with the tier, in the text that is accepted as well', () => {
	const terms = {
		discount: { tiers: [{ daysBefore: 10, discountBps: 300 }] },
		instalments: { counts: [2, 3], minMinor: minor(90_000n) }
	} as unknown as TierOffer['terms'];
	const text = rulesText(FULL, SUPPLIER, 'fr', [{ tier: 1, terms }]).map(plain);
	const [silver, gold] = [text.find((one) => one.startsWith('Argent')), text.find((one) => one.startsWith('Or'))];
	expect(silver).toContain(
		'Réservé à ce palier, tant que l’offre est publiée : escompte de 3 % ; paiement en 3 fois dès 900,00 €.'
	);
	expect(gold).not.toContain('Réservé');
});

test('of a change, a client is told each sentence that is new and each that is gone, and no other', () => {
	const { earning } = FULL;
	const changed = rulesChanges(FULL, { ...FULL, earning: { ...earning, sepa: 18, streak: null } }, SUPPLIER, 'en');
	expect(changed.added.map((text) => plain(text).slice(0, 60))).toEqual([
		'An invoice paid by SEPA direct debit earns 18 points more, i',
		'An invoice that you contest in good faith, or that you pay o'
	]);
	expect(changed.gone).toHaveLength(3);
	expect(rulesChanges(FULL, { ...FULL, costCapMinor: minor(1n) }, SUPPLIER, 'en')).toEqual({ added: [], gone: [] });
});
