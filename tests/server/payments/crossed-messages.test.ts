// Messages that cross: an old refusal read late, an answer that never arrived, somebody else's id. Each at its worst moment.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mintScope } from '#lib/domain/access/scope.ts';
import { newId } from '#lib/server/identity.ts';
import type { Services } from '#lib/server/services.ts';
import type { IntentState, PaymentGateway } from '#lib/server/gateways/stripe/port.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { findInvoice } from '#lib/server/store/invoices.ts';
import { findRefundRequest } from '#lib/server/store/refund-requests.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { checkAttempt } from '#lib/server/use-cases/payments/check-attempt.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import type { Minor } from '#lib/domain/money/minor.ts';
import { workDue } from '../../builders/due.ts';
import { aPayer, anInvoice, aSupplier, aToken, pay, type Cast, type Payer } from '../../builders/parties.ts';
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

const as = <T>(work: (tx: Parameters<Parameters<typeof inScope<T>>[2]>[0]) => Promise<T>): Promise<T> =>
	inScope(house.services.db, cast.system, work);
const attemptNow = async (id: string) => (await as((tx) => findAttempt(tx, cast.system, id)))!;
const balanceOf = async (id: string) => (await as((tx) => findInvoice(tx, cast.system, id)))!.balanceMinor;
/** The house with one door of the payment gateway replaced. */
const withGateway = (change: Partial<PaymentGateway>): Services => ({
	...house.services,
	payments: { ...house.services.payments, ...change }
});
const succeeded = (numbers: string) =>
	Object.values(house.world.world.accounts.get('acct_lumen')!.payment_intents).filter(
		(intent) => String(intent.description).includes(numbers) && intent.status === 'succeeded'
	);

describe('a second try on a declined intent', () => {
	const declined = async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const attemptId = newId();
		await pay(house.services, payer, [invoiceId], 120_000, { method: 'pm_card_visa_chargeDeclined', attemptId });
		return { invoiceId, intentId: (await attemptNow(attemptId)).stripePaymentIntentId! };
	};
	test('keeps its invoice while the first refusal is still being told', async () => {
		const { invoiceId, intentId } = await declined();
		const other = await anInvoice(house.services, cast, {});
		const attemptId = newId();
		const seen: unknown[] = [];
		const services = withGateway({
			confirm: async (input) => {
				// The webhook of the first refusal is worked now, and a colleague pays the same invoice together with another.
				await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });
				seen.push((await attemptNow(attemptId)).status);
				seen.push(await pay(house.services, payer, [invoiceId, other], 240_000));
				return house.services.payments.confirm(input);
			}
		});
		expect(await pay(services, payer, [invoiceId], 120_000, { attemptId })).toMatchObject({
			ok: true,
			value: { status: 'paid' }
		});
		expect(seen).toMatchObject(['open', { ok: false, refusal: { code: 'payment_in_progress' } }]);
		const { number } = (await as((tx) => findInvoice(tx, cast.system, invoiceId)))!;
		expect(succeeded(number)).toHaveLength(1);
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('is not moved by a reading that it overtook', async () => {
		const { invoiceId, intentId } = await declined();
		const attemptId = newId();
		let late: IntentState | null = null;
		const services = withGateway({
			retrieve: async (account, id) => {
				if (late) return house.services.payments.retrieve(account, id);
				late = await house.services.payments.retrieve(account, id);
				await pay(house.services, payer, [invoiceId], 120_000, { method: 'pm_card_authenticationRequired', attemptId });
				return late;
			}
		});
		await settleIntent(services, cast.system, { account: 'acct_lumen', intentId });
		expect(late).toMatchObject({ status: 'requires_payment_method' });
		expect((await attemptNow(attemptId)).status).toBe('awaiting_auth');
	});
	test('declined in its turn, says so and frees the invoice', async () => {
		const { invoiceId } = await declined();
		expect(
			await pay(house.services, payer, [invoiceId], 120_000, { method: 'pm_card_visa_chargeDeclined' })
		).toMatchObject({ ok: true, value: { status: 'declined' } });
		expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({ value: { status: 'paid' } });
	});
});

describe('a refund whose answer was lost', () => {
	const paid = async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		await pay(house.services, payer, [invoiceId], 120_000);
		const rows = await as((tx) =>
			tx.execute<{ id: string }>(sql`select payment_id as id from allocation where invoice_id = ${invoiceId}`)
		);
		return { invoiceId, paymentId: rows[0]!.id };
	};
	const ask = (services: Services, paymentId: string, cents: number, refundRequestId = newId()) =>
		requestRefund(services, cast.owner, { refundRequestId, paymentId, amountMinor: BigInt(cents) as Minor });
	const refundsMade = (paymentId: string) =>
		as((tx) => tx.execute(sql`select 1 from reversal where payment_id = ${paymentId}`));

	test.each([
		['after Stripe made it', true],
		['before Stripe heard of it', false]
	])('%s is made once, and holds its part until then', async (_name, reached) => {
		const { invoiceId, paymentId } = await paid();
		const requestId = newId();
		const services = withGateway({
			refund: async (input) => {
				if (reached) await house.services.payments.refund(input);
				return { kind: 'unknown' };
			}
		});
		expect(await ask(services, paymentId, 50_000, requestId)).toMatchObject({
			ok: false,
			refusal: { code: 'refund_unknown' }
		});
		expect(await ask(house.services, paymentId, 80_000)).toMatchObject({
			ok: false,
			refusal: { code: 'refund_above_rest', detail: { restMinor: '70000' } }
		});
		house.world.world.offsetMs += 120_000;
		await workDue(house.services, 'refund');
		await workDue(house.services, 'refund');
		expect(await balanceOf(invoiceId)).toBe(50_000n);
		expect(await refundsMade(paymentId)).toHaveLength(1);
		expect(await as((tx) => findRefundRequest(tx, cast.system, requestId))).toMatchObject({ status: 'accepted' });
		expect(await ask(house.services, paymentId, 70_000)).toMatchObject({ ok: true });
		expect(await balanceOf(invoiceId)).toBe(120_000n);
	});
	test('half a day later is only looked for, never sent again', async () => {
		const { invoiceId, paymentId } = await paid();
		const requestId = newId();
		await ask(withGateway({ refund: async () => ({ kind: 'unknown' }) }), paymentId, 50_000, requestId);
		house.world.world.offsetMs += 13 * 3_600_000;
		await workDue(house.services, 'refund');
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect(await ask(house.services, paymentId, 50_000, requestId)).toMatchObject({ ok: false });
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('the same form sent again two days later gives the first answer', async () => {
		const { invoiceId, paymentId } = await paid();
		const requestId = newId();
		const first = await ask(house.services, paymentId, 50_000, requestId);
		house.world.world.offsetMs += 48 * 3_600_000;
		expect(await ask(house.services, paymentId, 50_000, requestId)).toEqual(first);
		expect(await balanceOf(invoiceId)).toBe(50_000n);
	});
});

test('somebody else’s attempt id is refused, and changes nothing of theirs', async () => {
	const neighbour = await aPayer(house.services, cast, 'voisin@client.example', 'Voisin');
	const mine = await anInvoice(house.services, cast, {});
	const theirs = await anInvoice(house.services, cast, { name: 'Voisin' });
	const attemptId = newId();
	await pay(house.services, payer, [mine], 120_000, { attemptId });
	expect(await pay(house.services, neighbour, [theirs], 120_000, { attemptId })).toMatchObject({
		ok: false,
		refusal: { code: 'attempt_id_reused' }
	});
	expect(await balanceOf(theirs)).toBe(120_000n);
});
test('a page sent again the next day tells what became of its try, and asks Stripe for nothing', async () => {
	const invoiceId = await anInvoice(house.services, cast, {});
	const [attemptId, token] = [newId(), await aToken(house.services)];
	await pay(house.services, payer, [invoiceId], 120_000, { attemptId, token });
	house.world.world.offsetMs += 30 * 3_600_000;
	const before = house.world.world.requests.filter((request) => request.method === 'POST').length;
	expect(await pay(house.services, payer, [invoiceId], 120_000, { attemptId, token })).toMatchObject({
		ok: true,
		value: { status: 'paid' }
	});
	expect(house.world.world.requests.filter((request) => request.method === 'POST')).toHaveLength(before);
});

test('a pay link tells nothing of what was paid together with other invoices', async () => {
	const [mine, other] = [
		await anInvoice(house.services, cast, {}),
		await anInvoice(house.services, cast, {}, { grossMinor: 77_700 })
	];
	const link = mintScope(cast.supplierId, {
		kind: 'pay_link',
		payLinkId: newId(),
		contactId: payer.contactId,
		clientId: payer.clientId,
		invoiceId: mine
	});
	const attemptId = newId();
	await pay(house.services, payer, [mine, other], 197_700, { method: 'pm_success_fr', attemptId });
	const seen = async () =>
		JSON.stringify(await readPayView(house.services, link, [mine]), (_, v: unknown) =>
			typeof v === 'bigint' ? String(v) : v
		);
	const { number } = (await as((tx) => findInvoice(tx, cast.system, other)))!;
	expect(await seen()).toContain('"status":"processing","amountMinor":"120000","methodLabel":null');
	expect(await seen()).not.toMatch(new RegExp(`197700|77700|${number}|3000|••••`));
	expect(await checkAttempt(house.services, link, attemptId)).toMatchObject({ refusal: { code: 'not_found' } });
	await house.advance(14);
	await settleIntent(house.services, cast.system, {
		account: 'acct_lumen',
		intentId: (await attemptNow(attemptId)).stripePaymentIntentId!
	});
	expect(await seen()).toContain('"state":"paid"');
	expect(await seen()).not.toMatch(new RegExp(`197700|77700|${number}|••••`));
});
