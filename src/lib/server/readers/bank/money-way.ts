// Which way the money of a row went, and whether it has moved at all: by sign, by two columns, or by the words of a column, in six languages. A word that
// nobody knows beside an amount without a sign is a question.
import { minor, type Minor } from '../../../domain/money/minor.ts';

const plain = (written: string): string =>
	written
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[^a-z0-9+-]+/g, ' ')
		.trim();
const OUT =
	/^(-|af|d|dr|dt|db|dbit|s|soll|debit\w*|belastung|lastschrift|sort(ie|ant|ante)?|emis|envoye|outgoing|outflow|out|money out|paid out|withdrawal|ausgang|ausgabe|uitgaand|salida|cargo|addebito|dare|uscita|depense|decaissement)( .*)?$/;
const IN =
	/^(\+|bij|c|cr|ct|crdt|h|haben|credit\w*|gutschrift|entree|entrant|entrante|recu|incoming|inflow|in|money in|paid in|deposit|eingang|einnahme|inkomend|entrada|abono|accredito|avere|entrata|recette|encaissement)( .*)?$/;
/** `Credit Transfer`, `Direct Debit`, `Credit card`: the name of a means of payment, which goes both ways. */
const MEANS = /transfer|card|carte|karte|tarjeta|carta\b|note/;
type Way = 'in' | 'out' | 'unknown';
/** `''` says nothing. */
function wayOf(written: string): Way | null {
	const words = /^\s*[-\u2212]\s*$/.test(written) ? '-' : plain(written);
	if (!words) return null;
	if (MEANS.test(words)) return 'unknown';
	return OUT.test(words) ? 'out' : IN.test(words) ? 'in' : 'unknown';
}

/** Of all rows: does some amount bear a minus, does some word say a way? Then the sign tells, or the words do. */
export type Ways = { isSigned: boolean; isWorded: boolean };
export const waysOf = (amounts: string[], words: string[], header: string): Ways => ({
	isSigned: amounts.some((amount) => /^\s*[-\u2212(]|-\s*$/.test(amount)),
	// `Type` may be the kind of payment; the other names say that a way is meant.
	isWorded: (words.length > 0 && !/^type/i.test(header)) || words.some((word) => /^(in|out)$/.test(wayOf(word) ?? ''))
});
/** null: sign and word contradict each other, or nothing tells. */
export function signedBy(amount: Minor, written: string, { isSigned, isWorded }: Ways): Minor | null {
	const way = wayOf(written);
	if (amount < 0n) return way === 'in' ? null : amount;
	if (way === 'out') return isSigned && amount > 0n ? null : minor(-amount);
	return !isSigned && isWorded && way !== 'in' ? null : amount;
}

/** Announced, refused or undone: no money has moved. */
const NOT_BOOKED =
	/pending|hold|declin|revert|fail|cancel|vorgemerkt|vorlaufig|attente|en cours|refus|rejet|annul|a venir|prevu|programm|planifi|planned|scheduled|future|upcoming|expected|authori[sz]ed|autoris|reserv|bloqu|blocked|provisoire|temporaire|temporary|processing|traitement|in behandeling|pendiente|in attesa|sospes|void|expir|reject|return|storniert|offen|\b(non|pas|not|un|nicht|no|niet) ?(encore )?(comptab|booked|posted|gebucht|geboekt|contab|valid|traite|execut|settled|cleared|complete)/;
const BOOKED =
	/^(complete|comptabilis|booked|posted|settled|cleared|executed|execute|valide|validee|effectue|realise|traite|gebucht|geboekt|contabiliz|contabilizz|ejecutad|eseguit|uitgevoerd|ok|done|success|succeeded|sent|received|recu|paid|definitif|final|rapproche|pointe|active|processed|confirmed|confirme)/;
type State = 'booked' | 'not_booked' | 'unknown';
/** `''` says nothing. */
export function stateOf(written: string): State | null {
	const words = plain(written).replace(/-/g, ' ').trim();
	if (!words) return null;
	return NOT_BOOKED.test(words) ? 'not_booked' : BOOKED.test(words) ? 'booked' : 'unknown';
}
