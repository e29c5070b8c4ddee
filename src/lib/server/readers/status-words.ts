// What a list says of an invoice in its own words, in six languages, with dates and trimmings. A word that nobody knows says nothing: a person is asked.
export type Status = 'paid' | 'open' | 'partial' | 'draft' | 'cancelled' | 'unknown';

const DRAFT = /brouillon|draft|devis|quote|proforma|entwurf|borrador|bozza|concept/;
const CANCELLED = /annul|\bvoid|cancel|storniert|anulad|abgesagt|geannuleerd/;
const PARTIAL =
	/partiel|part(ial)?ly|partial|en partie|in part\b|part paid|anzahlung|teilweise|teilzahlung|parcial|parzial|gedeeltelijk|deels|acompte/;
/** Said of what is still to be paid, also where the word of payment stands inside: `non réglée`, `unpaid`, `nicht bezahlt`. */
const NOT =
	/\b(non|pas|not|nicht|no|niet)( (encore|yet|noch|nog))?( ete)? (pa[iyg]|regl|acquit|encaiss|sold|lettr|clo[st]|bezahl|beglich|betaa|cobrad|saldat|settled)|\b(im|un|in)pa(y|id|g)|unbezahlt|onbetaald|insolut/;
const TO_BE =
	/\ba (payer|regler|encaisser|acquitter|solder|recouvrer)\b|\b(to be|zu|te|da|por|en attente|awaiting|pending) (de )?(paid|payment|paiement|reglement|zahl\w*|betalen|pagar\w*|cobrar|saldare|pago)\b/;
const OPEN =
	/\b(due|open|ouverte?s?|offen|abiert[ao]|apert[ao]|openstaand|envoyee?s?|emise?s?|validee?s?|finalisee?s?|comptabilisee?s?|facturee?s?|en cours|en attente|en retard|retard|echue?s?|relancee?s?|transmise?s?|deposee?s?|vue?s?|sent|issued|overdue|late|outstanding|posted|viewed|awaiting|pending|authori[sz]ed|approved|versendet|verschickt|gesendet|fallig|uberfallig|pendiente|emitid[ao]|enviad[ao]|vencid[ao]|inviat[ao]|emess[ao]|scadut[ao]|verzonden|verstuurd|vervallen)\b/;
const PAID =
	/\b(payee?s?|paye|paid|reglee?s?|regle|acquittee?s?|acquitte|encaissee?s?|encaisse|soldee?s?|solde|lettree?s?|lettre|close?s?|cloturee?s?|closed|settled|bezahlt|beglichen|ausgeglichen|pagad[ao]s?|cobrad[ao]s?|liquidad[ao]s?|saldad[ao]s?|pagat[aoie]|saldat[aoie]|incassat[aoie]|quietanzat[aoie]|betaald|voldaan|in payment)\b/;
/** What may stand beside the word of payment and change nothing: how and when. Anything else may turn it round (`Payé : non`), and is asked about. */
const BESIDE =
	/\b(a ete|est|has been|was|is|wurde|ist|fue|e stat[ao]|werd|par|by|via|with|per|mit|con|met|le|on|the|am|il|el|op|the|and|et|und|en|in full|fully|totalement|entierement|integralement|vollstandig|completamente|interamente|volledig|cb|carte|bancaire|card|credit card|karte|carta|tarjeta|cheque|check|cheques|virement|transfer|bank|wire|uberweisung|bonifico|transferencia|overschrijving|prelevement|sepa|direct debit|lastschrift|stripe|paypal|especes|cash|bar|lcr|traite|automatiquement|comptant|facture|invoice|statut|status|ok|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec|janv|fevr|avr|juil|sept)\b/g;
const DAY = /\b\d{1,4} \d{1,2} \d{2,4}\b|\b\d{1,2} \d{1,2}\b|\b\d{1,2}(er)? (?=[a-z]{3,9}\b)|(?<=[a-z] )\d{4}\b/g;

export const plainWords = (written: string): string =>
	written
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, ' ')
		.trim();
/** `''` is said nothing. */
export function statusOf(written: string): Status | null {
	const words = plainWords(written);
	if (!words) return null;
	if (DRAFT.test(words)) return 'draft';
	if (CANCELLED.test(words)) return 'cancelled';
	if (PARTIAL.test(words)) return 'partial';
	if (NOT.test(words) || TO_BE.test(words)) return 'open';
	if (PAID.test(words)) return isOnlyPaid(words) ? 'paid' : 'unknown';
	return OPEN.test(words) ? 'open' : 'unknown';
}
/** Not only sent, or late perhaps, but still to be paid: beside nothing left it is a contradiction. */
export function saysUnpaid(written: string): boolean {
	const words = plainWords(written);
	return statusOf(written) === 'open' && (NOT.test(words) || TO_BE.test(words) || UNPAID.test(words));
}
const UNPAID =
	/\b(overdue|late|outstanding|en retard|echue?s?|uberfallig|scadut[ao]|vencid[ao]|vervallen|offen|openstaand|pendiente)\b/;
const isOnlyPaid = (words: string): boolean =>
	words.replace(DAY, ' ').replace(new RegExp(PAID, 'g'), ' ').replace(BESIDE, ' ').trim() === '';
