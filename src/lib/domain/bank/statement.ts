// What a bank says happened on the supplier's account, whatever the format of its file.
import type { CivilDate } from '../calendar/civil-date.ts';
import type { Finding } from '../invoices/findings.ts';
import type { Minor } from '../money/minor.ts';

/** One transaction. Money received is positive. */
export type StatementLine = {
	bookedOn: CivilDate;
	valueOn: CivilDate | null;
	amountMinor: Minor;
	currency: string;
	text: string; // all that the payer and the bank wrote, in one line
	endToEndId: string | null;
	creditorReference: string | null; // ISO 11649, when it has a field of its own
	bankReference: string | null; // the bank's own name for this transaction, unique on the account
	counterparty: string | null;
	counterpartyIban: string | null;
	returnReason: string | null; // ISO 20022 external reason: a payment that came back
	isReturn: boolean; // an earlier transaction is taken back
};
export type BankStatement = {
	account: string;
	reference: string;
	currency: string;
	openingMinor: Minor | null;
	closingMinor: Minor | null;
	lines: StatementLine[];
};
/** Statements that could be read; findings of one entry leave the others standing. `ok: false`: nothing of the file is kept. */
export type StatementReading =
	{ ok: true; format: string; statements: BankStatement[]; findings: Finding[] } | { ok: false; findings: Finding[] };

/** Opening + transactions = closing. `null` when the file has no balances. */
export function reconciles({ openingMinor, closingMinor, lines, currency }: BankStatement): boolean | null {
	if (openingMinor === null || closingMinor === null) return null;
	const own = lines.filter((line) => line.currency === currency);
	return openingMinor + own.reduce((sum, line) => sum + line.amountMinor, 0n) === closingMinor;
}

const NOTHING = /^(notprovided|notavailable|nonref|none|-|)$/i;
/** `NOTPROVIDED` and its kin say that there is none. */
export const meaningful = (reference: string | null | undefined): string | null =>
	reference == null || NOTHING.test(reference.trim()) ? null : reference.trim();
