// What an import says of each invoice, before and after.
import type { InvoiceDocument } from '../../../domain/invoices/document.ts';
import type { Finding, NotPayableReason } from '../../../domain/invoices/findings.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import type { InvoiceFile } from '../../readers/file.ts';

/** What will become of one invoice of one file. */
export type ImportLine = {
	fileName: string;
	outcome: 'new' | 'review' | 'identical' | 'conflict' | 'refused';
	number: string;
	clientName: string;
	clientIsNew: boolean;
	email: string | null;
	typeCode: string;
	issuedOn: string;
	dueOn: string;
	dueIsDefault: boolean;
	currency: string;
	grossMinor: Minor;
	debtMinor: Minor;
	notPayableReason: NotPayableReason | null;
	findings: Finding[];
	/** Against the invoice that is kept under this number: amounts in minor units, days as YYYY-MM-DD. */
	changes: { field: 'gross' | 'due' | 'due_on' | 'issued_on' | 'client'; before: string; after: string }[];
	invoiceId: string | null;
};
export type Prepared = { line: ImportLine; document: InvoiceDocument | null; mediaType: string; file: InvoiceFile };
