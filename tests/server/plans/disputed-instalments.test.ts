// A bank takes back what paid an instalment of a plan, and gives some of it back: the instalment is paid as long as something of it stands, and the rest is owed beside the plan.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from 'drizzle-orm';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { closeDispute, openDispute } from '#sandbox/stripe/reversals.ts';
import {
	anInvoice,
	anOffer,
	aPayer,
	aSupplier,
	instalments,
	pay,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast, { discount: null, instalments: instalments() });
});
afterAll(() => house.close());
const { asSystem, inDays, balanceOf, partsOf, planOf, live } = stageOf(() => ({ house, cast }));

test('a dispute that is won in part: what stands pays its part, the rest is owed today, and nobody is asked for the part again', async () => {
	const invoiceId = await anInvoice(house.services, cast, {}, { issuedOn: inDays(0), dueOn: inDays(30) });
	expect((await pay(house.services, payer, [invoiceId], 60_000, { option: 'plan_2', method: 'pm_card_visa' })).ok).toBe(
		true
	);
	const account = house.world.world.accounts.get('acct_lumen')!;
	const dispute = openDispute(house.world.world, account, Object.values(account.charges)[0]!, 'fraudulent');
	await live(1);
	expect([await balanceOf(invoiceId), await partsOf(invoiceId)]).toEqual([120_000n, ['action_needed', 'scheduled']]);
	closeDispute(house.world.world, account, dispute, 'lost', 24_000);
	await live(1);
	expect([await balanceOf(invoiceId), await partsOf(invoiceId)]).toEqual([96_000n, ['paid', 'scheduled']]);
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	expect(view.ok && view.value.amountMinor).toBe(36_000n);
	await live(20);
	expect([await balanceOf(invoiceId), await partsOf(invoiceId)]).toEqual([36_000n, ['paid', 'paid']]);
});

test.each([
	['is mended with it', false],
	['breaks all the same for another part that was refused', true]
])('a dispute that is won: the plan %s', async (_, another) => {
	const invoiceId = await anInvoice(house.services, cast, {}, { issuedOn: inDays(0), dueOn: inDays(50) });
	const asked = { option: 'plan_3' as const, method: 'pm_card_visa' };
	expect(await pay(house.services, payer, [invoiceId], 40_000, asked)).toMatchObject({ ok: true });
	const account = house.world.world.accounts.get('acct_lumen')!;
	const dispute = openDispute(house.world.world, account, Object.values(account.charges).at(-1)!, 'fraudulent');
	await live(1);
	expect((await planOf(invoiceId)).cureEndsOn).not.toBeNull();
	const { planId } = await planOf(invoiceId);
	if (another)
		await asSystem((tx) =>
			tx.execute(sql`update plan_part set status = 'action_needed' where plan_id = ${planId} and position = 2`)
		);
	closeDispute(house.world.world, account, dispute, 'won');
	await live(1);
	expect((await partsOf(invoiceId))[0]).toBe('paid');
	expect((await planOf(invoiceId)).cureEndsOn === null).toBe(!another);
});
