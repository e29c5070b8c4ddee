// What a reader finds in an invoice file, whatever its format. Terms are those of EN 16931 (BT-…).
import type { CivilDate } from '../calendar/civil-date.ts';
import type { Minor } from '../money/minor.ts';
import type { AgreedTerms } from './agreed-terms.ts';
import type { ChosenKind } from './client-kind.ts';

/** One line of the VAT split (BG-23). */
export type VatLine = { category: string; rateBps: number; baseMinor: Minor; vatMinor: Minor };

/** A party as the file names it; identifiers may be missing or wrong, they are checked later. */
export type Party = {
	name: string;
	siren: string | null;
	vatNumber: string | null;
	email: string | null;
	/** Where the file has a field that says it. */
	kind?: ChosenKind | null;
};

/** An invoice as read. Amounts keep the signs of the file; `signOfDebt` says which way the debt goes. */
export type InvoiceDocument = {
	number: string; // BT-1
	typeCode: string; // BT-3, UNCL1001: 380 invoice, 381 credit note…
	issuedOn: CivilDate; // BT-2
	dueOn: CivilDate | null; // BT-9, null when the file has none
	currency: string; // BT-5
	seller: Party;
	buyer: Party;
	payee: string | null; // BT-59, when someone else is to be paid
	netMinor: Minor; // BT-109
	vatMinor: Minor; // BT-110
	grossMinor: Minor; // BT-112
	prepaidMinor: Minor; // BT-113
	roundingMinor: Minor; // BT-114
	dueMinor: Minor; // BT-115
	vatLines: VatLine[];
	paymentReference: string | null; // BT-83
	payeeIban: string | null; // BT-84, the first
	payeeAccounts: string[]; // every account it asks to be paid to, wherever it says so
	meansCode: string | null; // BT-81
	deliveredOn: CivilDate | null; // BT-72
	freightMinor: Minor; // BG-21, charges of the invoice as a whole, VAT included
	vatOnReceipts: boolean; // BT-8: VAT falls due when the money comes
	termsText: string | null; // BT-20
	preceding?: { number: string; issuedOn: CivilDate | null } | null; // BG-3: the one invoice it is about; none when it names several
	agreed: AgreedTerms | null; // null where the format has no fields for it
	businessProcess: string | null; // BT-23
	profile: string | null; // BT-24
};

/** Deposit invoices (UNCL1001). */
const DEPOSIT_TYPES = new Set(['386', '500', '503']);
export const isDeposit = (typeCode: string): boolean => DEPOSIT_TYPES.has(typeCode);

/** Those of EN 16931 (UNTDID 1001), and 502, 503 of the French reform. */
const CREDIT_NOTE_TYPES = new Set('81 83 261 262 296 308 381 396 420 458 502 503 532'.split(' '));
export const isCreditType = (typeCode: string): boolean => CREDIT_NOTE_TYPES.has(typeCode);
const INVOICE_TYPES = new Set(
	(
		'71 80 82 84 102 130 202 203 204 211 218 219 295 325 326 331 380 382 383 384 385 386 387 388 389 390 393 394 395 456 457 471 472 473 500 501 ' +
		'527 553 575 623 633 751 780 817 870 875 876 877 935'
	).split(' ')
);
/** Whether EN 16931 or the French reform has such a document. */
export const isKnownType = (typeCode: string): boolean => INVOICE_TYPES.has(typeCode) || isCreditType(typeCode);
/**
 * What the client owes. A credit note counts against it whichever sign its file gives its amounts (EN 16931 writes type 381 with positive
 * amounts, many exports write a minus): it never becomes a debt. An invoice with a negative total is a credit too.
 */
export function debtOf({ typeCode, dueMinor }: Pick<InvoiceDocument, 'typeCode' | 'dueMinor'>): Minor {
	const isCredit = CREDIT_NOTE_TYPES.has(typeCode) && dueMinor > 0n;
	return (isCredit ? -dueMinor : dueMinor) as Minor;
}

/** A PDF or an XML file is one invoice, and its client may see it. A CSV or a JSON file may hold the invoices of others. */
export const isShownToClient = (mediaType: string): boolean =>
	mediaType === 'application/pdf' || mediaType === 'application/xml';
