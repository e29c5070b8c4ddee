// Lists that go on: every page leads to the next, nothing is lost or shown twice between them, and a total beside them is of all pages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { add } from '#lib/domain/money/minor.ts';
import { saveOutcomes } from '#lib/server/store/import-lines.ts';
import { listPayments } from '#lib/server/store/payments.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { readClientChoices, readImport } from '#lib/server/use-cases/imports/read-import.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { readPortal } from '#lib/server/use-cases/invoices/read-portal.ts';
import { readOfferEditor } from '#lib/server/use-cases/offers/read-offers.ts';
import { pageOf } from '#lib/server/use-cases/page.ts';
import type { Page } from '#lib/contract/lists.ts';
import { readInvoiceList } from '#lib/server/use-cases/suppliers/read-invoices.ts';
import { readAdminClient, readClients } from '#lib/server/use-cases/suppliers/read-clients.ts';
import { readPayments } from '#lib/server/use-cases/suppliers/read-payments.ts';
import { client } from '#lib/server/store/schema/index.ts';
import { newId } from '#lib/server/identity.ts';
import { InvoiceListQuery } from '#lib/contract/lists.ts';
import * as v from 'valibot';
import { copiesOf } from '../../builders/many.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const OPEN = 450;
let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	const id = await anInvoice(house.services, cast, {}, { grossMinor: 12_000, number: 'OPEN-00000' });
	// Forty of a day: pages end in the middle of one.
	await copiesOf(house, id, {
		count: OPEN - 1,
		prefix: 'OPEN',
		each: { due_on: `'2026-12-01'::date + (n / 40)::int` }
	});
});
afterAll(() => house.close());

/** Every row, page after page; `between` happens once, after the first page. */
async function walk<T>(
	read: (after: string | null) => Promise<Page<T>>,
	between?: () => Promise<unknown>
): Promise<T[]> {
	const rows: T[] = [];
	for (let after: string | null = null, n = 0; n < 100; n++) {
		const page: Page<T> = await read(after);
		expect(page.isFirst).toBe(n === 0);
		rows.push(...page.rows);
		if (!page.next) return rows;
		after = page.next;
		if (n === 0) await between?.();
	}
	throw new Error('it never ends');
}
const twice = (ids: string[]) => ids.filter((id, i) => ids.indexOf(id) !== i);

describe('the portal of a client with four hundred and fifty open invoices', () => {
	const portalPage = async (openAfter: string | null) => {
		const portal = await readPortal(house.services, payer.scope, { openAfter });
		return { rows: portal.open, ...portal.openPage, total: portal.totalMinor };
	};
	test('goes page by page to the last one, and its total is the sum of all of them', async () => {
		const first = await portalPage(null);
		expect([first.rows.length, first.all]).toEqual([150, OPEN]);
		const rows = await walk(portalPage);
		expect([rows.length, twice(rows.map((one) => one.invoiceId))]).toEqual([OPEN, []]);
		expect(add(...rows.map((one) => one.payableMinor))).toBe(first.total);
	});
	test('what is paid between two pages takes nothing else out of the list', async () => {
		const { rows: before } = await portalPage(null);
		const paid = before[10];
		if (!paid) throw new Error('a page of many');
		const rows = await walk(portalPage, () =>
			pay(house.services, payer, [paid.invoiceId], 12_000, { account: 'acct_lumen', method: 'pm_card_visa' })
		);
		expect([rows.length, twice(rows.map((one) => one.invoiceId))]).toEqual([OPEN, []]);
	});
	test('all of a page may be ticked and asked for in one address, as proxies take it', async () => {
		const { rows } = await portalPage(null);
		const asked = new URLSearchParams(rows.map((one) => ['facture', one.invoiceId]));
		// nginx: large_client_header_buffers, 8k for the whole line.
		expect(`GET /portail/payer?${asked} HTTP/1.1`.length).toBeLessThan(8192);
	});
	test('a place that does not exist is the beginning', async () =>
		expect((await portalPage(newId())).rows.length).toBe(150));
	test('so does the supplier’s page of that client', async () => {
		const rows = await walk(async (invoicesAfter) => {
			const page = await readAdminClient(house.services, cast.owner, payer.clientId, { invoicesAfter });
			if (!page.ok) throw new Error('not found');
			return page.value.invoices;
		});
		expect([rows.length, twice(rows.map((one) => one.invoiceId))]).toEqual([OPEN, []]);
	});
});

describe('the supplier’s list of the same invoices', () => {
	const listPage =
		(sort: 'due' | 'number' | 'amount' | 'client') =>
		async (after: string | null): Promise<Page<string>> => {
			const { invoices, ...page } = await readInvoiceList(house.services, cast.owner, { sort, after, search: 'OPEN-' });
			return { rows: invoices.map((one) => one.invoiceId), ...page };
		};
	const payOne = async (invoiceId: string, amount = 12_000) =>
		expect(
			await pay(house.services, payer, [invoiceId], amount, { account: 'acct_lumen', method: 'pm_card_visa' })
		).toMatchObject({ ok: true });
	test.each(['due', 'number', 'client'] as const)(
		'sorted by %s: each is on one page, though one of the first page is paid before the second is asked for',
		async (sort) => {
			const [paid = ''] = (await listPage(sort)(null)).rows.slice(sort === 'client' ? 20 : -1);
			const rows = await walk(listPage(sort), () => payOne(paid));
			expect([rows.length, twice(rows)]).toEqual([OPEN, []]);
		}
	);
	test('sorted by what is left: the last of a page is paid meanwhile and comes again at the end, where it belongs now; none is left out', async () => {
		const last = (await listPage('amount')(null)).rows.at(-1) ?? '';
		const rows = await walk(listPage('amount'), () => payOne(last));
		expect([new Set(rows).size, twice(rows)]).toEqual([OPEN, [last]]);
	});
	test('begins anew for an address that names a page by its number, or a place that does not exist', async () => {
		const { etat, apres } = v.parse(InvoiceListQuery, { etat: 'open', page: '7' });
		expect([etat, apres]).toEqual(['open', undefined]);
		expect((await listPage('due')(newId())).isFirst).toBe(true);
		expect((await listPage('amount')(newId())).isFirst).toBe(true);
		expect(v.parse(InvoiceListQuery, { apres: `${newId()}.12` }).apres).toMatch(/\.12$/);
		expect(v.parse(InvoiceListQuery, { apres: `${newId()}.x` }).apres).toBeUndefined();
	});
});

describe('the lines of an import of two files', () => {
	const importId = newId();
	const linesPage = async (after: string | null, outcome?: 'new') => {
		const found = await readImport(house.services, cast.owner, importId, { after, outcome });
		if (!found.ok) throw new Error('not found');
		return { rows: found.value.lines.map((one) => one.number ?? ''), ...found.value.linesPage };
	};
	const numbers = Array.from({ length: 130 }, (_, i) => `LINE-${String(i).padStart(3, '0')}`);
	beforeAll(async () => {
		const fileOf = (some: string[], name: string) => ({
			name,
			bytes: new TextEncoder().encode(
				`Numéro;Date;Client;Montant TTC\n${some.map((number) => `${number};12/11/2026;Zoé;1,00\n`).join('')}`
			)
		});
		const files = [fileOf(numbers.slice(0, 70), 'un.csv'), fileOf(numbers.slice(70), 'deux.csv')];
		await receiveFiles(house.services, cast.owner, { importId, files, isLast: true });
		await house.drain();
	});
	test('each is on one page, in the order of the files', async () =>
		expect(await walk((after) => linesPage(after))).toEqual(numbers));
	test('what is decided of some of the first page meanwhile takes nothing else out of the list', async () => {
		const lines = numbers
			.slice(10, 30)
			.map((_, i) => ({ filePosition: 0, position: 10 + i, outcome: 'refused' as const }));
		const decide = () => inScope(house.services.db, cast.owner, (tx) => saveOutcomes(tx, cast.owner, importId, lines));
		const rows = await walk((after) => linesPage(after, 'new'), decide);
		expect(rows).toEqual(numbers);
		expect((await linesPage(null, 'new')).rows).not.toContain(numbers[10]);
	});
	test('an address that names no line is the beginning', async () => {
		for (const after of ['2', 'x.1', newId(), '9999999.0'])
			expect(await linesPage(after)).toMatchObject({ isFirst: true, rows: numbers.slice(0, 50) });
	});
});

test('payments of the same instant are each on one page', async () => {
	const { open } = await readPortal(house.services, payer.scope);
	for (const one of open.slice(0, 4))
		await pay(house.services, payer, [one.invoiceId], 12_000, { account: 'acct_lumen', method: 'pm_card_visa' });
	const whole = await readPayments(house.services, cast.owner);
	const rows = await walk((after) =>
		inScope(house.services.db, cast.owner, (tx) =>
			pageOf(
				{ after, size: 2 },
				(ask) => listPayments(tx, cast.owner, ask),
				(one) => one.paymentId
			)
		)
	);
	expect(rows.map((one) => one.paymentId)).toEqual(whole.rows.map((one) => one.paymentId));
	expect(rows.length).toBeGreaterThanOrEqual(4);
	expect((await readPayments(house.services, payer.scope)).rows).toHaveLength(rows.length);
});

describe('of three hundred clients', () => {
	beforeAll(() =>
		inScope(house.services.db, cast.system, (tx) =>
			tx.insert(client).values(
				Array.from({ length: 299 }, (_, i) => ({
					supplierId: cast.supplierId,
					clientId: newId(),
					kind: 'business' as const,
					kindFrom: 'person' as const,
					// Namesakes too.
					name: i < 150 ? 'Boulangerie' : `Client ${String(i).padStart(3, '0')} 100%`,
					siren: null,
					vatNumber: null,
					locale: 'fr' as const,
					createdAt: house.services.clock.now()
				}))
			)
		)
	);
	test('each is on one page of the list, namesakes too, and is found by a part of its name', async () => {
		const rows = await walk((after) => readClients(house.services, cast.owner, { after }));
		expect([rows.length, twice(rows.map((one) => one.clientId))]).toEqual([300, []]);
		const found = async (search: string) =>
			(await readClients(house.services, cast.owner, { search })).rows.map((one) => one.name);
		expect(await found('roche')).toEqual(['Menuiserie Roche']);
		expect(await found('298 100%')).toEqual(['Client 298 100%']);
		expect(await found('8%1')).toEqual([]);
	});
	test('where one is chosen, those that are not shown are counted, found by name, and the chosen one stays', async () => {
		const all = await readClientChoices(house.services, cast.owner);
		expect([all.choices.length, all.leftOut, all.isMany]).toEqual([200, 100, true]);
		const one = await readClientChoices(house.services, cast.owner, {
			search: 'Client 298',
			lines: [{ clientName: 'menuiserie roche' }]
		});
		expect([one.choices.map((choice) => choice.name), one.leftOut]).toEqual([
			['Client 298 100%', 'Menuiserie Roche'],
			0
		]);
		const editor = await readOfferEditor(house.services, cast.owner, null, { locale: 'fr', search: 'Client 29' });
		expect(editor.ok && editor.value.clients.choices).toHaveLength(9);
	});
});
