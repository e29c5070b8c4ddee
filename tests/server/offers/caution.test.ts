// Late clients, broken plans and sums: who is offered no new plan, said kindly, and the same wherever one asks.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { formOf, NEW_OFFER, readForm } from '#lib/contract/offer-form.ts';
import { addDays, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import type { PlanCaution } from '#lib/domain/offers/caution.ts';
import { listPlansOfInvoices } from '#lib/server/store/plans.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { changePlan } from '#lib/server/use-cases/plans/manage-plans.ts';
import {
	aPayer,
	anInvoice,
	anOffer,
	aSupplier,
	instalments,
	pay,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let serial = 0;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());

const inDays = (days: number) => addDays(civilDateIn(house.services.clock.now(), 'Europe/Paris'), days);
type Client = { payer: Payer; invoice: (dueIn?: number) => Promise<string> };
async function aClient(caution: PlanCaution | null): Promise<Client> {
	const name = `Client ${++serial}`;
	const payer = await aPayer(house.services, cast, `client${serial}@clients.example`, name);
	const rule = instalments(caution ? { caution } : {});
	const audience = { kind: 'client' as const, clientId: payer.clientId };
	await anOffer(house.services, cast, { discount: null, instalments: rule }, audience);
	const invoice = (dueIn = 10) =>
		anInvoice(house.services, cast, { name }, { issuedOn: inDays(Math.min(0, dueIn - 10)), dueOn: inDays(dueIn) });
	return { payer, invoice };
}
const reasonOf = async ({ payer }: Client, invoiceId: string) => {
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	if (!view.ok) throw new Error(view.refusal.code);
	const refused = view.value.refused.find((one) => one.kind === 'plan_2');
	return refused ? { reason: refused.reason, words: view.value.words.reasons.map(({ why }) => why).join(' ') } : null;
};
const accept = ({ payer }: Client, invoiceId: string) =>
	pay(house.services, payer, [invoiceId], 60_000, { option: 'plan_2' });
/** No plan is kept before each of them has come as far as it can: left to chance, one is often over before the next has looked. */
async function besideEachOther<T>(asks: (() => Promise<T>)[]): Promise<T[]> {
	const side = postgres(house.databaseUrl, { max: 2 });
	const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
	try {
		const said = await side.begin(async (held) => {
			await held`lock table plan in share mode`;
			const asked = Promise.all(asks.map((ask) => ask()));
			await vi.waitFor(async () => expect(await side.unsafe(waiting)).toHaveLength(asks.length), { timeout: 10_000 });
			return { asked };
		});
		return await said.asked;
	} finally {
		await side.end();
	}
}
const NONE: PlanCaution = { isForLate: false, afterBrokenDays: 90, clientMaxMinor: null };

test('a client that owes something late is offered no plan, of what is late nor of the rest, and takes none; once it has paid, it may', async () => {
	const client = await aClient(NONE);
	const [late, next] = [await client.invoice(-3), await client.invoice()];
	for (const invoiceId of [late, next]) {
		expect(await reasonOf(client, invoiceId)).toMatchObject({
			reason: 'client_late',
			words: expect.stringContaining('une fois réglé ce qui est en retard')
		});
		expect(await accept(client, invoiceId)).toMatchObject({ refusal: { code: 'offer_expired' } });
	}
	expect(await pay(house.services, client.payer, [late], 120_000)).toMatchObject({ value: { status: 'paid' } });
	expect(await reasonOf(client, next)).toBeNull();
	expect(await accept(client, next)).toMatchObject({ value: { status: 'paid' } });
});
test('after a plan that broke, none for as long as the supplier said', async () => {
	const client = await aClient({ ...NONE, isForLate: true, afterBrokenDays: 30 });
	const first = await client.invoice();
	await accept(client, first);
	const [plan] = await inScope(house.services.db, cast.system, (tx) =>
		listPlansOfInvoices(tx, cast.system, [first], { running: true })
	);
	await changePlan(house.services, cast.owner, plan?.planId ?? '', 'end');
	expect(await reasonOf(client, first)).toMatchObject({ reason: 'plan_broken' });
	await house.advance(29);
	expect(await reasonOf(client, await client.invoice())).toMatchObject({ reason: 'plan_broken' });
	await house.advance(1);
	expect(await reasonOf(client, await client.invoice())).toBeNull();
});
test('one client has no more in plans than the supplier lets it, whatever it begins at the same time', async () => {
	const client = await aClient({ ...NONE, clientMaxMinor: minor(150_000n) });
	const invoices = [await client.invoice(), await client.invoice(), await client.invoice()];
	const said = await besideEachOther(invoices.map((invoiceId) => () => accept(client, invoiceId)));
	expect(said.filter((one) => one.ok)).toHaveLength(1);
	for (const invoiceId of invoices.filter((_, i) => !said[i]?.ok))
		expect(await reasonOf(client, invoiceId)).toMatchObject({
			reason: 'plans_full',
			words: expect.stringMatching(/1\s500,00/)
		});
});
test('an offer published before there was such a rule keeps what it promised; a new one begins careful', async () => {
	const client = await aClient(null);
	const late = await client.invoice(-3);
	expect(await reasonOf(client, late)).toBeNull();
	const old = {
		validFrom: null,
		validUntil: null,
		methods: ['card' as const],
		discount: null,
		instalments: instalments()
	};
	const kept = readForm(formOf('Ancienne', { kind: 'all' }, old, 'fr')).terms.instalments?.caution;
	expect(kept).toEqual({ isForLate: true, afterBrokenDays: null, clientMaxMinor: null });
	const fresh = readForm({ ...NEW_OFFER, hasInstalments: true }).terms.instalments?.caution;
	expect(fresh).toEqual({ isForLate: false, afterBrokenDays: 90, clientMaxMinor: null });
});
