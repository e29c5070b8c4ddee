// The checker looks at books in which people said what became of money that nobody could ask about, and took it back: rounds of one intent, other names of one refund.
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { minor } from '#lib/domain/money/minor.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { findPaymentOfIntent } from '#lib/server/store/payments-of-intents.ts';
import { checkDeclaredRefunds } from '#lib/server/use-cases/payments/check-declared-refunds.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { declareRefund } from '#lib/server/use-cases/payments/declare-refund.ts';
import { checkClaims } from '#scripts/chaos/checker/claims.ts';
import type { Anomaly } from '#scripts/chaos/checker/facts.ts';
import { checkMails } from '#scripts/chaos/checker/mails.ts';
import { checkStripe } from '#scripts/chaos/checker/stripe.ts';
import { cutOffStage, DEBIT, NOT_PAID } from '../../builders/cut-off.ts';

const { at, asSystem, begun, leave, comeBack, pass, say, paidThere, shownAttemptOf, day } = cutOffStage();
const OK = { ok: true };
async function look(wrong = 'select 1'): Promise<Anomaly[]> {
	const anomalies: Anomaly[] = [];
	const sql = postgres(at.house.databaseUrl, {
		max: 1,
		onnotice: () => {},
		types: { bigint: { to: 20, from: [20, 1700], serialize: String, parse: Number } },
		connection: { session_replication_role: 'replica' } as never
	});
	const { apiUrl, mailboxUrl } = at.house.world;
	const outside = { owner: '', apiUrl, mailboxUrl, web: '', apiKeys: {}, kills: 0 };
	const found = (rule: string, what: string) => void anomalies.push({ rule, what });
	try {
		await sql`begin`;
		await sql.unsafe(wrong);
		for (const rules of [checkStripe, checkClaims, checkMails]) await rules({ sql, found, outside });
		await sql`rollback`;
	} finally {
		await sql.end();
	}
	return anomalies;
}

test('a payment that was said, taken back and said again, and a refund of another name, are each once in the books', async () => {
	const card = await begun('pm_card_visa');
	const debit = await begun(DEBIT);
	const payment = required(await asSystem((tx) => findPaymentOfIntent(tx, at.cast.system, card.intentId)), 'payment');
	const refundRequestId = newId();
	const of = { refundRequestId, paymentId: payment.paymentId };
	at.house.world.world.faults.push({
		id: 'r',
		match: { method: 'POST', path: '^/v1/refunds$' },
		do: { drop: 'after' },
		seen: 0
	});
	await requestRefund(at.house.services, at.cast.owner, { ...of, amountMinor: minor(50_000n), meaning: 'error' });
	at.house.world.world.faults = [];
	await leave();
	const said = { outcome: 'refunded' as const, reference: 're_read_wrongly', refundedOn: day(), note: 'vu' };
	expect(await declareRefund(at.house.services, at.cast.owner, { ...of, ...said })).toMatchObject(OK);
	await at.house.drain();
	for (const [round, answer] of [paidThere(debit.intentId), NOT_PAID, paidThere(debit.intentId)].entries())
		expect(await say(debit, answer, at.cast.owner, round || undefined)).toMatchObject(OK);
	await at.house.drain();
	await at.house.advance(14);
	await comeBack();
	await checkDeclaredRefunds(at.house.services);
	await pass(20);
	expect(await shownAttemptOf(debit)).toMatchObject({ status: 'paid', said: { heard: 'paid', round: 3 } });
	expect(await look()).toEqual([]);
	const round = '(select payment_id from payment where intent_round = 2)';
	expect((await look(`delete from payment where payment_id = ${round}`)).map((one) => one.rule)).toContain(
		'every cent once'
	);
	expect((await look("delete from reversal where kind = 'refund_unsaid'")).map((one) => one.rule)).toContain(
		'nothing invented'
	);
});
