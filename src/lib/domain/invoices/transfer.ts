// Credit transfer instructions: the EPC069-12 payload that a banking app scans (European Payments Council, quick response code guidelines).
import { toDecimal, type Minor } from '../money/minor.ts';
import { compactIban, isValidIban } from './identifiers.ts';

export type TransferInstructions = {
	holder: string;
	iban: string;
	bic: string | null;
	reference: string;
	amountMinor: Minor;
};

/** The text of the QR code, or null when the account can't be trusted (bad IBAN) or the amount is out of range. */
export function epcPayload(t: TransferInstructions): string | null {
	if (!isValidIban(t.iban) || t.amountMinor < 1n || t.amountMinor > 99_999_999_999n) return null;
	const amount = toDecimal(t.amountMinor).replace(/0$/, '').replace(/\.0$/, '');
	const lines = [
		'BCD',
		'002',
		'1',
		'SCT',
		t.bic ?? '',
		t.holder.slice(0, 70),
		compactIban(t.iban),
		`EUR${amount}`,
		'',
		t.reference
	];
	while (lines.at(-1) === '') lines.pop();
	return lines.join('\n');
}
