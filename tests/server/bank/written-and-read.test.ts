// Written then read is the same, for any amount and any day, in every format of banks and in the currencies that banks write in them.
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { addDays, civilDate, type CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { decimalsOf } from '#lib/domain/money/currency.ts';
import { minor, toDecimal } from '#lib/domain/money/minor.ts';
import { readStatements } from '#lib/server/readers/bank/read-statements.ts';

type Case = { currency: string; amount: bigint; bookedOn: CivilDate };
const FIRST = civilDate('2000-01-01');
const aCase: fc.Arbitrary<Case> = fc.record({
	currency: fc.constantFrom('EUR', 'USD', 'JPY', 'XPF', 'TND'),
	amount: fc.bigInt({ min: -(10n ** 11n), max: 10n ** 11n }).filter((amount) => amount !== 0n),
	// Before 2060: two digits of a year are of this century until then (CFONB).
	bookedOn: fc.integer({ min: 0, max: 21_000 }).map((days) => addDays(FIRST, days))
});
const absolute = (amount: bigint) => (amount < 0n ? -amount : amount);
const decimal = ({ currency }: Case, amount: bigint) => toDecimal(minor(amount), decimalsOf(currency));
const compact = (day: CivilDate) => day.replaceAll('-', '');

const ofx = (mark: string) => (one: Case) =>
	`OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>${one.currency}<ACCTID>1<STMTTRN><DTPOSTED>${compact(one.bookedOn)}120000[-5:EST]<TRNAMT>${decimal(one, one.amount).replace('.', mark)}<FITID>1<NAME>X</STMTTRN></STMTRS></OFX>`;
const camt = (message: string, part: string, body: string) => (one: Case) =>
	`<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:${message}"><${body}><${part}><Id>S</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct><Ntry><Amt Ccy="${one.currency}">${decimal(one, absolute(one.amount))}</Amt><CdtDbtInd>${one.amount < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>${one.bookedOn}</Dt></BookgDt></Ntry></${part}></${body}></Document>`;
/** SWIFT leaves no comma out, and no zeros behind it. */
const swift = (one: Case) => {
	const [whole = '', fraction = ''] = decimal(one, absolute(one.amount)).split('.');
	return `${whole},${fraction.replace(/0+$/, '')}`;
};
const mt = (currencyOf: (one: Case) => string) => (one: Case) => {
	const day = compact(one.bookedOn).slice(2);
	return `:20:A\n:25:1/2\n:28C:1/1\n${currencyOf(one)}\n:61:${day}${day.slice(2)}${one.amount < 0n ? 'D' : 'C'}${swift(one)}NTRFNONREF//A1\n:86:X\n-`;
};
/** The last digit and the sign are one character. */
const overpunched = (amount: bigint) => {
	const digits = String(absolute(amount)).padStart(14, '0');
	return digits.slice(0, -1) + (amount < 0n ? '}JKLMNOPQR' : '{ABCDEFGHI')[Number(digits.at(-1))];
};
const cfonb = (decimals: (one: Case) => string) => (one: Case) => {
	const day = one.bookedOn.slice(2).split('-').reverse().join('');
	const line = (code: string, operation: string, amount: bigint) =>
		`${code}30006    00001${one.currency}${decimals(one)} 12345678901${operation}${day}  ${code === '04' ? day : '      '}${'X'.padEnd(31)}  ${'0000000'} ${' '.repeat(1)}${overpunched(amount)}${' '.repeat(16)}`;
	return [line('01', '  ', 0n), line('04', '05', one.amount), line('07', '  ', one.amount)].join('\n');
};
/** A second row tells how the list writes, as in any list of more than one line. */
const list = (group: string, mark: string, day: (day: CivilDate) => string) => (one: Case) => {
	const [whole = '', fraction] = decimal(one, one.amount).split('.');
	const amount = whole.replace(/\B(?=(\d{3})+$)/g, group) + (fraction === undefined ? '' : mark + fraction);
	return `Date\tLibellé\tMontant\tDevise\n${day(one.bookedOn)}\tX\t${amount}\t${one.currency}\n${day(FIRST)}\tY\t1${mark}50\tEUR\n`;
};
const FORMATS: [string, (one: Case) => string][] = [
	['OFX with points', ofx('.')],
	['OFX with commas', ofx(',')],
	['CAMT.053', camt('camt.053.001.02', 'Stmt', 'BkToCstmrStmt')],
	['CAMT.052', camt('camt.052.001.08', 'Rpt', 'BkToCstmrAcctRpt')],
	['CAMT.054', camt('camt.054.001.04', 'Ntfctn', 'BkToCstmrDbtCdtNtfctn')],
	['MT940', mt((one) => `:60F:C${compact(one.bookedOn).slice(2)}${one.currency}0,`)],
	['MT942', mt((one) => `:34F:${one.currency}0,\n:13D:2611201200+0100`)],
	['CFONB 120', cfonb((one) => String(decimalsOf(one.currency)))],
	['CFONB 120 that leaves the decimals to the currency', cfonb(() => ' ')],
	['a French list', list('\u202f', ',', (day) => day.split('-').reverse().join('/'))],
	['an English list', list(',', '.', (day) => day)],
	['a German list', list('.', ',', (day) => day.split('-').reverse().join('.'))]
];
const read = (text: string, when?: { timeZone: string; today: CivilDate | null }) =>
	readStatements({ name: 'x', bytes: new TextEncoder().encode(text) }, {}, when);

describe('written then read is the same', () => {
	test.each(FORMATS)('%s', (_, written) => {
		fc.assert(
			fc.property(aCase, (one) => {
				const reading = read(written(one));
				if (!reading.ok) throw new Error(JSON.stringify(reading.findings));
				expect([reading.findings, reading.statements[0]!.lines[0]]).toMatchObject([
					[],
					{ bookedOn: one.bookedOn, amountMinor: one.amount, currency: one.currency }
				]);
			}),
			{ numRuns: 100 }
		);
	});
});
describe('CFONB 120 as mail and editors leave it', () => {
	const lines = readFileSync(new URL('../../data/cfonb120/pennylane_example.txt', import.meta.url), 'latin1').split(
		/\r?\n/
	);
	const whole = read(lines.join('\n'));
	const amounts = (reading: ReturnType<typeof read>) =>
		reading.ok
			? reading.statements.flatMap((one) =>
					one.lines.map((line) => `${line.bookedOn} ${line.amountMinor} ${line.text}`)
				)
			: reading.findings;
	test('blanks cut off the end are missed by nobody', () => {
		expect(amounts(whole).length).toBeGreaterThan(2);
		expect(amounts(read(lines.map((line) => line.trimEnd()).join('\r\n')))).toEqual(amounts(whole));
	});
	test('in UTF-8, with accents, a line has as many letters', () => {
		const accented = lines.map((line) => line.replace('VIR ', 'VÉR '));
		expect(accented).not.toEqual(lines);
		const reading = read(accented.join('\n'));
		expect([reading.ok, amounts(reading).length]).toEqual([true, amounts(whole).length]);
	});
	test('what is cut inside a line is said', () => {
		const cut = lines.map((line) => (line.startsWith('04') ? line.slice(0, 100) : line));
		expect(read(cut.join('\n')).findings[0]).toMatchObject({ code: 'LINE_LAYOUT', found: '100 caractères' });
	});
});
test('an instant of a bank is the day it falls on where the supplier is', () => {
	const text = camt(
		'camt.053.001.08',
		'Stmt',
		'BkToCstmrStmt'
	)({ currency: 'EUR', amount: 100n, bookedOn: FIRST }).replace(
		'<Dt>2000-01-01</Dt>',
		'<DtTm>2026-10-31T23:30:00Z</DtTm>'
	);
	const dayIn = (timeZone: string) => {
		const reading = read(text, { timeZone, today: null });
		return reading.ok && reading.statements[0]!.lines[0]!.bookedOn;
	};
	expect([dayIn('Europe/Paris'), dayIn('America/Martinique')]).toEqual(['2026-11-01', '2026-10-31']);
});
test('days that may be months are not asked about where the headers are French', () => {
	const days = (header: string) => {
		const reading = read(`${header}\n03/04/2026;X;;10,00\n05/06/2026;Y;;11,00\n`);
		return reading.ok && [reading.list?.needs, reading.statements[0]!.lines[0]!.bookedOn];
	};
	expect(days('Date;Libellé;Débit;Crédit')).toEqual([null, '2026-04-03']);
	expect(days('Date;Opération;Debit;Credit')).toEqual([null, '2026-04-03']);
	expect(days('Date;Details;Debit;Credit')).toEqual(['dates', '2026-04-03']);
});
test.each(['2026112', '20261301', '20261124x', '20261124120000[', ''])(
	'OFX “%s” is no day of its norm: left out and said',
	(day) => {
		const reading = read(
			ofx('.')({ currency: 'EUR', amount: 100n, bookedOn: FIRST }).replace('20000101120000[-5:EST]', day)
		);
		expect(reading.ok && [reading.statements[0]!.lines, reading.findings]).toMatchObject([
			[],
			[{ code: 'ENTRY_SKIPPED' }]
		]);
	}
);
