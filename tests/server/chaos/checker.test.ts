// The checker of npm run chaos is shown what it must see: a checker that finds nothing may be blind. Each wrong is planted past every guard, as no
// product could write it, into books that are right before.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Services } from '#lib/server/services.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { compareTotals } from '#lib/server/use-cases/payments/reconcile-balance.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import { runDue } from '#sandbox/stripe/control.ts';
import { createPayout, payoutFails } from '#sandbox/stripe/payouts.ts';
import type { World } from '#sandbox/stripe/world.ts';
import { checkClaims } from '#scripts/chaos/checker/claims.ts';
import type { Anomaly } from '#scripts/chaos/checker/facts.ts';
import { checkPoints } from '#scripts/chaos/checker/points.ts';
import { checkMails } from '#scripts/chaos/checker/mails.ts';
import { checkStripe } from '#scripts/chaos/checker/stripe.ts';
import { checkStuck } from '#scripts/chaos/checker/stuck.ts';
import { newId } from '#lib/server/identity.ts';
import { takeReward } from '#lib/server/use-cases/points/take-reward.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { acceptRules, aProgramme } from '../../builders/points.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let sql: postgres.Sql;
beforeAll(async () => {
	house = await openHouse();
	const { services, world } = house;
	const cast = await aSupplier(services);
	const payer = await aPayer(services, cast);
	await aProgramme(services, cast, { rewards: [GIFT] });
	for (let i = 0; i < 3; i++) {
		const invoice = await anInvoice(services, cast, {}, { grossMinor: 12_000 });
		await pay(services, payer, [invoice], 12_000);
	}
	await whatPointsBuy(services, cast, payer);
	world.world.offsetMs += 5000;
	runDue(world.world);
	await house.drain();
	sql = postgres(house.databaseUrl, {
		max: 1,
		onnotice: () => {},
		types: { bigint: { to: 20, from: [20, 1700], serialize: String, parse: Number } },
		connection: { session_replication_role: 'replica' } as never
	});
	// As where this clock is the demo's.
	await sql`insert into demo_clock values (1, ${world.world.offsetMs}) on conflict do nothing`;
	await reconcileRecent(services, 3);
	await aCreditNote(services, cast);
	await aPayoutThatComesBack(services, world.world);
	await house.drain();
});
const GIFT = {
	rewardId: newId(),
	kind: 'gift' as const,
	name: { fr: 'Panier', en: 'Basket' },
	terms: { fr: '', en: '' },
	points: 30,
	stock: 5,
	from: null,
	until: null,
	minTier: 0
};
/** Less to pay of one invoice, and a gift. */
async function whatPointsBuy(services: Services, cast: Cast, payer: Payer): Promise<void> {
	await acceptRules(services, cast, payer);
	const invoice = await anInvoice(services, cast, {}, { grossMinor: 12_000 });
	expect(await pay(services, payer, [invoice], 11_500, { usePoints: 100 })).toMatchObject({ ok: true });
	const { clientId } = payer;
	const taken = await takeReward(services, payer.scope, { redemptionId: newId(), rewardId: GIFT.rewardId, clientId });
	expect(taken).toMatchObject({ ok: true });
}
/** Of 50 euros for an invoice of 120, set off. */
async function aCreditNote(services: Services, cast: Cast): Promise<void> {
	const about = 'CRN-1';
	await anInvoice(services, cast, {}, { number: about, grossMinor: 12_000 });
	const credit = {
		number: 'CRN-2',
		type_code: '381',
		issued_on: '2026-07-01',
		preceding_number: about,
		client: { name: 'Menuiserie Roche' },
		net_minor: '4000',
		vat_lines: [{ rate_bps: 2500, base_minor: '4000', vat_minor: '1000' }],
		gross_minor: '5000'
	};
	const bytes = new TextEncoder().encode(JSON.stringify({ invoices: [credit] }));
	const read = await importInvoices(services, cast.owner, [{ name: 'avoir.json', bytes }], { sendMails: false });
	expect(read.ok && read.value[0]).toMatchObject({ outcome: 'new' });
}
async function aPayoutThatComesBack(services: Services, world: World): Promise<void> {
	const account = [...world.accounts.values()].find(({ charges }) => Object.keys(charges).length)!;
	world.offsetMs += 10 * 86_400_000;
	runDue(world);
	for (const amount of [7000, 9000])
		createPayout(world, account, { amount: String(amount), currency: 'eur' }, { requestId: null, key: null });
	payoutFails(world, account, Object.values(account.payouts)[0]!, 'account_closed');
	world.offsetMs += 2 * 86_400_000;
	runDue(world);
	await sql`update demo_clock set offset_ms = ${world.offsetMs}`;
	await compareTotals(services);
}
afterAll(async () => {
	await sql.end();
	await house.close();
});

async function look(): Promise<Anomaly[]> {
	const anomalies: Anomaly[] = [];
	const outside = {
		owner: house.databaseUrl,
		apiUrl: house.world.apiUrl,
		mailboxUrl: house.world.mailboxUrl,
		web: '',
		apiKeys: {},
		kills: 0
	};
	const facts = { sql, outside, found: (rule: string, what: string) => void anomalies.push({ rule, what }) };
	for (const rules of [checkStripe, checkClaims, checkPoints, checkStuck, checkMails]) await rules(facts);
	return anomalies;
}
const rulesOf = (anomalies: Anomaly[]): string[] => [...new Set(anomalies.map(({ rule }) => rule))].sort();

const ONE = '(select payment_id from payment order by receipt_number limit 1)';
const AN_AWARD =
	"(select award_id from points_award where kind = 'payment' and earned_points > 0 order by award_id limit 1)";
const AN_EARNING = "(select entry_id from points_entry where kind = 'earned' limit 1)";
/** A plan of one client, whose means of payment is gone; and the mail about it that was dropped. */
const A_PLAN = `with one as (select supplier_id, client_id, payment_id as id from payment where payment_id = ${ONE}),
	begun as (insert into plan (supplier_id, plan_id, client_id, count, amount_minor, currency, status, is_settlement, cure_days, created_at, updated_at)
		select supplier_id, id, client_id, 1, 100, 'EUR', 'active', false, 15, now(), now() from one)`;
const DROPPED = `insert into mail (supplier_id, mail_id, kind, unique_key, to_address, locale, subject_id, state, tries, next_try_at, created_at)
	select supplier_id, gen_random_uuid(), 'method_lost', 'method_lost', 'a@client.example', 'fr', id, 'dropped', 1, now(), now() from one`;
const WRONGS: [name: string, wrong: string, rule: string][] = [
	[
		'a cent too much in a payment',
		`update payment set amount_minor = amount_minor + 1 where payment_id = ${ONE}`,
		'every cent once'
	],
	['a payment that was forgotten', `delete from payment where payment_id = ${ONE}`, 'every cent once'],
	[
		'a payment that nobody made',
		"update payment set stripe_payment_intent_id = 'pi_none' where payment_id = " + ONE,
		'every cent once'
	],
	[
		'an entry of one side',
		"update journal_line set debit_minor = debit_minor + 1 where account = '511' and debit_minor > 0",
		'entries balance'
	],
	[
		'a fee that was forgotten',
		"delete from journal_line where entry_id in (select entry_id from journal_entry where kind = 'stripe_fee')",
		'511 is the balance at Stripe'
	],
	[
		'a refund that nobody made',
		`insert into reversal select supplier_id, gen_random_uuid(), payment_id, 'refund', 're_none', 100, null, now() from payment where payment_id = ${ONE}`,
		'nothing invented'
	],
	['more collected than owed', 'update allocation set amount_minor = amount_minor * 2', 'no invoice over-collected'],
	[
		'an invoice whose ledger says something else',
		"update journal_line set debit_minor = debit_minor + 5 where account = '411' and debit_minor > 0",
		'the ledger is the sum of what happened'
	],
	[
		'a cent more that is stored as open',
		'update open_item set balance_minor = balance_minor + 1',
		'what is stored as open is true'
	],
	['an invoice that nothing stores as open', 'delete from open_item', 'what is stored as open is true'],
	[
		'a sum of a supplier that is not its items',
		'update open_sum set payable_minor = payable_minor + 1',
		'what is stored as open is true'
	],
	[
		'a discount that nobody accepted',
		`insert into discount (supplier_id, discount_id, payment_id, invoice_id, client_id, sequence, kind, amount_minor, currency, happened_on, created_at) select p.supplier_id, gen_random_uuid(), p.payment_id, a.invoice_id, p.client_id, 1, 'granted', 100, 'EUR', now(), now() from payment p join allocation a using (supplier_id, payment_id) where payment_id = ${ONE}`,
		'discounts justified'
	],
	[
		'a receipt that is missing',
		"update payment set receipt_number = replace(receipt_number, '000002', '000009')",
		'numbers without gap'
	],
	[
		'a part called paid that nobody paid',
		`insert into plan_part (supplier_id, plan_id, position, due_on, amount_minor, status, failures, updated_at) select supplier_id, gen_random_uuid(), 1, now(), 100, 'paid', 0, now() from supplier limit 1`,
		'no part twice'
	],
	[
		'a part of an invoice that is paid',
		`with one as (select p.supplier_id, p.client_id, a.invoice_id, p.payment_id as id from payment p join allocation a using (supplier_id, payment_id) where payment_id = ${ONE} limit 1),
			begun as (insert into plan (supplier_id, plan_id, client_id, count, amount_minor, currency, status, is_settlement, cure_days, created_at, updated_at)
				select supplier_id, id, client_id, 1, 9900000, 'EUR', 'active', false, 15, now(), now() from one),
			part as (insert into plan_part (supplier_id, plan_id, position, due_on, amount_minor, status, failures, updated_at)
				select supplier_id, id, 1, now(), 9900000, 'scheduled', 0, now() from one)
			insert into plan_part_line select supplier_id, id, 1, invoice_id, 9900000 from one`,
		'no part beyond what is owed'
	],
	[
		'a try that nobody asks about',
		"update payment_attempt set status = 'unknown', updated_at = now() - interval '9 days'",
		'nothing stuck'
	],
	[
		'an event given up',
		"insert into stripe_event select supplier_id, 'evt_1', 'charge.updated', 'ch_1', null, 'failed', 20, now(), 'no', now(), now() from supplier",
		'nothing stuck'
	],
	[
		'a payout that was forgotten',
		"delete from journal_entry where entry_id = (select entry_id from journal_entry where kind = 'payout' limit 1)",
		'payouts once'
	],
	[
		'a payout that came back, and was booked as if it had not',
		"delete from journal_entry where kind = 'payout_returned'",
		'payouts once'
	],
	['a credit note worth more than it says', 'update credit_use set amount_minor = amount_minor + 1', 'credit notes'],
	[
		'an undone credit note that still counts',
		"update invoice set not_payable_reason = 'withdrawn' where debt_minor < 0",
		'credit notes'
	],
	[
		'a credit note that nobody set off',
		"delete from journal_line where entry_id in (select entry_id from journal_entry where kind = 'credit_used')",
		'nothing stuck'
	],
	['a balance that is not the sum', 'update points_account set balance = balance + 1', 'points add up'],
	['a lot that has more left', 'update points_lot set "left" = "left" + 1', 'points add up'],
	['an entry that was forgotten', `delete from points_entry where entry_id = ${AN_EARNING}`, 'points add up'],
	[
		'points pending that no entry speaks of',
		`update points_award set pending_points = 1, points = points + 1 where award_id = ${AN_AWARD}`,
		'awards are in the ledger'
	],
	[
		'points on money that went back',
		`with gone as (insert into reversal select supplier_id, gen_random_uuid(), payment_id, 'chargeback', 'dp_none', amount_minor, null, now() from payment where payment_id = ${ONE} returning *)
			insert into reversal_allocation (supplier_id, reversal_id, invoice_id, amount_minor) select g.supplier_id, g.reversal_id, a.invoice_id, a.amount_minor from gone g join allocation a using (supplier_id, payment_id)`,
		'no points on money that went back'
	],
	[
		'points for a try that nobody paid',
		`update payment set attempt_id = gen_random_uuid() where attempt_id = (select attempt_id from points_award where award_id = ${AN_AWARD})`,
		'no points on money that went back'
	],
	[
		'money that stands without its points',
		`update points_award set points = points * 2 where award_id = ${AN_AWARD}`,
		'points stand as the money does'
	],
	['a payment that nobody judged', `delete from points_award where award_id = ${AN_AWARD}`, 'every payment is judged'],
	[
		'points that were never followed',
		`insert into due_work (supplier_id, job, subject_id, due_at, asked_at, version, failures)
			select supplier_id, 'points', attempt_id, now() + interval '2 minutes', now() - interval '2 hours', 1, 0 from payment where payment_id = ${ONE}`,
		'nothing stuck'
	],
	[
		'points for a late act',
		`update points_award set due_on = acted_on - 1 where award_id = ${AN_AWARD}`,
		'nothing earned late'
	],
	[
		'a late act with points',
		`update points_award set verdict = 'late' where award_id = ${AN_AWARD}`,
		'nothing earned late'
	],
	[
		'an act before it was tried',
		`update points_award set acted_on = acted_on - 400, due_on = due_on + 400 where award_id = ${AN_AWARD}`,
		'nothing earned late'
	],
	[
		'points spent twice on one thing',
		`insert into points_entry (supplier_id, entry_id, client_id, kind, points, pending_points, source_id, cause_id, happened_on, created_at)
			select supplier_id, gen_random_uuid(), client_id, kind, points, 0, source_id, 'again', happened_on, now() from points_entry where kind = 'spent' limit 1`,
		'nothing taken twice'
	],
	[
		'a reward given back that keeps its points',
		"update points_redemption set state = 'canceled' where kind = 'gift'",
		'nothing taken twice'
	],
	[
		'a code given twice',
		`insert into points_redemption select (jsonb_populate_record(r, jsonb_build_object('redemption_id', gen_random_uuid(), 'kind', 'voucher', 'code', 'X'))).*
			from points_redemption r, generate_series(1, 2) where r.kind = 'gift'`,
		'nothing taken twice'
	],
	[
		'more gifts than there were',
		`update points_programme set terms = jsonb_set(terms, '{rewards,0,stock}', '0')`,
		'nothing taken twice'
	],
	[
		'a discount that no points paid for',
		"update points_redemption set attempt_id = gen_random_uuid() where kind = 'credit'",
		'discounts paid with points'
	],
	[
		'a discount worth more than its points',
		"update points_redemption set value_minor = 1 where kind = 'credit'",
		'discounts paid with points'
	],
	['points that stay held', "update points_redemption set state = 'held' where kind = 'credit'", 'nothing stuck'],
	['points that never expire', "update points_lot set expires_on = '2020-01-01'", 'nothing stuck'],
	['a payment that is not told', "delete from mail where kind = 'payment_received'", 'payments are told'],
	['a mail that never came', "update mail set mail_id = gen_random_uuid() where state = 'sent'", 'mails leave in time'],
	[
		'a mail that was dropped, and was true',
		"update mail set state = 'dropped' where kind = 'payment_received'",
		'mails leave in time'
	],
	[
		'a means of payment that was lost, and nobody told',
		`${A_PLAN}, part as (insert into plan_part (supplier_id, plan_id, position, due_on, amount_minor, status, failures, updated_at)
			select supplier_id, id, 1, now(), 100, 'scheduled', 0, now() from one) ${DROPPED}`,
		'mails leave in time'
	],
	['a mail that stays', "update mail set state = 'due'", 'mails leave in time']
];

test('books that are right are found right', async () => {
	expect(await look()).toEqual([]);
	const [count] = await sql<{ payments: number; entries: number; mails: number }[]>`
		select (select count(*) from payment) as payments, (select count(*) from journal_entry) as entries, (select count(*) from mail) as mails`;
	for (const n of Object.values(count!)) expect(n).toBeGreaterThan(0);
});
test.each(WRONGS)('%s is seen', async (_name, wrong, rule) => {
	await sql`begin`;
	try {
		expect((await sql.unsafe(wrong)).count).toBeGreaterThan(0);
		expect(rulesOf(await look())).toContain(rule);
	} finally {
		await sql`rollback`;
	}
});
const RIGHTS: [name: string, what: string][] = [
	[
		'a means of payment that nobody is asked for: nothing of its plan is to come',
		`${A_PLAN}, part as (insert into plan_part (supplier_id, plan_id, position, due_on, amount_minor, status, failures, updated_at)
			select supplier_id, id, 1, now(), 100, 'canceled', 0, now() from one) ${DROPPED}`
	],
	[
		'a receipt of what a person had said and took back',
		`with gone as (insert into reversal select supplier_id, gen_random_uuid(), payment_id, 'payment_unsaid', 'pi_unsaid', amount_minor, null, now() from payment where payment_id = ${ONE})
			update mail set state = 'dropped' where kind = 'payment_received' and subject_id = ${ONE}`
	],
	[
		'a refund that had been told under another reference',
		`with p as (select * from payment where payment_id = ${ONE}), names as (select * from (values (1, 're_wrong', 'refund'), (2, 're_wrong', 'refund_unsaid'), (3, 're_right', 'refund')) n (n, name, kind)),
			back as (insert into reversal select p.supplier_id, md5('r' || n)::uuid, p.payment_id, kind, name, 100, null, now() from p, names)
			insert into mail select (jsonb_populate_record(m, jsonb_build_object('mail_id', md5('m' || n), 'kind', 'refund', 'unique_key', n, 'subject_id', md5('r' || n), 'state', case n when 1 then 'sent' else 'dropped' end))).*
			from mail m, generate_series(1, 3, 2) n where m.kind = 'payment_received' and m.subject_id = ${ONE}`
	]
];
test.each(RIGHTS)('%s was dropped rightly', async (_name, what) => {
	await sql`begin`;
	try {
		expect((await sql.unsafe(what)).count).toBeGreaterThan(0);
		expect((await look()).filter((one) => /was dropped/.test(one.what))).toEqual([]);
	} finally {
		await sql`rollback`;
	}
});
