// OFX 1 (SGML without end tags, one line or many, raw ampersands) and OFX 2 (XML): both are read as a row of tags with the text that follows each.
import { parseCivilDate, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import {
	meaningful,
	type BankStatement,
	type StatementLine,
	type StatementReading
} from '../../../domain/bank/statement.ts';
import { block, confirm, farFrom, type Finding } from '../../../domain/invoices/findings.ts';
import { decimalsOf } from '../../../domain/money/currency.ts';
import { ANY_DAY, decimalOf, type When } from '../norm-values.ts';
import { decodeText } from '../text.ts';

export const isOfx = (head: string): boolean => /OFXHEADER|<OFX>/i.test(head);
/** What stands in a comment is said to nobody. */
const COMMENT = /<!--[^]*?-->/g;
const TAG = /<(\/?)([A-Z0-9.]{1,32})>([^<]*)/gi;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const plain = (written: string): string =>
	written
		.replace(/&(\w+);/g, (all, name: string) => ENTITIES[name.toLowerCase()] ?? all)
		.replace(/\s+/g, ' ')
		.trim();

export function readOfx(bytes: Uint8Array, { today }: When = ANY_DAY): StatementReading {
	const statements: BankStatement[] = [];
	const findings: Finding[] = [];
	let transaction: Record<string, string> | null = null;
	let isLedger = false;
	let isConverted = false;
	for (const [, slash, name = '', words = ''] of decodeText(bytes).replace(COMMENT, '').matchAll(TAG)) {
		const [tag, value, isEnd] = [name.toUpperCase(), plain(words), slash === '/'];
		const statement = statements.at(-1);
		if (/^(CC)?STMTRS$/.test(tag) && !isEnd)
			statements.push({
				account: '',
				reference: '',
				currency: '',
				openingMinor: null,
				closingMinor: null,
				lines: []
			});
		else if (!statement) continue;
		else if (tag === 'STMTTRN' && !isEnd) transaction = {};
		else if (tag === 'STMTTRN') {
			const line = transaction && lineOf(transaction, statement, { findings, today });
			if (line) statement.lines.push(line);
			transaction = null;
		} else if (transaction && tag === 'ORIGCURRENCY') isConverted = !isEnd;
		else if (transaction) {
			if (!isEnd && !(isConverted && /^CUR(SYM|RATE)$/.test(tag))) transaction[tag] ??= value;
		} else if (tag === 'CURDEF' && !isEnd) statement.currency = value.toUpperCase();
		else if (tag === 'ACCTID' && !isEnd) statement.account ||= value;
		else if ((tag === 'DTSTART' || tag === 'DTEND') && !isEnd) statement.reference += `${value.slice(0, 8)} `;
		else if (tag === 'LEDGERBAL') isLedger = !isEnd;
		else if (tag === 'BALAMT' && isLedger && !isEnd) {
			statement.closingMinor = decimalOf(value, '.,', decimalsOf(statement.currency));
			isLedger = false;
		}
	}
	if (!statements.length) return { ok: false, findings: [block('NO_STATEMENT', 'OFX', '', '<STMTRS>')] };
	for (const statement of statements) findings.push(...currencyFindings(statement));
	return { ok: true, format: 'ofx', statements, findings };
}

/** Without CURDEF nobody knows: a person is asked, and the euro is what is proposed. */
function currencyFindings(statement: BankStatement): Finding[] {
	if (/^[A-Z]{3}$/.test(statement.currency)) return [];
	const asked = confirm('CURRENCY_MISSING', `${statement.account} CURDEF`.trim(), statement.currency, 'EUR');
	for (const line of statement.lines) if (line.currency === statement.currency) line.currency = 'EUR';
	statement.currency = 'EUR';
	return [asked];
}

/** Only the day counts: the zone of the bank's server says nothing about it. */
function lineOf(
	written: Record<string, string>,
	statement: BankStatement,
	{ findings, today }: { findings: Finding[]; today: CivilDate | null }
): StatementLine | null {
	// OFX 2.3, 3.2.9: one comma or point begins the decimals, whatever follows; nothing groups thousands. `118.960` is 118.96.
	// Beside CURRENCY the amount is in that currency; what ORIGCURRENCY names has been converted already (OFX 2.3, 5.2).
	const currency = written.CURSYM ? written.CURSYM.toUpperCase() : statement.currency;
	const amount = decimalOf(written.TRNAMT ?? '', '.,', decimalsOf(currency));
	const bookedOn = dayOf(written.DTPOSTED);
	const skip = (found: string, expected: string, code = 'ENTRY_SKIPPED'): null => {
		findings.push(confirm(code, `${statement.account} ${written.FITID ?? ''}`.trim(), found.slice(0, 80), expected));
		return null;
	};
	if (!bookedOn || amount === null)
		return skip(`${written.DTPOSTED ?? ''} ${written.TRNAMT ?? ''}`, 'DTPOSTED, TRNAMT');
	const limit = farFrom(bookedOn, today);
	if (limit) return skip(written.DTPOSTED ?? '', limit, 'DATE_FAR');
	if (written.TRNTYPE === 'HOLD') return skip(`HOLD ${written.TRNAMT ?? ''}`, 'une opération comptabilisée');
	// The sign tells (OFX 2.3, 11.4.4); a word that says the other way is a doubt.
	const isOther = (written.TRNTYPE === 'DEBIT' && amount > 0n) || (written.TRNTYPE === 'CREDIT' && amount < 0n);
	if (isOther) return skip(`${written.TRNTYPE} ${written.TRNAMT ?? ''}`, 'DEBIT -12.00, CREDIT 12.00');
	return {
		bookedOn,
		valueOn: dayOf(written.DTAVAIL) ?? dayOf(written.DTUSER),
		amountMinor: amount,
		currency,
		text: [written.NAME, written.MEMO, written.CHECKNUM].filter(Boolean).join(' '),
		endToEndId: meaningful(written.REFNUM),
		creditorReference: null,
		bankReference: meaningful(written.FITID),
		counterparty: written.NAME || null,
		counterpartyIban: null,
		returnReason: null,
		isReturn: Boolean(written.CORRECTFITID)
	};
}
/** OFX 2.3, 3.2.8.2: `YYYYMMDD`, then the hour, its thousandths and `[hours from GMT:zone]`, each of which may be left out. */
function dayOf(written: string | undefined): CivilDate | null {
	const [, year, month, day] =
		/^(\d{4})(\d{2})(\d{2})(?:[T ]?\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?)?(?: ?\[[^\]]*\])?$/.exec(written ?? '') ??
		[];
	return parseCivilDate(`${year}-${month}-${day}`);
}
