// SWIFT MT940 (statement) and MT942 (interim report) as banks send them to their clients. A message begins at :20:; :61: is a transaction, :86: what was written with it: free text, or German
// sub-fields (?20, ?32…) and SEPA words (EREF+, SVWZ+) cut anywhere.
import { addDays, parseCivilDate, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import {
	meaningful,
	type BankStatement,
	type StatementLine,
	type StatementReading
} from '../../../domain/bank/statement.ts';
import { block, confirm, farFrom, warn, type Finding } from '../../../domain/invoices/findings.ts';
import { decimalsOf } from '../../../domain/money/currency.ts';
import { minor, type Minor } from '../../../domain/money/minor.ts';
import { ANY_DAY, decimalOf, type When } from '../norm-values.ts';
import { decodeText } from '../text.ts';

export const isMt940 = (head: string): boolean => /(^|\n|\r|\})\s*:20:/.test(head);
/** A message ends at a hyphen that stands alone, or that closes a block; any other line that begins with one is text that goes on. */
const END = /^-(\}.*|X{3})?$/;
/** What is said on the way, and the day it is. */
type Reading = { findings: Finding[]; today: CivilDate | null };
type Field = { tag: string; lines: string[]; line: number };

export function readMt940(bytes: Uint8Array, { today }: When = ANY_DAY): StatementReading {
	const messages = messagesOf(decodeText(bytes));
	if (!messages.length) return { ok: false, findings: [block('NO_STATEMENT', 'MT940', '', ':20:')] };
	const findings: Finding[] = [];
	return {
		ok: true,
		format: 'mt940',
		statements: messages.map((fields) => statementOf(fields, { findings, today })),
		findings
	};
}

function messagesOf(content: string): Field[][] {
	const messages: Field[][] = [];
	let field: Field | null = null;
	content.split(/\r\n|\n|\r/).forEach((raw, i) => {
		const line = raw.trimEnd();
		const match = /^(?:\{[^:]{0,60}\}{0,9})?\s{0,20}:(\d{2}[A-Z]?|NS):(.*)$/.exec(line);
		if (match) {
			const [, tag = '', first = ''] = match;
			field = { tag, lines: [first], line: i + 1 };
			if (field.tag === '20') messages.push([]);
			messages.at(-1)?.push(field);
		} else if (END.test(line)) field = null;
		else field?.lines.push(line);
	});
	return messages;
}

function statementOf(fields: Field[], reading: Reading): BankStatement {
	const one = (...tags: string[]): string | null =>
		fields.find((field) => tags.includes(field.tag))?.lines[0]?.trim() ?? null;
	const [opening, closing] = [balanceOf(one('60F', '60M')), balanceOf(one('62F', '62M'))];
	// An interim report has no balances: the smallest amount it tells (:34F:) names the currency.
	const floor = /^([A-Z]{3})/.exec(one('34F') ?? '')?.[1];
	const currency = opening?.currency || closing?.currency || floor || 'EUR';
	const statement: BankStatement = {
		account: one('25') ?? '',
		reference: [one('28C', '28') ?? '', opening?.date ?? one('13D', '13') ?? '', one('20') ?? ''].join(' '),
		currency,
		openingMinor: opening?.amount ?? null,
		closingMinor: closing?.amount ?? null,
		lines: []
	};
	for (const [i, field] of fields.entries()) {
		if (field.tag !== '61') continue;
		const entry = lineOf(field, fields[i + 1], currency, reading);
		if (entry) statement.lines.push(entry);
	}
	return statement;
}

/** `C131016DEM84349,74`; the currency may be missing. */
function balanceOf(written: string | null): { amount: Minor; currency: string; date: string } | null {
	const [, side, date = '', currency = '', sum = ''] = /^([CD])(\d{6})([A-Z]{3})?([\d,]+)/.exec(written ?? '') ?? [];
	const amount = amountOf(sum, currency);
	return amount === null ? null : { amount: minor(side === 'D' ? -amount : amount), currency, date };
}
/** SWIFT's `15d`: the comma is the decimal mark and is never left out. `12,` is 12.00. */
const amountOf = (written: string, currency: string): Minor | null =>
	/^\d+,\d*$/.test(written) ? decimalOf(written, ',', decimalsOf(currency)) : null;

const MOVEMENT = /^(\d{6})(\d{4})?(RC|RD|C|D)([A-Z])?(\d+(?:,\d*)?)(?![\d.,])([A-Z][A-Z0-9]{3})?(.*)$/;
function lineOf(
	field: Field,
	next: Field | undefined,
	currency: string,
	{ findings, today }: Reading
): StatementLine | null {
	const line = (field.lines[0] ?? '').trim();
	const match = MOVEMENT.exec(line);
	const [, day = '', booked, side = '', , sum = '', , references = ''] = match ?? [];
	const amount = amountOf(sum, currency);
	const valueOn = match && valueDay(day, field.line, findings);
	if (amount === null || !valueOn) {
		findings.push(confirm('ENTRY_SKIPPED', `ligne ${field.line}`, line.slice(0, 60), ':61:AAMMJJ[MMJJ]C1234,56…'));
		return null;
	}
	const bookedOn = bookingDay(valueOn, booked);
	const limit = farFrom(bookedOn, today);
	if (limit) {
		findings.push(confirm('DATE_FAR', `ligne ${field.line}`, day, limit));
		return null;
	}
	const [reference = '', bankReference = ''] = references.split('//');
	const said = next && (next.tag === '86' || next.tag === 'NS') ? wordsOf(next) : NO_WORDS;
	const sepa = sepaWords(said.text);
	return {
		bookedOn,
		valueOn,
		amountMinor: minor(side === 'D' || side === 'RC' ? -amount : amount),
		currency,
		text: [said.text, ...field.lines.slice(1), meaningful(reference)]
			.filter(Boolean)
			.join(' ')
			.replace(/\s+/g, ' ')
			.trim(),
		endToEndId: meaningful(sepa.EREF ?? said.endToEndId ?? null),
		creditorReference: null,
		bankReference: meaningful(bankReference),
		counterparty: said.name,
		counterpartyIban: said.iban,
		returnReason: null,
		isReturn: side.startsWith('R')
	};
}

/** Some banks count every month as thirty days: 30 February becomes the last day of February, and is said. */
function valueDay(written: string, line: number, findings: Finding[]): CivilDate | null {
	const [year, month, day] = [`20${written.slice(0, 2)}`, written.slice(2, 4), written.slice(4, 6)];
	const date = parseCivilDate(`${year}-${month}-${day}`);
	if (date) return date;
	const first = parseCivilDate(`${year}-${month}-01`);
	if (!first || !/^(29|30|31)$/.test(day)) return null;
	const next =
		month === '12' ? `${Number(year) + 1}-01-01` : `${year}-${String(Number(month) + 1).padStart(2, '0')}-01`;
	const last = addDays(next as CivilDate, -1);
	findings.push(warn('DATE_IMPOSSIBLE', `ligne ${line}`, written, last));
	return last;
}
/** The booking day has no year: it is the nearest one to the value date. */
function bookingDay(valueOn: CivilDate, monthAndDay: string | undefined): CivilDate {
	if (!monthAndDay) return valueOn;
	const year = Number(valueOn.slice(0, 4));
	const [month, day] = [monthAndDay.slice(0, 2), monthAndDay.slice(2)];
	const shift = Number(month) - Number(valueOn.slice(5, 7));
	const own = shift > 6 ? year - 1 : shift < -6 ? year + 1 : year;
	return parseCivilDate(`${own}-${month}-${day}`) ?? valueOn;
}

type Words = { text: string; name: string | null; iban: string | null; endToEndId?: string | null };
const NO_WORDS: Words = { text: '', name: null, iban: null };
/** Free text, or sub-fields `?20`…: 20 to 29 and 60 to 63 are the words of the payer, 32 and 33 the name, 31 the account. */
function wordsOf(field: Field): Words {
	const joined = field.lines.join('');
	const mark = /^\s*\d{3}([?>])\d{2}/.exec(joined)?.[1] ?? (/\?2\d/.test(joined) ? '?' : null);
	if (!mark) {
		const free = field.lines.join(' ').replace(/\s+/g, ' ').trim();
		const text = field.tag === 'NS' ? free.replace(/(^|\s)\d{2}(?=\D)/g, ' ').trim() : free;
		return { text, ...slashWords(joined) };
	}
	const parts = joined
		.split(mark)
		.slice(1)
		.map((part) => [part.slice(0, 2), part.slice(2)] as const);
	const of = (wanted: RegExp): string =>
		parts
			.filter(([code]) => wanted.test(code))
			.map(([, words]) => words)
			.join('');
	const account = of(/^(31|38)$/).replace(/\s/g, '');
	return {
		text: of(/^(2\d|6[0-3])$/).trim(),
		name: of(/^3[23]$/).trim() || null,
		iban: /^[A-Z]{2}\d{2}/.test(account) ? account : null
	};
}
/** Dutch banks: `/NAME/…/IBAN/…/EREF/…`, or `/CNTP/account/bank/name/…`. Where an entry bundles several transfers, none is the payer. */
function slashWords(joined: string): Omit<Words, 'text'> {
	if (!/^\s*\/[A-Z]{4}\//.test(joined)) return { name: null, iban: null };
	const one = (wanted: RegExp): string | null => {
		const [first, ...others] = joined.matchAll(wanted);
		return others.length ? null : first?.[1]?.trim() || null;
	};
	const account = one(/\/(?:IBAN|CNTP)\/([A-Z]{2}\d{2}[A-Z0-9]{10,30})(?=\/)/g);
	return {
		name: one(/\/NAME\/([^/]*)/g) ?? one(/\/CNTP\/[^/]*\/[^/]*\/([^/]*)/g),
		iban: account,
		endToEndId: one(/\/EREF\/([^/]*)/g)
	};
}
/** `EREF+…KREF+…SVWZ+…`: each word runs to the next. */
function sepaWords(text: string): Record<string, string> {
	const parts = text.split(/(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|PURP|BIC|IBAN)\+/);
	return Object.fromEntries(
		parts.slice(1).flatMap((part, i, all) => (i % 2 === 0 ? [[part, (all[i + 1] ?? '').trim()]] : []))
	);
}
