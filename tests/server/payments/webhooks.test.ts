// Webhooks: verified, stored once, worked later; whatever is wrong writes nothing.
import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { stripeEvent } from '#lib/server/store/schema/index.ts';
import { handleNextEvent } from '#lib/server/use-cases/payments/handle-event.ts';
import { receiveEvent } from '#lib/server/use-cases/payments/receive-event.ts';
import { compareTotals } from '#lib/server/use-cases/payments/reconcile-balance.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import { readDashboard } from '#lib/server/use-cases/suppliers/read-dashboard.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { stripeGateway } from '#lib/server/gateways/stripe/client.ts';
import { listBalances } from '#lib/server/store/stripe-balances.ts';
import { listGaps } from '#lib/server/store/stripe-books.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { aPayer, anInvoice, aSupplier, aToken, pay, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());

const sign = (body: string, secret = 'whsec_tests', age = 0) => {
	const t = Math.floor(Date.now() / 1000) - age;
	return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
};
const event = (over: Record<string, unknown> = {}) =>
	JSON.stringify(
		{
			id: 'evt_1',
			object: 'event',
			api_version: '2026-10-28.endive',
			type: 'payment_intent.succeeded',
			livemode: false,
			created: 1_790_000_000,
			account: 'acct_lumen',
			data: { object: { id: 'pi_x', object: 'payment_intent', description: 'Éclairage' } },
			...over
		},
		null,
		2
	);
/** Signed, and no event of Stripe's. */
const ODD = [
	'[]',
	'"x"',
	'{"livemode":false}',
	event({ data: null }),
	event({ data: { object: null } }),
	event({ id: {}, type: 7 }),
	event({ id: 'evt_\0' }),
	event({ id: `evt_${'x'.repeat(9000)}` }),
	event({ created: 1e300 }),
	event({ account: { x: 1 } }),
	event({ data: { object: { id: 'pi_\0', object: 'payment_intent' } } }),
	event({ type: 'charge.succeeded', data: { object: { id: 'ch_1', payment_intent: ['x'] } } })
];
const stored = async () => (await house.services.db.system.select().from(stripeEvent)).length;

describe('what arrives', () => {
	test.each([
		['a bad signature', () => [event(), sign(event(), 'whsec_other')]],
		['one 301 seconds old', () => [event(), sign(event(), 'whsec_tests', 301)]],
		['one signed an hour from now', () => [event(), sign(event(), 'whsec_tests', -3600)]],
		[
			'one of tomorrow that says today first',
			() => [event(), `t=${Math.floor(Date.now() / 1000)},${sign(event(), 'whsec_tests', -86_400)}`]
		],
		['one signed by Stripe that is nothing', () => [`null`, sign('null')]],
		...ODD.map((body, i) => [`signed odd shape ${i}`, () => [body, sign(body)]] as const),
		['a changed body', () => [event({ id: 'evt_2' }), sign(event())]],
		['the wrong mode', () => [event({ livemode: true }), sign(event({ livemode: true }))]],
		['no signature', () => [event(), '']]
	] as [string, () => [string, string]][])('%s is refused and nothing is written', async (_name, make) => {
		const [body, signature] = make();
		expect(await receiveEvent(house.services, body, signature)).toBe('invalid');
		expect(await stored()).toBe(0);
	});
	test('an account that is not ours, or an event about no money, is answered and forgotten', async () => {
		for (const body of [
			event({ account: 'acct_stranger' }),
			event({
				type: 'checkout.session.completed',
				data: { object: { id: 'cs_1', object: 'checkout.session', payment_intent: 'pi_x' } }
			}),
			event({ type: 'customer.created', data: { object: { id: 'cus_1', object: 'customer' } } })
		])
			expect(await receiveEvent(house.services, body, sign(body))).toBe('ignored');
		expect(await stored()).toBe(0);
	});
	test('while one secret takes another’s place, both sign', async () => {
		const stripe = { ...house.config.stripe, webhookSecrets: ['whsec_old', 'whsec_tests'] };
		const payments = stripeGateway({ ...house.config, stripe }, async () => {});
		for (const secret of stripe.webhookSecrets)
			expect(payments.readEvent(event(), sign(event(), secret)), secret).toMatchObject({ id: 'evt_1' });
		expect(payments.readEvent(event(), sign(event(), 'whsec_other'))).toBeNull();
	});
	test('the same event twice is kept once', async () => {
		const body = event();
		expect([
			await receiveEvent(house.services, body, sign(body)),
			await receiveEvent(house.services, body, sign(body))
		]).toEqual(['kept', 'known']);
		expect(await stored()).toBe(1);
	});
	test('an event about an intent that is not ours is worked and changes nothing', async () => {
		expect(await handleNextEvent(house.services)).toBe(true);
		expect((await house.services.db.system.select().from(stripeEvent))[0]).toMatchObject({ state: 'done' });
	});
	test('while Stripe is down an event waits, and is worked later', async () => {
		const body = event({ id: 'evt_9' });
		await receiveEvent(house.services, body, sign(body));
		house.world.world.faults.push({
			id: 'down',
			match: { path: '^/v1/' },
			do: { status: 503, should_retry: false },
			seen: 0
		});
		await handleNextEvent(house.services);
		house.world.world.faults = [];
		const waiting = (await house.services.db.system.select().from(stripeEvent)).find(
			(row) => row.stripeEventId === 'evt_9'
		)!;
		// What could not be asked costs no try: an event waits for as long as that lasts.
		expect([waiting.state, waiting.tries]).toEqual(['new', 0]);
		house.world.world.offsetMs += 60_000;
		expect(await handleNextEvent(house.services)).toBe(true);
	});
});
test('a day’s totals agree with Stripe’s own however late we learnt, and money moved without us shows', async () => {
	const payer = await aPayer(house.services, cast);
	const asSystem = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(house.services.db, cast.system, work);
	const gaps = async () => (await asSystem((tx) => listGaps(tx, cast.system, house.services.clock.now()))).rows;
	const compared = async () => (await asSystem((tx) => listBalances(tx, cast.system, house.services.clock.now())))[0]!;
	const balanceGap = async () => {
		const { balanceMinor, booksMinor } = await compared();
		return balanceMinor === booksMinor ? null : { balanceMinor, booksMinor };
	};
	const held = () =>
		BigInt(
			Object.values(house.world.world.accounts.get('acct_lumen')!.balance_transactions).reduce(
				(sum, row) => sum + row.net,
				0
			)
		);
	const inTransit = async () =>
		BigInt(
			(
				await asSystem((tx) =>
					tx.execute<{ sum: string }>(
						sql`select coalesce(sum(debit_minor - credit_minor), 0)::text as sum from journal_line where account = '511'`
					)
				)
			)[0]!.sum
		);
	const refund = async (invoiceId: string, amountMinor: bigint) => {
		const rows = await inScope(house.services.db, cast.system, (tx) =>
			tx.execute<{ id: string }>(sql`select payment_id as id from allocation where invoice_id = ${invoiceId}`)
		);
		return requestRefund(house.services, cast.owner, {
			refundRequestId: newId(),
			paymentId: rows[0]!.id,
			amountMinor: amountMinor as Minor
		});
	};
	const [card, failing, debit, disputed] = [
		await anInvoice(house.services, cast, {}),
		await anInvoice(house.services, cast, {}),
		await anInvoice(house.services, cast, {}),
		await anInvoice(house.services, cast, {})
	];
	await pay(house.services, payer, [card], 120_000);
	await pay(house.services, payer, [failing], 120_000, { method: 'pm_card_refundFail' });
	await pay(house.services, payer, [debit], 120_000, { method: 'pm_success_fr' });
	await pay(house.services, payer, [disputed], 120_000, { method: 'pm_card_createDispute' });
	expect(await refund(card, 50_00n)).toMatchObject({ ok: true });
	expect(await refund(failing, 120_000n)).toMatchObject({ ok: true });
	// Nobody looks for ten days: the debit's success, the failed refund and the dispute are learnt late.
	for (let day = 0; day < 10; day++) await house.advance(1);
	await reconcileRecent(house.services, 30);
	for (let day = 0; day < 12; day++) {
		house.world.world.offsetMs -= 86_400_000;
		await compareTotals(house.services);
	}
	house.world.world.offsetMs += 12 * 86_400_000;
	await compareTotals(house.services);
	// Fees too: the balance at Stripe is account 511, to the cent.
	expect(await inTransit()).toBe(held());
	expect(await balanceGap()).toBeNull();
	expect(await gaps()).toEqual([]);

	const confirmationToken = await aToken(house.services);
	const foreign = await fetch(`${house.config.sandbox!.apiUrl}/v1/payment_intents`, {
		method: 'POST',
		headers: { authorization: `Bearer ${house.config.stripe.secretKey}`, 'stripe-account': 'acct_lumen' },
		body: new URLSearchParams({
			amount: '4200',
			currency: 'eur',
			confirm: 'true',
			confirmation_token: confirmationToken,
			return_url: 'http://localhost:1/x'
		})
	});
	expect(foreign.status).toBe(200);
	await house.advance(1);
	await compareTotals(house.services);
	// Money of another program is left alone, told apart, and no gap.
	expect(await gaps()).toEqual([]);
	const foreignMinor = (await compared()).outsideMinor;
	expect(foreignMinor).toBe(held() - (await inTransit()));
	expect(foreignMinor).toBeGreaterThan(0n);
	expect(await balanceGap()).toBeNull();
	// A card charged a moment ago is in the books before its money is on the balance: no gap, unless it does not come.
	const fresh = await anInvoice(house.services, cast, {});
	await pay(house.services, payer, [fresh], 120_000);
	await compareTotals(house.services);
	expect(await balanceGap()).toBeNull();
	const { work } = house.world.world;
	house.world.world.work = [];
	house.world.world.offsetMs += 3 * 3_600_000;
	await compareTotals(house.services);
	expect(await balanceGap()).not.toBeNull();
	house.world.world.work = work;
	await house.advance(1);
	await compareTotals(house.services);
	expect(await balanceGap()).toBeNull();
	// Money that is in the books and not at Stripe is a gap, shown until it goes.
	const account = house.world.world.accounts.get('acct_lumen')!;
	const [lost] = Object.values(account.balance_transactions).filter((row) => row.type === 'refund');
	account.balance_transactions = Object.fromEntries(
		Object.entries(account.balance_transactions).filter(([id]) => id !== lost!.id)
	);
	await compareTotals(house.services);
	expect(await balanceGap()).toMatchObject({ booksMinor: await inTransit() });
	account.balance_transactions[lost!.id] = lost!;
	await compareTotals(house.services);
	expect(await balanceGap()).toBeNull();
	expect(await gaps()).toEqual([]);
});
test('one object that can’t be read hides no other: it is remembered, tried again, shown, and goes; another program’s is left alone', async () => {
	const payer = await aPayer(house.services, cast, 'poison@client.example', 'Poison');
	const asSystem = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(house.services.db, cast.system, work);
	const account = house.world.world.accounts.get('acct_lumen')!;
	const ids: string[] = [];
	for (const name of ['first', 'poisoned', 'last']) {
		const invoiceId = await anInvoice(house.services, cast, { name: 'Poison' });
		const before = new Set(Object.keys(account.payment_intents));
		await pay(house.services, payer, [invoiceId], 120_000);
		ids.push(Object.keys(account.payment_intents).find((id) => !before.has(id))!);
		expect(name).toBeTruthy();
	}
	// Refunded in Stripe's dashboard, and no webhook came. An order of another program bears a name that is none of ours.
	const refund = (intent: string) =>
		fetch(`${house.config.sandbox!.apiUrl}/v1/refunds`, {
			method: 'POST',
			headers: { authorization: `Bearer ${house.config.stripe.secretKey}`, 'stripe-account': 'acct_lumen' },
			body: new URLSearchParams({ payment_intent: intent, amount: '1000' })
		});
	for (const id of ids) expect((await refund(id)).status).toBe(200);
	const token = await aToken(house.services);
	await fetch(`${house.config.sandbox!.apiUrl}/v1/payment_intents`, {
		method: 'POST',
		headers: { authorization: `Bearer ${house.config.stripe.secretKey}`, 'stripe-account': 'acct_lumen' },
		body: new URLSearchParams({
			amount: '7700',
			currency: 'eur',
			confirm: 'true',
			confirmation_token: token,
			return_url: 'http://localhost:1/x',
			'metadata[attempt_id]': 'order-77'
		})
	});
	house.world.world.faults.push({
		id: 'poison',
		match: { method: 'GET', path: `^/v1/payment_intents/${ids[1]}` },
		do: { status: 400, error: { type: 'invalid_request_error', message: 'no', code: 'weird' } },
		seen: 0
	});
	await house.advance(1);
	await reconcileRecent(house.services, 3);
	const refunded = async () =>
		(
			await asSystem((tx) =>
				tx.execute<{ intent: string }>(
					sql`select p.stripe_payment_intent_id as intent from reversal r join payment p using (supplier_id, payment_id) where p.client_id = ${payer.clientId}`
				)
			)
		).map((row) => row.intent);
	expect((await refunded()).sort()).toEqual([ids[0], ids[2]].sort());
	const board = await readDashboard(house.services, cast.owner);
	expect(board.unsettled.rows.map((one) => one.objectId)).toEqual([ids[1]]);
	// A month later Stripe's events of it are gone; it is tried all the same.
	house.world.world.faults = [];
	house.world.world.events = [];
	await reconcileRecent(house.services, 3);
	expect((await refunded()).sort()).toEqual([...ids].sort());
	expect((await readDashboard(house.services, cast.owner)).unsettled).toEqual({ rows: [], more: 0 });
});
