// What an invoice itself says of its payment, in fields of its own: discounts for paying early, dated parts, the notes that French law asks for, who
// collects it. Such terms bind the supplier, whatever it offers besides. Free text is never read for them: it is shown as it stands.
import type { CivilDate } from '../calendar/civil-date.ts';
import { add, type Minor } from '../money/minor.ts';

/** Paid by `until` (that day included): `amountMinor` less where the invoice says how much, else `discountBps` of `baseMinor` (null: of what is due). */
export type AgreedDiscount = {
	until: CivilDate;
	discountBps: number | null;
	baseMinor: Minor | null;
	amountMinor: Minor | null;
};
export type AgreedInstalment = { dueOn: CivilDate; amountMinor: Minor };
/** BT-21: PMT the fixed compensation of 40 €, PMD the late-payment interest, AAB the discount, or that there is none (code de commerce, L441-9). */
export type NoteSubject = 'PMT' | 'PMD' | 'AAB';
export type TermsNote = { subject: NoteSubject; text: string };
/** BT-89, BT-90, BT-91. A file may leave out each of them. */
export type Mandate = { reference: string | null; creditorId: string | null; debtorIban: string | null };
export type AgreedTerms = {
	discounts: AgreedDiscount[];
	parts: AgreedInstalment[];
	notes: TermsNote[];
	mandate: Mandate | null;
	/** Every means of payment of the invoice is a direct debit (BT-81): the supplier collects it itself. */
	isDebited: boolean;
	/** BT-59, when somebody else than the seller is to be paid, with the account the file gives. */
	payee: { name: string; iban: string | null } | null;
};

/** Parts are terms only when there are several and they make the amount due, to the cent; in the order of their days. */
export function agreedInstalments({ parts }: Pick<AgreedTerms, 'parts'>, dueMinor: Minor): AgreedInstalment[] | null {
	if (parts.length < 2 || parts.some((part) => part.amountMinor <= 0n)) return null;
	if (add(...parts.map((part) => part.amountMinor)) !== dueMinor) return null;
	return [...parts].sort((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0));
}

const KNOWN_SUBJECT = /^(PMT|PMD|AAB)$/;
export const noteOf = (subject: string | null, text: string | null): TermsNote[] =>
	subject && text && KNOWN_SUBJECT.test(subject) ? [{ subject: subject as NoteSubject, text }] : [];
