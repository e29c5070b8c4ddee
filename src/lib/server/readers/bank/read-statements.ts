// The one door for bank files: finds the format by content, never by name. A new format is one reader more.
import { reconciles, type BankStatement, type StatementReading } from '../../../domain/bank/statement.ts';
import { block, warn } from '../../../domain/invoices/findings.ts';
import { decimalsOf } from '../../../domain/money/currency.ts';
import { minor, toDecimal } from '../../../domain/money/minor.ts';
import type { ListHints } from '../csv.ts';
import { FILE_MAX_BYTES, type InvoiceFile } from '../file.ts';
import { ANY_DAY, type When } from '../norm-values.ts';
import { zipFinding } from '../read-invoices.ts';
import { isZip } from '../unzip.ts';
import type { BankListShape } from './bank-columns.ts';
import { readBankCsv, type BankListReading } from './bank-csv.ts';
import { readCamt } from './camt.ts';
import { isCfonb, readCfonb } from './cfonb120.ts';
import { isMt940, readMt940 } from './mt940.ts';
import { isOfx, readOfx } from './ofx.ts';
import { required } from '../../../domain/required.ts';

/** `list`: the columns of a list that a bank wrote, to be said when nobody knows them; `hints`: what was said before. */
export type StatementFileReading = BankListReading;
export function readStatements(file: InvoiceFile, hints: ListHints = {}, when: When = ANY_DAY): StatementFileReading {
	const reading = { list: null, ...readByFormat(file, hints, when) };
	if (!reading.ok) return reading;
	// Said, never refused: banks round, cut and anonymise.
	const doubtful = reading.statements
		.filter((statement) => reconciles(statement) === false)
		.map((statement) =>
			warn(
				'BALANCE',
				`${statement.account} ${statement.reference}`.trim(),
				toDecimal(required(statement.closingMinor, 'closing balance'), decimalsOf(statement.currency)),
				closingOf(statement)
			)
		);
	return { ...reading, findings: [...reading.findings, ...doubtful] };
}
const closingOf = ({ openingMinor, lines, currency }: BankStatement): string =>
	toDecimal(
		minor(
			lines
				.filter((line) => line.currency === currency)
				.reduce<bigint>((sum, line) => sum + line.amountMinor, required(openingMinor, 'opening balance'))
		),
		decimalsOf(currency)
	);

type Reading = StatementReading & { list?: BankListShape | null };
function readByFormat(file: InvoiceFile, hints: ListHints, when: When): Reading {
	if (file.bytes.length === 0) return refused('EMPTY', file.name, '0', 'un fichier qui n’est pas vide');
	if (file.bytes.length > FILE_MAX_BYTES)
		return refused('TOO_LARGE', file.name, String(file.bytes.length), `≤ ${FILE_MAX_BYTES}`);
	if (isZip(file.bytes)) return { ok: false, findings: [zipFinding(file)] };
	const head = new TextDecoder('latin1').decode(file.bytes.subarray(0, 4096)).replace(/^\u00ef\u00bb\u00bf/, '');
	if (isOfx(head)) return readOfx(file.bytes, when);
	if (/^\s*<(\?xml|([\w-]+:)?Document)/.test(head)) return readCamt(file.bytes, when);
	if (isCfonb(head)) return readCfonb(file.bytes, when);
	if (isMt940(head)) return readMt940(file.bytes, when);
	if (/[;,\t|]/.test(head) && !head.includes('\0')) return readBankCsv(file.bytes, file.name, hints, when);
	return refused(
		'NO_STATEMENT',
		file.name,
		head.slice(0, 12).replace(/[^\x20-\x7e]/g, '·'),
		'CAMT, CFONB 120, MT940, OFX, CSV'
	);
}
const refused = (...[code, field, found, expected]: [string, string, string, string]): StatementReading => ({
	ok: false,
	findings: [block(code, field, found, expected)]
});
