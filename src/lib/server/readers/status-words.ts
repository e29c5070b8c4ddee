// What a list says of an invoice in its own words, in six languages, with dates and trimmings. A word that nobody knows says nothing: a person is asked.
export type Status = 'paid' | 'open' | 'partial' | 'draft' | 'cancelled' | 'unknown';

const DRAFT = /brouillon|draft|devis|quote|proforma|entwurf|borrador|bozza|concept/;
const CANCELLED = /annul|\bvoid|cancel|storniert|anulad|abgesagt|geannuleerd/;
const PARTIAL = /partiel|part(iall)?y|partial|teilweise|teilzahlung|parcial|parzial|gedeeltelijk|deels|acompte/;
/** Said of what is still to be paid, also where the word of payment stands inside: `non réglée`, `unpaid`, `nicht bezahlt`. */
const NOT =
	/\b(non|pas|not|nicht|no|niet)( (encore|yet|noch|nog))?( ete)? (pa[iyg]|regl|acquit|encaiss|sold|lettr|clo[st]|bezahl|beglich|betaa|cobrad|saldat|settled)|\b(im|un|in)pa(y|id|g)|unbezahlt|onbetaald|insolut/;
const TO_BE =
	/\ba (payer|regler|encaisser|acquitter|solder|recouvrer)\b|\b(to be|zu|te|da|por|en attente|awaiting|pending) (de )?(paid|payment|paiement|reglement|zahl\w*|betalen|pagar\w*|cobrar|saldare|pago)\b/;
const OPEN =
	/\b(due|open|ouverte?s?|offen|abiert[ao]|apert[ao]|openstaand|envoyee?s?|emise?s?|validee?s?|finalisee?s?|comptabilisee?s?|facturee?s?|en cours|en attente|en retard|retard|echue?s?|relancee?s?|transmise?s?|deposee?s?|vue?s?|sent|issued|overdue|late|outstanding|posted|viewed|awaiting|pending|authori[sz]ed|approved|versendet|verschickt|gesendet|fallig|uberfallig|pendiente|emitid[ao]|enviad[ao]|vencid[ao]|inviat[ao]|emess[ao]|scadut[ao]|verzonden|verstuurd|vervallen)\b/;
const PAID =
	/\b(payee?s?|paye|paid|reglee?s?|regle|acquittee?s?|acquitte|encaissee?s?|encaisse|soldee?s?|solde|lettree?s?|lettre|close?s?|cloturee?s?|closed|settled|bezahlt|beglichen|ausgeglichen|pagad[ao]s?|cobrad[ao]s?|liquidad[ao]s?|saldad[ao]s?|pagat[aoie]|saldat[aoie]|incassat[aoie]|quietanzat[aoie]|betaald|voldaan|in payment)\b/;

/** `''` is said nothing. */
export function statusOf(written: string): Status | null {
	const words = written
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, ' ')
		.trim();
	if (!words) return null;
	if (DRAFT.test(words)) return 'draft';
	if (CANCELLED.test(words)) return 'cancelled';
	if (PARTIAL.test(words)) return 'partial';
	if (NOT.test(words) || TO_BE.test(words)) return 'open';
	if (PAID.test(words)) return 'paid';
	return OPEN.test(words) ? 'open' : 'unknown';
}
