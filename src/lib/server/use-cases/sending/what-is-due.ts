// What is due of the invoices that a mail names, as the books stand when it is written: the one source of every rest that a mail tells.
import type { Scope } from '../../../domain/access/scope.ts';
import { isCredited, restOf, type Rest } from '../../../domain/invoices/state.ts';
import { add } from '../../../domain/money/minor.ts';
import type { Tx } from '../../store/database.ts';
import { findInvoice, type InvoiceRecord } from '../../store/invoices.ts';
import { mintPayLink } from '../access/pay-links.ts';
import type { Context } from './compose-context.ts';

export type Due = Rest & {
	/** Of the invoices, as a client reads them. */
	numbers: string;
	/** No money stands on any of them: credit notes took all of it off. */
	areCredited: boolean;
	/** The one to open, to pay: the first that has something to pay, else the last. */
	openId: string | null;
};

export async function whatIsDue(tx: Tx, scope: Scope, invoiceIds: string[]): Promise<Due> {
	const invoices: InvoiceRecord[] = [];
	for (const id of new Set(invoiceIds)) {
		const invoice = await findInvoice(tx, scope, id);
		if (invoice) invoices.push(invoice);
	}
	const rests = invoices.map((invoice) => ({ invoice, rest: restOf(invoice) }));
	const payable = rests.find(({ rest }) => rest.payableMinor > 0n);
	return {
		payableMinor: add(...rests.map(({ rest }) => rest.payableMinor)),
		underWayMinor: add(...rests.map(({ rest }) => rest.underWayMinor)),
		plannedMinor: add(...rests.map(({ rest }) => rest.plannedMinor)),
		areCredited: invoices.length > 0 && invoices.every(isCredited),
		numbers: invoices.map(({ number }) => number).join(', '),
		openId: (payable?.invoice ?? invoices.at(-1))?.invoiceId ?? null
	};
}

export const invoiceIdsOf = (lines: { invoiceId: string }[]): string[] => lines.map(({ invoiceId }) => invoiceId);

/** A link to the invoice that something is to be paid of. */
export const payUrl = (
	{ services, scope, tx }: Pick<Context, 'services' | 'scope' | 'tx'>,
	{ openId }: Due,
	contactId: string
): Promise<string> | string =>
	openId ? mintPayLink(services, tx, scope, openId, contactId) : `${services.config.origin}/portail`;
