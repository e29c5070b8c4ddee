// An invoice in XML: which of its two grammars, by the name of its root.
import type { ReadResult } from '../../domain/invoices/findings.ts';
import { readCii } from './cii.ts';
import type { When } from './norm-values.ts';
import { readUbl } from './ubl.ts';
import { rootName } from './xml.ts';

const UBL_ROOT = /^(Invoice|CreditNote)$/;
export const isInvoiceRoot = (name: string | null): boolean =>
	name !== null && (UBL_ROOT.test(name) || /^CrossIndustry(Invoice|Document)$/.test(name));
/** What is neither is refused by the CII reader, which says what it found. */
export const readXmlInvoice = (bytes: Uint8Array, when: When): ReadResult =>
	UBL_ROOT.test(rootName(bytes) ?? '') ? readUbl(bytes, when) : readCii(bytes, when);
