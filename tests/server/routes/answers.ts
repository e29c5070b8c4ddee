// The right answer of every endpoint, for everybody who may ask: the one table. A route or an action that is not here fails the tests by its name.

export const WHO = [
	'nobody',
	'link', // a pay link to the invoice in question
	'otherLink', // to another invoice of the same client
	'contact', // the person who pays, signed in
	'colleague', // at the same client
	'neighbour', // of another client of the supplier
	'stranger', // of a client of another supplier
	'owner',
	'accountant',
	'reader', // a member who may only read
	'otherOwner', // of another supplier
	'key',
	'otherKey' // of another supplier
] as const;
export type Who = (typeof WHO)[number];
/** `in`: the door is open, whatever the answer then says. `sign in`: sent to the sign-in page. A number: refused with it. */
export type Verdict = 'in' | 'sign in' | 401 | 403 | 404;

const all = (verdict: Verdict): Record<Who, Verdict> => Object.fromEntries(WHO.map((who) => [who, verdict])) as never;
const withoutSession = {
	nobody: 'sign in',
	link: 'sign in',
	otherLink: 'sign in',
	key: 'sign in',
	otherKey: 'sign in'
} as const;
const portal = { ...all(404), ...withoutSession };
const admin = { ...all(404), ...withoutSession };
/** Who gets in; everybody else is refused as written. `…Id`: the address or the form names something of one client or supplier. */
export const DOORS = {
	anybody: all('in'),
	demo: all(404), // no demo beside real keys
	link: { ...all(404), link: 'in', otherLink: 'in' },
	linkId: { ...all(404), link: 'in' },
	portal: { ...portal, contact: 'in', colleague: 'in', neighbour: 'in', stranger: 'in' },
	portalId: { ...portal, contact: 'in', colleague: 'in' },
	portalOwn: { ...portal, contact: 'in' },
	admin: { ...admin, owner: 'in', accountant: 'in', reader: 'in', otherOwner: 'in' },
	adminId: { ...admin, owner: 'in', accountant: 'in', reader: 'in' },
	writerPage: { ...admin, owner: 'in', accountant: 'in' },
	adminWrite: { ...admin, owner: 'in', accountant: 'in', reader: 403, otherOwner: 'in' },
	adminWriteId: { ...admin, owner: 'in', accountant: 'in', reader: 403 },
	adminOwner: { ...admin, owner: 'in', accountant: 403, reader: 403, otherOwner: 'in' },
	adminOwnerId: { ...admin, owner: 'in', accountant: 403, reader: 403 },
	ownerPage: { ...admin, owner: 'in', otherOwner: 'in' },
	key: { ...all(401), key: 'in', otherKey: 'in' },
	keyId: { ...all(401), key: 'in', otherKey: 404 }
} satisfies Record<string, Record<Who, Verdict>>;

export type Row = {
	door: keyof typeof DOORS;
	/** What the names in the address stand for; `token` is the asker's own link. */
	params?: Record<string, string>;
	/** A form; a value that begins with `:` is an id. */
	form?: Record<string, string>;
	json?: Record<string, unknown>;
	file?: string;
	/** It is asked with an Idempotency-Key. */
	keyed?: true;
	query?: string;
	/** Its first success uses up what it is about: only the first of those who get in is tried. */
	spent?: true;
	/** What it acts on is not in the house of these tests: those who get in may be told so. */
	absent?: true;
};
const token = { token: ':token' };
const id = (name: string) => ({ id: `:${name}` });
const plan = { plan: ':plan', echeance: '2', jour: '2099-01-01' };
const movement = { mouvement: ':movement', choix: 'pay::open' };
const payment = {
	attemptId: ':new',
	confirmationTokenId: null,
	invoiceIds: [':open'],
	option: 'now',
	expectedAmountMinor: '1'
};
const setup = { setupId: ':new', planId: ':plan', confirmationTokenId: 'ctoken_00000000000' };
const CSV = 'Numéro;Date;Client;Montant TTC\nX-1;12/11/2026;Zoé;1,00\n';
const OFFER = {
	nom: 'Offre',
	pour: 'all',
	moyens: 'card',
	escompte: 'on',
	'palier.0.taux': '1',
	'palier.0.jours': '5',
	tva: 'by_law'
};

const PROGRAMME = {
	'nom.fr': 'Points',
	'nom.en': 'Points',
	points: '1',
	tranche: '10',
	base: 'with_vat',
	expiration: 'never',
	preavis: '30',
	'palier.0.nom.fr': 'Bronze',
	'palier.0.nom.en': 'Bronze',
	'palier.0.multiplicateur': '1'
};

export const ANSWERS: Record<string, Row> = {
	'GET /': { door: 'anybody' },
	'GET /logo/[hash]': { door: 'anybody', params: { hash: 'x' }, absent: true },
	'GET /[x+2e]well-known/security.txt': { door: 'anybody' },
	'POST /webhooks/csp': { door: 'anybody', json: [] as never },
	'GET /connexion': { door: 'anybody' },
	'POST /connexion?/demander': { door: 'anybody', form: { email: 'x@nobody.example' } },
	'POST /connexion?/code': { door: 'anybody', form: { email: 'x@nobody.example', code: '000000' } },
	'GET /connexion/cle': { door: 'anybody' },
	'POST /connexion/cle': { door: 'anybody', json: {} },
	'GET /connexion/[token]': { door: 'anybody', params: { token: 'x' } },
	'POST /connexion/[token]': { door: 'anybody', params: { token: 'x' }, form: { code: '' } },
	'POST /langue': { door: 'anybody', form: { langue: 'fr', retour: '/' } },
	'GET /retour/[attemptId]': { door: 'anybody', params: { attemptId: ':attempt' } },
	'GET /regles/[slug]': { door: 'anybody', params: { slug: 'nobody' }, absent: true },
	'GET /health/live': { door: 'anybody' },
	'GET /health/ready': { door: 'anybody' },
	'GET /api/v1/openapi.json': { door: 'anybody' },
	'POST /webhooks/stripe': { door: 'anybody', json: {} },
	'POST /webhooks/mail': { door: 'anybody', json: {} },
	// Whoever has the mail has its link, as its reader's mail program does.
	'GET /messages/[token]': { door: 'anybody', params: { token: ':mailsToken' } },
	'POST /messages/[token]': { door: 'anybody', params: { token: ':mailsToken' }, form: { points: 'non' } },
	'GET /webhooks/messages/[token]': { door: 'anybody', params: { token: ':mailsToken' } },
	'POST /webhooks/messages/[token]': { door: 'anybody', params: { token: ':mailsToken' } },

	'GET /demo': { door: 'demo' },
	'POST /demo?/avancer': { door: 'demo', form: { duree: 'P1D' } },
	'POST /demo?/panne': { door: 'demo', form: { nom: 'x' } },
	'GET /demo/api/clock': { door: 'demo' },
	'POST /demo/api/clock': { door: 'demo', json: { advance: 'P1D' } },
	'GET /demo/api/faults': { door: 'demo' },
	'POST /demo/api/faults': { door: 'demo', json: {} },
	'DELETE /demo/api/faults': { door: 'demo' },
	'GET /demo/api/mails': { door: 'demo' },
	'GET /demo/api/people': { door: 'demo' },
	'GET /demo/entrer/[who]': { door: 'demo', params: { who: ':member' } },
	'GET /demo/mails/[id]': { door: 'demo', params: id('invoice') },

	'GET /p/[token]': { door: 'link', params: token },
	'POST /p/[token]?/renouveler': { door: 'link', params: token, form: {} },
	'GET /p/[token]/code': { door: 'link', params: { token: ':openToken' } },
	'GET /p/[token]/facture': { door: 'link', params: token },
	'GET /p/[token]/live': { door: 'link', params: token },
	'GET /p/[token]/vue': { door: 'link', params: token },
	'GET /p/[token]/avoir/[discountId]': { door: 'linkId', params: { ...token, discountId: ':discount' } },
	'GET /p/[token]/recu/[paymentId]': { door: 'linkId', params: { ...token, paymentId: ':payment' } },
	'POST /p/[token]/essai/[attemptId]': { door: 'linkId', params: { ...token, attemptId: ':attempt' } },
	'POST /p/[token]/moyen': { door: 'linkId', params: token, json: setup },
	'POST /p/[token]/moyen/[setupId]': { door: 'linkId', params: { ...token, setupId: ':setup' } },
	'POST /p/[token]/echeance': {
		door: 'linkId',
		params: token,
		json: { planId: ':plan', position: 2, toOn: '2030-01-01', accepts: false }
	},
	'POST /p/[token]/payer': { door: 'linkId', params: token, json: { ...payment, invoiceIds: [':ofLink'] } },

	'GET /portail': { door: 'portal' },
	'GET /portail/recus': { door: 'portal' },
	'GET /portail/points': { door: 'portal' },
	'GET /portail/points/csv': { door: 'portal' },
	'POST /portail/points?/prendre': { door: 'portal', form: { prise: ':new', recompense: ':new' }, absent: true },
	'POST /portail/points?/accepter': { door: 'portal', form: { accord: 'oui', version: '1' }, absent: true },
	'GET /portail/live': { door: 'portal' },
	'GET /portail/compte': { door: 'portal' },
	'POST /portail/compte?/messages': { door: 'portal', form: { points: 'oui' } },
	'POST /portail/compte?/renommer': { door: 'portalOwn', form: { moyen: ':method', nom: 'x' } },
	'POST /portail/compte?/fermer': { door: 'portalOwn', form: { session: ':new' }, absent: true },
	'POST /portail/compte?/retirer': { door: 'portalOwn', form: { moyen: ':method' } },
	'GET /portail/reprendre': { door: 'portal' },
	'POST /portail/reprendre?/oublier': { door: 'portal', form: { formulaire: ':new' } },
	'GET /portail/factures/[id]': { door: 'portalId', params: id('invoice') },
	'GET /portail/factures/[id]/apercu': { door: 'portalId', params: id('document') },
	'GET /portail/factures/[id]/code': { door: 'portalId', params: id('open') },
	'GET /portail/factures/[id]/document': { door: 'portalId', params: id('document') },
	'GET /portail/payer': { door: 'portalId', query: '?facture=:open' },
	'GET /portail/recus/[id]': { door: 'portalId', params: id('payment') },
	'GET /portail/avoirs/[id]': { door: 'portalId', params: id('discount') },
	'POST /portail/paiement': { door: 'portalId', json: payment },
	'POST /portail/essai/[attemptId]': { door: 'portalId', params: { attemptId: ':attempt' } },
	'POST /portail/echeance': {
		door: 'portalId',
		json: { planId: ':plan', position: 2, toOn: '2030-01-01', accepts: false }
	},
	'POST /portail/moyen': { door: 'portalId', json: setup },
	'POST /portail/moyen/[setupId]': { door: 'portalId', params: { setupId: ':setup' } },

	'GET /admin': { door: 'admin' },
	'GET /admin/live': { door: 'admin' },
	'GET /admin/compte': { door: 'admin' },
	'POST /admin/compte?/retirer': { door: 'adminId', form: { cle: ':new' }, absent: true },
	'POST /admin/compte?/fermer': { door: 'adminId', form: { session: ':new' }, absent: true },
	'GET /admin/compte/cle': { door: 'admin' },
	'POST /admin/compte/cle': {
		door: 'admin',
		json: {
			name: 'Clé',
			response: {
				id: 'x',
				rawId: 'x',
				type: 'public-key',
				clientExtensionResults: {},
				response: { clientDataJSON: 'x', attestationObject: 'x' }
			}
		}
	},
	'GET /admin/confirmer': { door: 'admin' },
	'POST /admin/confirmer?/oublier': { door: 'admin', form: { formulaire: ':new' } },
	'POST /admin/confirmer?/envoyer': { door: 'admin', form: {} },
	'POST /admin/confirmer?/code': { door: 'admin', form: { code: '000000' } },
	'GET /admin/confirmer/cle': { door: 'admin' },
	'POST /admin/confirmer/cle': { door: 'admin', json: {} },
	'GET /admin/banque': { door: 'admin' },
	'POST /admin/banque?/deposer': { door: 'adminWrite', file: CSV },
	'POST /admin/banque?/accepter': { door: 'adminWriteId', form: movement },
	'POST /admin/banque?/certains': { door: 'adminWrite', form: { mouvement: ':movement' } },
	'POST /admin/banque?/annuler': { door: 'adminWriteId', form: movement },
	'POST /admin/banque?/ecarter': { door: 'adminWriteId', form: movement },
	'POST /admin/banque?/revoir': { door: 'adminWriteId', form: movement },
	'GET /admin/clients': { door: 'admin' },
	'GET /admin/clients/[id]': { door: 'adminId', params: id('client') },
	'POST /admin/clients/[id]?/contact': {
		door: 'adminWriteId',
		params: id('client'),
		form: { email: 'new@roche.example', nom: 'x', facturation: 'oui' }
	},
	'POST /admin/clients/[id]?/droits': {
		door: 'adminWriteId',
		params: id('client'),
		form: { contact: ':colleague', facturation: 'oui', espace: 'oui', paiement: 'oui' }
	},
	'POST /admin/clients/[id]?/nature': { door: 'adminWriteId', params: id('client'), form: { nature: 'business' } },
	'POST /admin/clients/[id]?/grouper': { door: 'adminWriteId', params: id('client'), form: { nouveau: 'x' } },
	'GET /admin/echeanciers': { door: 'admin' },
	'POST /admin/echeanciers?/suspendre': { door: 'adminWriteId', form: plan, spent: true },
	'POST /admin/echeanciers?/reprendre': { door: 'adminWriteId', form: plan, spent: true },
	'POST /admin/echeanciers?/deplacer': { door: 'adminWriteId', form: plan },
	'POST /admin/echeanciers?/retirer': { door: 'adminWriteId', form: plan },
	'POST /admin/echeanciers?/arreter': { door: 'adminWriteId', form: plan, spent: true },
	'POST /admin/echeanciers?/abandonner': { door: 'adminWriteId', form: { ...plan, plan: ':otherPlan' }, spent: true },
	'GET /admin/factures': { door: 'admin' },
	'GET /admin/factures/csv': { door: 'admin' },
	'GET /admin/factures/[id]': { door: 'adminId', params: id('invoice') },
	'GET /admin/factures/[id]/apercu': { door: 'adminId', params: id('document') },
	'GET /admin/factures/[id]/document': { door: 'adminId', params: id('document') },
	'POST /admin/factures/[id]?/envoyer': { door: 'adminWriteId', params: id('open'), form: {} },
	'POST /admin/factures/[id]?/livraison': { door: 'adminWriteId', params: id('open'), form: { livree: '' } },
	'POST /admin/factures/[id]?/ouvrir': { door: 'adminWriteId', params: id('open'), form: {} },
	'POST /admin/factures/[id]?/suspendre': { door: 'adminWriteId', params: id('open'), form: { motif: 'disputed' } },
	'POST /admin/factures/[id]?/reprendre': { door: 'adminWriteId', params: id('open'), form: {} },
	'POST /admin/factures/[id]?/encaisse': {
		door: 'adminWriteId',
		params: id('planned'),
		form: { essai: ':attempt', le: '2026-11-20', reference: 'pi_anything', moyen: 'card', motif: 'x' }
	},
	'POST /admin/factures/[id]?/impaye': {
		door: 'adminWriteId',
		params: id('planned'),
		form: { essai: ':attempt', motif: 'x' }
	},
	'POST /admin/factures/[id]?/revoquer': { door: 'adminWriteId', params: id('open'), form: { lien: ':payLink' } },
	'GET /admin/import': { door: 'admin' },
	'POST /admin/import': { door: 'adminWrite', file: CSV },
	'POST /admin/import/depot': { door: 'adminWrite', file: CSV, form: { import: ':new', fin: 'oui' } },
	'GET /admin/import/[id]': { door: 'writerPage', params: id('import') },
	'GET /admin/import/[id]/fichiers/[position]': { door: 'writerPage', params: { ...id('import'), position: '0' } },
	'GET /admin/import/[id]/rapport': { door: 'writerPage', params: id('import') },
	'POST /admin/import/[id]?/relire': { door: 'adminWriteId', params: id('import'), form: {} },
	'POST /admin/import/[id]?/client': {
		door: 'adminWriteId',
		params: id('import'),
		form: { acheteur: '|||zoé', client: '' }
	},
	'POST /admin/import/[id]?/nature': {
		door: 'adminWriteId',
		params: id('import'),
		form: { acheteur: '|||zoé', nature: 'business' },
		absent: true
	},
	'POST /admin/import/[id]?/adresse': {
		door: 'adminWriteId',
		params: id('import'),
		form: { acheteur: '|||zoé' },
		absent: true
	},
	'POST /admin/import/[id]?/remplacer': {
		door: 'adminWriteId',
		params: id('import'),
		form: { ligne: '0.0' },
		absent: true
	},
	'POST /admin/import/[id]?/confirmer': { door: 'adminWriteId', params: id('import'), form: {} },
	'POST /admin/import/[id]?/abandonner': { door: 'adminWriteId', params: id('import'), form: {} },
	'POST /admin/import/[id]?/annuler': { door: 'adminWriteId', params: id('import'), form: {} },
	'GET /admin/journal': { door: 'admin' },
	'GET /admin/journal/csv': { door: 'admin' },
	'GET /admin/avoirs/[id]': { door: 'adminId', params: id('discount') },
	'GET /admin/liens': { door: 'admin' },
	'POST /admin/liens': { door: 'adminWriteId', form: { lien: ':payLink' } },
	'GET /admin/offres': { door: 'admin' },
	'GET /admin/offres/[id]': { door: 'adminId', params: id('policy') },
	'POST /admin/offres/[id]/essai': { door: 'admin', params: id('policy'), form: OFFER },
	// It changes nothing, and shows clients by name beside what was typed.
	'POST /admin/offres/[id]?/chercher': { door: 'admin', params: id('policy'), form: OFFER },
	'POST /admin/offres/[id]?/enregistrer': { door: 'adminWriteId', params: id('policy'), form: OFFER },
	'POST /admin/offres/[id]?/publier': { door: 'adminWriteId', params: id('policy'), form: OFFER },
	'POST /admin/offres/[id]?/supprimer': {
		door: 'adminWriteId',
		params: id('policy'),
		form: { brouillon: '1' },
		absent: true
	},
	'POST /admin/offres/[id]?/terminer': {
		door: 'adminWriteId',
		params: id('policy'),
		form: { publiee: '1' },
		spent: true
	},
	'GET /admin/points': { door: 'admin' },
	'POST /admin/points/essai': { door: 'admin', form: PROGRAMME },
	'POST /admin/points?/commencer': { door: 'adminWrite', form: {} },
	'POST /admin/points?/lignes': { door: 'admin', form: PROGRAMME },
	'POST /admin/points?/enregistrer': { door: 'adminWrite', form: PROGRAMME },
	'POST /admin/points?/publier': { door: 'adminWrite', form: PROGRAMME },
	'POST /admin/points?/supprimer': { door: 'adminWrite', form: {}, absent: true },
	'POST /admin/points?/terminer': {
		door: 'adminWrite',
		form: { gagner: '2030-01-01', utiliser: '2030-12-31', compris: '1' },
		absent: true
	},
	'GET /admin/points/chiffres': { door: 'admin' },
	'GET /admin/points/chiffres/csv': { door: 'admin' },
	'GET /admin/points/recompenses': { door: 'admin' },
	'GET /admin/clients/[id]/points': { door: 'adminId', params: id('client') },
	'POST /admin/clients/[id]/points?/corriger': {
		door: 'adminWriteId',
		params: id('client'),
		form: { correction: ':new', points: '5', motif: 'geste' }
	},
	'POST /admin/clients/[id]/points?/suspendre': {
		door: 'adminWriteId',
		params: id('client'),
		form: { motif: 'abus' }
	},
	'POST /admin/clients/[id]/points?/reprendre': { door: 'adminWriteId', params: id('client'), form: {} },
	'POST /admin/points/recompenses?/codes': {
		door: 'adminWrite',
		form: { recompense: ':new', codes: 'A' },
		absent: true
	},
	'POST /admin/points/recompenses?/jeter': { door: 'adminWrite', form: { recompense: ':new' } },
	'POST /admin/points/recompenses?/donner': { door: 'adminWrite', form: { demande: ':new' }, absent: true },
	'POST /admin/points/recompenses?/annuler': {
		door: 'adminWrite',
		form: { demande: ':new', motif: 'plus en rayon' },
		absent: true
	},
	'GET /admin/paiements': { door: 'admin' },
	'GET /admin/paiements/[id]': { door: 'adminId', params: id('payment') },
	'GET /admin/paiements/[id]/recu': { door: 'adminId', params: id('payment') },
	'POST /admin/paiements/[id]?/rembourse': {
		door: 'adminWriteId',
		params: id('payment'),
		form: { demande: ':new', le: '2026-11-20', reference: 're_anything', motif: 'x' },
		absent: true
	},
	'POST /admin/paiements/[id]?/nonrembourse': {
		door: 'adminWriteId',
		params: id('payment'),
		form: { demande: ':new', motif: 'x' },
		absent: true
	},
	'POST /admin/paiements/[id]?/rembourser': {
		door: 'adminWriteId',
		params: id('payment'),
		form: { refundRequestId: ':new', montant: '0,01', sens: 'error', motif: 'Facture payée deux fois', vu: '0' }
	},
	// Back to the form: it changes nothing, and shows what was typed to whoever typed it.
	'POST /admin/paiements/[id]?/modifier': {
		door: 'admin',
		params: id('payment'),
		form: { refundRequestId: ':new', montant: '0,01', sens: 'error', motif: 'Facture payée deux fois' }
	},
	// It changes nothing, and shows what giving back would do to whoever may.
	'POST /admin/paiements/[id]?/verifier': {
		door: 'adminWriteId',
		params: id('payment'),
		form: { refundRequestId: ':new', montant: '0,01', sens: 'error', motif: 'Facture payée deux fois' }
	},
	'GET /admin/reglages': { door: 'admin' },
	'POST /admin/reglages?/facturation': {
		door: 'adminWrite',
		form: { delais: 'days_60', reprise: '14', penalites: '' }
	},
	'POST /admin/reglages?/droits': { door: 'adminOwner', form: { rembourser: 'on', publier: 'on' } },
	'POST /admin/reglages?/oublier': { door: 'adminOwnerId', form: { membre: ':forgotten' } },
	'POST /admin/reglages?/creer': { door: 'adminOwner', form: { nom: 'clé', droits: 'read' } },
	'POST /admin/reglages?/revoquer': { door: 'adminOwnerId', form: { cle: ':apiKey' } },
	'GET /admin/reglages/identite': { door: 'admin' },
	'POST /admin/reglages/identite?/logo': { door: 'adminOwner', form: {} },
	'POST /admin/reglages/identite?/retirer': { door: 'adminOwner' },
	'POST /admin/reglages/identite?/enregistrer': {
		door: 'adminOwner',
		form: { forme: '', siren: '', telephone: '', rue: '1 rue de la Paix', codePostal: '69001', ville: 'Lyon' }
	},
	'GET /admin/reglages/loyaltylion': { door: 'admin' },
	'POST /admin/reglages/loyaltylion?/connecter': {
		door: 'adminOwner',
		form: { cle: `pat_00000000${'ab'.repeat(12)}`, site: '4711', regle: 'paid_on_time' }
	},
	'POST /admin/reglages/loyaltylion?/ligne': {
		door: 'adminWriteId',
		form: { ligne: ':loyaltyRow', geste: 'renvoyer' }
	},
	'POST /admin/reglages/loyaltylion?/pause': { door: 'adminOwner' },
	'POST /admin/reglages/loyaltylion?/reprendre': { door: 'adminOwner' },
	'POST /admin/reglages/loyaltylion?/deconnecter': { door: 'adminOwner', spent: true },
	'GET /admin/securite': { door: 'ownerPage' },

	'GET /api/v1/invoices': { door: 'key', query: '?number=F1' },
	'POST /api/v1/invoices': { door: 'key', json: { invoices: [] } },
	'GET /api/v1/invoices/[id]': { door: 'keyId', params: id('invoice') },
	'POST /api/v1/imports': { door: 'key', json: { invoices: [] } },
	'GET /api/v1/imports/[id]': { door: 'keyId', params: id('import') },
	'GET /api/v1/imports/[id]/lines': { door: 'keyId', params: id('import') },
	'POST /api/v1/imports/[id]/confirm': { door: 'keyId', params: id('keyImport') },
	'POST /api/v1/imports/[id]/undo': { door: 'keyId', params: id('keyImport') },
	'GET /api/v1/points/programme': { door: 'key', absent: true },
	'GET /api/v1/clients/[id]/points': { door: 'keyId', params: id('client') },
	'GET /api/v1/clients/[id]/points/history': { door: 'keyId', params: id('client') },
	'POST /api/v1/clients/[id]/points/adjustments': {
		door: 'keyId',
		params: id('client'),
		json: { points: 10, reason: 'Geste' },
		keyed: true
	},
	'POST /api/v1/clients/[id]/points/redemptions': {
		door: 'keyId',
		params: id('client'),
		json: { reward_id: ':new' },
		keyed: true
	},

	'POST /deconnexion': { door: 'anybody', form: {} }
};
