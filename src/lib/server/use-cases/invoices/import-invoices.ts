// From files to claims: previewed exactly as it will be, then kept, one transaction per invoice document.
// Actor: owner, accountant or API key. Refusals: not_allowed, import_blocked, file_too_large. Facts: invoice.opened.
import { may, type Scope } from '../../../domain/access/scope.ts';
import { addDays } from '../../../domain/calendar/civil-date.ts';
import { debtOf, type InvoiceDocument } from '../../../domain/invoices/document.ts';
import { notPayableReason, verdictOf, type Finding } from '../../../domain/invoices/findings.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import type { Services } from '../../services.ts';
import type { InvoiceFile } from '../../readers/file.ts';
import type { ListAnswer, ListShape } from '../../readers/csv.ts';
import { readInvoicesOffPath } from '../../readers/off-path.ts';
import { newId } from '../../identity.ts';
import { listMappings, saveMapping } from '../../store/import-mappings.ts';
import type { Tx } from '../../store/database.ts';
import { findInvoiceByNumber, type InvoiceRecord } from '../../store/invoices.ts';
import { getSupplier, matchClient, type Supplier } from '../../store/parties.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import type { ImportLine, Prepared } from './import-line.ts';
import { keepInvoice } from './keep-invoice.ts';

export async function previewImport(
	services: Services,
	scope: Scope,
	files: InvoiceFile[],
	answers: ListAnswers = {}
): Promise<Result<Preview>> {
	if (!may(scope.actor, 'import_invoices')) return refuse('not_allowed');
	const { prepared, lists } = await prepare(services, scope, files, answers);
	return done({ lines: prepared.map(({ line }) => line), lists });
}

/** What a person says of a list before it is imported, and under which name it is remembered. */
export type ListAnswers = Record<string, ListAnswer & { name: string }>;
export type Preview = { lines: ImportLine[]; lists: (ListShape & { fileName: string; name: string })[] };

/** `acceptReview`: a person has looked at the lines that ask for it (an account that changed, a missing currency…). Without it they are left out. */
export type ImportOptions = { sendMails: boolean; acceptReview?: boolean; answers?: ListAnswers };

/** `sendMails`: each new payable invoice goes to the client's billing contacts with its pay link. */
export async function importInvoices(
	services: Services,
	scope: Scope,
	files: InvoiceFile[],
	options: ImportOptions
): Promise<Result<ImportLine[]>> {
	if (!may(scope.actor, 'import_invoices')) return refuse('not_allowed');
	const lines: ImportLine[] = [];
	const answers = options.answers ?? {};
	await remember(services, scope, answers);
	for (const prepared of (await prepare(services, scope, files, answers)).prepared)
		lines.push(
			prepared.document && isWanted(prepared.line, options)
				? await keepInvoice(services, scope, prepared, options)
				: prepared.line
		);
	return done(lines);
}

const isWanted = (line: ImportLine, options: ImportOptions): boolean =>
	line.outcome === 'new' || (line.outcome === 'review' && options.acceptReview === true);

async function remember(services: Services, scope: Scope, answers: ListAnswers): Promise<void> {
	if (!Object.keys(answers).length) return;
	const savedAt = services.clock.now();
	await commit(services, scope, async (tx) => {
		for (const [headerKey, { name, columns, dateOrder }] of Object.entries(answers))
			await saveMapping(tx, scope, { mappingId: newId(), headerKey, name: name || 'CSV', columns, dateOrder, savedAt });
	});
}

async function prepare(
	services: Services,
	scope: Scope,
	files: InvoiceFile[],
	answers: ListAnswers
): Promise<{ prepared: Prepared[]; lists: Preview['lists'] }> {
	const known = await read(services, scope, (tx) => listMappings(tx, scope));
	const hints: ListAnswers = { ...Object.fromEntries(known.map((one) => [one.headerKey, one])), ...answers };
	const lists: Preview['lists'] = [];
	const prepared: Prepared[] = [];
	for (const file of files) {
		const { mediaType, results, list } = await readInvoicesOffPath(file, hints);
		if (list) lists.push({ ...list, fileName: file.name, name: hints[list.key]?.name ?? '' });
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
	return { prepared: withoutTwins(prepared), lists };
}

/** The same number twice in one drop: the first stands, the second is told. */
function withoutTwins(prepared: Prepared[]): Prepared[] {
	const seen = new Map<string, Prepared>();
	return prepared.map((item) => {
		const key = `${item.line.number} ${item.line.issuedOn.slice(0, 4)}`;
		const isFresh = item.line.outcome === 'new' || item.line.outcome === 'review';
		const twin = isFresh ? seen.get(key) : undefined;
		if (isFresh && !twin) seen.set(key, item);
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
	changes: [],
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
	const outcome = outcomeOf(verdictOf(all), known, document, debtMinor);
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
		changes: known ? changesOf(known, document, { debtMinor, isSameClient: client?.clientId === known.clientId }) : [],
		invoiceId: known?.invoiceId ?? null
	};
}

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

function outcomeOf(
	verdict: ReturnType<typeof verdictOf>,
	known: InvoiceRecord | null,
	document: InvoiceDocument,
	debtMinor: Minor
): ImportLine['outcome'] {
	if (verdict === 'block') return 'refused';
	if (known)
		return known.debtMinor === debtMinor && known.grossMinor === document.grossMinor ? 'identical' : 'conflict';
	return verdict === 'confirm' ? 'review' : 'new';
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
