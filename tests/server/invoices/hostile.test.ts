// Hostile and broken files: bounded time and memory, a clear word, and the next file is read as if nothing had been.
import { deflateSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import {
	drawFirstPageOffPath,
	readInvoicesOffPath,
	readStatementsOffPath,
	unpackedOffPath
} from '#lib/server/readers/off-path.ts';
import { facturXOf } from '#scripts/demo/invoice-file.ts';
import { LUMEN } from '../../builders/invoices.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const codes = async (name: string, bytes: Uint8Array, limits = { seconds: 20, megabytes: 400 }) =>
	(await Array.fromAsync(readInvoicesOffPath({ name, bytes }, {}, undefined, limits)))
		.flatMap((batch) => batch.results)
		.flatMap((result) => [result.ok, ...result.findings.map((finding) => finding.code)]);
const CSV = 'Numéro;Date facture;Client;Montant TTC\nF1;31/01/2026;R;10,00';

test('a file that takes too long is ended with its thread; the next one is read', async () => {
	const long = bytesOf(`Numéro;Date facture;Client;Montant TTC\n${'F1;31/01/2026;R;10,00\n'.repeat(90_000)}`);
	const [slow, fine] = await Promise.all([
		codes('long.csv', long, { seconds: 0.05, megabytes: 4000 }),
		codes('bon.csv', bytesOf(CSV))
	]);
	expect(slow).toEqual([false, 'TOO_SLOW']);
	expect(fine[0]).toBe(true);
	expect((await codes('bon.csv', bytesOf(CSV)))[0]).toBe(true);
});
test('a bomb inside a PDF: gigabytes of zeros in a few kilobytes', async () => {
	// Deflated twice: 1 GiB of zeros is 1 MiB, and that is a few kilobytes.
	const once = deflateSync(Buffer.alloc(1 << 30));
	const bomb = deflateSync(once);
	const pdf = Buffer.concat([
		Buffer.from(
			`%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(factur-x.xml)3 0 R]>>>>>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n3 0 obj<</Type/Filespec/F(factur-x.xml)/EF<</F 4 0 R>>>>endobj\n4 0 obj<</Length ${bomb.length}/Filter[/FlateDecode/FlateDecode]>>stream\n`
		),
		bomb,
		Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF')
	]);
	expect(pdf.length).toBeLessThan(100_000);
	const before = process.memoryUsage().rss;
	const found = await codes('bombe.pdf', pdf);
	expect(found[0]).toBe(false);
	expect(process.memoryUsage().rss - before).toBeLessThan(1500 * 1_048_576);
	expect((await codes('bon.csv', bytesOf(CSV)))[0]).toBe(true);
});
describe('each is refused in words', () => {
	test.each([
		[
			'a billion laughs',
			'x.xml',
			'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><CrossIndustryInvoice>&b;</CrossIndustryInvoice>',
			'XML_DOCTYPE'
		],
		[
			'an external entity',
			'x.xml',
			'<?xml version="1.0"?><!DOCTYPE l SYSTEM "file:///etc/passwd"><Invoice/>',
			'XML_DOCTYPE'
		],
		['a PDF in name only', 'x.pdf', '<html><script>alert(1)</script></html>', 'NOT_A_PDF'],
		['a web page', 'x.html', '<!doctype html><p>x</p>', 'UNKNOWN_FORMAT'],
		['an endless line', 'x.csv', `Numéro;Date facture;Client;Montant TTC\n"${'x'.repeat(2_000_000)}`, 'CSV_BROKEN'],
		['nothing at all', 'x.csv', '', 'EMPTY'],
		['only a header', 'x.csv', 'Numéro;Date facture;Client;Montant TTC', 'EMPTY']
	])('%s', async (_name, fileName, content, code) =>
		expect(await codes(fileName, bytesOf(content))).toEqual([false, code])
	);
});
test('scripts in a PDF are data: the invoice is read, and nothing of them runs', async () => {
	const pdf = await facturXOf({
		number: 'JS-1',
		issuedOn: '2026-11-12',
		dueOn: '2026-12-12',
		seller: {
			name: 'A',
			siren: '552100554',
			vatNumber: 'FR96552100554',
			address: { lines: ['1 rue X'], postalCode: '69001', town: 'Lyon', country: 'FR' },
			iban: 'FR7630006000011234567890189'
		},
		buyer: { name: 'B', siren: null, email: null },
		lines: [{ label: 'x', netMinor: 1000, rateBps: 2000 }]
	});
	const scripted = Buffer.concat([
		Buffer.from(pdf),
		Buffer.from('\n99 0 obj<</S/JavaScript/JS(app.alert\\(1\\))>>endobj\n')
	]);
	expect((await codes('script.pdf', scripted))[0]).toBe(true);
});
test('bank files under the same roof', async () => {
	const long = bytesOf(`Date;Libellé;Montant\n${'31/01/2026;VIREMENT;10,00\n'.repeat(90_000)}`);
	expect(
		await readStatementsOffPath({ name: 'long.csv', bytes: long }, {}, undefined, { seconds: 0.02, megabytes: 4000 })
	).toMatchObject({
		ok: false,
		findings: [{ code: 'TOO_SLOW' }]
	});
	expect(
		(await readStatementsOffPath({ name: 'x.csv', bytes: bytesOf('Date;Libellé;Montant\n31/01/2026;VIR;10,00') })).ok
	).toBe(true);
});
describe('the first page of a PDF as a picture', () => {
	const PNG = [0x89, 0x50, 0x4e, 0x47];
	const widthOf = (png: Uint8Array) => new DataView(png.buffer, png.byteOffset).getUint32(16);
	const draw = (bytes: Uint8Array, limits?: Parameters<typeof drawFirstPageOffPath>[1]) =>
		drawFirstPageOffPath({ name: 'a.pdf', bytes }, limits);
	const invoice = () =>
		facturXOf({
			number: 'PIC-1',
			issuedOn: '2026-11-12',
			dueOn: null,
			seller: LUMEN,
			buyer: { name: 'Client', siren: null, email: null },
			lines: [{ label: 'Lustre', netMinor: 100_000, rateBps: 2000 }]
		});

	test('is as wide as a phone, and light', async () => {
		const png = (await draw(await invoice()))!;
		expect([...png.subarray(0, 4)]).toEqual(PNG);
		expect(Math.abs(widthOf(png) - 720)).toBeLessThan(2);
		expect(png.length).toBeLessThan(150_000);
	});
	test('of what can’t be drawn there is none, and the thread goes on', async () => {
		const pageOf = (size: string) =>
			bytesOf(
				`%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${size}]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF`
			);
		expect(await draw(bytesOf('%PDF-1.7\nnothing'))).toBeNull();
		expect(await draw(new Uint8Array())).toBeNull();
		for (const size of ['0 0', '1 100000000', '100000000 1', '99999999999 99999999999']) {
			const png = await draw(pageOf(size));
			// Whatever it says of itself, it is no larger than a roll of paper.
			if (png) expect(widthOf(png)).toBeLessThanOrEqual(720);
		}
		expect(await draw(await invoice(), { seconds: 0, megabytes: 300 })).toBeNull();
		expect(await draw(await invoice())).not.toBeNull();
	});
});
describe('archives', () => {
	const names = async (files: { name: string; bytes: Uint8Array }[]) =>
		(await unpackedOffPath(files))!.map(({ name }) => name);
	test('are the files in them, without folders and what a system leaves behind', async () => {
		const zip = zipSync({
			'a.csv': bytesOf(CSV),
			'2026/novembre/b.csv': bytesOf(CSV),
			'../../c.csv': bytesOf(CSV),
			'__MACOSX/._a.csv': bytesOf('x'),
			'2026/.DS_Store': bytesOf('x')
		});
		expect(
			await names([
				{ name: 'x.zip', bytes: zip },
				{ name: 'd.csv', bytes: bytesOf(CSV) }
			])
		).toEqual(['a.csv', 'b.csv', 'c.csv', 'd.csv']);
	});
	test('that are none, too large, or damaged are refused by name', async () => {
		const workbook = zipSync({ '[Content_Types].xml': bytesOf('<Types/>'), 'xl/workbook.xml': bytesOf('<x/>') });
		const bomb = zipSync({ 'a.csv': new Uint8Array(65 * 1024 * 1024) });
		const cut = zipSync({ 'a.csv': bytesOf(CSV) }).subarray(0, 60);
		const nested = zipSync({ 'inner.zip': zipSync({ 'a.csv': bytesOf(CSV) }) });
		// The directory says one byte: what unpacks to more is not believed.
		const liar = zipSync({ 'a.csv': new Uint8Array(1024 * 1024) });
		new DataView(liar.buffer).setUint32(liar.length - 22 - 51 + 24, 1, true);
		expect(bomb.length).toBeLessThan(100_000);
		for (const bytes of [workbook, bomb, cut]) {
			expect(await names([{ name: 'x.zip', bytes }])).toEqual(['x.zip']);
			expect(await codes('x.zip', bytes)).toEqual([false, 'ZIP']);
			expect(await readStatementsOffPath({ name: 'x.zip', bytes })).toMatchObject({
				ok: false,
				findings: [{ code: 'ZIP' }]
			});
		}
		const [inner] = (await unpackedOffPath([{ name: 'x.zip', bytes: nested }]))!;
		expect(await codes(inner!.name, inner!.bytes)).toEqual([false, 'ZIP']);
		const [lied] = (await unpackedOffPath([{ name: 'x.zip', bytes: liar }]))!;
		expect(lied!.bytes.length).toBeLessThan(10_000);
	});
	test('of one request share one room: fifteen small ones that unpack to a gigabyte are refused before they do', async () => {
		const megabytes = (count: number) => zipSync({ 'a.csv': new Uint8Array(count * 1024 * 1024) });
		const large = megabytes(60);
		expect(large.length).toBeLessThan(100_000);
		const before = process.memoryUsage().rss;
		const fifteen = Array.from({ length: 15 }, (_, i) => ({ name: `${i}.zip`, bytes: large }));
		// Compared here: what a failure would print weighs a gigabyte.
		expect((await unpackedOffPath(fifteen)) === null).toBe(true);
		expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
		const small = megabytes(20);
		expect(await names([1, 2, 3].map((i) => ({ name: `${i}.zip`, bytes: small })))).toEqual([
			'a.csv',
			'a.csv',
			'a.csv'
		]);
		const four = [1, 2, 3, 4].map((i) => ({ name: `${i}.zip`, bytes: small }));
		expect((await unpackedOffPath(four)) === null).toBe(true);
		// In files too.
		const crowd = zipSync(Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`${i}.csv`, bytesOf('x')])));
		expect(await names([{ name: 'x.zip', bytes: crowd }])).toHaveLength(1500);
		expect(
			await unpackedOffPath([
				{ name: 'x.zip', bytes: crowd },
				{ name: 'y.zip', bytes: crowd }
			])
		).toBeNull();
	});
});
