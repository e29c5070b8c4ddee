// The demo's cast: three suppliers, their teams, their clients. All names are invented; every address ends in .example.
import type { OfferTerms } from '#lib/contract/offers.ts';
import { minor } from '#lib/domain/money/minor.ts';

type Person = { name: string; email: string };
export type DemoClient = {
	name: string;
	kind: 'business' | 'consumer';
	contacts: Person[];
	habit: 'early' | 'on_time' | 'late' | 'sleepy';
	method: 'card' | 'sepa';
};
export type DemoSupplier = {
	slug: string;
	name: string;
	legalName: string;
	legalForm: string;
	siren: string;
	/** Of the numbers that France keeps for fiction. */
	phone: string;
	/** A file in logos/; without one, initials. */
	logo: string | null;
	hue: number;
	iban: string;
	bic: string;
	stripeAccount: string;
	contact: Person;
	address: { lines: string[]; postalCode: string; town: string; country: string };
	team: (Person & { role: 'owner' | 'accountant' | 'read_only' })[];
	clients: DemoClient[];
	goods: string[];
	vatRates: number[];
	prefix: string;
	/** Published on the first day of the story. */
	offers: { name: string; terms: OfferTerms }[];
};
const client = (
	name: string,
	person: string,
	habit: DemoClient['habit'],
	method: DemoClient['method'] = 'card',
	extra: Partial<DemoClient> = {}
): DemoClient => {
	const domain = name
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[^a-z]+/g, '-')
		.replace(/^-|-$/g, '');
	const [local = ''] = person
		.normalize('NFD')
		.toLowerCase()
		.replace(/[^a-z ]/g, '')
		.split(' ');
	return {
		name,
		kind: 'business',
		contacts: [{ name: person, email: `${local}@${domain}.example` }],
		habit,
		method,
		...extra
	};
};

const tiers = (...list: [number, number][]): NonNullable<OfferTerms['discount']> => ({
	tiers: list.map(([discountBps, days]) => ({ discountBps, days, counted: 'from_issue' })),
	capMinor: minor(15_000n),
	vatMode: 'by_law',
	excludes: []
});
const inInstalments = (every: number): NonNullable<OfferTerms['instalments']> => ({
	counts: [2, 3],
	minMinor: minor(30_000n),
	maxMinor: minor(1_000_000n),
	spacing: { unit: 'day', every },
	firstPart: 'now',
	who: 'everyone'
});
const always = { validFrom: null, validUntil: null, methods: ['card', 'sepa_debit'] } satisfies Partial<OfferTerms>;

export const SUPPLIERS: DemoSupplier[] = [
	{
		slug: 'atelier-lumen',
		name: 'Atelier Lumen',
		legalName: 'ATELIER LUMEN SARL',
		legalForm: 'SARL au capital de 12 000 €',
		siren: '552100554',
		phone: '+33465711234',
		logo: 'atelier-lumen.png',
		hue: 165,
		iban: 'FR7630006000011234567890189',
		bic: 'AGRIFRPP',
		stripeAccount: 'acct_1AtelierLumen',
		prefix: 'F',
		offers: [
			{
				name: 'Payer tôt, ou en 2 ou 3 fois',
				terms: { ...always, discount: tiers([200, 15]), instalments: inInstalments(20) }
			}
		],
		contact: { name: 'Claire Martin', email: 'compta@atelier-lumen.example' },
		address: { lines: ['14 rue des Tables-Claudiennes'], postalCode: '69001', town: 'Lyon', country: 'FR' },
		team: [
			{ name: 'Claire Martin', email: 'claire@atelier-lumen.example', role: 'owner' },
			{ name: 'Hugo Besson', email: 'hugo@atelier-lumen.example', role: 'accountant' },
			{ name: 'Inès Fabre', email: 'ines@atelier-lumen.example', role: 'read_only' }
		],
		goods: [
			'Lustre en laiton, sur mesure',
			'Éclairage de vitrine',
			'Pose et réglages',
			'Rail et spots orientables',
			'Lampe de table, série Orion'
		],
		vatRates: [2000],
		clients: [
			client('Menuiserie Roche', 'Paul Roche', 'on_time', 'card', {
				contacts: [
					{ name: 'Paul Roche', email: 'paul@menuiserie-roche.example' },
					{ name: 'Sonia Lopez', email: 'compta@menuiserie-roche.example' }
				]
			}),
			client('Hôtel Bellevue', 'Nadia Ferrand', 'early', 'sepa'),
			client('Galerie Sirius', 'Marc Oudin', 'late'),
			client('Librairie du Passage', 'Élise Garnier', 'on_time'),
			client('Restaurant Le Cèdre', 'Karim Haddad', 'sleepy'),
			client('Cabinet dentaire Vaubert', 'Anne Vaubert', 'on_time', 'sepa'),
			client('Boulangerie Maison Pons', 'Lucie Pons', 'late'),
			client('Agence Trait Noir', 'Théo Lemaire', 'early'),
			client('Odile Perrin', 'Odile Perrin', 'on_time', 'card', { kind: 'consumer' })
		]
	},
	{
		slug: 'brasserie-des-canuts',
		name: 'Brasserie des Canuts',
		legalName: 'BRASSERIE DES CANUTS SAS',
		legalForm: 'SAS au capital de 40 000 €',
		siren: '732829320',
		phone: '+33465712040',
		logo: 'brasserie-des-canuts.png',
		hue: 75,
		iban: 'FR1420041010050500013M02606',
		bic: 'PSSTFRPP',
		stripeAccount: 'acct_1BrasserieCanuts',
		prefix: 'BC-',
		offers: [{ name: 'Comptant', terms: { ...always, discount: tiers([300, 5], [100, 10]), instalments: null } }],
		contact: { name: 'Julien Moreau', email: 'factures@brasserie-canuts.example' },
		address: { lines: ['3 montée de la Grande-Côte'], postalCode: '69004', town: 'Lyon', country: 'FR' },
		team: [
			{ name: 'Julien Moreau', email: 'julien@brasserie-canuts.example', role: 'owner' },
			{ name: 'Fatou Diallo', email: 'fatou@brasserie-canuts.example', role: 'accountant' }
		],
		goods: [
			'Fûts de blonde 30 L',
			'Caisses de 24 × 33 cl',
			'Consignes de fûts',
			'Location de tireuse',
			'Limonade artisanale, 12 × 75 cl'
		],
		vatRates: [2000, 550],
		clients: [
			client('Bar Le Moulinet', 'Samir Cohen', 'late'),
			client('Café de la Navette', 'Rose Mercier', 'on_time', 'sepa'),
			client('Épicerie Bonvin', 'Jules Bonvin', 'early'),
			client('Guinguette du Lac', 'Emma Chevalier', 'sleepy'),
			client('Traiteur Saint-Clair', 'Olivier Blanc', 'on_time'),
			client('Hôtel des Traboules', 'Mina Sato', 'on_time', 'sepa'),
			client('Brasserie du Pont', 'Yann Le Goff', 'late'),
			client('Festival Nuits d’Été', 'Léa Rolland', 'early')
		]
	},
	{
		slug: 'cabinet-verne',
		name: 'Cabinet Verne',
		legalName: 'CABINET VERNE CONSEIL SAS',
		legalForm: 'SAS au capital de 20 000 €',
		siren: '404833048',
		phone: '+33261913050',
		logo: null,
		hue: 255,
		iban: 'FR7610278021370000123456794',
		bic: 'CMCIFR2A',
		stripeAccount: 'acct_1CabinetVerne',
		prefix: 'CV26/',
		offers: [
			{
				name: 'En 2 fois, à partir de l’échéance',
				terms: {
					...always,
					discount: null,
					instalments: { ...inInstalments(25), counts: [2], firstPart: 'on_due_date' }
				}
			}
		],
		contact: { name: 'Alice Verne', email: 'gestion@cabinet-verne.example' },
		address: { lines: ['27 quai de la Fosse'], postalCode: '44000', town: 'Nantes', country: 'FR' },
		team: [
			{ name: 'Alice Verne', email: 'alice@cabinet-verne.example', role: 'owner' },
			{ name: 'Bruno Carré', email: 'bruno@cabinet-verne.example', role: 'accountant' }
		],
		goods: [
			'Audit de sécurité',
			'Accompagnement, journée',
			'Formation d’équipe',
			'Maintenance mensuelle',
			'Étude d’architecture'
		],
		vatRates: [2000],
		clients: [
			client('Transports Guillou', 'Erwan Guillou', 'on_time', 'sepa'),
			client('Clinique des Carmes', 'Dr Sarah Benali', 'late'),
			client('Chantiers Navals Ostrea', 'Michel Tanguy', 'early'),
			client('Coopérative La Presqu’île', 'Gaëlle Hervé', 'on_time'),
			client('Imprimerie Atlantique', 'Noé Barbier', 'sleepy'),
			client('Musée du Large', 'Irène Castel', 'on_time', 'sepa'),
			client('Pépinières Duchêne', 'Victor Duchêne', 'late', 'card', {
				contacts: [{ name: 'Victor Duchêne', email: 'victor@refused.example' }]
			}),
			client('Start-up Filao', 'Camille Nguyen', 'early')
		]
	}
];
