// Invoices as a supplier's own software reads them: what is left, and every choice the client has today, at the price of the one quote engine.
// Actor: API key that may read. Refusal: not_found.
import { optionView } from '../../../contract/option-views.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { ClientKind } from '../../../domain/invoices/client-kind.ts';
import { stateOf } from '../../../domain/invoices/state.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { findInvoice, listInvoicesByNumber, type InvoiceRecord } from '../../store/invoices.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { quoteInvoices } from '../offers/quote-invoices.ts';
import { done, read, refuse, type Result } from '../run.ts';

/** Amounts are integers of minor units, as text; days and instants are ISO 8601. */
export type InvoiceBody = {
	invoice_id: string;
	number: string;
	client: string;
	client_kind: ClientKind;
	issued_on: string;
	due_on: string;
	currency: string;
	state: string;
	gross_minor: string;
	balance_minor: string;
	payable_minor: string;
	options: {
		kind: string;
		amount_minor: string;
		due_now_minor: string;
		discount_minor: string;
		discount_vat_minor: string;
		ends_at: string | null;
		parts: { due_on: string; amount_minor: string }[];
		methods: string[];
	}[];
	not_offered: { kind: string; reason: string }[];
};

export const readInvoiceByApi = (services: Services, scope: Scope, invoiceId: string): Promise<Result<InvoiceBody>> =>
	read(services, scope, async (tx) => {
		const record = may(scope.actor, 'read_invoices') ? await findInvoice(tx, scope, invoiceId) : null;
		return record ? done(await bodyOf(services, tx, scope, record)) : refuse('not_found');
	});
/** A number may come back another year: a list, the newest first. */
export const findInvoicesByApi = (services: Services, scope: Scope, number: string): Promise<InvoiceBody[]> =>
	read(services, scope, async (tx) => {
		if (!may(scope.actor, 'read_invoices')) return [];
		const records = await listInvoicesByNumber(tx, scope, number);
		return Promise.all(records.map((record) => bodyOf(services, tx, scope, record)));
	});

async function bodyOf(services: Services, tx: Tx, scope: Scope, record: InvoiceRecord): Promise<InvoiceBody> {
	const supplier = await getSupplier(tx, scope);
	const { quote } = await quoteInvoices(tx, scope, { supplier, records: [record], at: services.clock.now() });
	const views = quote.options.map((option) => optionView(option, quote, supplier.timeZone));
	return {
		invoice_id: record.invoiceId,
		number: record.number,
		client: record.clientName,
		client_kind: record.clientKind,
		issued_on: record.issuedOn,
		due_on: record.dueOn,
		currency: record.currency,
		state: stateOf(record, quote.today),
		gross_minor: String(record.grossMinor),
		balance_minor: String(record.balanceMinor),
		payable_minor: String(views.find((view) => view.kind === 'now')?.amountMinor ?? 0n),
		options: views.map((view) => ({
			kind: view.kind,
			amount_minor: String(view.amountMinor),
			due_now_minor: String(view.dueNowMinor),
			discount_minor: String(view.discountMinor),
			discount_vat_minor: String(view.discountVatMinor),
			ends_at: view.endsAt?.toISOString() ?? null,
			parts: view.instalments.map((instalment) => ({
				due_on: instalment.dueOn,
				amount_minor: String(instalment.amountMinor)
			})),
			methods: view.methods.filter((method) => method.offered).map((method) => method.type)
		})),
		not_offered: quote.notOffered
	};
}
