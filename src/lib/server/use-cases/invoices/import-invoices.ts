// From files to claims: previewed exactly as it will be, then kept, one transaction per invoice document.
// Actor: owner, accountant or API key. Refusals: not_allowed, import_blocked, file_too_large. Facts: invoice.opened.
import { may, type Scope } from '../../../domain/access/scope.ts';
import { addDays } from '../../../domain/calendar/civil-date.ts';
import { debtOf, type InvoiceDocument } from '../../../domain/invoices/document.ts';
import { notPayableReason, verdictOf, type Finding, type NotPayableReason } from '../../../domain/invoices/findings.ts';
import { rfReference } from '../../../domain/invoices/identifiers.ts';
import { invoiceOpened } from '../../../domain/ledger/entries.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import type { Services } from '../../services.ts';
import { newId, sha256 } from '../../identity.ts';
import type { InvoiceFile } from '../../readers/file.ts';
import { readInvoices } from '../../readers/read-invoices.ts';
import type { Tx } from '../../store/database.ts';
import { findInvoiceByNumber, insertInvoice, keepDocument } from '../../store/invoices.ts';
import { bookEntry } from '../../store/journal.ts';
import { recordFact } from '../../store/outbox.ts';
import {
	getSupplier,
	insertClient,
	insertContact,
	listBillingContacts,
	matchClient,
	type Supplier
} from '../../store/parties.ts';
import { recordAudit } from '../../store/records.ts';
import { queueInvoiceMail } from '../mails/queue-mails.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';

/** What will become of one invoice of one file. */
export type ImportLine = {
	fileName: string;
	outcome: 'new' | 'identical' | 'conflict' | 'refused';
	number: string;
	clientName: string;
	clientIsNew: boolean;
	email: string | null;
	typeCode: string;
	issuedOn: string;
	dueOn: string;
	dueIsDefault: boolean;
	currency: string;
	grossMinor: Minor;
	debtMinor: Minor;
	notPayableReason: NotPayableReason | null;
	findings: Finding[];
	invoiceId: string | null;
};
type Prepared = { line: ImportLine; document: InvoiceDocument | null; mediaType: string; file: InvoiceFile };

export async function previewImport(
	services: Services,
	scope: Scope,
	files: InvoiceFile[]
): Promise<Result<ImportLine[]>> {
	if (!may(scope.actor, 'import_invoices')) return refuse('not_allowed');
	return done((await prepare(services, scope, files)).map((prepared) => prepared.line));
}

/** `sendMails`: each new payable invoice goes to the client's billing contacts with its pay link. */
export async function importInvoices(
	services: Services,
	scope: Scope,
	files: InvoiceFile[],
	options: { sendMails: boolean }
): Promise<Result<ImportLine[]>> {
	if (!may(scope.actor, 'import_invoices')) return refuse('not_allowed');
	const lines: ImportLine[] = [];
	for (const prepared of await prepare(services, scope, files))
		lines.push(
			prepared.document && prepared.line.outcome === 'new'
				? await keepOne(services, scope, prepared, options)
				: prepared.line
		);
	return done(lines);
}

async function prepare(services: Services, scope: Scope, files: InvoiceFile[]): Promise<Prepared[]> {
	const prepared: Prepared[] = [];
	for (const file of files) {
		const { mediaType, results } = await readInvoices(file);
		await read(services, scope, async (tx) => {
			const supplier = await getSupplier(tx, scope);
			for (const result of results) {
				const line = result.ok
					? await lineOf(tx, scope, supplier, file.name, result.document, result.findings)
					: refusedLine(file.name, result.findings);
				prepared.push({ line, document: result.ok ? result.document : null, mediaType, file });
			}
		});
	}
	return withoutTwins(prepared);
}

/** The same number twice in one drop: the first stands, the second is told. */
function withoutTwins(prepared: Prepared[]): Prepared[] {
	const seen = new Map<string, Prepared>();
	return prepared.map((item) => {
		const key = `${item.line.number} ${item.line.issuedOn.slice(0, 4)}`;
		const twin = item.line.outcome === 'new' ? seen.get(key) : undefined;
		if (item.line.outcome === 'new' && !twin) seen.set(key, item);
		return twin
			? {
					...item,
					line: {
						...item.line,
						outcome: twin.line.debtMinor === item.line.debtMinor ? ('identical' as const) : ('conflict' as const)
					}
				}
			: item;
	});
}

const refusedLine = (fileName: string, findings: Finding[]): ImportLine => ({
	fileName,
	outcome: 'refused',
	number: '',
	clientName: '',
	clientIsNew: false,
	email: null,
	typeCode: '',
	issuedOn: '',
	dueOn: '',
	dueIsDefault: false,
	currency: '',
	grossMinor: 0n as Minor,
	debtMinor: 0n as Minor,
	notPayableReason: null,
	findings,
	invoiceId: null
});

async function lineOf(
	tx: Tx,
	scope: Scope,
	supplier: Supplier,
	fileName: string,
	document: InvoiceDocument,
	findings: Finding[]
): Promise<ImportLine> {
	const debtMinor = debtOf(document);
	const known = await findInvoiceByNumber(tx, scope, document.number, Number(document.issuedOn.slice(0, 4)));
	const client = await matchClient(tx, scope, document.buyer);
	const own = ownershipFinding(supplier, document);
	const all = own ? [...findings, own] : findings;
	const outcome =
		verdictOf(all) === 'block'
			? 'refused'
			: known
				? known.debtMinor === debtMinor && known.grossMinor === document.grossMinor
					? 'identical'
					: 'conflict'
				: 'new';
	return {
		fileName,
		outcome,
		number: document.number,
		clientName: client?.name ?? document.buyer.name,
		clientIsNew: client === null,
		email: document.buyer.email,
		typeCode: document.typeCode,
		issuedOn: document.issuedOn,
		dueOn: document.dueOn ?? addDays(document.issuedOn, supplier.defaultTermsDays),
		dueIsDefault: document.dueOn === null,
		currency: document.currency || 'EUR',
		grossMinor: document.grossMinor,
		debtMinor,
		notPayableReason: notPayableReason(document, debtMinor),
		findings: all,
		invoiceId: known?.invoiceId ?? null
	};
}

/** A file that names another payee account than the supplier's is the classic fraud: a person looks first. */
function ownershipFinding(supplier: Supplier, document: InvoiceDocument): Finding | null {
	if (
		!document.payeeIban ||
		!supplier.iban ||
		document.payeeIban === supplier.iban ||
		document.seller.siren !== supplier.siren
	)
		return null;
	return {
		code: 'PAYEE_ACCOUNT_CHANGED',
		severity: 'confirm',
		field: 'BT-84',
		found: document.payeeIban,
		expected: supplier.iban
	};
}

async function keepOne(
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
			rowOf(invoiceId, clientId, documentId, line, document!, now),
			document!.vatLines
		);
		if (!kept) return { ...line, outcome: 'identical' as const };
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
		return { ...line, invoiceId };
	});
}

const rowOf = (
	invoiceId: string,
	clientId: string,
	documentId: string,
	line: ImportLine,
	document: InvoiceDocument,
	now: Date
) => ({
	invoiceId,
	clientId,
	documentId,
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
	termsText: document.termsText,
	notPayableReason: line.notPayableReason,
	createdAt: now
});

async function clientFor(services: Services, tx: Tx, scope: Scope, document: InvoiceDocument): Promise<string> {
	const { buyer } = document;
	const known = await matchClient(tx, scope, buyer);
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
