// From accounting entries to the claims that are still open: what FEC and Sage files have in common. A claim is the debit of a client's account by
// a sale or an opening balance; what is left of it is the sum of its unlettered lines (one piece, one client).
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { InvoiceDocument, VatLine } from '../../domain/invoices/document.ts';
import { block, checkDocument, confirm, type Finding, type ReadResult } from '../../domain/invoices/findings.ts';
import { minor, ZERO, type Minor } from '../../domain/money/minor.ts';
import { divideHalfUp } from '../../domain/money/shares.ts';
import { required } from '../../domain/required.ts';

export type AccountingLine = {
	line: number; // in the file, from 1
	entry: string;
	journal: string;
	bookedOn: CivilDate;
	account: string;
	clientAccount: string; // auxiliary account, or the account itself
	clientName: string;
	piece: string; // '' when the file has none
	issuedOn: CivilDate | null;
	dueOn: CivilDate | null;
	label: string;
	debit: Minor;
	credit: Minor;
	isLettered: boolean;
	currency: string;
	foreign: string; // what the invoice is in when the books only have its value in their own currency: `1300,00 USD`, else ''
};

/** Clients (411), bills receivable (413) and doubtful clients (416) of the French chart of accounts. */
const isReceivable = (account: string): boolean => /^41[136]/.test(account);
const isRevenue = (account: string): boolean => /^7/.test(account);
const isVat = (account: string): boolean => /^4457/.test(account);
const FINDINGS_MAX = 50;

/** What an entry is, added up once: a book may hold all its lines in a single entry. */
type Entry = { receivables: number; vat: bigint; hasRevenue: boolean };
type Book = { entries: Map<string, Entry>; profile: string; today: CivilDate | null };
const entryKey = (line: AccountingLine): string => `${line.journal}\u001f${line.entry}`;
function entriesOf(lines: AccountingLine[]): Map<string, Entry> {
	const entries = new Map<string, Entry>();
	for (const line of lines) {
		const key = entryKey(line);
		const entry = entries.get(key) ?? { receivables: 0, vat: 0n, hasRevenue: false };
		if (isReceivable(line.account)) entry.receivables += 1;
		if (isVat(line.account)) entry.vat += line.credit - line.debit;
		entry.hasRevenue ||= isRevenue(line.account);
		entries.set(key, entry);
	}
	return entries;
}

/** `today`: where the supplier is. */
export function claimsOf(
	lines: AccountingLine[],
	faults: Finding[],
	profile: string,
	today: CivilDate | null
): ReadResult[] {
	const findings = [...faults, ...(faults.length ? [] : unbalanced(lines))];
	if (findings.length) return [{ ok: false, findings: findings.slice(0, FINDINGS_MAX) }];
	const book = { entries: entriesOf(lines), profile, today };
	const open = lines.filter((line) => isReceivable(line.account) && !line.isLettered);
	const claims = [
		...Map.groupBy(open, (line) => [line.clientAccount, line.clientName, numberOf(line)].join('\u001f')).values()
	];
	const results = claims.flatMap((claim) => readClaim(claim, book));
	return results.length
		? results
		: [{ ok: false, findings: [block('NO_OPEN_CLAIM', 'comptes 411', '', 'une facture non lettrée')] }];
}

/** Without a piece: the number inside the label when it is one, else that of the entry. */
function numberOf(line: AccountingLine): string {
	if (line.piece && line.piece !== '-') return line.piece;
	return /^\S*\d\S*$/.test(line.label) ? line.label : `${line.journal}-${line.entry}`;
}

function readClaim(claim: AccountingLine[], book: Book): ReadResult[] {
	const balance = sumOf(claim);
	if (balance === 0n) return [];
	const sale = claim.find((line) => isSale(line, book));
	const [first] = claim as [AccountingLine];
	if (!sale)
		return [
			{
				ok: false,
				findings: [block('PAYMENT_WITHOUT_INVOICE', `ligne ${first.line}`, first.label, 'une pièce de vente')]
			}
		];
	const document = documentOf(sale, claim, book);
	const findings = checkDocument(document, book.today);
	if (!sale.piece || sale.piece === '-')
		findings.push(confirm('NUMBER_FROM_ENTRY', `ligne ${sale.line}`, document.number, 'un numéro de pièce'));
	if (sale.foreign) findings.push(confirm('CURRENCY_OTHER', `ligne ${sale.line}`, sale.foreign, sale.currency));
	const located = findings.map((finding) =>
		finding.field.startsWith('ligne') ? finding : { ...finding, field: `ligne ${sale.line}, ${finding.field}` }
	);
	return [
		findings.some((finding) => finding.severity === 'block')
			? { ok: false, findings: located }
			: { ok: true, document, findings: located }
	];
}
const entryOf = (line: AccountingLine, { entries }: Book): Entry =>
	required(entries.get(entryKey(line)), 'entry of a line');
/** Its entry books revenue, or brings it forward from the year before. */
const isSale = (line: AccountingLine, book: Book): boolean =>
	/^(AN|ANC|RAN|OUV)/i.test(line.journal) || entryOf(line, book).hasRevenue;

function documentOf(sale: AccountingLine, claim: AccountingLine[], book: Book): InvoiceDocument {
	const entry = entryOf(sale, book);
	const ofSale = claim.filter((line) => line.entry === sale.entry && line.journal === sale.journal);
	const signed = sumOf(ofSale);
	const isCredit = signed < 0n;
	const sign = isCredit ? -1n : 1n;
	const [gross, due] = [minor(signed * sign), minor(sumOf(claim) * sign)];
	// The VAT of the entry is that of this claim only when the entry has no other.
	const isAlone = entry.receivables === ofSale.length;
	const vat = isAlone ? minor(entry.vat * sign) : ZERO;
	const net = minor(gross - vat);
	return {
		number: numberOf(sale),
		typeCode: isCredit ? '381' : '380',
		issuedOn: sale.issuedOn ?? sale.bookedOn,
		dueOn: sale.dueOn,
		currency: sale.currency,
		seller: { name: '', siren: null, vatNumber: null, email: null },
		buyer: { name: sale.clientName, siren: null, vatNumber: null, email: null },
		payee: null,
		netMinor: net,
		vatMinor: vat,
		grossMinor: gross,
		prepaidMinor: minor(gross - due),
		roundingMinor: ZERO,
		dueMinor: due,
		vatLines: isAlone && entry.hasRevenue ? splitOf(net, vat) : [],
		paymentReference: null,
		payeeIban: null,
		payeeAccounts: [],
		meansCode: null,
		termsText: null,
		agreed: null,
		businessProcess: null,
		deliveredOn: null,
		freightMinor: ZERO,
		vatOnReceipts: false,
		profile: book.profile
	};
}
/** One line when the whole is at one of the French rates; several rates can't be told apart from their sum. */
function splitOf(net: Minor, vat: Minor): VatLine[] {
	if (vat === 0n) return [{ category: 'E', rateBps: 0, baseMinor: net, vatMinor: vat }];
	const rate = [2000, 1000, 550, 210].find((bps) => {
		const gap = divideHalfUp(net * BigInt(bps), 10_000n) - vat;
		return gap <= 2n && gap >= -2n;
	});
	return rate ? [{ category: 'S', rateBps: rate, baseMinor: net, vatMinor: vat }] : [];
}

function unbalanced(lines: AccountingLine[]): Finding[] {
	return [...Map.groupBy(lines, entryKey)].flatMap(([key, of]) => {
		const gap = sumOf(of);
		return gap === 0n
			? []
			: [
					block(
						'ENTRY_UNBALANCED',
						`ligne ${of[0]?.line}, ${key.replace('\u001f', ' ')}`,
						String(gap),
						'débit = crédit'
					)
				];
	});
}
const sumOf = (lines: AccountingLine[]): Minor =>
	minor(lines.reduce((sum, line) => sum + line.debit - line.credit, 0n));
