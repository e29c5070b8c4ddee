// Every account that an invoice asks to be paid to, wherever it stands in the file: whoever wants money sent elsewhere does not choose the field we look at.
import { compactIban, ibansIn } from '../../domain/invoices/identifiers.ts';
import { leaves, type Node } from './xml.ts';

/** BG-17 in the two grammars, and the accounts of parties: IBAN or any other number. */
const NAMED =
	/^(PayeePartyCreditorFinancialAccount|SpecifiedCreditorFinancialAccount|PayeeFinancialAccount|FinancialAccount)$/;
const NUMBER = /^(IBANID|ProprietaryID|ID)$/;
/** BT-91: whom a debit is taken from. In its own field it asks for nothing; an account that stands elsewhere as well is not excused by it. */
const OF_PAYER = /^(PayerPartyDebtorFinancialAccount|PayerFinancialAccount)$/;
const ENCLOSED = /BinaryObject$/;

/** As they are compared; an IBAN in a note or in a reference counts like one in its own field. */
export function payeeAccounts(tree: Node): string[] {
	const found = new Set<string>();
	for (const { name, parent, text } of leaves(tree)) {
		if (ENCLOSED.test(name) || OF_PAYER.test(parent)) continue;
		if (NAMED.test(parent) && NUMBER.test(name)) found.add(accountKey(text));
		else for (const iban of ibansIn(text)) found.add(iban);
	}
	return [...found];
}
export const accountKey = (written: string): string => compactIban(written) || written.replace(/\s/g, '').slice(0, 100);
