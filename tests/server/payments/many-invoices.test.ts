// Several invoices at once: more than one payment takes are paid in several, and nothing that was ticked is lost; what is settled is told of those alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minor, type Minor } from '#lib/domain/money/minor.ts';
import { newId, newSecret } from '#lib/server/identity.ts';
import { readPortal } from '#lib/server/use-cases/invoices/read-portal.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { copiesOf } from '../../builders/many.ts';
import { anInvoice, anOffer, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { askEndpoint, findEndpoints, openDoors, type Endpoint } from '../../setup/routes.ts';

const ORIGIN = 'http://localhost:1';
let house: TestHouse;
let doors: ReturnType<typeof openDoors>;
let endpoints: Endpoint[];
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	doors = openDoors(house);
	endpoints = await findEndpoints();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
});
afterAll(async () => {
	doors.close();
	await house.close();
});
const { inDays } = stageOf(() => ({ house, cast }));

describe('sixty-three of a client’s invoices', () => {
	let ids: string[];
	let cookie: string;
	beforeAll(async () => {
		await anOffer(house.services, cast);
		const today = inDays(0);
		const one = await anInvoice(house.services, cast, {}, { grossMinor: 12_000, issuedOn: today, dueOn: inDays(1) });
		// The last thirteen fall due last, and are too old for an early price.
		const each = {
			due_on: `'${today}'::date + (case when n > 49 then 40 else 2 end)`,
			issued_on: `'${today}'::date - (case when n > 49 then 30 else 0 end)`
		};
		await copiesOf(house, one, { count: 62, each });
		ids = (await readPortal(house.services, payer.scope)).open.map((invoice) => invoice.invoiceId);
		const contact = { kind: 'contact' as const, supplierId: cast.supplierId, subjectId: payer.contactId };
		const { cookie: made } = await doors.sessions.create(contact, {
			userAgent: 'test',
			address: null,
			provenAt: house.services.clock.now()
		});
		cookie = `${made.name}=${made.value}; ponctuel_browser=${newSecret()}`;
	});
	const ask = (name: string, more: { query?: string; json?: unknown }) =>
		askEndpoint(
			endpoints.find((one) => one.name === name)!,
			{
				origin: ORIGIN,
				params: {},
				headers: { cookie, origin: ORIGIN, ...(more.json ? { 'content-type': 'application/json' } : {}) },
				...(more.query ? { query: more.query } : {}),
				...(more.json ? { body: JSON.stringify(more.json) } : {})
			}
		);
	type Shown = { view: { amountMinor: string } | null; lots?: { invoiceIds: string[]; amountMinor: string }[] };
	const payPage = async (chosen: string[]): Promise<Shown> => {
		const answer = await ask('GET /portail/payer', { query: `?${chosen.map((id) => `facture=${id}`).join('&')}` });
		expect(answer.status).toBe(200);
		return ((await answer.json()) as Shown[]).find((instalment) => 'view' in instalment)!;
	};

	test('are two payments: each invoice is in one, what falls due first in the first, at the sums that their pages then ask', async () => {
		expect(ids).toHaveLength(63);
		const { view, lots = [] } = await payPage(ids.toReversed());
		expect(view).toBeNull();
		expect(lots.map((lot) => lot.invoiceIds)).toEqual([ids.slice(0, 50), ids.slice(50)]);
		// 50 × 120 € less 2 %; 13 × 120 €.
		expect(lots.map((lot) => lot.amountMinor)).toEqual(['588000', '156000']);
		const second = await payPage(lots[1]!.invoiceIds);
		expect(second.view?.amountMinor).toBe('156000');
	});
	test('fifty are one payment, without a detour', async () =>
		expect((await payPage(ids.slice(0, 50))).view?.amountMinor).toBe('600000'));
	test('asked for in one payment are refused with the number that it takes, and nothing begins', async () => {
		const asked = { attemptId: newId(), confirmationTokenId: 'ctoken_12345678', expectedAmountMinor: '756000' };
		const answer = await ask('POST /portail/paiement', { json: { ...asked, invoiceIds: ids } });
		expect(answer.status).toBe(409);
		expect(await answer.json()).toMatchObject({
			error: { code: 'too_many_invoices', message: expect.stringContaining('Un paiement prend 50 factures au plus') }
		});
	});
	test('come back to after the first payment, the page holds what is left', async () => {
		expect(await pay(house.services, payer, ids.slice(0, 50), 600_000, { method: 'pm_card_visa' })).toMatchObject({
			ok: true
		});
		await house.drain();
		const { lots = [] } = await payPage(ids);
		expect(lots.map((lot) => lot.invoiceIds)).toEqual([ids.slice(50)]);
	});
});

describe('several that are settled', () => {
	const fresh = () => anInvoice(house.services, cast, {}, { grossMinor: 12_000, issuedOn: inDays(-40) });
	const payNow = async (invoiceIds: string[]) => {
		expect(
			await pay(house.services, payer, invoiceIds, 12_000 * invoiceIds.length, { method: 'pm_card_visa' })
		).toMatchObject({ ok: true });
		await house.drain();
	};
	const told = async (invoiceIds: string[]): Promise<Minor[]> => {
		const view = await readPayView(house.services, payer.scope, invoiceIds);
		return view.ok ? view.value.payments.map((payment) => payment.amountMinor) : [];
	};
	test('by one payment: it is told, with its receipt, in whatever order they are named', async () => {
		const ids = [await fresh(), await fresh()];
		await payNow(ids);
		expect(await told(ids)).toEqual([24_000n]);
		expect(await told(ids.toReversed())).toEqual([24_000n]);
	});
	test('each by its own, or together with another one: no payment is told as theirs', async () => {
		const [one, two, three] = [await fresh(), await fresh(), await fresh()];
		await payNow([one]);
		await payNow([two, three]);
		expect(await told([one, two])).toEqual([]);
		expect(await told([one, two, three])).toEqual([]);
	});
	test('by one payment that was given back, and paid again: the first is told no more', async () => {
		const ids = [await fresh(), await fresh()];
		await payNow(ids);
		const view = await readPayView(house.services, payer.scope, ids);
		const paymentId = view.ok ? view.value.payments[0]!.paymentId : '';
		const asked = { refundRequestId: newId(), paymentId, amountMinor: minor(24_000n), meaning: 'error' as const };
		expect(await requestRefund(house.services, cast.owner, asked)).toMatchObject({ ok: true });
		await house.drain();
		await payNow([ids[0]!]);
		await payNow([ids[1]!]);
		expect(await told(ids)).toEqual([]);
	});
});
