// CFONB 120: the statement of French banks since the paper tape. Fixed lines of 120 characters; 01 old balance, 04 transaction, 05 detail, 07 new
// balance. The last character of an amount is its last digit and its sign at once.
import { parseCivilDate, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import {
	meaningful,
	type BankStatement,
	type StatementLine,
	type StatementReading
} from '../../../domain/bank/statement.ts';
import { block, confirm, farFrom, type Finding } from '../../../domain/invoices/findings.ts';
import { decimalsOf } from '../../../domain/money/currency.ts';
import { minor, type Minor } from '../../../domain/money/minor.ts';
import { ANY_DAY, type When } from '../norm-values.ts';
import { decodeText } from '../text.ts';

export const isCfonb = (head: string): boolean =>
	/^(01|04|07)\d{5}.{4}[ \d]{5}([A-Z]{3}| {3})[ \d]/.test(head) || isCfonb240(head);
const isCfonb240 = (head: string): boolean => /^0[34]\d{2}.{236}(\r?\n|$)/.test(head);

export function readCfonb(bytes: Uint8Array, { today }: When = ANY_DAY): StatementReading {
	const content = decodeText(bytes);
	if (isCfonb240(content))
		return { ok: false, findings: [block('CFONB_240', 'ligne 1', '240 caractères', 'CFONB 120')] };
	const reading = new CfonbReading(today);
	content.split(/\r\n|\n|\r/).forEach((line, i) => {
		if (line.trim() && line !== '\u001a') reading.take(line, i + 1);
	});
	return reading.result();
}

/** Mail and editors cut blanks off the end: nothing else is missing where the day and, but in a detail, the amount stand in their places. */
const IS_CUT = /^(?=.{0,119}$)(?:0[147].{32}\d{6}.{50}[ \d]{13}[{}A-R]|05.{32}\d{6})/;
const POSITIVE = '{ABCDEFGHI';
const NEGATIVE = '}JKLMNOPQR';
/** `0000000001904}` with 2 decimals is -190.40. `decimals`: of the line, `unit`: of its currency. */
export function amountOf(written: string, decimals: number, unit = 2): Minor | null {
	const last = written.at(-1) ?? '';
	const [plus, minus] = [POSITIVE.indexOf(last), NEGATIVE.indexOf(last)];
	const digits = written.slice(0, -1).replace(/^ +/, '');
	if ((plus < 0 && minus < 0) || !/^[ \d]*$/.test(digits)) return null;
	const units = BigInt(`${digits.replaceAll(' ', '0') || '0'}${plus < 0 ? minus : plus}`);
	const scale = 10n ** BigInt(Math.abs(unit - decimals));
	if (decimals > unit && units % scale !== 0n) return null;
	const cents = decimals > unit ? units / scale : units * scale;
	return minor(plus < 0 ? -cents : cents);
}
/** DDMMYY; from 60 on the year is of the last century. */
function dayOf(written: string): CivilDate | null {
	const match = /^(\d{2})(\d{2})(\d{2})$/.exec(written);
	if (!match) return null;
	return parseCivilDate(`${Number(match[3]) >= 60 ? '19' : '20'}${match[3]}-${match[2]}-${match[1]}`);
}

class CfonbReading {
	private readonly faults: Finding[] = [];
	private readonly doubts: Finding[] = [];
	private readonly today: CivilDate | null;
	private readonly statements: BankStatement[] = [];
	private open: BankStatement | null = null;
	private loose: BankStatement | null = null; // transactions of a file that has no balances at all
	/** The transaction that details go with, its words as they come; null beside a transaction that was left out. */
	private last: { line: StatementLine; words: string[] } | null = null;
	private hasTransaction = false;

	constructor(today: CivilDate | null) {
		this.today = today;
	}

	take(written: string, n: number): void {
		const line = IS_CUT.test(written) ? written.padEnd(120) : written;
		if (line.length !== 120) return this.fault('LINE_LAYOUT', n, `${line.length} caractères`, '120 caractères');
		const code = line.slice(0, 2);
		if (code === '01') this.begin(line, n);
		else if (code === '04') this.movement(line, n);
		else if (code === '05') this.detail(line, n);
		else if (code === '07') this.end(line, n);
		else this.fault('FIELD_INVALID', n, code, '01, 04, 05, 07');
	}
	result(): StatementReading {
		if (this.open) this.faults.push(block('NO_BALANCES', this.open.account, '01', '07'));
		if (this.faults.length) return { ok: false, findings: this.faults };
		this.close();
		const statements = this.loose ? [...this.statements, this.loose] : this.statements;
		const findings = this.loose ? [confirm('NO_BALANCES', this.loose.account, '04, 05', '01, 07')] : [];
		return { ok: true, format: 'cfonb120', statements, findings: [...findings, ...this.doubts] };
	}

	private fault(code: string, line: number, found: string, expected: string): void {
		this.faults.push(block(code, `ligne ${line}`, found, expected));
	}
	private balance(line: string, n: number): Minor | null {
		// Blank, it is that of the currency; 0 is what the franc of the Pacific has.
		const unit = decimalsOf(currencyOf(line));
		const decimals = /\d/.test(line[19] ?? '') ? Number(line[19]) : unit;
		const amount = amountOf(line.slice(90, 104), decimals, unit);
		if (amount === null) this.fault('AMOUNT_FORMAT', n, line.slice(90, 104), '0000000001904}');
		return amount;
	}
	private begin(line: string, n: number): void {
		if (this.open) this.fault('STATEMENT_ORDER', n, '01', `07 ${this.open.account}`);
		this.open = { ...emptyStatement(line), openingMinor: this.balance(line, n) };
		this.close();
	}
	private end(line: string, n: number): void {
		const day = dayOf(line.slice(34, 40));
		if (!day) this.fault('DATE_IMPOSSIBLE', n, line.slice(34, 40), 'JJMMAA');
		if (!this.open) return this.fault('STATEMENT_ORDER', n, '07', '01');
		this.statements.push({ ...this.open, reference: day ?? '', closingMinor: this.balance(line, n) });
		this.open = null;
		this.close();
	}
	private movement(line: string, n: number): void {
		const [bookedOn, amount] = [dayOf(line.slice(34, 40)), this.balance(line, n)];
		if (!bookedOn) this.fault('DATE_IMPOSSIBLE', n, line.slice(34, 40), 'JJMMAA');
		if (!bookedOn || amount === null) return;
		const operation = line.slice(32, 34);
		const reject = line.slice(40, 42).trim();
		const movement: StatementLine = {
			bookedOn,
			valueOn: dayOf(line.slice(42, 48)),
			amountMinor: amount,
			currency: currencyOf(line),
			text: '',
			endToEndId: null,
			creditorReference: null,
			// The number of the entry is often all zeros; the reference then stands alone.
			bankReference: null,
			counterparty: null,
			counterpartyIban: null,
			returnReason: reject || null,
			isReturn: operation === 'B3' || operation === 'B4' || reject !== ''
		};
		this.close();
		this.hasTransaction = true;
		const limit = farFrom(bookedOn, this.today);
		if (limit) {
			this.doubts.push(confirm('DATE_FAR', `ligne ${n}`, line.slice(34, 40), limit));
			return;
		}
		this.last = { line: movement, words: [line.slice(48, 79), meaningful(line.slice(104, 120)) ?? ''] };
		const into = this.open ?? (this.loose ??= emptyStatement(line));
		into.lines.push(movement);
	}
	/** The transaction is whole: its words are put together once. */
	private close(): void {
		if (this.last) this.last.line.text = this.last.words.join(' ').replace(/\s+/g, ' ').trim();
		this.last = null;
		this.hasTransaction = false;
	}
	/** Qualifiers as banks use them; what is unknown is kept in the text. */
	private detail(line: string, n: number): void {
		if (!this.hasTransaction) return this.fault('STATEMENT_ORDER', n, '05', '04');
		const [qualifier, words] = [line.slice(45, 48).trim(), line.slice(48, 118).trim()];
		if (!words || !this.last) return;
		const { line: movement, words: said } = this.last;
		if (qualifier === 'NPY') movement.counterparty ??= words;
		else if (qualifier === 'RCN') movement.endToEndId ??= meaningful(line.slice(48, 83));
		else if (qualifier === 'LCS') movement.creditorReference ??= meaningful(words);
		said.push(words);
	}
}
const currencyOf = (line: string): string => line.slice(16, 19).trim() || 'EUR';
const emptyStatement = (line: string): BankStatement => ({
	account: `${line.slice(2, 7)}/${line.slice(11, 16)}/${line.slice(21, 32)}`,
	reference: '',
	currency: currencyOf(line),
	openingMinor: null,
	closingMinor: null,
	lines: []
});
