// BG-3: the invoice that a credit note is about. Of several none is guessed; a date that can't be read is as if there were none.
import { parseCivilDate } from '../../domain/calendar/civil-date.ts';
import type { InvoiceDocument } from '../../domain/invoices/document.ts';

export function precedingOf(
	named: { number: string | null; issuedOn: string | null }[]
): NonNullable<InvoiceDocument['preceding']> | null {
	const [only, another] = named;
	if (!only?.number || another) return null;
	const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(only.issuedOn ?? '') ?? [];
	return { number: only.number, issuedOn: parseCivilDate(`${year}-${month}-${day}`) };
}
