// Which form of the supplier's area asks for a fresh proof, and which does not, because: the one table. An action that is not here fails the tests by its name.

/** `asks`; `sometimes`: what makes it ask is tried in the test named; `no`: why a session alone is enough. */
export type Proof = 'asks' | `sometimes: ${string}` | `no: ${string}`;

const DAILY = 'no: daily work of the books, journalled, undone by the next button';
const OWN_BOOKS = 'no: changes what is offered or held, not who gets money or gets in; owners decide who may';
const CLOSES = 'no: it closes a door, which must be quick; what it closed is opened again with a proof';

export const PROOFS: Record<string, Proof> = {
	'POST /admin/compte?/retirer': 'asks',
	'POST /admin/compte?/fermer': CLOSES,
	'POST /admin/compte/cle': 'asks',
	'POST /admin/confirmer?/oublier': 'no: drops what the person itself typed',
	'POST /admin/confirmer?/envoyer': 'no: it is the way to a proof',
	'POST /admin/confirmer?/code': 'no: it is the way to a proof',
	'POST /admin/confirmer/cle': 'no: it is the way to a proof',
	'POST /admin/banque?/deposer': DAILY,
	'POST /admin/banque?/accepter': DAILY,
	'POST /admin/banque?/certains': DAILY,
	'POST /admin/banque?/annuler': DAILY,
	'POST /admin/banque?/ecarter': DAILY,
	'POST /admin/banque?/revoir': DAILY,
	'POST /admin/clients/[id]?/contact': 'asks',
	'POST /admin/clients/[id]?/droits': 'asks',
	'POST /admin/clients/[id]?/nature': OWN_BOOKS,
	'POST /admin/clients/[id]?/grouper': OWN_BOOKS,
	'POST /admin/echeanciers?/suspendre': OWN_BOOKS,
	'POST /admin/echeanciers?/reprendre': OWN_BOOKS,
	'POST /admin/echeanciers?/deplacer': 'no: the client agrees to another day, or it does not move',
	'POST /admin/echeanciers?/retirer': 'no: the client agrees to another day, or it does not move',
	'POST /admin/echeanciers?/arreter': OWN_BOOKS,
	'POST /admin/echeanciers?/abandonner': 'asks',
	'POST /admin/factures/[id]?/envoyer': 'sometimes: after twenty in an hour, access/mass-mails.test.ts',
	'POST /admin/factures/[id]?/livraison': OWN_BOOKS,
	'POST /admin/factures/[id]?/ouvrir': 'no: it is paid to the supplier’s own account all the same',
	'POST /admin/factures/[id]?/suspendre': OWN_BOOKS,
	'POST /admin/factures/[id]?/reprendre': OWN_BOOKS,
	'POST /admin/factures/[id]?/revoquer': CLOSES,
	'POST /admin/factures/[id]?/encaisse': 'asks',
	'POST /admin/factures/[id]?/impaye': 'asks',
	'POST /admin/import': 'no: files wait for a word',
	'POST /admin/import/depot': 'no: files wait for a word',
	'POST /admin/import/[id]?/relire': 'no: invoices wait for a word',
	'POST /admin/import/[id]?/client': 'no: invoices wait for a word, and no address is let in by it',
	'POST /admin/import/[id]?/nature': OWN_BOOKS,
	'POST /admin/import/[id]?/adresse': 'asks',
	'POST /admin/import/[id]?/remplacer': 'no: invoices wait for a word',
	'POST /admin/import/[id]?/confirmer':
		'sometimes: many mails, or another account to pay to, access/fresh-proof.test.ts and access/mass-mails.test.ts',
	'POST /admin/import/[id]?/abandonner': 'no: nothing was kept yet',
	'POST /admin/import/[id]?/annuler':
		'no: nothing that anybody has paid is withdrawn, and the files can be dropped again',
	'POST /admin/liens': CLOSES,
	'POST /admin/offres/[id]/essai': 'no: it only counts',
	'POST /admin/offres/[id]?/chercher': 'no: it only looks',
	'POST /admin/offres/[id]?/enregistrer': 'no: a draft',
	'POST /admin/offres/[id]?/publier': 'asks',
	'POST /admin/offres/[id]?/terminer': OWN_BOOKS,
	'POST /admin/paiements/[id]?/modifier': 'no: back to the form, as it was typed',
	'POST /admin/paiements/[id]?/verifier': 'no: it only counts',
	'POST /admin/paiements/[id]?/rembourser': 'asks',
	'POST /admin/paiements/[id]?/rembourse': 'asks',
	'POST /admin/paiements/[id]?/nonrembourse': 'asks',
	'POST /admin/reglages?/facturation': 'sometimes: account numbers of the books, access/fresh-proof.test.ts',
	'POST /admin/reglages?/droits': 'asks',
	'POST /admin/reglages?/oublier': 'asks',
	'POST /admin/reglages?/creer': 'asks',
	'POST /admin/reglages?/revoquer': 'asks'
};
