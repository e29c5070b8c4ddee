// What is asked of one client, one invoice, one object is found by an index: the statements that the store really sends, explained among thousands of rows of
// others, by the login and in the scope of who asks. Row-level security lets PostgreSQL use fewer indexes than a superuser would see it use.
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Scope } from '#lib/domain/access/scope.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { findLastAttempt, listAttemptsOfInvoice } from '#lib/server/store/attempts.ts';
import type { Queries, Tx } from '#lib/server/store/database.ts';
import { listDiscounts } from '#lib/server/store/discounts.ts';
import { sumAdvance } from '#lib/server/store/invoice-sums.ts';
import { listMails } from '#lib/server/store/mails.ts';
import { listWaitingSetups } from '#lib/server/store/method-setups.ts';
import { listPlans, listPlansOfMethod } from '#lib/server/store/plans.ts';
import { listAuditsOf, wasRecorded } from '#lib/server/store/audits.ts';
import { listOpenRefundsOf, sumOpenRefunds } from '#lib/server/store/refund-requests.ts';
import { listSavedMethods, listMethodsOf, listNeededMethods } from '#lib/server/store/saved-methods.ts';
import { wakeStripeEvents, type StripeAccount } from '#lib/server/store/stripe-accounts.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const sent = vi.hoisted(() => [] as { query: string; values: unknown[] }[]);
vi.mock('postgres', async (original) => {
	const { default: real } = await original<{ default: typeof postgres }>();
	const told = (url: string, options: postgres.Options<Record<string, never>>) =>
		real(url, { ...options, debug: (_connection, query, values) => void sent.push({ query, values }) });
	return { default: Object.assign(told, real) };
});

const MANY = 5000;
let house: TestHouse;
let cast: Cast;
let payer: Payer;
/** What is asked about: five rows of each table are its. */
const [one, attempt] = [newId(), newId()];
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	const superuser = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	// Rows for their number alone: what they refer to is not there, and nothing follows from them.
	await superuser`set session_replication_role = replica`;
	const id = 'md5(n::text)::uuid';
	const fill = async (table: string, columns: Record<string, string>) => {
		const all = {
			supplier_id: `case when n % 5 = 0 and n > 5 then md5((n % 20)::text)::uuid else '${cast.supplierId}' end`,
			...columns
		};
		await superuser.unsafe(
			`insert into ${table} (${Object.keys(all).join(', ')}) select ${Object.values(all).join(', ')} from generate_series(1, ${MANY}) n`
		);
		await superuser.unsafe(`analyze ${table}`);
	};
	const asked = (value: string) => `case when n <= 5 then '${value}' else ${id} end`;
	const [client, about] = [asked(payer.clientId), asked(one)];
	const at = "timestamptz '2026-11-01' + n * interval '1 minute'";
	const [word, euros] = ["'x'", "'EUR'"];
	await fill('client', {
		client_id: id,
		kind: "'business'",
		kind_from: "'person'",
		name: "'Client ' || n",
		locale: "'fr'",
		created_at: at
	});
	await fill('invoice', {
		invoice_id: id,
		client_id: client,
		number: "'N-' || n",
		issue_year: '2026',
		type_code: "'380'",
		issued_on: "date '2026-11-01'",
		due_on: "date '2026-12-01'",
		due_is_default: 'false',
		currency: euros,
		net_minor: '100',
		vat_minor: '0',
		gross_minor: '100',
		prepaid_minor: '0',
		debt_minor: '100',
		payment_reference: word,
		created_at: at
	});
	await fill('payment_attempt', {
		attempt_id: `case when n = 1 then '${attempt}' else ${id} end`,
		client_id: client,
		channel: "'portal'",
		amount_minor: '100',
		currency: euros,
		description: word,
		return_url: word,
		status: "'declined'",
		retries_intent: 'false',
		created_at: at,
		updated_at: at
	});
	await fill('payment_attempt_invoice', {
		attempt_id: `case when n = 1 then '${attempt}' else ${id} end`,
		invoice_id: about,
		position: '0',
		amount_minor: '100',
		live: 'false'
	});
	await fill('refund_request', {
		refund_request_id: id,
		payment_id: about,
		amount_minor: '100',
		status: "'open'",
		requested_by: word,
		created_at: at
	});
	await fill('discount', {
		discount_id: id,
		payment_id: id,
		invoice_id: id,
		client_id: client,
		sequence: '1',
		kind: "'granted'",
		amount_minor: '100',
		currency: euros,
		happened_on: "date '2026-11-01'",
		created_at: at
	});
	await fill('saved_method', {
		method_id: id,
		client_id: client,
		contact_id: asked(payer.contactId),
		stripe_payment_method_id: "'pm_' || n",
		type: "'card'",
		label: word,
		kept_at: at,
		created_at: at
	});
	await fill('method_setup', {
		setup_id: id,
		client_id: client,
		begun_by: `case when n <= 5 then 'contact:${payer.contactId}' else 'contact:' || n end`,
		confirmation_token_id: word,
		return_url: word,
		status: "'awaiting_auth'",
		created_at: at,
		updated_at: at
	});
	await fill('plan', {
		plan_id: id,
		client_id: client,
		method_id: about,
		count: '3',
		amount_minor: '300',
		currency: euros,
		status: "'active'",
		is_settlement: 'false',
		cure_days: '8',
		created_at: at,
		updated_at: at
	});
	await fill('journal_line', {
		entry_id: id,
		position: '0',
		account: "'4191'",
		client_id: client,
		debit_minor: '0',
		credit_minor: '100'
	});
	await fill('audit', { audit_id: id, at, actor: word, action: "'points.frozen'", object_id: about, detail: "'{}'" });
	await fill('mail', {
		mail_id: id,
		kind: "'payment_received'",
		unique_key: "'k' || n",
		contact_id: asked(payer.contactId),
		to_address: word,
		locale: "'fr'",
		subject_id: about,
		state: "'sent'",
		tries: '1',
		next_try_at: at,
		created_at: at
	});
	await fill('stripe_event', {
		stripe_event_id: "'evt_' || n",
		type: word,
		object_id: word,
		// Most of what waits is of others.
		supplier_id: `case when n <= 5 then '${cast.supplierId}' else md5((n % 20)::text)::uuid end`,
		state: "'failed'",
		tries: '1',
		next_try_at: at,
		created_at: at,
		received_at: at
	});
	await superuser.end();
});
afterAll(() => house.close({ isMadeUp: true }));

type Node = { 'Index Name'?: string; 'Shared Hit Blocks': number; 'Shared Read Blocks': number; Plans?: Node[] };
const indexesOf = (node: Node): string[] => [
	...(node['Index Name'] ? [node['Index Name']] : []),
	...(node.Plans ?? []).flatMap(indexesOf)
];
const literal = (value: unknown): string =>
	value === null ? 'null' : `'${(value instanceof Date ? value.toISOString() : String(value)).replaceAll("'", "''")}'`;
/** How the statement that names `table` was carried out, of those that `work` sends: in the same transaction, with the same values. */
async function explained(queries: Queries | Tx, table: string, work: () => Promise<unknown>): Promise<Node> {
	sent.length = 0;
	await work();
	const { query, values } = required(
		sent.find((one) => new RegExp(`(from|update) "?${table}"?\\b`).test(one.query)),
		'a statement of this table'
	);
	const whole = query.replaceAll(/\$(\d+)/g, (_, n: string) => literal(values[Number(n) - 1]));
	const [row] = await queries.execute<{ 'QUERY PLAN': [{ Plan: Node }] }>(
		sql.raw(`explain (analyze, buffers, format json) ${whole}`)
	);
	return required(row, 'plan')['QUERY PLAN'][0].Plan;
}
/** A table of five thousand rows has a hundred pages and more. */
const FEW = 60;
const isFound = (plan: Node, index: string): void => {
	expect(indexesOf(plan)).toContain(index);
	expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(FEW);
};

type Case = [
	what: string,
	table: string,
	index: string,
	who: 'supplier' | 'payer',
	(tx: Tx, scope: Scope) => Promise<unknown>
];
const CASES: Case[] = [
	[
		'the last try of an invoice',
		'payment_attempt_invoice',
		'payment_attempt_invoice_invoice_idx',
		'payer',
		(tx, scope) => findLastAttempt(tx, scope, one)
	],
	[
		'the tries of an invoice',
		'payment_attempt_invoice',
		'payment_attempt_invoice_invoice_idx',
		'supplier',
		(tx, scope) => listAttemptsOfInvoice(tx, scope, one)
	],
	[
		'refunds asked for of a payment',
		'refund_request',
		'refund_request_payment_idx',
		'supplier',
		(tx, scope) => listOpenRefundsOf(tx, scope, one)
	],
	[
		'the sum of refunds asked for of a payment',
		'refund_request',
		'refund_request_payment_idx',
		'supplier',
		(tx, scope) => sumOpenRefunds(tx, scope, one)
	],
	[
		'discounts of a client, as its payer reads them',
		'discount',
		'discount_client_idx',
		'payer',
		(tx, scope) => listDiscounts(tx, scope)
	],
	[
		'discounts of a client',
		'discount',
		'discount_client_idx',
		'supplier',
		(tx, scope) => listDiscounts(tx, scope, { clientId: payer.clientId })
	],
	[
		'means of payment that a person gave',
		'saved_method',
		'saved_method_contact_idx',
		'supplier',
		(tx, scope) => listMethodsOf(tx, scope, payer.contactId)
	],
	[
		'means of payment that a person kept',
		'saved_method',
		'saved_method_contact_idx',
		'payer',
		(tx, scope) => listSavedMethods(tx, scope, payer.contactId)
	],
	[
		'what a payer left at its bank',
		'method_setup',
		'method_setup_waiting_idx',
		'payer',
		(tx, scope) => listWaitingSetups(tx, scope, null)
	],
	[
		'plans of a client',
		'plan',
		'plan_client_idx',
		'supplier',
		(tx, scope) => listPlans(tx, scope, { clientId: payer.clientId, limit: 20 })
	],
	[
		'plans of a client, as its payer reads them',
		'plan',
		'plan_client_idx',
		'payer',
		(tx, scope) => listPlans(tx, scope, { limit: 20 })
	],
	[
		'plans that count on a means of payment',
		'plan',
		'plan_method_idx',
		'supplier',
		(tx, scope) => listPlansOfMethod(tx, scope, one)
	],
	[
		'means of payment that a plan needs',
		'plan',
		'plan_method_idx',
		'supplier',
		(tx, scope) => listNeededMethods(tx, scope, [one])
	],
	[
		'the advance of a client',
		'journal_line',
		'journal_line_advance_idx',
		'payer',
		(tx, scope) => sumAdvance(tx, scope, payer.clientId)
	],
	[
		'what was done to one object',
		'audit',
		'audit_object_idx',
		'supplier',
		(tx, scope) => listAuditsOf(tx, scope, { objectId: one, actions: ['points.frozen'], limit: 20 })
	],
	[
		'whether something was done to one object',
		'audit',
		'audit_object_idx',
		'supplier',
		(tx, scope) => wasRecorded(tx, scope, 'points.frozen', one)
	],
	[
		'mails about one thing',
		'mail',
		'mail_subject_idx',
		'supplier',
		(tx, scope) => listMails(tx, scope, { subjectId: one })
	],
	[
		'mails to one person',
		'mail',
		'mail_contact_idx',
		'supplier',
		(tx, scope) => listMails(tx, scope, { contactId: payer.contactId })
	]
];
test.each(CASES)('%s', async (_what, table, index, who, work) => {
	const scope = who === 'payer' ? payer.scope : cast.owner;
	const plan = await inScope(house.services.db, scope, (tx) => explained(tx, table, () => work(tx, scope)));
	isFound(plan, index);
});
test('what Stripe told of an account that answers again', async () => {
	const { db } = house.services;
	const account = { supplierId: cast.supplierId, account: '' } as StripeAccount;
	isFound(
		await explained(db.system, 'stripe_event', () => wakeStripeEvents(db, account, new Date('2026-11-02'))),
		'stripe_event_turn_idx'
	);
});
