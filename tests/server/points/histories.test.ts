// Random histories of a client through the whole product: paid, returned, disputed, refunded, with points and without, each message twice. After every step the
// ledger is what the books say it should be, recomputed here from the money.
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { findPaymentOfIntent } from '#lib/server/store/payments-of-intents.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { readTrial } from '#lib/server/use-cases/points/read-programme.ts';
import { closeDispute, openDispute } from '#sandbox/stripe/reversals.ts';
import type { Account } from '#sandbox/stripe/world.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { acceptRules, aProgramme, PLAIN_TERMS, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
beforeAll(async () => {
	house = await openHouse(['acct_histories']);
	cast = await aSupplier(house.services, 'acct_histories');
	await aProgramme(house.services, cast, { earning: { streak: { invoices: 2, points: 30 }, firstOnline: 5, sepa: 3 } });
});
afterAll(() => house.close());
const { asSystem, inDays } = stageOf(() => ({ house, cast }));
const stripe = (): Account => house.world.world.accounts.get('acct_histories')!;

type Step =
	| {
			does: 'pay';
			cents: number;
			dueIn: number;
			method: 'pm_card_visa' | 'pm_success_fr' | 'pm_failed_fr';
			points: number;
	  }
	| { does: 'refund'; which: number; percent: number }
	| { does: 'dispute' | 'win' | 'lose' | 'tell_again'; which: number }
	| { does: 'wait'; days: number };
const which = fc.nat(4);
const steps: fc.Arbitrary<Step[]> = fc.array(
	fc.oneof(
		{
			weight: 5,
			arbitrary: fc.record({
				does: fc.constant('pay' as const),
				cents: fc.integer({ min: 2_000, max: 40_000 }),
				dueIn: fc.constantFrom(5, 5, 0, -1),
				method: fc.constantFrom(
					'pm_card_visa' as const,
					'pm_card_visa' as const,
					'pm_success_fr' as const,
					'pm_failed_fr' as const
				),
				points: fc.constantFrom(0, 0, 100)
			})
		},
		{
			weight: 2,
			arbitrary: fc.record({ does: fc.constant('refund' as const), which, percent: fc.integer({ min: 1, max: 100 }) })
		},
		{
			weight: 3,
			arbitrary: fc.record({
				does: fc.constantFrom('dispute' as const, 'win' as const, 'lose' as const, 'tell_again' as const),
				which
			})
		},
		{ weight: 1, arbitrary: fc.record({ does: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 12 }) }) }
	),
	{ minLength: 3, maxLength: 10 }
);

/** What the points of payments should be, from the money alone: of each act on time, its share of what was judged that still stands. */
const expected = (clientId: string) =>
	asSystem(async (tx) => {
		const [row] = await tx.execute<{ wrong: string | null; earned: number; used: number }>(sql`
			with money as (
				select a.award_id, a.points, a.verdict, a.amount_minor, a.pending_points, a.earned_points, t.status, p.payment_id,
					coalesce(l.amount_minor, 0) - coalesce((select sum(case when r.kind in ('refund_failed', 'chargeback_won') then -x.amount_minor else x.amount_minor end)
						from reversal r join reversal_allocation x on x.reversal_id = r.reversal_id where r.payment_id = p.payment_id and x.invoice_id = a.invoice_id), 0) as stands
				from points_award a join payment_attempt t on t.attempt_id = a.attempt_id left join payment p on p.attempt_id = a.attempt_id
					left join allocation l on l.payment_id = p.payment_id and l.invoice_id = a.invoice_id
				where a.client_id = ${clientId} and a.kind = 'payment')
			select (select string_agg(award_id::text, ' ') from money where
				pending_points + earned_points <> case when payment_id is null then case status when 'processing' then points else 0 end
					else floor(points * least(stands, amount_minor)::numeric / amount_minor) end
				or (verdict <> 'on_time' and points > 0) or (payment_id is not null and pending_points > 0)) as wrong,
				(select coalesce(sum(earned_points), 0)::int from points_award where client_id = ${clientId}) as earned,
				(select coalesce(sum(points), 0)::int from points_redemption where client_id = ${clientId} and state in ('held', 'used')) as used`);
		return row!;
	});
/** Every reduction for points that stands in the books is of a redemption that is used, and the other way round. */
const unbacked = (clientId: string) =>
	asSystem((tx) =>
		tx.execute(sql`
			select r.redemption_id from points_redemption r join payment p on p.attempt_id = r.attempt_id left join lateral (
				select sum(case d.kind when 'granted' then d.amount_minor else -d.amount_minor end) as given from discount d where d.payment_id = p.payment_id and d.reason = 'points') d on true
			where r.client_id = ${clientId} and coalesce(d.given, 0) <> case r.state when 'used' then r.value_minor else 0 end`)
	);

/** The same rules tried on the past. A series is left out: there it counts what stands today, in the ledger what stood at the time. */
async function tried(clientId: string): Promise<[number, number]> {
	const terms = { ...PLAIN_TERMS, earning: { ...PLAIN_TERMS.earning, firstOnline: 5, sepa: 3 } };
	const trial = await readTrial(house.services, cast.owner, terms);
	const [row] = await asSystem((tx) =>
		tx.execute<{ given: number }>(sql`
			select coalesce(sum(a.pending_points + a.earned_points), 0)::int as given from points_award a join payment p on p.attempt_id = a.attempt_id
			where a.client_id = ${clientId} and a.kind <> 'streak'`)
	);
	return [trial.clients.find((one) => one.clientId === clientId)?.points ?? 0, row?.given ?? NaN];
}

let round = 0;
async function play(history: Step[]): Promise<void> {
	const name = `Client ${++round}`;
	const payer: Payer = await aPayer(house.services, cast, `paul${round}@histories.example`, name);
	await acceptRules(house.services, cast, payer);
	const paid: { intentId: string; dispute: ReturnType<typeof openDispute> | null }[] = [];
	const settle = (intentId: string) =>
		settleIntent(house.services, cast.system, { account: 'acct_histories', intentId });
	for (const step of history) {
		if (step.does === 'pay') {
			const { cents, dueIn, method, points } = step;
			const invoiceId = await anInvoice(house.services, cast, { name }, { grossMinor: cents, dueOn: inDays(dueIn) });
			const attemptId = newId();
			const options = { method, attemptId, account: 'acct_histories', ...(points ? { usePoints: points } : {}) };
			const answer = await pay(house.services, payer, [invoiceId], cents - points * 5, options);
			const attempt = answer.ok ? await asSystem((tx) => findAttempt(tx, cast.system, attemptId)) : null;
			if (attempt?.stripePaymentIntentId) paid.push({ intentId: attempt.stripePaymentIntentId, dispute: null });
		} else if (step.does === 'wait') {
			await house.advance(step.days);
			for (const { intentId } of paid) await settle(intentId);
			await house.drain();
		} else {
			const one = paid[step.which];
			const charge = one && stripe().charges[stripe().payment_intents[one.intentId]?.latest_charge as string];
			if (!one || charge?.status !== 'succeeded') continue;
			await settle(one.intentId);
			if (step.does === 'dispute' && !one.dispute && charge.amount_refunded === 0)
				one.dispute = openDispute(house.world.world, stripe(), charge, 'fraudulent');
			if (one.dispute && (step.does === 'win' || step.does === 'lose'))
				closeDispute(house.world.world, stripe(), one.dispute, step.does === 'win' ? 'won' : 'lost');
			if (step.does === 'refund' && !one.dispute) {
				const payment = await asSystem((tx) => findPaymentOfIntent(tx, cast.system, one.intentId));
				const amount = BigInt(Math.max(1, Math.floor(((charge.amount - charge.amount_refunded) * step.percent) / 100)));
				if (payment && charge.amount > charge.amount_refunded)
					await requestRefund(house.services, cast.owner, {
						refundRequestId: newId(),
						paymentId: payment.paymentId,
						amountMinor: amount as Minor
					});
			}
			await settle(one.intentId);
			await settle(one.intentId);
		}
		const [said, should] = [await pointsOf(house.services, cast, payer.clientId), await expected(payer.clientId)];
		expect([should.wrong, [...(await unbacked(payer.clientId))]]).toEqual([null, []]);
		expect([said.balance, said.left]).toEqual([should.earned - should.used, Math.max(0, said.balance)]);
	}
	const [onTrial, given] = await tried(payer.clientId);
	expect(onTrial).toBe(given);
}

test('whatever happens, in whatever order, told twice: points are what the money that stands has earned, less what is used', async () => {
	await fc.assert(fc.asyncProperty(steps, play), {
		numRuns: Number(process.env['HISTORIES'] ?? 15),
		endOnFailure: false
	});
}, 300_000);
