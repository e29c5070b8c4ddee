// Imports as a supplier brings them, into the product as it runs by default (one process for pages and work): a list of 100,000 invoices beside COPY of
// the rows that it left, Factur-X files, and the pay page while lists of 10,000 are being imported.
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import postgres from 'postgres';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { newId } from '#lib/server/identity.ts';
import type { InvoiceFile } from '#lib/server/readers/file.ts';
import type { Services } from '#lib/server/services.ts';
import { supplier } from '#lib/server/store/schema/index.ts';
import { getSupplier } from '#lib/server/store/suppliers.ts';
import { inScope } from '#lib/server/store/tx.ts';
import type { ImportPage } from '#lib/contract/import-views.ts';
import { readImport } from '#lib/server/use-cases/imports/read-import.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { facturXOf, sirenOf } from './demo/invoice-file.ts';
import { required } from '#lib/domain/required.ts';

const LIST = Number(process.env.BENCH_INVOICES ?? 100_000);
const SMALL_LIST = 10_000;
const PDFS = 120;
const CLIENTS = 5000;
/** Tables that an import writes a row of for each invoice. */
const TABLES = ['import_line', 'invoice', 'invoice_vat', 'journal_entry', 'journal_line', 'audit'];

export type ImportBench = {
	perSecond: number;
	copyPerSecond: number;
	pdfsPerSecond: number;
	peakMb: number;
	idleP99Ms: number;
	busyP99Ms: number;
};
type Bench = { services: Services; databaseUrl: string; pid: number; payLink: string; like: Scope };

export async function importBench({ services, databaseUrl, pid, payLink, like }: Bench): Promise<ImportBench> {
	const pdfScope = await aSupplier(services, like);
	const pdfs: InvoiceFile[] = [];
	for (let i = 0; i < PDFS; i++) pdfs.push({ name: `${i}.pdf`, bytes: await aPdf(i) });
	await timed(services, pdfScope, pdfs.slice(0, 20));
	const pdfSeconds = await timed(services, pdfScope, pdfs.slice(20));

	await p99(payLink, () => false);
	const idle = await p99(payLink, () => false);
	let isBusy = true;
	const during = p99(payLink, () => isBusy);
	for (let round = 0; round < 4; round++)
		await timed(services, await aSupplier(services, like), [aList(SMALL_LIST, `S${round}-`)]);
	isBusy = false;
	const busy = await during;

	const scope = await aSupplier(services, like);
	const seconds = await timed(services, scope, [aList(LIST, 'L')]);
	const peakMb =
		Number(required(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')), 'memory')[1]) / 1024;
	return {
		perSecond: LIST / seconds,
		copyPerSecond: LIST / (await copySeconds(databaseUrl, scope.supplierId)),
		pdfsPerSecond: (PDFS - 20) / pdfSeconds,
		peakMb,
		idleP99Ms: idle,
		busyP99Ms: busy
	};
}

/** A supplier of its own, so that nothing is known yet. */
async function aSupplier(services: Services, like: Scope): Promise<Scope> {
	const model = await inScope(services.db, like, (tx) => getSupplier(tx, like));
	const supplierId = newId();
	const scope = mintScope(supplierId, { kind: 'system' });
	await inScope(services.db, scope, (tx) =>
		tx.insert(supplier).values({ ...model, supplierId, slug: `bench-${supplierId}`, stripeAccount: supplierId })
	);
	return scope;
}

export function aList(count: number, prefix: string): InvoiceFile {
	const rows = Array.from({ length: count }, (_, i) => {
		const client = i % CLIENTS;
		// Whole euros all three: no fraction is ever written.
		const net = 1000 + 5 * (i % 180);
		const vat = net / 5;
		return `${prefix}${i};${1 + (i % 28)}/10/2026;${1 + (i % 28)}/12/2026;Client ${client};${sirenOf(client)};compta@client${client}.example;${net},00;${vat},00;${net + vat},00`;
	});
	const head = 'Numéro;Date facture;Échéance;Client;SIREN;Email;Total HT;TVA;Total TTC';
	return { name: 'export.csv', bytes: new TextEncoder().encode(`${head}\n${rows.join('\n')}\n`) };
}
const aPdf = (i: number): Promise<Uint8Array> =>
	facturXOf({
		number: `PDF-${i}`,
		issuedOn: '2026-11-12',
		dueOn: '2026-12-12',
		seller: {
			name: 'ATELIER LUMEN SARL',
			siren: '552100554',
			vatNumber: 'FR96552100554',
			address: { lines: ['1 rue X'], postalCode: '69001', town: 'Lyon', country: 'FR' },
			iban: 'FR7630006000011234567890189'
		},
		buyer: { name: `Client ${i % 20}`, siren: sirenOf(i % 20), email: `compta@client${i % 20}.example` },
		lines: [{ label: 'Lustre', netMinor: 100_000 + i, rateBps: 2000 }]
	});

/** Seconds from the moment the files are there until the last invoice is kept; every one must be. */
async function timed(services: Services, scope: Scope, files: InvoiceFile[]): Promise<number> {
	const importId = newId();
	const started = performance.now();
	const received = await receiveFiles(services, scope, { importId, files, isLast: true, confirmsItself: true });
	services.signal();
	if (!received.ok) throw new Error(received.refusal.code);
	for (;;) {
		await new Promise((done) => setTimeout(done, 700));
		const view = await readImport(services, scope, importId);
		if (view.ok && view.value.state === 'done') {
			const seconds = (performance.now() - started) / 1000;
			expectAllKept(view.value);
			return seconds;
		}
	}
}
function expectAllKept({ keptCount, counts }: ImportPage): void {
	if (counts.new !== keptCount || counts.refused + counts.conflict + counts.review + counts.identical > 0)
		throw new Error(`not everything was imported: ${JSON.stringify(counts)}`);
}

const EVERY_MS = 40;
const SAMPLES = 300;
/** Of a page asked for at a steady pace, whether or not the one before was answered; `goesOn` asks for more than the usual number. */
async function p99(url: string, goesOn: () => boolean): Promise<number> {
	const times: number[] = [];
	const asked: Promise<void>[] = [];
	for (let n = 0; n < SAMPLES || goesOn(); n++) {
		const started = performance.now();
		asked.push(
			fetch(url)
				.then((answer) => answer.text())
				.then(() => void times.push(performance.now() - started))
		);
		await new Promise((done) => setTimeout(done, EVERY_MS));
	}
	await Promise.all(asked);
	times.sort((a, b) => a - b);
	return required(times[Math.floor(times.length * 0.99)], 'time');
}

/** The same rows into tables of the same shape with the same indexes, and nothing else to do. */
async function copySeconds(databaseUrl: string, supplierId: string): Promise<number> {
	const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
	let milliseconds = 0;
	for (const table of TABLES) {
		await sql.unsafe(`create table bench_${table} (like ${table} including indexes)`);
		const chunks: Buffer[] = [];
		const out = await sql
			.unsafe(`copy (select * from ${table} where supplier_id = '${supplierId}') to stdout`)
			.readable();
		for await (const chunk of out) chunks.push(chunk as Buffer);
		const started = performance.now();
		await pipeline(Readable.from(chunks), await sql.unsafe(`copy bench_${table} from stdin`).writable());
		milliseconds += performance.now() - started;
		await sql.unsafe(`drop table bench_${table}`);
	}
	await sql.end();
	return milliseconds / 1000;
}
