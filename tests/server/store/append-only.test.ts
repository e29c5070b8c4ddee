// What the database itself refuses, whoever asks, its superuser too: an edited book, a payment that does not add up, a second try at once. Each by name,
// so that none goes without being missed.
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
/** Above every grant and policy: what stops it is the table itself. */
let all: postgres.Sql;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	const payer = await aPayer(house.services, cast);
	await pay(house.services, payer, [await anInvoice(house.services, cast, {})], 120_000);
	all = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
	await all.end();
	await house.close();
});

const BOOKS = [
	'allocation',
	'allocation_vat',
	'attempt_discount',
	'audit',
	'discount',
	'discount_vat',
	'document',
	'invoice_vat',
	'journal_entry',
	'journal_line',
	'payment',
	'plan_part_line',
	'quote_acceptance',
	'reversal',
	'reversal_allocation'
];
/** Trigger and what it asks; a deferred one at the end of the transaction. */
const TRIGGERS = [
	'allocation.allocation_adds_up check_allocations_add_up',
	'payment.allocations_add_up check_allocations_add_up',
	'discount.discount_is_justified check_discount_is_justified',
	'payment.intent_is_paid_once check_intent_is_paid_once',
	'journal_entry.entry_balances check_entry_balances',
	'journal_line.lines_balance check_lines_balance',
	'plan.plan_adds_up check_plan_adds_up',
	'payment.transfer_is_received check_transfer_is_received',
	'invoice.withdrawn_owes_nothing check_withdrawn_owes_nothing',
	'counter.counts_up count_up',
	'part_move.answered_move_stays keep_answered_move',
	'invoice.suppliers_word keep_from_clients',
	'supplier.payee_stays keep_payee',
	'payment_attempt.states refuse_state',
	'plan.states refuse_state',
	'plan_part.states refuse_state',
	'part_move.states refuse_state',
	'method_setup.states refuse_state',
	'refund_request.states refuse_state',
	'bank_entry.states refuse_state',
	'import_job.states refuse_state',
	'points_redemption.states refuse_state',
	'plan.plan_amount_stays keep_plan_amounts',
	'plan_part.plan_part_amount_stays keep_plan_amounts',
	'offer_policy.published_policy_stays keep_published_policy',
	...[...BOOKS, 'security_event'].flatMap((table) => [
		`${table}.append_only ${table === 'document' ? 'keep_document' : 'refuse_change'}`,
		`${table}.append_only_truncate refuse_change`
	])
];
/** What there is one of, at most. */
const ONCE = [
	'api_key_hash_unique',
	'one_hold_per_part',
	'bank_entry_once',
	'contact_email_unique',
	'discount_document_unique',
	'discount_sequence_unique',
	'one_discount_per_forgiven_part',
	'document_sha256_unique',
	'import_file_once',
	'invoice_number_unique',
	'journal_entry_source_unique',
	'mail_fact_unique',
	'member_email_unique',
	'one_draft_per_policy',
	'one_live_version_per_policy',
	'one_open_move_per_part',
	'passkey_credential_unique',
	'pay_link_token_unique',
	'payment_bank_entry_unique',
	'payment_intent_unique',
	'payment_receipt_unique',
	'one_live_attempt_per_invoice',
	'reversal_object_unique',
	'saved_method_stripe_unique',
	'session_hash_unique',
	'session_id_unique',
	'sign_in_token_unique',
	'supplier_stripe_account_unique'
];

describe('every guard of the database is there, and is asked', () => {
	test('the triggers', async () => {
		const found = await all<{ name: string }[]>`
			select tgrelid::regclass::text || '.' || tgname || ' ' || p.proname as name from pg_trigger g join pg_proc p on p.oid = g.tgfoid
			where not tgisinternal and tgenabled = 'O'`;
		expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(TRIGGERS));
	});
	test('the uniqueness of what may be once', async () => {
		const found = await all<{ name: string }[]>`
			select indexrelid::regclass::text as name from pg_index where indisunique and indisvalid and indisready`;
		expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(ONCE));
	});
	test('no role of the product may change or delete what is written once', async () => {
		const granted = await all`
			select grantee, table_name, privilege_type from information_schema.column_privileges
			where grantee in ('ponctuel_app', 'ponctuel_system', 'ponctuel_guard') and table_name = any(${BOOKS}) and privilege_type = 'UPDATE'
			union select grantee, table_name, privilege_type from information_schema.role_table_grants
			where grantee in ('ponctuel_app', 'ponctuel_system', 'ponctuel_guard') and table_name = any(${BOOKS}) and privilege_type in ('UPDATE', 'DELETE')`;
		expect([...granted]).toEqual([]);
	});
});
describe('even to the superuser', () => {
	const refused = { code: '23001', message: expect.stringContaining('append-only') as string };
	test.each(['journal_entry', 'journal_line', 'payment', 'allocation', 'allocation_vat', 'audit', 'document'])(
		'%s is changed, deleted and emptied by nobody',
		async (table) => {
			expect((await all.unsafe(`select from ${table}`)).length, 'there is something to change').toBeGreaterThan(0);
			await expect(all.unsafe(`update ${table} set supplier_id = supplier_id`)).rejects.toMatchObject(refused);
			await expect(all.unsafe(`delete from ${table}`)).rejects.toMatchObject(refused);
			await expect(all.unsafe(`truncate ${table} cascade`)).rejects.toMatchObject(refused);
		}
	);
	test('what is allocated of a payment adds up to it', async () => {
		await expect(
			all.unsafe(
				`insert into payment select (jsonb_populate_record(p, jsonb_build_object('payment_id', '${newId()}', 'receipt_number', 'X-1', 'receipt_sequence', 999,
				'stripe_payment_intent_id', 'pi_other', 'attempt_id', attempt_id))).* from payment p limit 1`
			)
		).rejects.toMatchObject({ code: '23514', message: expect.stringContaining('do not add up') as string });
	});
	test('a series has no gap', async () => {
		await expect(all`update counter set value = value + 2`).rejects.toMatchObject({ code: '23001' });
		await expect(all`update counter set value = value - 1`).rejects.toMatchObject({ code: '23001' });
	});
});
