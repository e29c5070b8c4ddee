// What an accountant takes away is whole, however much it is, and of one moment.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invoicesCsv } from '#lib/server/documents/invoices-csv.ts';
import { journalCsv } from '#lib/server/documents/journal-csv.ts';
import { exportInvoices } from '#lib/server/use-cases/invoices/export-invoices.ts';
import { exportJournal, readJournal } from '#lib/server/use-cases/suppliers/read-journal.ts';
import { copiesOf } from '../../builders/many.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const INVOICES = 3001;
const month = '2026-11';
let house: TestHouse;
let cast: Cast;
let payer: Payer;
let firstId: string;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	firstId = await anInvoice(house.services, cast, {}, { grossMinor: 12_000, number: 'MANY-00000' });
	await copiesOf(house, firstId, { count: INVOICES - 1, each: { due_on: `'2026-12-01'::date + (n % 40)::int` } });
});
afterAll(() => house.close());

const euros = (text: string | undefined): number => Number((text || '0').replace(',', '.'));
async function rowsOf(file: AsyncIterable<string>): Promise<{ head: string[]; rows: Record<string, string>[] }> {
	const [head, ...lines] = (await Array.fromAsync(file))
		.join('')
		.slice(1)
		.trimEnd()
		.split('\r\n')
		.map((line) => line.split(';'));
	return { head: head!, rows: lines.map((line) => Object.fromEntries(head!.map((name, i) => [name, line[i] ?? '']))) };
}

describe('the journal of a month', () => {
	test('of six thousand lines is one file with all of them, each once, in the order of the books', async () => {
		const { head, rows } = await rowsOf(
			journalCsv((await exportJournal(house.services, cast.owner, { month })).lines, 'fr')
		);
		expect(head).toHaveLength(11);
		expect(new Set(rows.map((row) => row['Ecriture'])).size).toBe(INVOICES);
		expect(rows).toHaveLength(INVOICES * 2);
		expect(new Set(rows.map((row) => row['Facture'])).size).toBe(INVOICES);
		const sum = (name: string) => Math.round(rows.reduce((total, row) => total + euros(row[name]), 0) * 100);
		expect([sum('Debit'), sum('Credit')]).toEqual([INVOICES * 12_000, INVOICES * 12_000]);
	});
	test('is of the moment it was asked for: what is booked while it leaves is in the next one', async () => {
		const { lines } = await exportJournal(house.services, cast.owner, { month });
		const first = await lines.next();
		await anInvoice(
			house.services,
			cast,
			{},
			{ grossMinor: 100, number: 'LATER-1', issuedOn: '2026-11-30', dueOn: '2026-12-31' }
		);
		const rest = await Array.fromAsync(lines);
		const numbers = [first.value ?? [], ...rest].flat().map((line) => line.number);
		expect(new Set(numbers).size).toBe(INVOICES);
		expect(numbers).not.toContain('LATER-1');
	});
	test('on the screen goes page by page to its end, beside the totals of the whole month', async () => {
		const seen: string[] = [];
		let after: string | null = null;
		for (let page = 1; ; page++) {
			const journal = await readJournal(house.services, cast.owner, { month, after });
			expect(journal.isFirst).toBe(page === 1);
			expect(journal.totals).toEqual([
				{
					currency: 'EUR',
					entryCount: INVOICES + 1,
					debitMinor: BigInt(INVOICES * 12_000 + 100),
					creditMinor: BigInt(INVOICES * 12_000 + 100)
				}
			]);
			seen.push(...new Set(journal.lines.map((line) => line.entryId)));
			if (!journal.next) break;
			after = journal.next;
		}
		expect(new Set(seen).size).toBe(INVOICES + 1);
		expect(seen).toHaveLength(INVOICES + 1);
	});
	test('a page that does not exist shows the beginning', async () => {
		const journal = await readJournal(house.services, cast.owner, { month, after: cast.supplierId });
		expect([journal.isFirst, journal.lines.length]).toEqual([true, 400]);
	});
});

describe('the open invoices', () => {
	test('of three thousand are one file with all of them, what falls due first on top; one that is paid while it leaves is open no more', async () => {
		const file = invoicesCsv(exportInvoices(house.services, cast.owner));
		const before = [await file.next(), await file.next()].map((instalment) => instalment.value ?? '');
		const paid = (await Array.fromAsync(exportInvoices(house.services, cast.owner))).flat().at(-1);
		if (paid?.dueOn !== '2027-01-09') throw new Error('the last one falls due last');
		await pay(house.services, payer, [paid.invoiceId], 12_000, { account: 'acct_lumen', method: 'pm_card_visa' });
		const { rows } = await rowsOf(
			(async function* () {
				yield* before;
				yield* file;
			})()
		);
		expect(rows).toHaveLength(INVOICES);
		expect(new Set(rows.map((row) => row['Numero'])).size).toBe(INVOICES);
		const days = rows.map((row) => row['Echeance']!.split('/').reverse().join('-'));
		expect(days).toEqual(days.toSorted());
		expect(rows.map((row) => row['Numero'])).not.toContain(paid.number);
	}, 60_000);
});
