// What will become of each invoice that was read: new, known, changed, to be looked at, refused. Reads only, and asks for many at once.
import type { Scope } from '../../../domain/access/scope.ts';
import { addDays } from '../../../domain/calendar/civil-date.ts';
import { KnownClients, tidyBuyer } from '../../../domain/invoices/buyer.ts';
import { debtOf, type InvoiceDocument, type Party } from '../../../domain/invoices/document.ts';
import {
	confirm,
	contactNew,
	nameKeyOf,
	notPayableReason,
	verdictOf,
	type Finding,
	type ReadResult
} from '../../../domain/invoices/findings.ts';
import { ibansIn, isSameAccount } from '../../../domain/invoices/identifiers.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import type { Tx } from '../../store/database.ts';
import { findInvoicesNamed, nameKey, type InvoiceName, type InvoiceRecord } from '../../store/invoices.ts';
import { findClientsLike } from '../../store/clients.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { type Supplier } from '../../store/suppliers.ts';
import type { ImportLine } from '../../../contract/import-views.ts';
import type { Checked } from './checked.ts';

export const nameOf = ({ number, issuedOn }: Pick<ImportLine, 'number' | 'issuedOn'>): InvoiceName => ({
	number,
	issueYear: Number(issuedOn.slice(0, 4))
});

/** In the order given. */
export async function checkDocuments(
	tx: Tx,
	scope: Scope,
	results: { fileName: string; result: ReadResult }[]
): Promise<Checked[]> {
	const documents = results.flatMap(({ result }) => (result.ok ? [tidied(result.document)] : []));
	const supplier = await getSupplier(tx, scope);
	const known = await findInvoicesNamed(tx, scope, documents.map(nameOf));
	const buyers = documents.map((document) => document.buyer);
	const clients = new KnownClients(await findClientsLike(tx, scope, buyers));
	return results.map(({ fileName, result }) => {
		if (!result.ok) return { line: refusedLine(fileName, result.findings), document: null };
		const document = tidied(result.document);
		const line = lineOf({ supplier, clients, known: known.get(nameKey(nameOf(document))) ?? null }, document, [
			...result.findings
		]);
		return { line: { ...line, fileName }, document };
	});
}
const tidied = (document: InvoiceDocument): InvoiceDocument => ({ ...document, buyer: tidyBuyer(document.buyer) });

const refusedLine = (fileName: string, findings: Finding[]): ImportLine => ({
	fileName,
	outcome: 'refused',
	number: '',
	clientName: '',
	clientIsNew: false,
	matchedBy: null,
	email: null,
	typeCode: '',
	issuedOn: '',
	dueOn: '',
	dueIsDefault: false,
	currency: '',
	grossMinor: 0n as Minor,
	debtMinor: 0n as Minor,
	notPayableReason: null,
	agreed: null,
	findings,
	changes: [],
	isReplaceable: false,
	invoiceId: null
});

type Facts = { supplier: Supplier; clients: KnownClients; known: InvoiceRecord | null };
function lineOf(
	{ supplier, clients, known }: Facts,
	document: InvoiceDocument,
	findings: Finding[]
): Omit<ImportLine, 'fileName'> {
	const debtMinor = debtOf(document);
	const match = clients.match(document.buyer);
	const { email } = document.buyer;
	const isAddressNew = match !== null && email !== null && !clients.knows(match.client.clientId, email);
	const all = [...findings, ...ownershipFindings(supplier, document), ...(isAddressNew ? [contactNew(email)] : [])];
	const isSameClient = match
		? match.client.clientId === known?.clientId
		: known !== null && nameKeyOf(document.buyer.name) === nameKeyOf(known.clientName);
	const isSame =
		known !== null &&
		isSameClient &&
		known.debtMinor === debtMinor &&
		known.grossMinor === document.grossMinor &&
		known.issuedOn === document.issuedOn;
	const outcome = outcomeOf(verdictOf(all), known === null ? null : isSame);
	return {
		outcome,
		number: document.number,
		clientName: match?.client.name ?? document.buyer.name,
		clientIsNew: match === null,
		matchedBy: match?.by ?? null,
		email: document.buyer.email,
		typeCode: document.typeCode,
		issuedOn: document.issuedOn,
		dueOn: document.dueOn ?? addDays(document.issuedOn, supplier.defaultTermsDays),
		dueIsDefault: document.dueOn === null,
		currency: document.currency || 'EUR',
		grossMinor: document.grossMinor,
		debtMinor,
		notPayableReason: notPayableReason(document, debtMinor),
		agreed: document.agreed,
		findings: all,
		changes: known ? changesOf(known, document, { debtMinor, isSameClient }) : [],
		isReplaceable: outcome === 'conflict' && known !== null && isUntouched(known),
		invoiceId: known?.invoiceId ?? null
	};
}

const isUntouched = ({ paidMinor, underWayMinor, plannedMinor }: InvoiceRecord): boolean =>
	paidMinor === 0n && underWayMinor === 0n && plannedMinor === 0n;

/** Field by field, what the file says otherwise than the books. A missing due date says nothing. */
function changesOf(
	known: InvoiceRecord,
	document: InvoiceDocument,
	{ debtMinor, isSameClient }: { debtMinor: Minor; isSameClient: boolean }
): ImportLine['changes'] {
	const all: ImportLine['changes'] = [
		{ field: 'gross', before: String(known.grossMinor), after: String(document.grossMinor) },
		{ field: 'due', before: String(known.debtMinor), after: String(debtMinor) },
		{ field: 'issued_on', before: known.issuedOn, after: document.issuedOn },
		{ field: 'due_on', before: known.dueOn, after: document.dueOn ?? known.dueOn },
		{ field: 'client', before: known.clientName, after: isSameClient ? known.clientName : document.buyer.name }
	];
	return all.filter(({ before, after }) => before !== after);
}

/** `isSame`: its number is kept already, for the same client, day and amounts, or for something else; null: it is not. */
function outcomeOf(verdict: ReturnType<typeof verdictOf>, isSame: boolean | null): ImportLine['outcome'] {
	if (verdict === 'block') return 'refused';
	if (isSame !== null) return isSame ? 'identical' : 'conflict';
	return verdict === 'confirm' ? 'review' : 'new';
}

/** Is this the supplier? By SIREN, else by VAT number, else by name; null: the file names nobody. */
function isOneOf(supplier: Supplier, { siren, vatNumber, name }: Party): boolean | null {
	if (siren && supplier.siren) return siren === supplier.siren;
	if (vatNumber && supplier.vatNumber) return vatNumber === supplier.vatNumber;
	return name ? nameKeyOf(name) === nameKeyOf(supplier.name) : null;
}
const toldParty = ({ name, siren, vatNumber }: Pick<Party, 'name' | 'siren' | 'vatNumber'>): string =>
	`${name} ${siren ?? vatNumber ?? ''}`.trim();

/** More would say no more. */
const ACCOUNTS_SHOWN = 3;
/**
 * A file that names another payee account than the supplier's is the classic fraud: a person looks first, whoever is named as the seller. Another seller
 * is the classic mistake, a purchase invoice too:
 * neither is ever new. While the supplier has said no account of its own, each one is a question.
 */
function ownershipFindings(supplier: Supplier, document: InvoiceDocument): Finding[] {
	const { seller, buyer } = document;
	const { iban } = supplier;
	const others = accountsSaid(document).filter((account) => !iban || !isSameAccount(account, iban));
	return [
		...(isOneOf(supplier, seller) === false
			? [confirm('SELLER_OTHER', 'BT-30', toldParty(seller), toldParty(supplier))]
			: []),
		...(isOneOf(supplier, buyer) ? [confirm('BUYER_SELF', 'BT-47', toldParty(buyer), 'un client')] : []),
		...others
			.slice(0, ACCOUNTS_SHOWN)
			.map((account) =>
				iban
					? confirm('PAYEE_ACCOUNT_CHANGED', 'BT-84', account, iban)
					: confirm('PAYEE_ACCOUNT_UNKNOWN', 'BT-84', account, '')
			)
	];
}

/** Whatever the format: also in the words of an invoice that its client reads on our pages and in our mails. */
const accountsSaid = ({ payeeAccounts, number, buyer, paymentReference, termsText }: InvoiceDocument): string[] => [
	...new Set([
		...payeeAccounts,
		...[number, buyer.name, paymentReference, termsText].flatMap((words) => ibansIn(words ?? ''))
	])
];

/** What an invoice is known by beside its number: whose it is, of which day, of how much. */
export type Twin = Pick<ImportLine, 'clientName' | 'issuedOn'> & { grossMinor: bigint; debtMinor: bigint };
export const isTwin = (a: Twin, b: Twin): boolean =>
	a.debtMinor === b.debtMinor &&
	a.grossMinor === b.grossMinor &&
	a.issuedOn === b.issuedOn &&
	nameKeyOf(a.clientName) === nameKeyOf(b.clientName);
/**
 * The same number twice in what is to be kept: the first stands, the second is told; of another client, day or amount it is a question, never dropped.
 * `seen`: number and year to what stands under it, filled as it goes.
 */
export function withoutTwins(checked: Checked[], seen: Map<string, Twin>): Checked[] {
	return checked.map((item) => {
		if (item.line.outcome !== 'new' && item.line.outcome !== 'review') return item;
		const key = nameKey(nameOf(item.line));
		const twin = seen.get(key);
		if (twin === undefined) {
			seen.set(key, item.line);
			return item;
		}
		const outcome = isTwin(twin, item.line) ? ('identical' as const) : ('conflict' as const);
		return { ...item, line: { ...item.line, outcome } };
	});
}
