// The three walls of every table, read from the live catalogue: the rows of its supplier, in a client's scope those of the client, and constraints on
// what is written. A new table without them fails here by name. Then a database full of marked rows is read and written as a client's person.
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as schema from '#lib/server/store/schema/index.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

/** Ways in and the running of the product: the role of the use cases may not even look. */
const SYSTEM_ONLY = [
	'demo_clock',
	'kept_form',
	'known_browser',
	'page_report',
	'rate_limit',
	'sign_in_request',
	'used_challenge',
	'worked'
];
/** What a client's person sees beyond its own rows, and why that is nothing of another client's. */
const COMMON: Record<string, string> = {
	supplier: 'whom one owes: its name, its account, its terms',
	supplier_logo: 'a picture that anybody may look at who has its address',
	points_programme: 'the rules of the points, which are everybody’s to read',
	counter: 'the number of the next receipt, which paying takes'
};
/** What it adds without being able to read it: nothing in them is shown to a client. */
const TOLD: Record<string, string> = {
	audit: 'who did what',
	journal_entry: 'the head of an entry names no client; its lines do',
	security_event: 'signs of an attack'
};
/** Closed to a client's person: nothing is read in them, not even what is about it. */
const CLOSED = [
	...Object.keys(TOLD),
	...[
		'api_key',
		'bank_entry',
		'bank_statement',
		'idempotency',
		'import_file',
		'import_job',
		'import_line',
		'import_mapping',
		'loyalty_connection',
		'loyalty_outbox',
		'said_outcome',
		'said_refund'
	],
	...[
		'invoice_name',
		'mail',
		'member',
		'open_sum',
		'outbox',
		'passkey',
		'pay_link',
		'pending_object',
		'plan_charge',
		'reconciliation',
		'unsettled_object',
		'session',
		'sign_in',
		'stripe_account',
		'stripe_event',
		'voucher_code'
	]
];

/** A client’s own, and never by a pay link, which may be forwarded. */
const NOT_BY_LINK = ['loyalty_member'];

let house: TestHouse;
let all: postgres.Sql;
type Column = { table: string; name: string; type: string; needed: boolean };
let columns: Column[];
let tables: string[];
beforeAll(async () => {
	house = await openHouse();
	all = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	columns = await all<Column[]>`
		select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type, a.attnotnull as needed
		from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attgenerated = '' and a.attidentity = '' order by 1, a.attnum`;
	tables = [...new Set(columns.map((column) => column.table))];
});
afterAll(async () => {
	await all.end();
	await house.close({ isMadeUp: true });
});

type Policy = { table: string; policy: string; roles: string[]; permissive: string; command: string; text: string };
const policies = (): Promise<Policy[]> =>
	all<
		Policy[]
	>`select tablename as table, policyname as policy, roles::text[], permissive, cmd as command, coalesce(qual, '') || ' ' || coalesce(with_check, '') as text
		from pg_policies where schemaname = 'public' order by 1, 2`;

describe('each table has its walls', () => {
	test('row-level security is on and forced on its owner, and the roles of the product own nothing', async () => {
		const found =
			await all`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
			and (not relrowsecurity or not relforcerowsecurity or relowner <> 'ponctuel_owner'::regrole)`;
		expect([...found]).toEqual([]);
		expect(tables.length).toBeGreaterThan(45);
	});
	test('first wall: every policy of the application compares the supplier', async () => {
		const open = (await policies()).filter(
			({ roles, permissive, text }) =>
				roles.includes('ponctuel_app') &&
				permissive === 'PERMISSIVE' &&
				!/supplier_id = .*ponctuel\.supplier_id/.test(text)
		);
		expect(open).toEqual([]);
		const known = (await policies()).map(({ table, roles }) => `${table} ${roles.join()}`);
		for (const table of tables)
			expect(known, table).toContain(`${table} ${SYSTEM_ONLY.includes(table) ? 'ponctuel_system' : 'ponctuel_app'}`);
	});
	test('second wall: every policy looks at the client, unless the table holds nothing of one', async () => {
		const open = (await policies()).filter(
			({ table, roles, permissive, text }) =>
				roles.includes('ponctuel_app') &&
				permissive === 'PERMISSIVE' &&
				!COMMON[table] &&
				!/ponctuel\.(client_id|actor)/.test(text)
		);
		// Adding is all that is open in these.
		expect(open.filter(({ table, command }) => !TOLD[table] || command !== 'INSERT')).toEqual([]);
	});
	test('nobody but the owner while it migrates, the checks and the two roles has a policy', async () => {
		const roles = new Set((await policies()).flatMap((policy) => policy.roles));
		expect([...roles].sort()).toEqual(['ponctuel_app', 'ponctuel_guard', 'ponctuel_owner', 'ponctuel_system']);
		for (const { policy, roles, text } of await policies()) {
			if (roles.includes('ponctuel_owner'))
				expect([policy, text]).toEqual(['migration', expect.stringContaining('ponctuel.migrating')]);
			if (roles.includes('ponctuel_guard')) expect(text).toContain("= 'ponctuel_guard'");
		}
		const granted = await all`select table_name, privilege_type, grantee from information_schema.role_table_grants
			where table_schema = 'public' and (grantee not in ('ponctuel_app', 'ponctuel_system', 'ponctuel_guard', 'ponctuel_owner') or privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER') and grantee <> 'ponctuel_owner')`;
		expect([...granted]).toEqual([]);
	});
	test('what checks across rows runs as a role that may only read, looks into no temporary table, and is nobody’s to call', async () => {
		const functions = await all<{ name: string; owner: string; path: string; open: boolean; trigger: boolean }[]>`
			select p.proname as name, pg_get_userbyid(p.proowner) as owner, array_to_string(p.proconfig, ',') as path, p.prorettype = 'trigger'::regtype as trigger,
				has_function_privilege('ponctuel_app', p.oid, 'execute') as open
			from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef`;
		expect(functions.length).toBeGreaterThan(5);
		for (const one of functions) {
			expect([one.name, one.path]).toEqual([one.name, expect.stringContaining('search_path=public, pg_temp')]);
			if (one.trigger) expect([one.name, one.owner, one.open]).toEqual([one.name, 'ponctuel_guard', false]);
		}
	});
});

/** Words kept as text that are no list of ours, and why. */
const FREE_WORDS: Record<string, string> = {
	'stripe_event.type': 'Stripe’s word',
	'saved_method.type': 'Stripe’s word',
	'payment_attempt.method_type': 'Stripe’s word',
	'payment.method_type': 'Stripe’s word',
	'document.media_type': 'of a file, as its reader found it',
	'import_file.media_type': 'of a file, as its reader found it',
	'bank_entry.return_reason': 'the bank’s code',
	'reversal.reason': 'the bank’s or Stripe’s words',
	'open_item.not_payable_reason': 'the invoice’s, checked there; written by a trigger alone'
};
/** Ids without a foreign key, and why. */
const FREE_IDS: Record<string, string> = {
	'sign_in.subject_id': 'a contact or a member, by its kind',
	'session.subject_id': 'a contact or a member, by its kind',
	'known_browser.subject_id': 'a contact or a member, by its kind',
	'kept_form.subject_id': 'a contact or a member, by its kind',
	'sign_in.request_id': 'asked by somebody who may be nobody’s; forgotten after a day',
	'mail.subject_id': 'what it tells of: an invoice, a payment, a plan…, by its kind',
	'mail.member_id': 'a member may leave; what was told stays told',
	'outbox.client_id': 'news, kept for hours, read again under the policies',
	'outbox.invoice_id': 'as above',
	'outbox.attempt_id': 'as above',
	'points_redemption.reward_id': 'a reward in the terms of its version; the trigger that takes one looks it up',
	'import_job.claim_id': 'the name of a turn, no row',
	'import_line.chosen_client_id': 'a client, or its own line’s id for one to be made',
	'import_line.invoice_id': 'what its invoice will be',
	'security_event.actor_id': 'whoever it was, by its kind; may be nobody'
};

describe('third wall: what is written is one of the words, and names what is there', () => {
	const constraints = () => all<
		{ table: string; type: string; columns: string[]; definition: string; valid: boolean }[]
	>`
		select c.conrelid::regclass::text as table, c.contype as type, c.convalidated as valid, pg_get_constraintdef(c.oid) as definition,
			array(select a.attname::text from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any(c.conkey)) as columns
		from pg_constraint c where c.connamespace = 'public'::regnamespace`;
	test('every list of words in the code is the list that the database knows', async () => {
		const checks = (await constraints()).filter(({ type, columns }) => type === 'c' && columns.length === 1);
		const lists = Object.values(schema).flatMap((table) =>
			is(table, PgTable)
				? getTableConfig(table).columns.flatMap((column) =>
						column.enumValues
							? [{ table: getTableConfig(table).name, column: column.name, words: [...column.enumValues].sort() }]
							: []
					)
				: []
		);
		expect(lists.length).toBeGreaterThan(25);
		for (const { table, column, words } of lists) {
			const name = column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
			const known = checks
				.filter((one) => one.table === table && one.columns[0] === name)
				.map(({ definition }) => [...definition.matchAll(/'([^']+)'::text/g)].map((match) => match[1]!).sort());
			expect([`${table}.${name}`, known]).toEqual([`${table}.${name}`, expect.arrayContaining([words])]);
		}
	});
	test('every state, kind and choice has such a list, or a reason', async () => {
		const checked = (await constraints())
			.filter(({ type }) => type === 'c')
			.flatMap(({ table, columns }) => columns.map((column) => `${table}.${column}`));
		const words = columns.filter(
			({ name, type }) =>
				type === 'text' &&
				/(^|_)(status|state|kind|type|outcome|channel|option|role|locale|reason|account|order)$/.test(name)
		);
		const open = words
			.map(({ table, name }) => `${table}.${name}`)
			.filter((one) => !checked.includes(one) && !FREE_WORDS[one]);
		expect(open.filter((one) => !/account$/.test(one) || one === 'journal_line.account')).toEqual([]);
	});
	test('every id is a key of its table or names a row of another, with its supplier; or has a reason', async () => {
		const list = await constraints();
		const has = (type: string, table: string, name: string) =>
			list.some((one) => one.type === type && one.table === table && one.columns.includes(name));
		const open = columns
			.filter(
				({ table, name, type }) =>
					type === 'uuid' && !has('p', table, name) && !has('u', table, name) && !has('f', table, name)
			)
			.map(({ table, name }) => `${table}.${name}`);
		expect(open.filter((one) => !FREE_IDS[one])).toEqual([]);
		// Of a supplier's table, nothing hangs in the air.
		expect(
			tables.filter(
				(table) =>
					columnsOf(table).some(({ name }) => name === 'supplier_id') &&
					table !== 'supplier' &&
					!has('f', table, 'supplier_id')
			)
		).toEqual([]);
	});
	test('none was left without having been compared with what is there', async () => {
		expect((await constraints()).filter(({ valid }) => !valid)).toEqual([]);
	});
});

/** Four lives: two clients of one supplier (the first with a second invoice, marked 3) and one of another supplier. Every id and text carries its mark. */
const MARKS = [1, 2, 3, 4] as const;
type Mark = (typeof MARKS)[number];
const id = (name: string, mark: Mark): string =>
	`${String(mark).repeat(8)}-0000-4000-8000-${Buffer.from(name.padEnd(12, '.')).toString('hex').slice(0, 12)}`;
const SUPPLIER = (mark: Mark): string => id('supplier', mark === 4 ? 4 : 1);
const CLIENT = (mark: Mark): string => id('client', mark === 3 ? 1 : mark);
const FIXED: Record<string, unknown> = {
	audience_kind: 'client',
	document_is_shown: true,
	published_at: '2026-01-01',
	subject_kind: 'contact'
};

function valueOf({ name, type }: Column, mark: Mark): unknown {
	if (name in FIXED) return FIXED[name];
	if (name === 'supplier_id') return SUPPLIER(mark);
	if (name === 'client_id') return CLIENT(mark);
	if (type === 'uuid') return id(name, mark);
	if (type === 'text') return `mark-${mark}`;
	if (type === 'boolean') return true;
	if (type.startsWith('timestamp') || type === 'date') return `2026-01-0${mark}`;
	if (type === 'jsonb') return '{}';
	if (type.endsWith('[]')) return '{}';
	if (type === 'bytea') return '\\x00';
	if (type === 'xid8') return '1';
	return mark;
}
const columnsOf = (table: string): Column[] => columns.filter((column) => column.table === table);
const insertOf = (table: string, mark: Mark): string => {
	const list = columnsOf(table);
	return `insert into "${table}" (${list.map(({ name }) => `"${name}"`).join(', ')}) values (${list
		.map((column) => `'${String(valueOf(column, mark))}'`)
		.join(', ')})`;
};
/** Rows of one supplier or one client only are there once. */
const marksOf = (table: string): readonly Mark[] =>
	['supplier', 'loyalty_connection'].includes(table)
		? [1, 4]
		: ['client', 'stripe_customer', 'points_account', 'points_acceptance', 'loyalty_member'].includes(table)
			? [1, 2, 4]
			: MARKS;
const owned = (): string[] => tables.filter((table) => ![...SYSTEM_ONLY, ...CLOSED].includes(table) && !COMMON[table]);

describe('a client’s person, by whatever SQL', () => {
	beforeAll(async () => {
		// Only row-level security and grants are on trial: the rows need not make sense. (This database is thrown away.)
		for (const { table, name } of await all<{ table: string; name: string }[]>`
			select conrelid::regclass::text as table, conname as name from pg_constraint where connamespace = 'public'::regnamespace and contype = 'c'`)
			await all.unsafe(`alter table ${table} drop constraint "${name}"`);
		await all.unsafe(`set session_replication_role = replica`);
		for (const table of tables)
			if (!SYSTEM_ONLY.includes(table)) for (const mark of marksOf(table)) await all.unsafe(insertOf(table, mark));
	});
	type Who = 'contact' | 'pay_link' | 'owner' | 'accountant' | 'read_only' | 'api_key';
	/** Runs as the application in a scope, and takes everything back. */
	async function as<T>(who: Who, work: (tx: postgres.TransactionSql) => Promise<T>, before?: string): Promise<T> {
		let value: T | undefined;
		const undo = new Error('undo');
		await all
			.begin(async (tx) => {
				if (before) await tx.unsafe(before);
				const isClient = who === 'contact' || who === 'pay_link';
				await tx`select set_config('ponctuel.supplier_id', ${SUPPLIER(1)}, true), set_config('ponctuel.client_id', ${isClient ? CLIENT(1) : ''}, true),
					set_config('ponctuel.invoice_id', ${who === 'pay_link' ? id('invoice_id', 1) : ''}, true), set_config('ponctuel.actor', ${who}, true)`;
				await tx.unsafe('set local role ponctuel_app');
				value = await work(tx);
				throw undo;
			})
			.catch((error: unknown) => {
				if (error !== undo) throw error;
			});
		return value as T;
	}
	/** How many rows a statement touches; 0 when it is refused. */
	const touched = (who: Who, statement: string, before?: string): Promise<number> =>
		as(who, async (tx) => (await tx.unsafe(statement)).count, before).catch((error: Error & { code?: string }) => {
			if (error.code === '42501') return 0;
			throw error;
		});

	test.each(['contact', 'pay_link'] as const)('reads nothing of another client in any table (%s)', async (who) => {
		for (const table of tables) {
			if (SYSTEM_ONLY.includes(table)) {
				await expect(
					as(who, (tx) => tx.unsafe(`select from "${table}"`)),
					table
				).rejects.toThrow(/permission denied/);
				continue;
			}
			const rows = await as(who, (tx) => tx.unsafe(`select * from "${table}"`));
			if (COMMON[table]) {
				expect(JSON.stringify(rows), table).not.toMatch(/44444444-|mark-4/);
				continue;
			}
			expect(JSON.stringify(rows), table).not.toMatch(/22222222-|44444444-|mark-2|mark-4/);
			expect([table, rows.length > 0]).toEqual([
				table,
				!(CLOSED.includes(table) || (who === 'pay_link' && NOT_BY_LINK.includes(table)))
			]);
		}
	});
	test('with a pay link, reads no file but that of its invoice', async () => {
		expect(await as('contact', (tx) => tx`select from document`)).toHaveLength(2);
		expect(await as('pay_link', (tx) => tx`select document_id from document`)).toEqual([
			{ document_id: id('document_id', 1) }
		]);
	});
	test('changes and deletes nothing of another client in any table', async () => {
		const own = new Map(
			owned().map((table) => [table, marksOf(table).filter((mark) => CLIENT(mark) === CLIENT(1)).length])
		);
		const rights = await all<{ table: string; column: string }[]>`
			select table_name as table, min(column_name) as column from information_schema.column_privileges
			where table_schema = 'public' and grantee = 'ponctuel_app' and privilege_type = 'UPDATE' group by 1 order by 1`;
		expect(rights.length).toBeGreaterThan(15);
		for (const { table, column } of rights)
			expect([
				table,
				(await touched('contact', `update "${table}" set "${column}" = "${column}"`)) <=
					(own.get(table) ?? (table === 'counter' ? 3 : 0))
			]).toEqual([table, true]);
		for (const table of tables)
			expect([table, (await touched('contact', `delete from "${table}"`)) <= (own.get(table) ?? 0)]).toEqual([
				table,
				true
			]);
	});
	test('writes no row of another client, of a member, a session, a key', async () => {
		for (const table of tables.filter((table) => !SYSTEM_ONLY.includes(table) && !COMMON[table] && !TOLD[table])) {
			const other = `delete from "${table}"`;
			expect([table, await touched('contact', insertOf(table, 2), other)]).toEqual([table, 0]);
			expect([table, await touched('contact', insertOf(table, 4), other)]).toEqual([table, 0]);
			// Moving a row of its own to somebody else is the same.
			const named = columnsOf(table).find(({ name }) => name === 'client_id');
			if (named)
				expect([table, await touched('contact', `update "${table}" set client_id = '${CLIENT(2)}'`)]).toEqual([
					table,
					0
				]);
		}
	});
	test.each([
		['update supplier set late_rate_bps = 900', ['owner', 'accountant']],
		["update member set role = 'owner'", ['owner']],
		['update api_key set revoked_at = null', ['owner']],
		['update contact set may_pay = true', ['owner', 'accountant', 'read_only', 'api_key']],
		['update invoice set not_payable_reason = null', ['owner', 'accountant', 'read_only', 'api_key', 'contact']],
		["update offer_policy set terms = '{}'", ['owner', 'accountant', 'read_only', 'api_key']]
	] as const)('“%s” is for those whose business it is', async (statement, allowed) => {
		for (const who of ['owner', 'accountant', 'read_only', 'api_key', 'contact'] as const)
			expect([who, (await touched(who, statement)) > 0]).toEqual([who, (allowed as readonly string[]).includes(who)]);
	});
	test('the supplier’s account and name are an owner’s to change, an invoice’s columns no client’s, and a series goes up by one', async () => {
		await all.unsafe('set session_replication_role = origin');
		try {
			for (const column of ['iban', 'bic', 'stripe_account', 'name', 'legal_name', 'legal_form', 'phone'])
				for (const [who, may] of [
					['owner', true],
					['accountant', false],
					['read_only', false],
					['api_key', false],
					['contact', false]
				] as const)
					expect([column, who, (await touched(who, `update supplier set ${column} = 'other'`)) > 0]).toEqual([
						column,
						who,
						may
					]);
			await expect(as('contact', (tx) => tx`update invoice set not_payable_reason = null`)).rejects.toThrow(
				/written by the supplier/
			);
			await expect(as('owner', (tx) => tx`update counter set value = value + 2`)).rejects.toThrow(/goes up by one/);
		} finally {
			await all.unsafe('set session_replication_role = replica');
		}
	});
	test('as the owner of the tables: nobody sees a row, but who migrates', async () => {
		const url = house.databaseUrl.replace('//postgres:postgres@', '//ponctuel_owner:ponctuel_owner@');
		const owner = postgres(url, { max: 1, onnotice: () => {} });
		const count = async () => {
			for (const table of tables)
				if (!SYSTEM_ONLY.includes(table) && (await owner.unsafe(`select from "${table}"`)).length) return table;
			return 'none';
		};
		expect(await count()).toBe('none');
		expect((await owner.unsafe('update invoice set due_on = due_on')).count).toBe(0);
		await owner`select set_config('ponctuel.migrating', 'on', false)`;
		expect((await owner.unsafe('update invoice set due_on = due_on')).count).toBe(4);
		await owner.end();
	});
});
