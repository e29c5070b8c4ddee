// Any order, repetition and loss of Stripe's messages, with reads as old as each message: always the same books (reference D6).
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import type { IntentState } from '#lib/server/gateways/stripe/port.ts';
import type { Services } from '#lib/server/services.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import type { Minor } from '#lib/domain/money/minor.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
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

type Scenario = {
	name: string;
	method: string;
	live: (invoiceId: string, intentId: () => Promise<string>) => Promise<void>;
};
const paymentOf = (invoiceId: string) =>
	inScope(
		house.services.db,
		cast.system,
		async (tx) =>
			(
				await tx.execute<{ id: string }>(sql`select payment_id as id from allocation where invoice_id = ${invoiceId}`)
			)[0]!.id
	);
const refund = async (invoiceId: string, cents: number) =>
	requestRefund(house.services, cast.owner, {
		refundRequestId: newId(),
		paymentId: await paymentOf(invoiceId),
		amountMinor: BigInt(cents) as Minor
	});
const SCENARIOS: Scenario[] = [
	{ name: 'card', method: 'pm_card_visa', live: () => house.advance(1) },
	{
		name: 'card, two refunds, the second fails',
		method: 'pm_card_refundFail',
		live: async (id) => (await refund(id, 2_000), await refund(id, 3_000), house.advance(1))
	},
	{ name: 'card dispute', method: 'pm_card_createDispute', live: () => house.advance(1) },
	{ name: 'SEPA success', method: 'pm_success_fr', live: () => house.advance(12) },
	{ name: 'SEPA failure', method: 'pm_failed_fr', live: () => house.advance(8) },
	{ name: 'SEPA late return', method: 'pm_disputed_fr', live: () => house.advance(40) }
];

/** Lives a scenario through and records every state of the intent that a message could have been about. */
async function record(scenario: Scenario): Promise<{ states: IntentState[]; invoiceId: string; intentId: string }> {
	const invoiceId = await anInvoice(house.services, cast, {});
	const attemptId = newId();
	const states: IntentState[] = [];
	const spy: Services = {
		...house.services,
		payments: {
			...house.services.payments,
			retrieve: async (account, id) => {
				const state = await house.services.payments.retrieve(account, id);
				if (state) states.push(state);
				return state;
			}
		}
	};
	await pay(spy, payer, [invoiceId], 120_000, { method: scenario.method, attemptId });
	const intentId = states.at(-1)!.intentId;
	const step = async () => void (await settleIntent(spy, cast.system, { account: 'acct_lumen', intentId }));
	const plain = house.advance;
	house.advance = async (days) => {
		for (let i = 0; i < days; i++) {
			await plain(1);
			await step();
		}
	};
	await scenario.live(invoiceId, async () => intentId);
	house.advance = plain;
	await step();
	return { states, invoiceId, intentId };
}

/** The books of one intent on an invoice, without ids: what an auditor compares. */
async function booksOf(invoiceId: string): Promise<unknown[]> {
	return inScope(house.services.db, cast.system, async (tx) =>
		[
			...(await tx.execute(
				sql`select e.kind, l.account, l.debit_minor::text, l.credit_minor::text from journal_line l join journal_entry e using (supplier_id, entry_id) where l.invoice_id = ${invoiceId} order by 1, 2, 3, 4`
			))
		].map((row) => ({ ...row }))
	);
}

describe.each(SCENARIOS)('$name', (scenario) => {
	test('any order, repetition and loss, then one look: the same books', { timeout: 120_000 }, async () => {
		const { states, invoiceId, intentId } = await record(scenario);
		const truth = await booksOf(invoiceId);
		const final = states.at(-1)!;
		const distinct = [
			...new Map(
				states.map((state) => [
					JSON.stringify(state, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)),
					state
				])
			).values()
		];
		await fc.assert(
			fc.asyncProperty(fc.array(fc.integer({ min: 0, max: distinct.length - 1 }), { maxLength: 8 }), async (order) => {
				const replayed = await anInvoice(house.services, cast, {});
				const attemptId = newId();
				const shadow = (state: IntentState): IntentState => ({
					...state,
					intentId: `${intentId}_${attemptId}`,
					attemptId,
					chargeId: `${state.chargeId}_${attemptId}`,
					refunds: state.refunds.map((row) => ({ ...row, id: `${row.id}_${attemptId}` })),
					disputes: state.disputes.map((row) => ({
						...row,
						id: `${row.id}_${attemptId}`,
						moves: row.moves.map((move) => ({ ...move, objectId: `${move.objectId}_${attemptId}` }))
					}))
				});
				let now = shadow(distinct[0]!);
				const replay: Services = {
					...house.services,
					payments: {
						...house.services.payments,
						confirm: async () => ({ kind: 'intent', intentId: now.intentId }),
						retrieve: async () => now
					}
				};
				await pay(replay, payer, [replayed], 120_000, { attemptId });
				for (const i of [...order, distinct.length - 1]) {
					now = i === distinct.length - 1 ? shadow(final) : shadow(distinct[i]!);
					await settleIntent(replay, cast.system, { account: 'acct_lumen', intentId: now.intentId });
				}
				expect(await booksOf(replayed)).toEqual(truth);
			}),
			{ numRuns: 25 }
		);
	});
});
