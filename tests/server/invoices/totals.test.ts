// Every total of every screen, of two suppliers with two clients each, beside sums made by hand: with the database's walls, and without them, so that
// each query says by itself whose money it adds up.
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays, addMonths, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { add, minor } from '#lib/domain/money/minor.ts';
import type { Services } from '#lib/server/services.ts';
import { sumPayableByClient } from '#lib/server/store/invoice-sums.ts';
import * as schema from '#lib/server/store/schema/index.ts';
import { exportInvoices } from '#lib/server/use-cases/invoices/export-invoices.ts';
import { readPortal } from '#lib/server/use-cases/invoices/read-portal.ts';
import { readOffers, readSimulation } from '#lib/server/use-cases/offers/read-offers.ts';
import { read } from '#lib/server/use-cases/run.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { readInvoiceList } from '#lib/server/use-cases/suppliers/read-invoices.ts';
import { readDashboard } from '#lib/server/use-cases/suppliers/read-dashboard.ts';
import * as ofClients from '#lib/server/use-cases/suppliers/read-clients.ts';
import * as payments from '#lib/server/use-cases/suppliers/read-payments.ts';
import { readJournal } from '#lib/server/use-cases/suppliers/read-journal.ts';
import { workDue } from '../../builders/due.ts';
import { aPayer, anInvoice, anOffer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

/** What one client has, in cents: each amount is nobody else's, nor a sum of others'. */
const figures = (k: number) => ({
	open: 11_003 * k,
	late: 13_007 * k,
	debit: 17_011 * k,
	plan: 20_022 * k,
	paid: 19_013 * k,
	dollars: 23_029 * k,
	credit: 5_009 * k,
	dollarCredit: 3_001 * k
});
type Person = { payer: Payer; name: string; k: number; of: ReturnType<typeof figures>; paidId: string; openId: string };
type Seller = { cast: Cast; people: [Person, Person] };

let house: TestHouse;
let bare: { services: Services; close(): Promise<void> };
let sellers: [Seller, Seller];
const today = () => civilDateIn(house.services.clock.now(), 'Europe/Paris');

async function aClient(cast: Cast, account: string, name: string, k: number): Promise<Person> {
	const payer = await aPayer(house.services, cast, `${k}@client.example`, name);
	const of = figures(k);
	const issuedOn = addDays(today(), -40);
	const keep = (grossMinor: number, over: Parameters<typeof anInvoice>[3] = {}) =>
		anInvoice(house.services, cast, { name }, { grossMinor, issuedOn, dueOn: addDays(today(), 18), ...over });
	const openId = await keep(of.open);
	await keep(of.late, { dueOn: addDays(today(), -3) });
	// Late, and its debit is under way: nobody is late.
	const debit = await keep(of.debit, { dueOn: addDays(today(), -2) });
	await keep(of.dollars, { currency: 'USD' });
	await keep(of.credit, { typeCode: '381' });
	await keep(of.dollarCredit, { typeCode: '381', currency: 'USD' });
	const paidId = await keep(of.paid);
	const plan = await keep(of.plan, { issuedOn: today(), dueOn: addDays(today(), 30) });
	const say = { account, method: 'pm_card_visa' };
	for (const [id, amount, over] of [
		[paidId, of.paid, {}],
		[debit, of.debit, { method: 'pm_success_fr' }],
		[plan, of.plan / 2, { option: 'plan_2' as const }]
	] as const)
		expect(await pay(house.services, payer, [id], amount, { ...say, ...over })).toMatchObject({ ok: true });
	return { payer, name, k, of, paidId, openId };
}

beforeAll(async () => {
	house = await openHouse();
	const made: Seller[] = [];
	for (const [account, name, first] of [
		['acct_lumen', 'Atelier Lumen', 1],
		['acct_canuts', 'Maison des Canuts', 7]
	] as const) {
		const cast = await aSupplier(house.services, account, name);
		await anOffer(house.services, cast, {
			discount: null,
			instalments: {
				counts: [2],
				minMinor: minor(20_000n),
				maxMinor: null,
				spacing: { unit: 'day', every: 20 },
				firstPart: 'now',
				who: 'everyone'
			}
		});
		made.push({
			cast,
			people: [
				await aClient(cast, account, 'Menuiserie Roche', first),
				await aClient(cast, account, 'Hôtel du Parc', first + 2)
			]
		});
	}
	sellers = made as [Seller, Seller];
	const superuser = postgres(house.databaseUrl, { onnotice: () => {} });
	bare = {
		services: {
			...house.services,
			db: { ...house.services.db, app: drizzle(superuser, { schema, casing: 'snake_case' }) }
		},
		close: () => superuser.end()
	};
});
afterAll(async () => {
	await bare.close();
	await house.close();
});

/** All of it: entries bear the day of their fact. */
async function journalOf(services: Services, cast: Cast) {
	const months = [0, -1, -2].map((ago) => addMonths(today(), ago).slice(0, 7));
	return (await Promise.all(months.map((month) => readJournal(services, cast.owner, { month })))).flatMap(
		(one) => one.lines
	);
}
const cents = (...amounts: number[]) => BigInt(amounts.reduce((sum, amount) => sum + amount, 0));
const over = (people: Person[], pick: (of: Person['of']) => number) => cents(...people.map((one) => pick(one.of)));

/** Asked for by name, those of other suppliers too. */
const everybody = () => ({
	clientIds: sellers.flatMap(({ people }) => people.map(({ payer }) => payer.clientId)),
	today: today()
});

describe.each([
	['behind the walls of the database', () => house.services],
	['without them', () => bare.services]
])('%s', (_title, of) => {
	test('what each client can pay is told to its supplier alone, and to a client of itself alone', async () => {
		for (const { cast, people } of sellers) {
			const sums = await read(of(), cast.owner, (tx) => sumPayableByClient(tx, cast.owner, everybody()));
			expect([...sums.keys()].sort()).toEqual(people.map(({ payer }) => payer.clientId).sort());
			for (const { payer, of: x } of people) {
				const payable = { openMinor: cents(x.open, x.late), lateMinor: cents(x.late) };
				expect(sums.get(payer.clientId)).toEqual(payable);
				const own = await read(of(), payer.scope, (tx) => sumPayableByClient(tx, payer.scope, everybody()));
				expect([...own]).toEqual([[payer.clientId, payable]]);
			}
		}
	});
	test('the supplier’s day: what is owed is account 411, in parts that add up, and dollars are no euros', async () => {
		for (const { cast, people } of sellers) {
			const { totals, otherCurrencies, payments: latest } = await readDashboard(of(), cast.owner);
			expect(totals).toMatchObject({
				currency: 'EUR',
				openMinor: over(people, (x) => x.open + x.late),
				lateMinor: over(people, (x) => x.late),
				busyMinor: over(people, (x) => x.debit + x.plan / 2),
				underWayMinor: over(people, (x) => x.debit),
				elsewhereMinor: 0n,
				creditMinor: over(people, (x) => x.credit),
				claimMinor: 0n,
				receivableMinor: over(people, (x) => x.open + x.late + x.debit + x.plan / 2 - x.credit),
				openCount: 8,
				lateCount: 2
			});
			expect(otherCurrencies).toEqual([
				{ currency: 'USD', receivableMinor: over(people, (x) => x.dollars - x.dollarCredit) }
			]);
			expect(latest).toHaveLength(4);
			const lines = await journalOf(of(), cast);
			const receivables = (currency: string) =>
				add(
					...lines
						.filter((line) => line.account === '411' && line.currency === currency)
						.map((line) => minor(line.debitMinor - line.creditMinor))
				);
			expect(receivables('EUR')).toBe(totals.receivableMinor);
			expect(receivables('USD')).toBe(otherCurrencies[0]!.receivableMinor);
		}
	});
	test('the late list and the late counter are the same invoices', async () => {
		for (const { cast, people } of sellers) {
			const { invoices } = await readInvoiceList(of(), cast.owner, { status: 'late' });
			expect(invoices.map((one) => one.payableMinor).sort()).toEqual(people.map((one) => cents(one.of.late)).sort());
			const { late, underWay, totals } = await readDashboard(of(), cast.owner);
			expect([late.length, underWay.length]).toEqual([totals.lateCount, 2]);
		}
	});
	test('each client, in the list of clients and on its own page', async () => {
		for (const { cast, people } of sellers) {
			const clients = (await ofClients.readClients(of(), cast.owner)).rows;
			expect(clients.map(({ name, openMinor, lateMinor }) => [name, openMinor, lateMinor]).sort()).toEqual(
				people.map(({ name, of: x }) => [name, cents(x.open, x.late), cents(x.late)]).sort()
			);
			for (const person of people) {
				const page = await ofClients.readAdminClient(of(), cast.owner, person.payer.clientId);
				expect(page).toMatchObject({
					ok: true,
					value: { advanceMinor: 0n, claims: [], cost: { early: { count: 0 } } }
				});
				expect(page.ok && page.value.invoices.rows.length).toBe(8);
				expect(page.ok && page.value.payments.rows.map((one) => one.amountMinor).sort()).toEqual(
					[cents(person.of.paid), cents(person.of.plan / 2)].sort()
				);
			}
		}
	});
	test('the portal asks a person for what that client owes, and a page to pay for its invoice', async () => {
		for (const { people } of sellers)
			for (const { payer, of: x, openId } of people) {
				const portal = await readPortal(of(), payer.scope);
				expect([portal.totalMinor, portal.advanceMinor]).toEqual([cents(x.open, x.late), 0n]);
				expect(portal.plans.flatMap((plan) => plan.instalments.map((instalment) => instalment.amountMinor))).toEqual([
					cents(x.plan / 2),
					cents(x.plan / 2)
				]);
				expect(await readPayView(of(), payer.scope, [openId])).toMatchObject({
					ok: true,
					value: { amountMinor: cents(x.open) }
				});
			}
	});
	test('exports, journal and the trial of a rule on past invoices', async () => {
		for (const { cast, people } of sellers) {
			const exported = (await Array.fromAsync(exportInvoices(of(), cast.owner))).flat();
			const left = (currency: string) =>
				add(...exported.filter((one) => one.currency === currency).map((one) => one.balanceMinor));
			expect(left('EUR')).toBe(over(people, (x) => x.open + x.late + x.debit + x.plan / 2 - x.credit));
			expect(left('USD')).toBe(over(people, (x) => x.dollars - x.dollarCredit));
			expect(add(...exported.map((one) => one.nowMinor ?? minor(0n)))).toBe(over(people, (x) => x.open + x.late));
			const lines = await journalOf(of(), cast);
			for (const currency of ['EUR', 'USD'])
				expect(
					add(
						...lines
							.filter((line) => line.currency === currency)
							.map((line) => minor(line.debitMinor - line.creditMinor))
					)
				).toBe(0n);
			expect((await readOffers(of(), cast.owner)).cost.early).toMatchObject({ count: 0, amountMinor: 0n });
			const past = await readSimulation(of(), cast.owner, {
				validFrom: null,
				validUntil: null,
				methods: ['card'],
				discount: {
					tiers: [{ discountBps: 200, counted: 'from_issue', days: 50 }],
					capMinor: null,
					vatMode: 'adjusted',
					excludes: []
				},
				instalments: null
			});
			expect(past).toMatchObject({ invoices: 2, certain: { invoices: 2 } });
			const received = (await payments.readPayments(of(), cast.owner)).rows;
			expect(add(...received.map((one) => one.amountMinor))).toBe(over(people, (x) => x.paid + x.plan / 2));
		}
	});
});
test('a debit that has come leaves what is owed, and the list of what is under way', async () => {
	await house.advance(14);
	await workDue(house.services, 'attempt');
	const { cast, people } = sellers[0];
	const { totals } = await readDashboard(house.services, cast.owner);
	expect([totals.underWayMinor, totals.busyMinor]).toEqual([0n, over(people, (x) => x.plan / 2)]);
});
