// The supplier's figures are the ledger's: totals, what is owed, each client, and invoices on time by their definition.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { journalCsv } from '#lib/server/documents/journal-csv.ts';
import { pointsClientsCsv } from '#lib/server/documents/points-clients-csv.ts';
import { adjustPoints, freezePoints } from '#lib/server/use-cases/points/adjust-points.ts';
import { saveProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { exportClientFigures, readFigures } from '#lib/server/use-cases/points/read-figures.ts';
import { readLastYear, readTrial } from '#lib/server/use-cases/points/read-programme.ts';
import { readProvision } from '#lib/server/use-cases/points/read-provision.ts';
import { exportJournal } from '#lib/server/use-cases/suppliers/read-journal.ts';
import { readClientPoints } from '#lib/server/use-cases/points/read-client-points.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { publishDraft } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
});
afterAll(() => house.close());
const { inDays, asSystem } = stageOf(() => ({ house, cast }));
const figures = () => readFigures(house.services, cast.owner);

test('before anything is published there are none, and a client’s person is told none', async () => {
	expect(await figures()).toBeNull();
	await saveProgramme(house.services, cast.owner, DEFAULT_PROGRAMME);
	await publishDraft(house.services, cast.owner);
	expect(await readFigures(house.services, payer.scope)).toBeNull();
	expect(await figures()).toMatchObject({
		totals: { gained: 0, outstanding: 0 },
		owed: { points: 0, netMinor: 0n },
		clients: []
	});
});

test('totals, what is owed and each client are the sum of the ledger; invoices on time are counted by what the client did', async () => {
	const { services } = house;
	const early = await anInvoice(services, cast, {}, { issuedOn: inDays(-3), dueOn: inDays(0), grossMinor: 200_000 });
	await pay(services, payer, [early], 200_000);
	await anInvoice(services, cast, {}, { issuedOn: inDays(-3), dueOn: inDays(0), grossMinor: 10_000 });
	await anInvoice(services, cast, {}, { issuedOn: inDays(-90), dueOn: inDays(-60), grossMinor: 10_000 });
	for (const points of [-25, 10]) {
		const corrected = { adjustmentId: newId(), clientId: payer.clientId, points, reason: 'Erreur' };
		expect(await adjustPoints(services, cast.owner, corrected)).toMatchObject({ ok: true });
	}
	await house.advance(1);
	// 200 for 2,000 €, 10 for the first payment on the pages; 25 less and 10 more by hand are a line of their own, and change no tier.
	const read = await figures();
	const moved = { gained: 210, taken: 0, used: 0, expired: 0, adjusted: -15 };
	expect(read?.totals).toEqual({ ...moved, outstanding: 195, owed: 0, pending: 0 });
	// 195 at 5,00 for 100; of 2,200.00 invoiced, 1,833.33 are net.
	expect(read?.owed).toMatchObject({ points: 195, grossMinor: 975n, netMinor: 812n });
	// Of the day of the acts: it may have been the last of its month.
	expect(read?.months.find(({ month }) => inDays(-1).startsWith(month))).toMatchObject({ ...moved, outstanding: 195 });
	expect(read?.tiers).toEqual([1, 0, 0]);
	expect(read?.punctuality).toMatchObject({
		// Due before the first version, and not paid yet: 61 days late. Due since: one on time, one late by a day.
		before: { invoices: 1, onTime: 0, daysAfter: 61 },
		after: { invoices: 2, onTime: 1, daysAfter: 1 },
		isTooLittle: true
	});
	expect(read?.clients).toEqual([
		{
			clientId: payer.clientId,
			name: 'Menuiserie Roche',
			balance: 195,
			pending: 0,
			earnedInYear: 210,
			tier: 0,
			isFrozen: false,
			before: { invoices: 1, onTime: 0, daysAfter: 61 },
			after: { invoices: 2, onTime: 1, daysAfter: 1 }
		}
	]);
	// Beside the rules, "on time" is the same word: the same invoices by the same count, whatever the rules are.
	const whole = { invoices: 3, onTime: 1, daysAfter: 62 };
	expect(await readLastYear(services, cast.owner)).toEqual(whole);
	const severe = { ...DEFAULT_PROGRAMME.earning, minInvoiceMinor: minor(1_000_000n) };
	for (const [earning, invoices] of [
		[DEFAULT_PROGRAMME.earning, 1],
		[severe, 0]
	] as const)
		expect(await readTrial(services, cast.owner, { ...DEFAULT_PROGRAMME, earning })).toMatchObject({
			invoices,
			clients: [{ clientId: payer.clientId, onTime: whole }]
		});
	const [ledger] = await asSystem((tx) =>
		tx.execute<{ points: number }>(
			sql`select sum(points)::int as points from points_entry where supplier_id = ${cast.supplierId}`
		)
	);
	expect(ledger?.points).toBe(read?.totals.outstanding);
});

test('the file has every client, and says who is frozen; a client’s own page too, with the reason', async () => {
	await freezePoints(house.services, cast.owner, { clientId: payer.clientId, reason: 'Abus' });
	let file = '';
	for await (const instalment of pointsClientsCsv(exportClientFigures(house.services, cast.owner), 'fr'))
		file += instalment;
	expect(file.split('\r\n').slice(1).filter(Boolean)).toEqual([
		expect.stringMatching(/^Menuiserie Roche;195;0;\d+;Bronze;oui;9,75;1;0;2;1$/)
	]);
	const page = await readClientPoints(house.services, cast.owner, payer.clientId, null);
	expect(page).toMatchObject({
		ok: true,
		value: { balance: 195, frozenReason: 'Abus', history: { rows: expect.any(Array) } }
	});
	let theirs = '';
	for await (const instalment of pointsClientsCsv(exportClientFigures(house.services, payer.scope), 'fr'))
		theirs += instalment;
	expect(theirs).not.toContain('Menuiserie');
});

test('an accountant may have what is owed for points behind the journal, balanced and said to be a proposal; without asking, and for a month before, there is none', async () => {
	const month = inDays(-1).slice(0, 7);
	const provision = await readProvision(house.services, cast.accountant, month);
	const on = inDays(0).startsWith(month) ? inDays(0) : inDays(-1);
	expect(provision).toMatchObject({ now: { on, points: 195, netMinor: 812n }, changeMinor: 812n });
	expect(await readProvision(house.services, cast.accountant, '2026-01')).toBeNull();
	expect(await readProvision(house.services, payer.scope, month)).toBeNull();
	const rows = async (asked: typeof provision) => {
		const { lines } = await exportJournal(house.services, cast.accountant, { month });
		let file = '';
		for await (const instalment of journalCsv(lines, 'fr', asked)) file += instalment;
		return file.split('\r\n').filter((row) => /;(6815|1518);/.test(row));
	};
	expect(await rows(null)).toEqual([]);
	const [debit, credit, ...others] = await rows(provision);
	expect(others).toEqual([]);
	expect(debit).toMatch(/proposition.*;6815;;;;8,12;;EUR;PROVISION-POINTS-\d{4}-\d\d$/);
	expect(credit).toMatch(/;1518;;;;;8,12;EUR;PROVISION-POINTS-\d{4}-\d\d$/);
});
