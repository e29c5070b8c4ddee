// BG-3: the invoice that a credit note is about. Of several none is guessed; a date that can't be read is as if there were none.
import type { InvoiceDocument } from '../../domain/invoices/document.ts';
import { ANY_DAY, compactDay, isoDay } from './norm-values.ts';

export function precedingOf(
	named: { number: string | null; issuedOn: string | null }[]
): NonNullable<InvoiceDocument['preceding']> | null {
	const [only, another] = named;
	if (!only?.number || another) return null;
	const written = only.issuedOn ?? '';
	return { number: only.number, issuedOn: compactDay(written) ?? isoDay(written, ANY_DAY.timeZone) };
}
