// Writers of money lock in one order (docs/house.md): attempt, invoices by id, means of payment, plans, points. Somebody holds an earlier row, and the use case that
// waits for it must have nothing in its hands that comes later: else the two could wait for each other.
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { minor } from '#lib/domain/money/minor.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { lockInvoices } from '#lib/server/store/lock-invoices.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { withdrawInvoices } from '#lib/server/use-cases/invoices/withdraw-invoices.ts';
import { conclude, setUpMethod } from '#lib/server/use-cases/methods/set-up-method.ts';
import { readMethods } from '#lib/server/use-cases/methods/manage-methods.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import { changePlan } from '#lib/server/use-cases/plans/manage-plans.ts';
import {
	FROM,
	aPayer,
	aToken,
	anInvoice,
	anOffer,
	aSupplier,
	instalments,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { aProgramme, acceptRules, givePoints } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let later: Payer;
let holder: postgres.Sql;
let looker: postgres.Sql;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast, { discount: null, instalments: instalments({ counts: [2] }) });
	later = await aPayer(house.services, cast, 'later@later.example', 'Plus Tard');
	const onDueDate = { discount: null, instalments: instalments({ counts: [2], firstPart: 'on_due_date' as const }) };
	await anOffer(house.services, cast, onDueDate, { kind: 'client', clientId: later.clientId });
	holder = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	looker = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
});
afterEach(() => {
	house.world.world.faults = [];
});
afterAll(async () => {
	await Promise.all([holder.end(), looker.end()]);
	await house.close();
});

/** Credit notes of 12 €, in the order of the invoices they are about. */
async function creditNotes(...about: string[]): Promise<string[]> {
	const invoices = about.map((of, i) => ({
		number: `A-${newId()}`,
		type_code: '381',
		preceding_number: of,
		issued_on: inDays(i),
		due_on: inDays(i),
		client: { name: 'Menuiserie Roche' },
		net_minor: '1000',
		vat_lines: [{ rate_bps: 2000, base_minor: '1000', vat_minor: '200' }],
		gross_minor: '1200'
	}));
	const bytes = new TextEncoder().encode(JSON.stringify({ invoices }));
	const imported = await importInvoices(house.services, cast.owner, [{ name: 'credits.json', bytes }], {
		sendMails: false
	});
	return imported.ok
		? imported.value.map(({ outcome, invoiceId }) => invoiceId ?? outcome)
		: [JSON.stringify(imported)];
}

const { inDays, asSystem, planOf } = stageOf(() => ({ house, cast }));
const fresh = (name = 'Menuiserie Roche') =>
	anInvoice(house.services, cast, { name }, { issuedOn: inDays(0), dueOn: inDays(30) });
type Asked = Partial<Parameters<typeof startPayment>[2]> & { invoiceIds: string[]; method?: string };
const ask = async (who: Payer, { method, ...over }: Asked) =>
	startPayment(
		house.services,
		who.scope,
		{
			attemptId: newId(),
			confirmationTokenId: method ? await aToken(house.services, method) : null,
			option: 'now',
			expectedAmountMinor: minor(120_000n),
			...over
		},
		FROM
	);

const IN_ORDER = [
	['payment_attempt', 'payment_attempt_invoice'],
	['invoice'],
	['open_item'],
	['saved_method'],
	['plan', 'plan_part', 'attempt_part'],
	['points_account']
];
type Held = 'payment_attempt' | 'invoice' | 'saved_method';
/**
 * Somebody holds a row while `work` comes for it. Returns what `work` has locked or written meanwhile of the tables that come later; `look` asks more of that
 * moment. Then the row is free, and `work` ends.
 */
async function heldBefore(
	{ table, id }: { table: Held; id: string },
	work: () => Promise<unknown>,
	look: () => Promise<unknown> = async () => undefined
): Promise<string[]> {
	const key = { payment_attempt: 'attempt_id', invoice: 'invoice_id', saved_method: 'method_id' }[table];
	const hold = await holder.reserve();
	let begun: Promise<unknown> | undefined;
	try {
		await hold`begin`;
		await hold.unsafe(`select from ${table} where ${key} = $1 for no key update`, [id]);
		const [own] = await hold<{ pid: number }[]>`select pg_backend_pid() as pid`;
		begun = work();
		begun.catch(() => {});
		const waiting = () =>
			looker<{ pid: number }[]>`select pid from pg_stat_activity where ${own!.pid} = any(pg_blocking_pids(pid))`;
		await expect.poll(async () => (await waiting()).length, { timeout: 10_000 }).toBe(1);
		const [{ pid } = { pid: 0 }] = await waiting();
		const locks = await looker<{ name: string }[]>`
			select distinct c.relname as name from pg_locks l join pg_class c on c.oid = l.relation
			where l.pid = ${pid} and l.mode in ('RowShareLock', 'RowExclusiveLock')`;
		await look();
		const laterOnes = IN_ORDER.slice(IN_ORDER.findIndex((names) => names.includes(table)) + 1).flat();
		return locks.map(({ name }) => name).filter((name) => laterOnes.includes(name));
	} finally {
		await hold`rollback`;
		hold.release();
		await begun;
	}
}
const isFree = async (invoiceId: string): Promise<boolean> =>
	looker`select from invoice where invoice_id = ${invoiceId} for no key update nowait`.then(
		() => true,
		() => false
	);

/** A plan whose first instalment is being debited, and whose debit has just succeeded at Stripe. */
async function aDebitThatSucceeded(): Promise<{ invoiceId: string; intentId: string; methodId: string }> {
	const invoiceId = await fresh();
	const attemptId = newId();
	const asked = { attemptId, method: 'pm_success_fr', option: 'plan_2' as const, expectedAmountMinor: minor(60_000n) };
	expect(await ask(payer, { invoiceIds: [invoiceId], ...asked })).toMatchObject({ value: { status: 'processing' } });
	await house.advance(12);
	const [row] = await looker<{ intentId: string }[]>`
		select stripe_payment_intent_id as "intentId" from payment_attempt where attempt_id = ${attemptId}`;
	return { invoiceId, intentId: row!.intentId, methodId: required((await planOf(invoiceId)).methodId, 'method') };
}
const settle = (intentId: string) => () =>
	settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });

describe('settling', () => {
	test('has nothing of the invoice, its means of payment or its plan while it waits for the invoice', async () => {
		const { invoiceId, intentId } = await aDebitThatSucceeded();
		expect(await heldBefore({ table: 'invoice', id: invoiceId }, settle(intentId))).toEqual([]);
		expect((await planOf(invoiceId)).instalments[0]).toMatchObject({ status: 'paid' });
	});
	test('has nothing of the plan while it waits for the means of payment', async () => {
		const { intentId, methodId } = await aDebitThatSucceeded();
		expect(await heldBefore({ table: 'saved_method', id: methodId }, settle(intentId))).toEqual([]);
	});
});

test('who pays with points by a card that is kept has no points in hand while it waits for the card', async () => {
	await ask(payer, { invoiceIds: [await fresh()], method: 'pm_card_visa', remember: true });
	const card = required(
		(await readMethods(house.services, payer.scope)).methods.find((method) => method.type === 'card'),
		'card'
	);
	await aProgramme(house.services, cast);
	await acceptRules(house.services, cast, payer);
	await givePoints(house.services, cast, payer.clientId, 100);
	const invoiceIds = [await fresh()];
	const asked = { savedMethodId: card.methodId, usePoints: 100, expectedAmountMinor: minor(119_500n) };
	const paying = () => ask(payer, { invoiceIds, ...asked });
	let paid: unknown;
	expect(
		await heldBefore({ table: 'saved_method', id: card.methodId }, async () => void (paid = await paying()))
	).toEqual([]);
	expect(paid).toMatchObject({ ok: true, value: { status: 'paid' } });
});

describe('another means of payment', () => {
	test('of a plan that runs: the invoices first', async () => {
		const invoiceId = await fresh();
		await ask(payer, {
			invoiceIds: [invoiceId],
			method: 'pm_card_visa',
			option: 'plan_2',
			expectedAmountMinor: minor(60_000n)
		});
		const { planId } = await planOf(invoiceId);
		const confirmationTokenId = await aToken(house.services, 'pm_card_mastercard');
		const input = { setupId: newId(), planId, confirmationTokenId };
		const change = () => setUpMethod(house.services, payer.scope, input, FROM);
		expect(await heldBefore({ table: 'invoice', id: invoiceId }, change)).toEqual([]);
	});
	/** Accepted, and its bank asks the person. */
	async function aDeferredPlan(): Promise<{ invoiceId: string; attemptId: string }> {
		const [invoiceId, attemptId] = [await fresh('Plus Tard'), newId()];
		const asked = { attemptId, method: 'pm_card_authenticationRequired', option: 'plan_2' as const };
		expect(await ask(later, { invoiceIds: [invoiceId], ...asked, expectedAmountMinor: minor(0n) })).toMatchObject({
			value: { status: 'awaiting_auth' }
		});
		return { invoiceId, attemptId };
	}
	const end = (attemptId: string, status: 'succeeded' | 'declined') => () =>
		asSystem((tx) =>
			conclude(house.services, cast.system, tx, attemptId, {
				status,
				errorCode: status === 'declined' ? 'card_declined' : null,
				state:
					status === 'declined'
						? null
						: {
								setupIntentId: `seti_${attemptId}`,
								status: 'succeeded',
								clientSecret: null,
								errorCode: null,
								declineCode: null,
								paymentMethodId: `pm_${attemptId}`,
								methodType: 'card',
								methodLabel: 'Visa •••• 4242',
								expiryMonth: 12,
								expiryYear: 2040,
								mandateId: null,
								mandateReference: null
							}
			})
		);
	test.each(['succeeded', 'declined'] as const)(
		'of a plan that begins later, when it %s: its attempt, then the invoices',
		async (status) => {
			const one = await aDeferredPlan();
			expect(await heldBefore({ table: 'payment_attempt', id: one.attemptId }, end(one.attemptId, status))).toEqual([]);
			const two = await aDeferredPlan();
			expect(await heldBefore({ table: 'invoice', id: two.invoiceId }, end(two.attemptId, status))).toEqual([]);
			const [plan] = await looker<{ status: string }[]>`select status from plan where plan_id = ${two.attemptId}`;
			expect(plan!.status).toBe(status === 'succeeded' ? 'active' : 'canceled');
		}
	);
});

describe('a plan of several invoices', () => {
	async function ofTwo(): Promise<{ ids: [string, string]; planId: string }> {
		const [low, high] = [await fresh(), await fresh()].sort() as [string, string];
		const asked = { method: 'pm_card_visa', option: 'plan_2' as const, expectedAmountMinor: minor(120_000n) };
		expect(await ask(payer, { invoiceIds: [high, low], ...asked })).toMatchObject({ value: { status: 'paid' } });
		return { ids: [low, high], planId: (await planOf(low)).planId };
	}
	test('whoever moves it has all of them before it', async () => {
		const { ids, planId } = await ofTwo();
		for (const [id, action] of [
			[ids[0], 'pause'],
			[ids[1], 'end']
		] as const)
			expect(
				await heldBefore({ table: 'invoice', id }, () => changePlan(house.services, cast.owner, planId, action))
			).toEqual([]);
		expect((await planOf(ids[0])).status).toBe('in_default');
	});
	test('whoever comes for one has the other with it, in order of their ids', async () => {
		const { ids } = await ofTwo();
		for (const [held, asked] of [
			[ids[0], ids[1]],
			[ids[1], ids[0]]
		] as const) {
			let isHighFree: boolean | undefined;
			const look = async () => void (isHighFree = await isFree(ids[1]));
			const lock = () => asSystem((tx) => lockInvoices(tx, cast.system, [asked]));
			expect(await heldBefore({ table: 'invoice', id: held }, lock, look)).toEqual([]);
			expect(isHighFree).toBe(held === ids[0]);
		}
	});
});

describe('credit notes', () => {
	async function twoInvoices(): Promise<{ invoiceId: string; number: string }[]> {
		const ids = [await fresh(), await fresh()];
		return looker<{ invoiceId: string; number: string }[]>`
			select invoice_id as "invoiceId", number from invoice where invoice_id in ${looker(ids)} order by invoice_id`;
	}
	test('that come in: all they are about at once, in order of their ids', async () => {
		const [low, high] = await twoInvoices();
		let isHighFree: boolean | undefined;
		let kept: string[] = [];
		const come = async () => void (kept = await creditNotes(high!.number, low!.number));
		const look = async () => void (isHighFree = await isFree(high!.invoiceId));
		expect(await heldBefore({ table: 'invoice', id: low!.invoiceId }, come, look)).toEqual([]);
		expect(isHighFree).toBe(true);
		const uses = await looker`select from credit_use where credit_id in ${looker(kept)}`;
		expect(uses.count).toBe(2);
	});
	test('that are taken back: with what they lowered', async () => {
		const [one] = await twoInvoices();
		const [creditId] = await creditNotes(one!.number);
		// Older, it comes first.
		expect(one!.invoiceId < creditId!).toBe(true);
		let isCreditFree: boolean | undefined;
		const look = async () => void (isCreditFree = await isFree(creditId!));
		const takeBack = () => asSystem((tx) => withdrawInvoices(tx, cast.system, [creditId!], house.services.clock.now()));
		expect(await heldBefore({ table: 'invoice', id: one!.invoiceId }, takeBack, look)).toEqual([]);
		expect(isCreditFree).toBe(true);
	});
});
