// What a list says an invoice is: an invoice, or a credit note, in six languages. What is neither is asked about: an order, a payment or a reminder is
// nothing to be paid.
import type { Row } from './csv-columns.ts';
import { plainWords } from './status-words.ts';

const CREDIT_NOTE =
	/^av$|\bavoirs?\b|note de credit|credit ?note|credit memo|\bcredit\b|\b381\b|gutschrift|\brefund|nota de (abono|credito)|\babono\b|rectificativa|nota di credito|creditnota|^(cn|nc|out refund)$/;
const INVOICE =
	/\b(factures?|facturation|invoices?|rechnung|factura|fattura|factuur|bill|solde|acomptes?|situation|deposit|down payment|anzahlung|abonnement|subscription|recurring|recurrente)\b|rechnung$|^(f|fa|fac|fact|fc|ft|fv|vf|vt|inv|in|re|ar|out invoice|standard|normale?|simple|classique|ventes?|sales?|380|38[2-9]|39[0-5]|326|471|472|473|50[01])$/;
type Kind = 'invoice' | 'credit_note' | 'unknown';
/** `''` says nothing: an invoice. */
export function kindOf(written: string): Kind | null {
	const words = plainWords(written);
	if (!words) return null;
	return CREDIT_NOTE.test(words) ? 'credit_note' : INVOICE.test(words) ? 'invoice' : 'unknown';
}
/** Of its status only that word alone: `Paid by credit card` is no credit note. */
export const isCreditNote = ({ type = '', status = '' }: Row): boolean =>
	kindOf(type) === 'credit_note' || /^(avoir|note de credit|credit note|gutschrift)$/.test(plainWords(status));
