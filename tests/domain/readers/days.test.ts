// Days that cannot be: a year that was typed or read wrong is refused or asked about, in every format; and large files take a time that grows with them.
import { describe, expect, test } from 'vitest';
import type { CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { farFrom } from '#lib/domain/invoices/findings.ts';
import { readStatements } from '#lib/server/readers/bank/read-statements.ts';
import { readInvoices } from '../../builders/imports.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const when = { timeZone: 'Europe/Paris', today: '2026-11-28' as CivilDate };
const bank = (name: string, text: string, on = when) => {
	const reading = readStatements({ name, bytes: bytesOf(text) }, {}, on);
	return {
		days: reading.ok ? reading.statements.flatMap((one) => one.lines.map((line) => line.bookedOn)) : [],
		findings: reading.findings
			.filter(({ severity }) => severity !== 'warn')
			.map(({ code, field }) => `${code} ${field}`)
	};
};
const camt = (day: string) =>
	`<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>S</Id><Ntry><Amt Ccy="EUR">12.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>${day}</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>`;
const ofx = (day: string) =>
	`OFXHEADER:100\n<OFX><STMTRS><CURDEF>EUR<ACCTID>1<STMTTRN><DTPOSTED>${day}<TRNAMT>12.00<FITID>1<NAME>A</STMTTRN></STMTRS></OFX>`;
const mt940 = (day: string) =>
	`:20:A\n:25:1\n:28C:1\n:60F:C261119EUR0,\n:61:${day}C12,NTRFNONREF\n:86:X\n:62F:C261120EUR12,\n-\n`;
const cfonbLine = (code: string, day: string, rest: string) =>
	`${code}30002    00550EUR2 0000123456A18${day}${rest}`.padEnd(120);
const cfonb = (day: string, words = '') => {
	const movement = `  ${day}${'VIR'.padEnd(31)}  0000000  0000000001200{`;
	return `${cfonbLine('04', day, movement)}\n${cfonbLine('05', day, `     LIB${words || 'MOTIF'}`)}\n`;
};

describe('the day of a movement', () => {
	test.each([
		[
			'list',
			'r.csv',
			(day: string) => `Date;Libellé;Montant\n${day};A;12,00\n`,
			'28/11/2026',
			'28/11/2205',
			'28/11/1965',
			'ligne 2'
		],
		['camt', 'r.xml', camt, '2026-11-28', '2205-11-28', '1965-11-28', 'S, entrée 1, BookgDt'],
		['ofx', 'r.ofx', ofx, '20261128', '22051128', '19651128', '1 1'],
		['mt940', 'r.sta', mt940, '261128', '991128', null, 'ligne 5'],
		['cfonb', 'r.txt', cfonb, '281126', '281155', '281165', 'ligne 1']
	] as const)(
		'%s: a year ahead, or before there were such files, is left out and said',
		(_, name, text, near, ahead, past, field) => {
			expect(bank(name, text(near)).days).toEqual(['2026-11-28']);
			for (const far of [ahead, past])
				if (far) {
					const { days, findings } = bank(name, text(far));
					expect([days, findings.filter((one) => !one.startsWith('NO_BALANCES'))]).toEqual([[], [`DATE_FAR ${field}`]]);
				}
		}
	);
	test('where nobody knows the day, none is too far ahead', () =>
		expect(farFrom('2205-11-28' as CivilDate, null)).toBeNull());
	test('a year of three digits is no day at all', () =>
		expect(bank('r.csv', 'Date;Libellé;Montant\n28/11/0025;A;12,00\n')).toEqual({
			days: [],
			findings: ['ENTRY_SKIPPED ligne 2']
		}));
});

const FEC =
	'JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n';
const fecOf = (day: string) =>
	`${FEC}VE|A|1|${day}|411000|C|C1|Alpha|F1|${day}|F|12,00|0,00|||||\nVE|A|1|${day}|706000|V|||F1|${day}|F|0,00|12,00|||||\n`;
const sageOf = (day: string) =>
	['411ALPHA', '706000']
		.map(
			(account, i) =>
				`    1VE${day}${''.padEnd(8)}FA-1        ${account.padEnd(11)}${'X'.padEnd(25)}${'12.00'.padStart(13)}${'DC'[i]}${''.padEnd(18)}${'Alpha'.padEnd(34)}E`
		)
		.join('\r\n');
const told = async (name: string, text: string) =>
	(await readInvoices({ name, bytes: bytesOf(text) }, {}, when)).results.map((one) => [
		one.ok,
		one.findings.filter(({ severity }) => severity !== 'warn').map(({ code }) => code)
	]);
describe('the day of a piece in the books', () => {
	test.each([
		['FEC', 'x.txt', fecOf],
		['XIMPORT', 'X.TXT', sageOf]
	] as const)('%s', async (_, name, text) => {
		expect(await told(name, text('20261112'))).toEqual([[true, []]]);
		expect(await told(name, text('22051112'))).toEqual([[true, ['ISSUE_FAR']]]);
		expect(await told(name, text('19651112'))).toEqual([[true, ['ISSUE_FAR']]]);
		expect((await told(name, text('00251112')))[0]).toEqual([false, expect.arrayContaining(['DATE_IMPOSSIBLE'])]);
	});
});

describe('a large file takes a time that grows with it, no faster', () => {
	/** Some tenths of a second when it is linear, minutes when each line looks at all others. */
	const LINES = 40_000;
	const WITHIN_MS = 20_000;
	const lines = (n: number, of: (i: number) => string) => Array.from({ length: n }, (_, i) => of(i)).join('\n');
	test.each([
		[
			'a FEC whose lines are one entry',
			(n: number) =>
				told(
					'x.txt',
					FEC +
						lines(n, (i) =>
							i % 2
								? `VE|A|1|20261101|411000|C|C${i}|Client ${i}|F${i}|20261101|F|12,00|0,00|||||`
								: `VE|A|1|20261101|706000|V|||F${i}|20261101|F|0,00|12,00|||||`
						)
				)
		],
		[
			'a CFONB movement with a book of details',
			(n: number) => bank('r.txt', cfonb('281126') + lines(n, () => cfonbLine('05', '281126', '     LIBwords of it')))
		],
		[
			'an MT940 line of braces',
			(n: number) => bank('r.sta', mt940('261128').replace(':86:X', `:86:X\n{${'}'.repeat(n * 20)}`))
		]
	] as const)('%s', { timeout: 300_000 }, async (_, read) => {
		const started = performance.now();
		await read(LINES);
		expect(performance.now() - started).toBeLessThan(WITHIN_MS);
	});
});
