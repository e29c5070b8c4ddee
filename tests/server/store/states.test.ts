// What the domain's tables of states say is what the database lets happen, and nothing else: every state column has a table, its trigger names the same steps, and
// the superuser is refused the rest. What sets a state in the store refuses first, and says which row it was.
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable, type PgColumn } from 'drizzle-orm/pg-core';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BANK_TRANSACTION_STATES } from '#lib/domain/bank/transaction-states.ts';
import { IMPORT_STATES } from '#lib/domain/invoices/import-states.ts';
import { ATTEMPT_STATES } from '#lib/domain/payments/attempt-status.ts';
import { REFUND_REQUEST_STATES } from '#lib/domain/payments/refund-states.ts';
import { SETUP_STATES } from '#lib/domain/payments/setup-states.ts';
import { INSTALMENT_STATES, PLAN_STATES, RESCHEDULE_STATES } from '#lib/domain/plans/plan-states.ts';
import { REDEMPTION_STATES } from '#lib/domain/points/redemption-states.ts';
import { mayBecome, namesOf, type AnyTable } from '#lib/domain/states.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt, saveAttempt } from '#lib/server/store/attempts.ts';
import { saveBankTransaction } from '#lib/server/store/bank.ts';
import { saveImport } from '#lib/server/store/imports.ts';
import { saveSetup } from '#lib/server/store/method-setups.ts';
import { saveInstalment, savePlan } from '#lib/server/store/plans.ts';
import { saveRedemption } from '#lib/server/store/points-redemptions.ts';
import { answerRefundRequest, findRefundRequest, settleRefundRequest } from '#lib/server/store/refund-requests.ts';
import { saveRescheduleAnswer } from '#lib/server/store/reschedules.ts';
import * as schema from '#lib/server/store/schema/index.ts';
import type { Tx } from '#lib/server/store/database.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import type { Minor } from '#lib/domain/money/minor.ts';
import { anInvoice, anOffer, aPayer, aSupplier, instalments, pay, type Cast } from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const MACHINES: { column: PgColumn; states: AnyTable }[] = [
	{ column: schema.paymentAttempt.status, states: ATTEMPT_STATES },
	{ column: schema.plan.status, states: PLAN_STATES },
	{ column: schema.planInstalment.status, states: INSTALMENT_STATES },
	{ column: schema.reschedule.status, states: RESCHEDULE_STATES },
	{ column: schema.methodSetup.status, states: SETUP_STATES },
	{ column: schema.refundRequest.status, states: REFUND_REQUEST_STATES },
	{ column: schema.bankTransaction.state, states: BANK_TRANSACTION_STATES },
	{ column: schema.importJob.state, states: IMPORT_STATES },
	{ column: schema.pointsRedemption.state, states: REDEMPTION_STATES }
];
/** State columns without a table, and why. */
const WITHOUT: Record<string, string> = {
	'mail.state': 'a queue: each statement that moves a mail names where it comes from (store/mails.ts)',
	'stripe_event.state': 'a queue: moved by who has the event in hand (store/stripe-events.ts)',
	'loyalty_outbox.state':
		'a queue: each statement that moves a row names where it comes from (store/loyalty-outbox.ts)',
	'loyalty_connection.state': 'a switch: a person turns it wherever it stands',
	'loyalty_member.state': 'what LoyaltyLion says of somebody: any answer may follow any'
};
const nameOf = (column: PgColumn): string => {
	const { columns, name } = getTableConfig(column.table as PgTable);
	const own = columns.find((one) => one === column)!;
	// Drizzle gives a column its name in the database when it writes SQL.
	return `${name}.${own.name}`;
};

let house: TestHouse;
let cast: Cast;
/** Above every grant and policy: what stops it is the table itself. */
let all: postgres.Sql;
/** Past the triggers too. */
let past: postgres.Sql;
let attemptId: string;
let planId: string;
const { asSystem, planOf, inDays } = stageOf(() => ({ house, cast }));
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	const payer = await aPayer(house.services, cast);
	attemptId = newId();
	await pay(house.services, payer, [await anInvoice(house.services, cast, {})], 120_000, { attemptId });
	await anOffer(house.services, cast, { discount: null, instalments: instalments() });
	const invoiceId = await anInvoice(house.services, cast, {}, { issuedOn: inDays(0), dueOn: inDays(30) });
	expect(await pay(house.services, payer, [invoiceId], 40_000, { option: 'plan_3' })).toMatchObject({ ok: true });
	({ planId } = await planOf(invoiceId));
	all = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	past = postgres(house.databaseUrl, {
		max: 1,
		onnotice: () => {},
		connection: { session_replication_role: 'replica' } as never
	});
});
afterAll(async () => {
	await Promise.all([all.end(), past.end()]);
	await house.close({ isMadeUp: true });
});

/** The steps that a trigger lets happen, in the words of the live catalogue. */
type Trigger = { on: string; of: string; is: string; steps: string[] };
async function triggers(): Promise<Trigger[]> {
	const found = await all<{ on: string; of: string; is: string }[]>`
		select tgrelid::regclass::text as on, attname::text as of, pg_get_triggerdef(g.oid) as is
		from pg_trigger g join pg_attribute on attrelid = tgrelid and attnum = any(tgattr)
		where tgfoid = 'refuse_state'::regproc and tgenabled = 'O' order by 1`;
	return found.map((one) => ({ ...one, steps: [...one.is.matchAll(/'(\w+>\w+)'/g)].map((step) => step[1]!) }));
}
const stepsOf = (states: AnyTable): string[] =>
	namesOf(states).flatMap((from) => states[from]!.next.map((to) => `${from}>${to}`));

describe('every state column has its table', () => {
	test('one with more than two states is listed here, or says why not', () => {
		const columns = Object.values(schema)
			.filter((table) => is(table, PgTable))
			.flatMap((table) => getTableConfig(table).columns)
			.filter((column) => /(^|_)stat(e|us)$/i.test(column.name) && (column.enumValues?.length ?? 0) > 2)
			.map(nameOf);
		expect(columns.sort()).toEqual([...MACHINES.map(({ column }) => nameOf(column)), ...Object.keys(WITHOUT)].sort());
	});
	test('and holds the states of its table', () => {
		for (const { column, states } of MACHINES) expect(column.enumValues).toEqual(namesOf(states));
	});
});

describe('the database knows the same tables', () => {
	test('each trigger names the steps of its table, and no other', async () => {
		const inDatabase = (await triggers()).map(({ on, of, steps }) => [`${on}.${of}`, steps.sort()] as const);
		expect(Object.fromEntries(inDatabase)).toEqual(
			Object.fromEntries(MACHINES.map(({ column, states }) => [nameOf(column), stepsOf(states).sort()]))
		);
	});
	test('and lets these happen alone, the superuser included', async () => {
		for (const { on, of, is } of await triggers()) {
			const { states } = MACHINES.find(({ column }) => nameOf(column) === `${on}.${of}`)!;
			const tried = `tried_${on}`;
			await all.unsafe(`create table ${tried} (${of} text not null); insert into ${tried} values ('')`);
			for (const from of namesOf(states))
				for (const to of namesOf(states)) {
					await all.unsafe(`drop trigger if exists states on ${tried}; update ${tried} set ${of} = '${from}'`);
					await all.unsafe(is.replace(` ON public.${on} `, ` ON ${tried} `));
					const happened = await all
						.unsafe(`update ${tried} set ${of} = '${to}'`)
						.then(() => true)
						.catch((error: { code: string }) => error.code !== '23001');
					expect([on, from, to, happened]).toEqual([on, from, to, mayBecome(states, from, to)]);
				}
			await all.unsafe(`drop table ${tried}`);
		}
	});
	test('a real row is refused by name; the same state again, and any other column, is none of it', async () => {
		const to = (status: string) => all`update payment_attempt set status = ${status} where attempt_id = ${attemptId}`;
		await expect(to('open')).rejects.toMatchObject({
			code: '23001',
			message: "status of payment_attempt: paid can't become open"
		});
		await to('paid');
		await expect(all`update plan set status = 'canceled' where plan_id = ${planId}`).rejects.toMatchObject({
			code: '23001'
		});
		await all`update plan set updated_at = now() where plan_id = ${planId}`;
	});
});

describe('what sets a state in the store', () => {
	const now = new Date();
	test('refuses one that can’t follow, changes nothing, and says which row it was; the same again is harmless', async () => {
		const open = (tx: Tx) => saveAttempt(tx, cast.system, attemptId, { status: 'open', errorCode: 'x' }, now);
		await expect(asSystem(open)).rejects.toThrow(`attempt ${attemptId} can’t become open`);
		await asSystem((tx) => saveAttempt(tx, cast.system, attemptId, { status: 'paid' }, now));
		expect(await asSystem((tx) => findAttempt(tx, cast.system, attemptId))).toMatchObject({
			status: 'paid',
			errorCode: null
		});
	});
	test('of a plan and its instalments', async () => {
		const instalment = { planId, position: 2 };
		const plan = (status: 'canceled' | 'active') => (tx: Tx) => savePlan(tx, cast.system, planId, { status }, now);
		await expect(asSystem(plan('canceled'))).rejects.toThrow(`plan ${planId} can’t become canceled`);
		await asSystem(plan('active'));
		const to = (status: 'forgiven' | 'credited') => (tx: Tx) =>
			saveInstalment(tx, cast.system, instalment, { status }, now);
		await asSystem(to('forgiven'));
		await expect(asSystem(to('credited'))).rejects.toThrow(`instalment ${planId} 2 can’t become credited`);
		// What sets no state is none of it.
		await asSystem((tx) => saveInstalment(tx, cast.system, instalment, { announcedAt: now }, now));
	});
	test('of a refund: accepted stays so to Stripe’s later no, and is taken back by a person’s word', async () => {
		const [row] = await all<{ payment_id: string }[]>`select payment_id from payment where attempt_id = ${attemptId}`;
		const refundRequestId = newId();
		const asked = { refundRequestId, paymentId: row!.payment_id, amountMinor: 1_000n as Minor };
		expect(await requestRefund(house.services, cast.owner, asked)).toMatchObject({ ok: true });
		const status = async () => (await asSystem((tx) => findRefundRequest(tx, cast.system, refundRequestId)))?.status;
		expect(await status()).toBe('accepted');
		await asSystem((tx) => answerRefundRequest(tx, cast.system, refundRequestId, { status: 'refused' }, now));
		expect(await status()).toBe('accepted');
		const settle = (to: 'open' | 'refused') => (tx: Tx) =>
			settleRefundRequest(tx, cast.system, refundRequestId, { status: to, stripeRefundId: null }, now);
		await expect(asSystem(settle('open'))).rejects.toThrow(`refund request ${refundRequestId} can’t become open`);
		await asSystem(settle('refused'));
		expect(await status()).toBe('refused');
	});
	test('of a row that is not there, each says so', async () => {
		const none = newId();
		const by = { settledBy: 'x', settledAt: now };
		const answer = { answeredAt: now, contactId: null, ip: null, userAgent: null };
		const sets: Record<string, (tx: Tx) => Promise<void>> = {
			attempt: (tx) => saveAttempt(tx, cast.system, none, { status: 'paid' }, now),
			plan: (tx) => savePlan(tx, cast.system, none, { status: 'active' }, now),
			instalment: (tx) => saveInstalment(tx, cast.system, { planId: none, position: 1 }, { status: 'paid' }, now),
			'refund request': (tx) =>
				settleRefundRequest(tx, cast.system, none, { status: 'accepted', stripeRefundId: 're_1' }, now),
			'bank transaction': (tx) => saveBankTransaction(tx, cast.system, none, { state: 'aside', ...by }),
			import: (tx) => saveImport(tx, cast.system, none, { state: 'done' }),
			reschedule: (tx) => saveRescheduleAnswer(tx, cast.system, none, { status: 'accepted', ...answer }),
			setup: (tx) => saveSetup(tx, cast.system, none, { status: 'succeeded' }, now),
			redemption: (tx) => saveRedemption(tx, cast.system, none, { state: 'used', settledAt: now })
		};
		for (const [what, set] of Object.entries(sets))
			await expect(asSystem(set), what).rejects.toThrow(new RegExp(`^${what} ${none}.* can’t become`));
	});
	test('of a row that is in a state which that one can’t follow: a bank’s, an import’s', async () => {
		const [importId, statementId, bankTransactionId] = [newId(), newId(), newId()];
		await past`insert into import_job (supplier_id, import_id, state, opened_by, opened_at, confirms_itself, sends_mails, accepts_review)
			values (${cast.supplierId}, ${importId}, 'undone', 'x', now(), false, false, false)`;
		await past`insert into bank_entry (supplier_id, bank_entry_id, statement_id, fingerprint, booked_on, amount_minor, currency, text, is_return, state)
			values (${cast.supplierId}, ${bankTransactionId}, ${statementId}, 'x', now(), 100, 'EUR', 'x', false, 'booked')`;
		await expect(asSystem((tx) => saveImport(tx, cast.system, importId, { state: 'keeping' }))).rejects.toThrow(
			`import ${importId} can’t become keeping`
		);
		await asSystem((tx) => saveImport(tx, cast.system, importId, { keptCount: 1 }));
		const change = { state: 'aside', settledBy: null, settledAt: null } as const;
		await expect(asSystem((tx) => saveBankTransaction(tx, cast.system, bankTransactionId, change))).rejects.toThrow(
			`bank transaction ${bankTransactionId} can’t become aside`
		);
	});
});
