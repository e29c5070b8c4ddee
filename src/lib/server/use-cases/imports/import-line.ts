// What an import says of each invoice, before and after.
import type { MatchedBy } from '../../../domain/invoices/buyer.ts';
import type { AgreedTerms } from '../../../domain/invoices/agreed-terms.ts';
import type { InvoiceDocument } from '../../../domain/invoices/document.ts';
import type { Finding, NotPayableReason } from '../../../domain/invoices/findings.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import type { ImportOutcome } from '../../store/schema/index.ts';

/** What will become of one invoice of one file. */
export type ImportLine = {
	fileName: string;
	outcome: ImportOutcome;
	number: string;
	clientName: string;
	clientIsNew: boolean;
	/** What in the file told which client it is; null for a new one, or one that a person chose. */
	matchedBy: MatchedBy | null;
	email: string | null;
	typeCode: string;
	issuedOn: string;
	dueOn: string;
	dueIsDefault: boolean;
	currency: string;
	grossMinor: Minor;
	debtMinor: Minor;
	notPayableReason: NotPayableReason | null;
	/** Terms that its own fields give. */
	agreed: AgreedTerms | null;
	findings: Finding[];
	/** Against the invoice that is kept under this number: amounts in minor units, days as YYYY-MM-DD. */
	changes: { field: 'gross' | 'due' | 'due_on' | 'issued_on' | 'client'; before: string; after: string }[];
	/** The invoice kept under this number may make room for this one: nothing of it was paid, or is being paid. */
	isReplaceable: boolean;
	invoiceId: string | null;
};
/** A line with what would be kept of it. */
export type Checked = { line: ImportLine; document: InvoiceDocument | null };
