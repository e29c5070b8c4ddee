// A programme is tried on a whole year of payments, however many there were: what is held against the supplier's own cap is never an instalment of it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { minor } from '#lib/domain/money/minor.ts';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { getSupplier } from '#lib/server/store/suppliers.ts';
import { listPayments } from '#lib/server/store/payments.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { tryOnPast } from '#lib/server/use-cases/points/try-programme.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast } from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
const { asSystem, inDays } = stageOf(() => ({ house, cast }));
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());

const tried = (page?: number) =>
	asSystem(async (tx) => {
		const supplier = await getSupplier(tx, cast.owner);
		const now = house.services.clock.now();
		return tryOnPast(tx, cast.owner, { terms: DEFAULT_PROGRAMME, supplier, now, ...(page ? { page } : {}) });
	});

test('read a row at a time or all at once, the year is the same: no client, no invoice and no cent is left out or counted twice', async () => {
	const { services } = house;
	for (const [i, name] of ['Menuiserie Roche', 'Boulangerie Petit', 'Garage Morel'].entries()) {
		const payer = await aPayer(services, cast, `paul${i}@roche.example`, name);
		const bill = (grossMinor: number, dueIn = 5) =>
			anInvoice(services, cast, { name }, { issuedOn: inDays(-40), dueOn: inDays(dueIn), grossMinor });
		await pay(services, payer, [await bill(10_000), await bill(20_000, -3), await bill(30_000)], 60_000);
		await pay(services, payer, [await bill(40_000 + i * 1000)], 40_000 + i * 1000);
		// All of it went back: no act, and the last row of a page all the same.
		const gone = await bill(50_000);
		await pay(services, payer, [gone], 50_000);
		const [payment] = await asSystem((tx) => listPayments(tx, cast.system, { invoiceId: gone }));
		const { paymentId } = required(payment, 'payment');
		const asked = { refundRequestId: newId(), paymentId, amountMinor: minor(50_000n) };
		expect(await requestRefund(services, cast.owner, asked)).toMatchObject({ ok: true });
	}
	const whole = await tried();
	expect(whole.trial).toMatchObject({ clientCount: 3, invoices: 12, paidMinor: 303_000n });
	for (const page of [1, 2, 3, 5]) expect(await tried(page), `${page} at a time`).toEqual(whole);
});
