// An import from its files to its report: confirmed once, resumed wherever it was killed, taken back as long as nothing is paid.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'drizzle-orm';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import type { Minor } from '#lib/domain/money/minor.ts';
import { importReportCsv } from '#lib/server/documents/import-report-csv.ts';
import { newId } from '#lib/server/identity.ts';
import type { InvoiceFile } from '#lib/server/readers/file.ts';
import type { Services } from '#lib/server/services.ts';
import { listInvoices } from '#lib/server/store/invoices.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { advanceNextImport } from '#lib/server/use-cases/imports/advance-import.ts';
import {
	chooseClientOf,
	confirmImport,
	dropImport,
	replaceKnown,
	undoImport
} from '#lib/server/use-cases/imports/decide-import.ts';
import { readClientChoices, readImport, readLines } from '#lib/server/use-cases/imports/read-import.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import { mintScope } from '#lib/domain/access/scope.ts';
import { facturXOf } from '#scripts/demo/invoice-file.ts';
import { FROM, aSupplier, aToken, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { LUMEN } from '../../builders/invoices.ts';

let house: TestHouse;
let cast: Cast;
/** One Stripe account for each test's supplier. */
const accounts = Array.from({ length: 60 }, (_, i) => `acct_import_${i}`);
let account = '';
const anAccount = (): string => (account = accounts.pop()!);
beforeAll(async () => void (house = await openHouse([...accounts])));
beforeEach(async () => void (cast = await aSupplier(house.services, anAccount())));
afterAll(() => house.close());

const csv = (rows: string[], name = 'liste.csv'): InvoiceFile => ({
	name,
	bytes: new TextEncoder().encode(`Numéro;Date;Client;Email;SIREN;Montant TTC\n${rows.join('\n')}\n`)
});
const many = (count: number, prefix = 'F') =>
	csv(
		Array.from({ length: count }, (_, i) => `${prefix}${i};12/11/2026;Client ${i % 7};c${i % 7}@x.example;;${i + 1},00`)
	);
const pdf = async (number: string, netMinor = 100_000): Promise<InvoiceFile> => ({
	name: `${number}.pdf`,
	bytes: await facturXOf({
		number,
		issuedOn: '2026-11-12',
		dueOn: '2026-12-12',
		seller: LUMEN,
		buyer: { name: 'Roche', siren: '732829320', email: 'compta@roche.example' },
		lines: [{ label: 'Lustre', netMinor, rateBps: 2000 }]
	})
});
const open = async (files: InvoiceFile[], importId = newId()): Promise<string> => {
	const received = await receiveFiles(house.services, cast.owner, { importId, files, isLast: true });
	if (!received.ok) throw new Error(received.refusal.code);
	return importId;
};
const seen = async (importId: string, files = 1000) => {
	const result = await readImport(house.services, cast.owner, importId, { files });
	if (!result.ok) throw new Error(result.refusal.code);
	return result.value;
};
const WORD = { sendsMails: false, acceptsReview: false };
const confirm = async (importId: string, word = WORD) => {
	expect(await confirmImport(house.services, cast.owner, importId, word)).toMatchObject({ ok: true });
	await house.drain();
	return seen(importId);
};
const imported = async (files: InvoiceFile[]) => {
	const importId = await open(files);
	await house.drain();
	return confirm(importId);
};
const asSupplier = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(house.services.db, cast.system, work);
const invoices = async () =>
	asSupplier((tx) => listInvoices(tx, cast.system, { today: civilDate('2026-11-22'), pageSize: 200 }));
/** Every table that an import writes, as counts, and what the books owe. */
const books = async () =>
	asSupplier(async (tx) => {
		const [row] = await tx.execute<Record<string, string>>(sql`select
			(select count(*) from invoice where not_payable_reason is distinct from 'withdrawn') as invoices,
			(select count(*) from invoice_vat) as vat, (select count(*) from journal_entry) as entries,
			(select count(*) from journal_line) as lines, (select count(*) from client) as clients,
			(select count(*) from contact) as contacts, (select count(*) from mail) as mails, (select count(*) from document) as documents,
			(select coalesce(sum(debit_minor - credit_minor), 0) from journal_line where account = '411') as owed`);
		return row!;
	});

test('what will become of each invoice is said first, kept on one word, and told in a report', async () => {
	await imported([
		csv(['OLD;12/11/2026;Alpha;a@alpha.example;;50,00', 'SAME;12/11/2026;Alpha;a@alpha.example;;60,00'])
	]);
	const importId = await open([
		await pdf('PDF-1'),
		csv([
			'NEW;12/11/2026;Bêta;b@beta.example;;10,00',
			'OLD;12/11/2026;Alpha;a@alpha.example;;55,00',
			'SAME;12/11/2026;Alpha;a@alpha.example;;60,00',
			'BAD;31/02/2026;Alpha;;;10,00',
			'NEW;12/11/2026;Bêta;b@beta.example;;10,00'
		]),
		{ name: 'rien.pdf', bytes: new TextEncoder().encode('%PDF-1.4 nothing') }
	]);
	await house.drain();
	const before = await books();
	expect(await seen(importId)).toMatchObject({
		state: 'ready',
		fileCount: 3,
		readCount: 3,
		keptCount: 0,
		waitingCount: 2,
		counts: { new: 2, review: 0, identical: 2, conflict: 1, refused: 2 }
	});
	expect(await books()).toEqual(before);
	const [done, again] = [await confirm(importId), await confirm(importId)];
	expect(done).toMatchObject({
		state: 'done',
		keptCount: 2,
		counts: { new: 2, identical: 2, conflict: 1, refused: 2 }
	});
	expect(again).toMatchObject({ state: 'done', keptCount: 2 });
	expect((await invoices()).map((one) => one.number).sort()).toEqual(['NEW', 'OLD', 'PDF-1', 'SAME']);
	const report = (
		await Array.fromAsync(importReportCsv(again, readLines(house.services, cast.owner, importId), 'fr'))
	).join('');
	expect(report).toContain('Claire Martin');
	expect(report).toMatch(/Fichier;liste\.csv;[0-9a-f]{64};/);
	expect(report.split('\r\n').filter((line) => /^(liste\.csv|PDF-1\.pdf|rien\.pdf);/.test(line))).toHaveLength(7);
	expect(report).toMatch(/liste\.csv;[0-9a-f]{64};Refusée;BAD|liste\.csv;[0-9a-f]{64};Refusée;;/);
});
test('the same files again, however named, change nothing', async () => {
	await imported([many(30), await pdf('P1')]);
	const before = await books();
	expect(await imported([{ ...many(30), name: 'autre.csv' }, await pdf('P1')])).toMatchObject({
		keptCount: 0,
		counts: { identical: 31 }
	});
	expect(await books()).toEqual(before);
});
test('files may come in several goes, and a go may come twice', async () => {
	const importId = newId();
	const go = (files: InvoiceFile[], isLast: boolean) =>
		receiveFiles(house.services, cast.owner, { importId, files, isLast });
	const [a, b] = [many(3, 'A'), await pdf('B1')];
	await go([a], false);
	await go([a], false);
	await house.drain();
	expect((await seen(importId)).state).toBe('receiving');
	await go([b], true);
	expect(await go([b], true)).toMatchObject({ ok: true });
	expect(await go([many(1, 'Z')], true)).toMatchObject({ ok: false, refusal: { code: 'import_closed' } });
	await house.drain();
	expect(await seen(importId)).toMatchObject({ state: 'ready', fileCount: 2, counts: { new: 4 } });
});

describe('killed in the middle', () => {
	/** The same services, whose database dies for good after so many transactions. */
	const dyingAfter = (transactions: number): Services => {
		let left = transactions;
		const { db } = house.services;
		const dying = (queries: typeof db.app): typeof db.app =>
			new Proxy(queries, {
				get(target, key) {
					if (left <= 0) throw new Error('killed');
					if (key === 'transaction') left -= 1;
					const value: unknown = Reflect.get(target, key);
					return typeof value === 'function' ? value.bind(target) : value;
				}
			});
		return { ...house.services, db: { ...db, app: dying(db.app), system: dying(db.system) } };
	};
	const clean = (row: Record<string, string>) => ({ ...row });

	test('at every step of reading and of keeping: another takes over, and each invoice is there once', async () => {
		const files = [many(450), await pdf('K1'), csv(['K2;12/11/2026;Alpha;a@alpha.example;;10,00'], 'autre.csv')];
		const smooth = cast;
		await imported(files);
		const expected = clean(await books());
		for (let step = 1; step <= 24; step += 1) {
			cast = await aSupplier(house.services, anAccount());
			const importId = await open(files);
			const advance = async () => {
				const services = dyingAfter(step);
				for (let more = true; more;) more = await advanceNextImport(services).catch(() => false);
				house.world.world.offsetMs += 61_000;
				await house.drain();
			};
			await advance();
			expect((await seen(importId)).state, `killed after ${step}, reading`).toBe('ready');
			await confirmImport(house.services, cast.owner, importId, WORD);
			await advance();
			expect(await seen(importId), `killed after ${step}, keeping`).toMatchObject({ state: 'done', keptCount: 452 });
			expect(clean(await books()), `killed after ${step}`).toEqual(expected);
		}
		cast = smooth;
	}, 240_000);
	test('while people wait for pages it goes by small steps, dies at any of them, and keeps the same', async () => {
		await imported([many(450)]);
		const expected = clean(await books());
		let leave = () => {};
		const visit = house.services.visitors.serve(() => new Promise<void>((done) => (leave = done)));
		expect(house.services.visitors.areHere()).toBe(true);
		for (let step = 1; step <= 25; step += 4) {
			cast = await aSupplier(house.services, anAccount());
			const importId = await open([many(450)]);
			const advance = async () => {
				const services = dyingAfter(step);
				for (let more = true; more;) more = await advanceNextImport(services).catch(() => false);
				house.world.world.offsetMs += 61_000;
				await house.drain();
			};
			await advance();
			await confirmImport(house.services, cast.owner, importId, WORD);
			await advance();
			expect(await seen(importId), `killed after ${step}`).toMatchObject({ state: 'done', keptCount: 450 });
			expect(clean(await books()), `killed after ${step}`).toEqual(expected);
		}
		leave();
		await visit;
	}, 240_000);
	test('several workers at once keep each invoice once', async () => {
		const importId = await open([many(900), await pdf('W1')]);
		const together = () =>
			Promise.all(
				Array.from({ length: 4 }, async () => {
					while (await advanceNextImport(house.services));
				})
			);
		await together();
		await house.drain();
		await confirmImport(house.services, cast.owner, importId, WORD);
		await together();
		await house.drain();
		expect(await seen(importId)).toMatchObject({ state: 'done', keptCount: 901 });
		expect(await books()).toMatchObject({ invoices: '901', entries: '901', lines: '1802', clients: '8' });
	});
});

test('a value that the books can’t hold is refused alone', async () => {
	const bytes = new TextEncoder().encode(
		'Numéro;Date;Client;Taux TVA;Montant HT;Montant TVA;Montant TTC\nH1;12/11/2026;Alpha;20;10,00;2,00;12,00\nH2;12/11/2026;Alpha;999999999;10,00;99999999,90;100000009,90\nH3;12/11/2026;Alpha;20;30,00;6,00;36,00\n'
	);
	const done = await imported([{ name: 'taux.csv', bytes }]);
	expect(done).toMatchObject({ state: 'done', keptCount: 2 });
	expect(done.lines.find((line) => line.number === 'H2')).toMatchObject({
		outcome: 'refused',
		findings: expect.arrayContaining([expect.objectContaining({ code: 'NOT_KEPT' })])
	});
});
test('lines that ask for a look are kept once somebody has looked, even afterwards', async () => {
	const importId = await open([
		csv(['R1;12/11/2026;Alpha;;;10,00', 'R2;12/11/2026;Alpha;;;20,00']),
		{
			name: 'brouillon.csv',
			bytes: new TextEncoder().encode('Numéro;Date;Client;Statut;Montant TTC\nR3;12/11/2026;Alpha;Brouillon;30,00\n')
		}
	]);
	await house.drain();
	expect(await confirm(importId)).toMatchObject({ state: 'done', keptCount: 2, counts: { review: 1 } });
	expect(await confirm(importId, { ...WORD, acceptsReview: true })).toMatchObject({
		keptCount: 3,
		counts: { review: 0 }
	});
});
test('an import that is dropped creates nothing, and can’t be confirmed any more', async () => {
	const importId = await open([many(5)]);
	await house.drain();
	expect(await dropImport(house.services, cast.owner, importId)).toMatchObject({ ok: true });
	expect(await confirmImport(house.services, cast.owner, importId, WORD)).toMatchObject({
		refusal: { code: 'import_not_ready' }
	});
	expect(await invoices()).toEqual([]);
});

test('a currency that is none is refused by name', async () => {
	const bytes = new TextEncoder().encode('Numéro;Date;Client;Devise;Montant TTC\nC1;12/11/2026;Alpha;DUCATS;30,00\n');
	expect((await imported([{ name: 'd.csv', bytes }])).lines[0]).toMatchObject({
		outcome: 'refused',
		findings: expect.arrayContaining([expect.objectContaining({ code: 'CURRENCY', found: 'DUCATS' })])
	});
});

describe('who the buyer is', () => {
	test('is told by its name, however it is written: capitals and their accents are the same', async () => {
		const without = (number: string, name: string) => csv([`${number};12/11/2026;${name};;;10,00`], `${number}.csv`);
		await imported([without('N-1', 'CAFÉ DE L’ÎLE'), without('N-2', 'Épicerie Ñandú')]);
		const second = await open([without('N-3', 'Café de l’île'), without('N-4', 'ÉPICERIE ÑANDÚ')]);
		await house.drain();
		expect((await seen(second)).lines.map((line) => [line.clientName, line.matchedBy])).toEqual([
			['CAFÉ DE L’ÎLE', 'name'],
			['Épicerie Ñandú', 'name']
		]);
	});
	test('is told by SIREN, VAT number, address or name, and may be said otherwise', async () => {
		await imported([csv(['M0;12/11/2026;Gamma;compta@gamma.example;732829320;10,00', 'M00;12/11/2026;Delta;;;10,00'])]);
		const importId = await open([
			csv([
				'M1;12/11/2026;Gamma Lyon;autre@gamma.example;732829320;10,00',
				'M2;12/11/2026;Gamma;compta@gamma.example;;10,00',
				'M3;12/11/2026;Delta;;;10,00',
				'M4;12/11/2026;Epsilon;e@epsilon.example;;10,00',
				'M5;12/11/2026;Epsilon;e@epsilon.example;;10,00'
			])
		]);
		await house.drain();
		const { lines } = await seen(importId);
		expect(lines.map((line) => line.matchedBy ?? (line.clientIsNew && 'new'))).toEqual([
			'siren',
			'email',
			'name',
			'new',
			'new'
		]);
		const { choices } = await readClientChoices(house.services, cast.owner);
		const gamma = choices.find((one) => one.name === 'Gamma')!;
		const say = (line: (typeof lines)[number], clientId: string | null) =>
			chooseClientOf(house.services, cast.owner, importId, { buyerKey: line.buyerKey, clientId });
		await say(lines[3]!, gamma.clientId);
		await say(lines[2]!, null);
		expect((await seen(importId)).lines.map((line) => [line.clientName, line.clientIsNew])).toEqual([
			['Gamma', false],
			['Gamma', false],
			['Delta', true],
			['Gamma', false],
			['Gamma', false]
		]);
		// And taken back.
		await say(lines[2]!, choices.find((one) => one.name === 'Delta')!.clientId);
		await say(lines[2]!, null);
		// Two of them name an address that Gamma does not have: a person has looked.
		await confirm(importId, { ...WORD, acceptsReview: true });
		const of = Object.fromEntries((await invoices()).map((one) => [one.number, one]));
		expect([of.M1!.clientId, of.M4!.clientId, of.M5!.clientId]).toEqual(Array(3).fill(gamma.clientId));
		expect(of.M3!.clientName).toBe('Delta');
		expect(of.M3!.clientId).not.toBe(of.M00!.clientId);
		expect(await say(lines[0]!, newId())).toMatchObject({ ok: false });
	});
});

describe('a number that is known with other values', () => {
	const known = async (importId: string) => (await seen(importId)).lines.find((line) => line.outcome === 'conflict')!;
	const changed = async () => {
		const importId = await open([csv(['X1;12/11/2026;Alpha;a@alpha.example;;90,00'])]);
		await house.drain();
		return importId;
	};
	const replace = async (importId: string, replaces = true) =>
		replaceKnown(house.services, cast.owner, importId, { ...(await known(importId)), replaces });
	beforeEach(async () => void (await imported([csv(['X1;12/11/2026;Alpha;a@alpha.example;;100,00'])])));

	test('stands unless a person says that it is replaced', async () => {
		const importId = await changed();
		expect(await known(importId)).toMatchObject({
			isReplaceable: true,
			changes: [{ before: '10000', after: '9000' }, {}]
		});
		await replace(importId);
		await replace(importId, false);
		await confirm(importId);
		expect((await invoices()).map((one) => one.balanceMinor)).toEqual([10_000n]);
	});
	test('is replaced on a person’s word: the old claim leaves the books', async () => {
		const importId = await changed();
		await replace(importId);
		expect(await confirm(importId)).toMatchObject({ keptCount: 1 });
		expect((await invoices()).map((one) => [one.number, one.balanceMinor])).toEqual([['X1', 9_000n]]);
		expect(await books()).toMatchObject({ owed: '9000', entries: '3' });
	});
	test('is not replaced once money has touched it, even if it was free when a person said so', async () => {
		const importId = await changed();
		await replace(importId);
		await payInstalment();
		expect(await confirm(importId)).toMatchObject({ state: 'done', keptCount: 0, counts: { conflict: 1 } });
		expect(await books()).toMatchObject({ invoices: '1', owed: '0' });
		const later = await changed();
		expect(await known(later)).toMatchObject({ isReplaceable: false });
	});
});

/** The one open invoice is paid by its client's card. */
async function payInstalment(): Promise<void> {
	const invoice = (await invoices()).find((one) => one.balanceMinor > 0n)!;
	const [contact] = await asSupplier((tx) =>
		tx.execute<{ contact_id: string }>(sql`select contact_id from contact where client_id = ${invoice.clientId}`)
	);
	const payer = mintScope(cast.supplierId, {
		kind: 'contact',
		contactId: contact!.contact_id,
		clientId: invoice.clientId
	});
	const paid = await startPayment(
		house.services,
		payer,
		{
			attemptId: newId(),
			confirmationTokenId: await aToken(house.services, 'pm_card_visa', account),
			invoiceIds: [invoice.invoiceId],
			option: 'now',
			expectedAmountMinor: invoice.balanceMinor as Minor
		},
		FROM
	);
	expect(paid).toMatchObject({ ok: true });
	await house.drain();
}

describe('an import taken back', () => {
	test('leaves nothing to pay, frees its numbers, and the books balance', async () => {
		const first = await imported([many(12), await pdf('U1')]);
		const [some] = await invoices();
		const undone = await Promise.all([1, 2, 3].map(() => undoImport(house.services, cast.owner, first.importId)));
		expect(undone.map((one) => one.ok)).toEqual([true, true, true]);
		expect(await invoices()).toEqual([]);
		expect(await books()).toMatchObject({ owed: '0', entries: '26' });
		expect((await seen(first.importId)).undoneBy).toBe('Claire Martin');
		const client = mintScope(cast.supplierId, { kind: 'contact', contactId: newId(), clientId: some!.clientId });
		const view = await readPayView(house.services, client, [some!.invoiceId]);
		expect(view).toMatchObject({ ok: true, value: { amountMinor: 0n, options: [] } });
		expect(view.ok && view.value.words.notPayable).toContain('retirée');
		expect(await imported([many(12), await pdf('U1')])).toMatchObject({ keptCount: 13 });
		expect(await books()).toMatchObject({ invoices: '13' });
	});
	test('is refused, whole, once money has touched one invoice', async () => {
		const { importId } = await imported([csv(['V1;12/11/2026;Alpha;a@alpha.example;;100,00'])]);
		await payInstalment();
		const before = await books();
		expect(await undoImport(house.services, cast.owner, importId)).toMatchObject({
			ok: false,
			refusal: { code: 'import_paid', detail: { numbers: 'V1' } }
		});
		expect(await books()).toEqual(before);
	});
	test('sends no mail that had not left', async () => {
		const importId = await open([csv(['S1;12/11/2026;Alpha;s1@alpha.example;;100,00'])]);
		for (let more = true; more;) more = await advanceNextImport(house.services);
		await confirmImport(house.services, cast.owner, importId, { ...WORD, sendsMails: true });
		for (let more = true; more;) more = await advanceNextImport(house.services);
		await undoImport(house.services, cast.owner, importId);
		await house.drain();
		expect(house.world.mailbox.mails.filter((mail) => mail.to.includes('s1@alpha.example'))).toEqual([]);
	});
	test('the database itself refuses to withdraw what is owed, and to bring it back', async () => {
		await imported([csv(['D1;12/11/2026;Alpha;a@alpha.example;;100,00'])]);
		const set = (reason: string | null) =>
			asSupplier((tx) => tx.execute(sql`update invoice set not_payable_reason = ${reason} where number = 'D1'`));
		await expect(set('withdrawn')).rejects.toThrow();
		const { importId } = await imported([csv(['D2;12/11/2026;Alpha;a@alpha.example;;100,00'])]);
		await undoImport(house.services, cast.owner, importId);
		await expect(
			asSupplier((tx) => tx.execute(sql`update invoice set not_payable_reason = null where number = 'D2'`))
		).rejects.toThrow();
	});
});
test('a reader may neither bring files nor decide', async () => {
	const importId = await open([many(1)]);
	await house.drain();
	for (const work of [
		() => receiveFiles(house.services, cast.readOnly, { importId: newId(), files: [many(1)], isLast: true }),
		() => confirmImport(house.services, cast.readOnly, importId, WORD),
		() => undoImport(house.services, cast.readOnly, importId)
	])
		expect(await work()).toMatchObject({ ok: false, refusal: { code: 'not_allowed' } });
});
