// What can't be asked or read hides nothing else: each queue about Stripe comes to its end, or back to its beginning, whatever stands in it.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt, insertAttempt, type NewAttempt } from '#lib/server/store/attempts.ts';
import { listUnsettledObjects, noteUnsettled } from '#lib/server/store/stripe-books.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { forgetMethods } from '#lib/server/use-cases/methods/manage-methods.ts';
import { changeStripeAccount } from '#lib/server/use-cases/suppliers/change-payee.ts';
import { workDue } from '../../builders/due.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let former: string;
let today: string;
let serial = 0;
const NUMBERS = Array.from({ length: 10 }, (_, i) => i);
beforeAll(async () => {
	house = await openHouse(NUMBERS.flatMap((i) => [`acct_former${i}`, `acct_today${i}`]));
});
afterAll(() => house.close());
beforeEach(async () => {
	serial += 1;
	[former, today] = [`acct_former${serial}`, `acct_today${serial}`];
	Object.assign(house.world.world, { refusedKeys: [], refusedAccounts: [], faults: [] });
	cast = await aSupplier(house.services, former, `Lumen ${serial}`);
	payer = await aPayer(house.services, cast, `paul${serial}@roche.example`);
});

const asSystem = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(house.services.db, cast.system, work);
const statusOf = async (id: string) => (await asSystem((tx) => findAttempt(tx, cast.system, id)))?.status;
const ago = (minutes: number) => new Date(house.services.clock.now().getTime() - minutes * 60_000);
const pass = (minutes: number) => void (house.world.world.offsetMs += minutes * 60_000);
const kept = (over: Partial<NewAttempt>): NewAttempt => ({
	attemptId: newId(),
	clientId: payer.clientId,
	contactId: null,
	channel: 'portal',
	amountMinor: minor(1_000n),
	currency: 'EUR',
	confirmationTokenId: 'tok',
	description: '',
	returnUrl: '',
	status: 'processing',
	stripePaymentIntentId: `pi_${newId()}`,
	stripeAccount: former,
	retriesIntent: false,
	createdAt: ago(60),
	updatedAt: ago(60),
	...over
});
const keep = (rows: NewAttempt[]) =>
	asSystem(async (tx) => {
		for (const row of rows) await insertAttempt(tx, cast.system, row, [], { live: false });
	});
const many = (count: number, over: Partial<NewAttempt> = {}) => keep(Array.from({ length: count }, () => kept(over)));
/** Stripe has charged the card, and its answer was lost. */
async function lostAnswer(account: string): Promise<string> {
	const invoiceId = await anInvoice(house.services, cast, {});
	const attemptId = newId();
	const match = { method: 'POST', path: '^/v1/payment_intents$' };
	house.world.world.faults.push({ id: 'f', match, do: { drop: 'after' }, seen: 0 });
	await pay(house.services, payer, [invoiceId], 120_000, { attemptId, account });
	house.world.world.faults = [];
	expect(await statusOf(attemptId)).toBe('open');
	return attemptId;
}
const move = () => changeStripeAccount(house.services, cast.owner, today);

test.each(['processing', 'open'] as const)(
	'120 tries that are %s on an account that does not answer keep nothing from one that answers',
	async (status) => {
		await many(120, { status });
		await move();
		house.world.world.refusedAccounts = [former];
		const attemptId = await lostAnswer(today);
		pass(2);
		await workDue(house.services, 'attempt');
		expect(await statusOf(attemptId)).toBe('paid');
	}
);
test('120 tries that can’t be read keep nothing from another of the same account', async () => {
	await many(120, { status: 'awaiting_auth' });
	const attemptId = await lostAnswer(former);
	pass(2);
	await workDue(house.services, 'attempt');
	pass(2);
	await workDue(house.services, 'attempt');
	expect(await statusOf(attemptId)).toBe('paid');
});
test('a day of many debits keeps no lost answer waiting', async () => {
	await many(120);
	const attemptId = await lostAnswer(former);
	pass(2);
	await workDue(house.services, 'attempt');
	expect(await statusOf(attemptId)).toBe('paid');
});

test('refunds, and means of payment to forget, that an account does not answer for keep nothing from those of another', async () => {
	const paidOn = async (account: string) => {
		const attemptId = newId();
		const invoiceId = await anInvoice(house.services, cast, {});
		await pay(house.services, payer, [invoiceId], 120_000, { attemptId, account });
		const [row] = await asSystem((tx) =>
			tx.execute<{ id: string }>(sql`select payment_id as id from payment where attempt_id = ${attemptId}`)
		);
		return row?.id ?? '';
	};
	const refund = (paymentId: string, count: number, minutes: number) =>
		asSystem((tx) =>
			tx.execute(sql`insert into refund_request (supplier_id, refund_request_id, payment_id, amount_minor, status, meaning, requested_by, created_at)
				select ${cast.supplierId}, gen_random_uuid(), ${paymentId}, 100, 'open', 'error', 'x', ${ago(minutes).toISOString()}::timestamptz from generate_series(1, ${count}::int)`)
		);
	const method = (id: string, account: string, count: number, minutes: number) =>
		asSystem((tx) =>
			tx.execute(sql`insert into saved_method (supplier_id, method_id, client_id, contact_id, stripe_payment_method_id, stripe_account, type, label, created_at, removed_at)
				select ${cast.supplierId}, gen_random_uuid(), ${payer.clientId}, ${payer.contactId}, ${id} || n, ${account}, 'card', 'Visa', ${ago(90).toISOString()}::timestamptz, ${ago(minutes).toISOString()}::timestamptz from generate_series(1, ${count}::int) n`)
		);
	await refund(await paidOn(former), 120, 60);
	await method('pm_former', former, 120, 60);
	await move();
	house.world.world.refusedAccounts = [former];
	await refund(await paidOn(today), 1, 30);
	await method('pm_today', today, 1, 30);
	await workDue(house.services, 'refund');
	await forgetMethods(house.services);
	const [left] = await asSystem((tx) =>
		tx.execute<{ refunds: number; methods: number }>(sql`select
			(select count(*)::int from refund_request where supplier_id = ${cast.supplierId} and status = 'open') as refunds,
			(select count(*)::int from saved_method where supplier_id = ${cast.supplierId} and detached_at is null) as methods`)
	);
	expect(left).toEqual({ refunds: 120, methods: 120 });
});

test('objects that could not be settled on one account hide none of another', async () => {
	await move();
	await asSystem(async (tx) => {
		for (let i = 0; i < 5; i++)
			await noteUnsettled(tx, cast.system, { account: former, objectId: `pi_${i}`, problem: '' }, ago(60));
		await noteUnsettled(tx, cast.system, { account: today, objectId: 'pi_today', problem: '' }, ago(5));
	});
	const found = await asSystem((tx) =>
		listUnsettledObjects(tx, cast.system, house.services.clock.now(), { of: today, limit: 3 })
	);
	expect(found.map((one) => one.objectId)).toEqual(['pi_today']);
});
