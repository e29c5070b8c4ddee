// An invoice of a file, checked.
import type { ImportLine } from '../../../contract/import-views.ts';
import type { InvoiceDocument } from '../../../domain/invoices/document.ts';

/** A line with what would be kept of it. */
export type Checked = { line: ImportLine; document: InvoiceDocument | null };
