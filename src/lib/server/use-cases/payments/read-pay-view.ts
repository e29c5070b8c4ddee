// The pay page, for one invoice (pay link) or several (portal). Reads only. Refusal: not_found.
import type { AttemptView, PayView, TransferView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import {
	compactIban,
	isValidIban,
	isValidRf,
	printIban,
	printReference
} from '../../../domain/invoices/identifiers.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import { transferPayload } from './transfer-code.ts';
import { add, type Minor } from '../../../domain/money/minor.ts';
import { declineFamily } from '../../../domain/payments/declines.ts';
import { methodsFor } from '../../../domain/payments/methods.ts';
import type { Services } from '../../services.ts';
import { findLastAttempt, type Attempt } from '../../store/attempts.ts';
import { findInvoice, type InvoiceRecord } from '../../store/invoices.ts';
import { findContact, getSupplier, type Supplier } from '../../store/parties.ts';
import { listPayments } from '../../store/payments.ts';
import { invoiceView, paymentView, supplierView } from '../invoices/views.ts';
import { done, read, refuse, type Result } from '../run.ts';

export async function readPayView(services: Services, scope: Scope, invoiceIds: string[]): Promise<Result<PayView>> {
	return read(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const today = civilDateIn(services.clock.now(), supplier.timeZone);
		const records: InvoiceRecord[] = [];
		for (const invoiceId of invoiceIds) {
			const record = await findInvoice(tx, scope, invoiceId);
			if (!record) return refuse('not_found');
			records.push(record);
		}
		if (!records.length) return refuse('not_found');
		const amountMinor = add(...records.map(payableToday));
		const attempt = await findLastAttempt(tx, scope, records[0]!.invoiceId);
		const payments = records.length === 1 ? await listPayments(tx, scope, { invoiceId: records[0]!.invoiceId }) : [];
		const { actor } = scope;
		const payer =
			actor.kind === 'contact' || actor.kind === 'pay_link' ? await findContact(tx, scope, actor.contactId) : null;
		const { stripe, sandbox } = services.config;
		return done({
			supplier: supplierView(supplier),
			invoices: records.map((record) => invoiceView(record, today)),
			amountMinor,
			currency: records[0]!.currency,
			methods: methodsFor(amountMinor),
			attempt: attempt && attemptView(attempt),
			payments: payments.map(paymentView),
			transfer: records.length === 1 ? transferOf(supplier, records[0]!, amountMinor) : null,
			stripe: {
				publishableKey: stripe.publishableKey,
				account: supplier.stripeAccount,
				scriptUrl: sandbox ? `${sandbox.jsUrl}/endive/stripe.js` : null
			},
			payerName: records[0]!.clientName,
			// A pay link may have been forwarded: no address is shown, and none is filled in.
			payerEmail: actor.kind === 'contact' ? (payer?.email ?? null) : null
		});
	});
}

const attemptView = (attempt: Attempt): AttemptView => ({
	attemptId: attempt.attemptId,
	status: attempt.status,
	amountMinor: attempt.amountMinor,
	methodLabel: attempt.methodLabel,
	methodType: attempt.methodType,
	expectedOn: attempt.expectedOn,
	family: attempt.status === 'declined' ? declineFamily(attempt.errorCode, attempt.declineCode) : null
});

function transferOf(supplier: Supplier, record: InvoiceRecord, amountMinor: Minor): TransferView | null {
	if (!supplier.iban || !isValidIban(supplier.iban) || amountMinor <= 0n) return null;
	const reference = record.paymentReference;
	return {
		holder: supplier.legalName,
		iban: compactIban(supplier.iban),
		ibanPrinted: printIban(supplier.iban),
		bic: supplier.bic,
		reference,
		referencePrinted: isValidRf(reference) ? printReference(reference) : reference,
		hasQr: transferPayload(supplier, reference, amountMinor) !== null
	};
}
