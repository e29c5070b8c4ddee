// Documents that leave: no spreadsheet runs them, nobody waits for them, no browser keeps them.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { cell, csvOf } from '#lib/server/documents/csv.ts';
import { drawingThread } from '#lib/server/documents/drawing-thread.ts';
import { openPdf } from '#lib/server/documents/pdf.ts';
import { drawAside, drawInTurn } from '#lib/server/http/draw-in-turn.ts';
import { pictureResponse } from '#lib/server/http/file-response.ts';

const FORMULA = /^[\s\0"]*[=+\-@＝＋－＠]/;
describe('a cell', () => {
	const HOSTILE = [
		'=1+1',
		'+1',
		'-1',
		'@x',
		'\t=1',
		'\r=1',
		' =1',
		'\0=1',
		'＝1',
		'CRLONE\r=1+1',
		'A\r\n=1',
		'A\n@SUM(1)',
		'x,=cmd|calc',
		'x, +1',
		'x;=1',
		'x\t=1',
		'"=1',
		'x,"=1+1"',
		'x,\r\n-1'
	];
	test.each(HOSTILE)('%j runs in no spreadsheet, French or English, whatever ends its rows', (text) => {
		const row = csvOf([['before', cell(text), 'after']]);
		for (const delimiter of [';', ',', '\t'])
			for (const recordDelimiter of [['\r\n'], ['\n', '\r\n'], ['\r', '\n', '\r\n']]) {
				const rows = parse(row, {
					delimiter,
					record_delimiter: recordDelimiter,
					bom: true,
					relax_quotes: true,
					relax_column_count: true,
					...(delimiter === ';' ? {} : { quote: null })
				}) as unknown as string[][];
				expect(rows.flat().filter((read) => FORMULA.test(read))).toEqual([]);
			}
	});
	test.each(['Dupont, Martin', 'A "B" C', 'A\nB', 'A\tB', 'é€', ''])('%j arrives as it is', (text) => {
		const [row] = parse(csvOf([[cell(text), 'after']]), { delimiter: ';', bom: true }) as unknown as string[][];
		expect(row).toEqual([text, 'after']);
	});
});
test.each(['Dupont, Martin', 'A\tB'])('%j stays one cell where rows are split at its comma or tab', (text) => {
	for (const delimiter of [',', '\t'])
		expect(parse(cell(text), { delimiter }) as unknown as string[][]).toEqual([[text]]);
});
describe('drawings', () => {
	test('of a document that takes long hold nobody up meanwhile', async () => {
		let breaths = 0;
		const breathing = setInterval(() => breaths++, 1);
		const issuer = {
			name: 'A',
			legalName: 'A',
			legalForm: null,
			siren: null,
			vatNumber: null,
			phone: null,
			address: [],
			brandHue: 1,
			logo: null
		};
		const page = openPdf('Long', issuer, 'fr');
		for (let line = 0; line < 4000; line++) page.paragraph('P', () => page.row(`Facture ${line}`, `${line},00 €`));
		const bytes = await page.finish();
		clearInterval(breathing);
		expect(new TextDecoder().decode(bytes.slice(0, 8))).toBe('%PDF-1.7');
		// Drawn in this thread, it would have let nobody in between.
		expect(breaths).toBeGreaterThan(50);
	});
	test('are made one at a time, and too many at once are told to come back', async () => {
		let now = 0;
		let most = 0;
		const draw = async (): Promise<number> => {
			most = Math.max(most, ++now);
			await new Promise((done) => setTimeout(done));
			return now--;
		};
		const all = await Promise.allSettled(Array.from({ length: 60 }, () => drawInTurn('one', draw)));
		expect(most).toBe(1);
		expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(41);
		expect(all.find((one) => one.status === 'rejected')).toMatchObject({ reason: { status: 429 } });
	});
	test('of one supplier, however many, are before another’s for one turn at most', async () => {
		const order: string[] = [];
		const draw = (owner: string) => drawInTurn(owner, async () => void order.push(owner));
		const first = Array.from({ length: 40 }, () => draw('many'));
		await Promise.all([draw('few'), draw('few'), ...first]);
		expect(order.slice(0, 4)).toEqual(['many', 'few', 'many', 'few']);
		expect(order).toHaveLength(42);
	});
	test('aside never take every place for one supplier', async () => {
		const open: (() => void)[] = [];
		let begun = 0;
		const slow = () => drawAside('many', () => (begun++, new Promise<void>((done) => open.push(done))));
		const all = Array.from({ length: 10 }, slow);
		expect(await drawAside('few', () => Promise.resolve('at once'))).toBe('at once');
		expect(begun).toBe(2);
		while (open.length) {
			open.shift()!();
			await new Promise((done) => setTimeout(done));
		}
		await Promise.all(all);
		expect(begun).toBe(10);
	});
	// Draws as draw-pdf.ts does, except two titles.
	const source = join(mkdtempSync(join(tmpdir(), 'drawing-')), 'draw.mjs');
	writeFileSync(
		source,
		`export default ({ title }) => {
			while (title === 'never');
			for (const held = []; title === 'heavy'; ) held.push(new Array(100_000).fill(title));
			return new TextEncoder().encode(title);
		}`
	);
	const content = (title: string) => ({ title, author: 'A', lang: 'en' as const, logo: null, paragraphs: [] });
	test('that never end are ended: the one document fails and says so, those behind it are drawn', async () => {
		const draw = drawingThread(source, { milliseconds: 1500, megabytes: 64 });
		const all = await Promise.allSettled(
			['before', 'never', 'after', 'never', 'last'].map((title) => draw(content(title)))
		);
		expect(
			all.map((one) => (one.status === 'fulfilled' ? new TextDecoder().decode(one.value) : String(one.reason)))
		).toEqual([
			'before',
			'DrawingTooLong: the document « never » was not drawn within 1.5 s: its drawing was ended',
			'after',
			'DrawingTooLong: the document « never » was not drawn within 1.5 s: its drawing was ended',
			'last'
		]);
	});
	test('that take too much memory end alone', async () => {
		const draw = drawingThread(source, { milliseconds: 60_000, megabytes: 32 });
		const [heavy, after] = await Promise.allSettled(['heavy', 'after'].map((title) => draw(content(title))));
		expect(heavy).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORKER_OUT_OF_MEMORY' } });
		expect(after?.status).toBe('fulfilled');
	});
	test('whose thread cannot start fail at once, and the process goes on', async () => {
		const draw = drawingThread(join(tmpdir(), 'no-such-drawing.mjs'));
		for (const title of ['one', 'two'])
			await expect(draw(content(title))).rejects.toMatchObject({ code: 'ERR_MODULE_NOT_FOUND' });
	});
	test('one that fails holds nobody up', async () => {
		await expect(drawInTurn('one', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
		expect(await drawInTurn('one', () => Promise.resolve('yes'))).toBe('yes');
	});
});
test('the picture of an invoice is kept by no browser', () =>
	expect(pictureResponse(new Uint8Array([1])).headers.get('cache-control')).toBe('no-store'));
