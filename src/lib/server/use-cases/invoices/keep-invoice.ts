// Keeps one prepared invoice: its client, its document byte for byte, its claim in the journal, its mails. One transaction. Facts: invoice.opened.
import type { Scope } from '../../../domain/access/scope.ts';
import { isShownToClient, type InvoiceDocument } from '../../../domain/invoices/document.ts';
import { rfReference } from '../../../domain/invoices/identifiers.ts';
import { invoiceOpened } from '../../../domain/ledger/entries.ts';
import type { Services } from '../../services.ts';
import { newId, sha256 } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import { keepDocument } from '../../store/documents.ts';
import { findInvoiceByNumber, insertInvoice } from '../../store/invoices.ts';
import { bookEntry } from '../../store/journal.ts';
import { recordFact } from '../../store/outbox.ts';
import {
	getSupplier,
	insertClient,
	insertContact,
	listBillingContacts,
	lockClientCreation,
	matchClient
} from '../../store/parties.ts';
import { recordAudit } from '../../store/records.ts';
import { queueInvoiceMail } from '../mails/queue-mails.ts';
import { commit } from '../run.ts';
import type { ImportLine, Prepared } from './import-line.ts';

export async function keepInvoice(
	services: Services,
	scope: Scope,
	{ line, document, mediaType, file }: Prepared,
	options: { sendMails: boolean }
): Promise<ImportLine> {
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const clientId = await clientFor(services, tx, scope, document!);
		const documentId = await keepDocument(tx, scope, {
			documentId: newId(),
			sha256: sha256(file.bytes),
			mediaType,
			fileName: file.name.slice(0, 200),
			byteSize: file.bytes.length,
			content: file.bytes,
			createdAt: now
		});
		const invoiceId = newId();
		const kept = await insertInvoice(
			tx,
			scope,
			{
				...rowOf(invoiceId, clientId, line, document!, now),
				documentId,
				documentIsShown: isShownToClient(mediaType)
			},
			document!.vatLines
		);
		if (!kept) return { ...line, outcome: await outcomeOfTwin(tx, scope, line) };
		if (line.debtMinor !== 0n)
			await bookEntry(tx, scope, invoiceOpened(invoiceId, clientId, line.debtMinor), {
				currency: line.currency,
				bookedOn: document!.issuedOn,
				now
			});
		await recordFact(tx, scope, now, { kind: 'invoice.opened', clientId, invoiceId, attemptId: null });
		await recordAudit(tx, scope, now, 'invoice_imported', invoiceId, {
			number: line.number,
			file: file.name.slice(0, 200),
			supplier: supplier.name
		});
		if (options.sendMails && line.notPayableReason === null)
			for (const person of await listBillingContacts(tx, scope, clientId))
				await queueInvoiceMail(tx, scope, now, invoiceId, person, 'opened');
		return { ...line, outcome: 'new' as const, invoiceId };
	});
}

/** Somebody imported the same number a moment ago: the same amount is the same invoice, another one is for a person to settle. */
async function outcomeOfTwin(tx: Tx, scope: Scope, line: ImportLine): Promise<'identical' | 'conflict'> {
	const twin = await findInvoiceByNumber(tx, scope, line.number, Number(line.issuedOn.slice(0, 4)));
	return twin?.debtMinor === line.debtMinor && twin.grossMinor === line.grossMinor ? 'identical' : 'conflict';
}

const rowOf = (invoiceId: string, clientId: string, line: ImportLine, document: InvoiceDocument, now: Date) => ({
	invoiceId,
	clientId,
	number: line.number,
	issueYear: Number(line.issuedOn.slice(0, 4)),
	typeCode: line.typeCode,
	issuedOn: document.issuedOn,
	dueOn: line.dueOn as InvoiceDocument['issuedOn'],
	dueIsDefault: line.dueIsDefault,
	currency: line.currency,
	netMinor: document.netMinor,
	vatMinor: document.vatMinor,
	grossMinor: document.grossMinor,
	prepaidMinor: document.prepaidMinor,
	debtMinor: line.debtMinor,
	paymentReference: document.paymentReference ?? rfReference(line.number),
	deliveredOn: document.deliveredOn,
	freightMinor: document.freightMinor,
	vatOnReceipts: document.vatOnReceipts,
	termsText: document.termsText,
	notPayableReason: line.notPayableReason,
	createdAt: now
});

async function clientFor(services: Services, tx: Tx, scope: Scope, document: InvoiceDocument): Promise<string> {
	const { buyer } = document;
	let known = await matchClient(tx, scope, buyer);
	if (!known) {
		await lockClientCreation(tx, scope);
		known = await matchClient(tx, scope, buyer);
	}
	const clientId = known?.clientId ?? newId();
	const now = services.clock.now();
	if (!known)
		await insertClient(tx, scope, {
			clientId,
			kind: buyer.siren || buyer.vatNumber ? 'business' : 'consumer',
			name: buyer.name,
			siren: buyer.siren,
			vatNumber: buyer.vatNumber,
			locale: 'fr',
			createdAt: now
		});
	if (buyer.email)
		await insertContact(tx, scope, {
			contactId: newId(),
			clientId,
			email: buyer.email,
			name: buyer.name,
			locale: 'fr',
			isBilling: true,
			mailProblem: null,
			mailProblemAt: null,
			createdAt: now
		});
	return clientId;
}
