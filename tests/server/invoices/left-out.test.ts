// A glance shows the latest and says how many it leaves out; what may be long goes on page by page.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAdminInvoice } from '#lib/server/use-cases/suppliers/read-invoices.ts';
import { readDashboard } from '#lib/server/use-cases/suppliers/read-dashboard.ts';
import { readAdminClient } from '#lib/server/use-cases/suppliers/read-clients.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let invoiceId: string;
let sql: postgres.Sql;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	invoiceId = await anInvoice(house.services, cast, {}, { grossMinor: 12_000 });
	await pay(house.services, payer, [invoiceId], 12_000, { method: 'pm_card_visa_chargeDeclined' });
	sql = postgres(house.databaseUrl, {
		max: 1,
		onnotice: () => {},
		connection: { session_replication_role: 'replica', 'ponctuel.migrating': 'on' } as never
	});
});
afterAll(async () => {
	await sql.end();
	await house.close();
});
/** `count` more rows of `table` like one that is there, past every guard; `changes` is SQL over `n` and `id`, new for each. */
const more = (table: string, count: number, changes: Record<string, string>) =>
	sql.unsafe(`insert into ${table} select (jsonb_populate_record(x, jsonb_build_object(${Object.entries(changes)
		.map(([name, value]) => `'${name}', ${value}`)
		.join(', ')}))).*
		from ${table} x, (select n, md5('${table}' || n)::uuid as id from generate_series(1, ${count}) n) many
		where x.ctid = (select ctid from ${table} limit 1)`);

test('twenty-three addresses, sixteen days: the first page says how many more there are', async () => {
	const none = await readDashboard(house.services, cast.owner);
	expect([none.mailProblems, none.gaps, none.failedRefunds]).toEqual(
		Array.from({ length: 3 }, () => ({ rows: [], more: 0 }))
	);
	await more('contact', 23, {
		contact_id: 'id',
		email: `'back' || n || '@client.example'`,
		mail_problem: `'mailbox closed'`,
		mail_problem_at: 'now()'
	});
	await sql`insert into reconciliation (supplier_id, stripe_account, reconciled_on, stripe_minor, ledger_minor, checked_at)
		select ${cast.supplierId}, 'acct_lumen', '2026-01-01'::date + n, 100, 99, now() from generate_series(1, 16) n`;
	const board = await readDashboard(house.services, cast.owner);
	expect([board.mailProblems.rows.length, board.mailProblems.more]).toEqual([20, 3]);
	expect([board.gaps.rows.length, board.gaps.more]).toEqual([14, 2]);
});
test('as many failed refunds as there are: twenty, and how many more', async () => {
	await sql`insert into payment (supplier_id, payment_id, attempt_id, client_id, receipt_number, amount_minor, currency, method_type, stripe_payment_intent_id, paid_at, paid_on, created_at)
		select ${cast.supplierId}, md5('p' || n)::uuid, md5('a' || n)::uuid, (select client_id from invoice limit 1), 'R' || n, 500, 'EUR', 'card', 'pi_' || n, now(), now(), now() from generate_series(1, 22) n`;
	await sql`insert into reversal select ${cast.supplierId}, md5('r' || n)::uuid, md5('p' || n)::uuid, 'refund_failed', 're_' || n, 500, null, now() from generate_series(1, 22) n`;
	const { failedRefunds } = await readDashboard(house.services, cast.owner);
	expect([failedRefunds.rows.length, failedRefunds.more]).toEqual([20, 2]);
});
test('an invoice tried fifty-four times and mailed fifty-two times says how many are not shown', async () => {
	await more('payment_attempt', 53, { attempt_id: 'id', stripe_payment_intent_id: `'pi_copy_' || n` });
	await sql`insert into payment_attempt_invoice select (jsonb_populate_record(x, jsonb_build_object('attempt_id', md5('payment_attempt' || n)::uuid))).*
		from payment_attempt_invoice x, generate_series(1, 53) n`;
	const [{ had } = { had: 0 }] = await sql<
		{ had: number }[]
	>`select count(*)::int as had from mail where subject_id = ${invoiceId}`;
	await sql`insert into mail (supplier_id, mail_id, kind, unique_key, to_address, locale, subject_id, state, tries, next_try_at, created_at)
		select ${cast.supplierId}, gen_random_uuid(), 'invoice_to_pay', 'copy' || n, 'a@client.example', 'fr', ${invoiceId}, 'sent', 1, now(), now() from generate_series(1, ${52 - had}) n`;
	const read = await readAdminInvoice(house.services, cast.owner, invoiceId);
	const detail = read.ok ? read.value : null;
	expect([detail?.attempts.rows.length, detail?.attempts.more]).toEqual([50, 4]);
	expect([detail?.mails.rows.length, detail?.mails.more]).toEqual([50, 2]);
});
test('a client with twenty-three plans sees them all, page by page', async () => {
	const [row] = await sql<{ client: string }[]>`select client_id as client from invoice limit 1`;
	const client = row!.client;
	await sql`insert into plan (supplier_id, plan_id, client_id, count, amount_minor, currency, status, is_settlement, cure_days, created_at, updated_at)
		select ${cast.supplierId}, md5('payment_attempt' || n)::uuid, ${client}, 3, 12000, 'EUR', 'completed', false, 7, now(), now() from generate_series(1, 23) n`;
	const page = async (plansAfter: string | null) => {
		const read = await readAdminClient(house.services, cast.owner, client, { plansAfter });
		if (!read.ok) throw new Error(read.refusal.code);
		return read.value.plans;
	};
	const first = await page(null);
	const second = await page(first.next);
	expect([first.rows.length, second.rows.length, second.next]).toEqual([20, 3, null]);
	expect(new Set([...first.rows, ...second.rows].map((plan) => plan.planId)).size).toBe(23);
});
