// A supplier of any size: rows that the product itself wrote, copied in PostgreSQL with new names and older days, past its triggers. What is open is then
// added up by the product's own views.
import type postgres from 'postgres';
import { required } from '#lib/domain/required.ts';

export type Size = { invoices: number; suppliers: number };
/** Of a hundred invoices, so many are open. */
const OPEN_PERCENT = 5;
/** Invoices of one client, but for the client whose pages are measured: it has more. */
const PER_CLIENT = 50;
const DAYS = 1500;

type Copy = {
	/** How many times: `k` in what follows counts them from 1. */
	times: number;
	/** Rows and what they are called by: these names are new in each copy, in whatever column they stand. */
	names: string[];
	/** Whom the copies belong to (SQL of `k`); as they were when it is left out. */
	clients?: { clientId: string; contactId: string };
	/** Days that the copies are older (SQL of `k`). */
	older: string;
};
/** Columns that are unique by themselves, and the word for a new one. */
const WORDS: Record<string, Record<string, string>> = {
	supplier: { slug: `t.slug || '-' || k`, stripe_account: `t.stripe_account || '_' || k` },
	stripe_account: { account: `t.account || '_' || k` },
	member: { email: `k || '.' || t.email` },
	invoice: { number: `t.number || '-' || k || tag`, issue_year: `extract(year from t.issued_on - older)::int` },
	pay_link: { token_hash: `encode(sha256(convert_to(t.token_hash || k || tag, 'UTF8')), 'hex')` },
	payment: {
		receipt_number: `t.receipt_number || '-' || k || tag`,
		stripe_payment_intent_id: `t.stripe_payment_intent_id || '_' || k || tag`
	},
	payment_attempt: { stripe_payment_intent_id: `t.stripe_payment_intent_id || '_' || k || tag` },
	contact: { email: `k || '.' || t.email` },
	client: { name: `t.name || ' ' || k` },
	mail: { unique_key: `t.unique_key || '-' || k || tag` },
	bank_entry: { fingerprint: `encode(sha256(convert_to(t.fingerprint || k, 'UTF8')), 'hex')` },
	bank_statement: { file_sha256: `encode(sha256(convert_to(t.file_sha256 || k, 'UTF8')), 'hex')` }
};

const named = (column: string, tag: string) => `md5(${column}::text || k || '${tag}')::uuid`;
const listed = (names: string[]) => `array[${names.map((name) => `'${name}'`).join(', ')}]`;

async function copyRows(sql: postgres.Sql, table: string, where: string, copy: Copy, tag: string): Promise<void> {
	const columns = await sql<{ name: string; type: string }[]>`
		select attname as name, format_type(atttypid, null) as type from pg_attribute
		where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = '' order by attnum`;
	const words = Object.entries(WORDS[table] ?? {}).map(
		([column, word]) => [column, word.replaceAll('tag', `'${tag}'`).replaceAll('older', `(${copy.older})`)] as const
	);
	const value = ({ name, type }: { name: string; type: string }): string => {
		const word = words.find(([column]) => column === name)?.[1];
		if (word) return word;
		if (copy.clients && name === 'client_id')
			return `case when t.client_id is not null then ${copy.clients.clientId} end`;
		if (copy.clients && name === 'contact_id')
			return `case when t.contact_id is not null then ${copy.clients.contactId} end`;
		if (type === 'uuid')
			return `case when t.${name} = any(${listed(copy.names)}::uuid[]) then ${named(`t.${name}`, tag)} else t.${name} end`;
		if (name === 'source_id' || name === 'cause_id')
			return `case when t.${name}::text = any(${listed(copy.names)}) then ${named(`t.${name}`, tag)}::text else t.${name} || '-' || k || '${tag}' end`;
		if (type === 'date') return `t.${name} - (${copy.older})`;
		// Each at an instant of its own, as in life.
		if (type.startsWith('timestamp')) return `t.${name} - (${copy.older}) * interval '1 day' - k * interval '7 ms'`;
		return `t.${name}`;
	};
	await sql.unsafe(
		`insert into ${table} (${columns.map(({ name }) => `"${name}"`).join(', ')}) select ${columns.map(value).join(', ')} from ${table} t, generate_series(1, ${copy.times}) k where ${where}`
	);
}

type Template = { invoiceId: string; clientId: string; contactId: string; names: string[] };
/** An invoice of the supplier, with the names of all that hangs on it. */
async function templateOf(sql: postgres.Sql, supplierId: string, isPaid: boolean): Promise<Template> {
	const [found] = await sql<{ invoiceId: string; clientId: string; contactId: string }[]>`
		select i.invoice_id as "invoiceId", i.client_id as "clientId", c.contact_id as "contactId"
		from invoice i join open_item o using (supplier_id, invoice_id) join contact c on (c.supplier_id, c.client_id) = (i.supplier_id, i.client_id) and c.is_billing
		left join lateral (select count(*) as n, max(payment_id::text)::uuid as id from allocation a where (a.supplier_id, a.invoice_id) = (i.supplier_id, i.invoice_id)) paid on true
		where i.supplier_id = ${supplierId} and i.not_payable_reason is null and i.type_code = '380'
			and not exists (select from plan_part_line p where (p.supplier_id, p.invoice_id) = (i.supplier_id, i.invoice_id))
			and not exists (select from discount d where (d.supplier_id, d.invoice_id) = (i.supplier_id, i.invoice_id))
			and not exists (select from reversal_allocation r where (r.supplier_id, r.invoice_id) = (i.supplier_id, i.invoice_id))
			and case when ${isPaid} then o.balance_minor = 0 and paid.n = 1
				and (select count(*) from allocation a where (a.supplier_id, a.payment_id) = (i.supplier_id, paid.id)) = 1
				and exists (select from payment p where (p.supplier_id, p.payment_id) = (i.supplier_id, paid.id) and p.attempt_id is not null and p.method_type = 'card')
			else o.payable_minor > 0 and o.payable_minor = i.gross_minor and not exists (select from payment_attempt_invoice a where (a.supplier_id, a.invoice_id) = (i.supplier_id, i.invoice_id)) end
		order by i.invoice_id, c.contact_id limit 1`;
	const template = required(found, isPaid ? 'paid invoice' : 'open invoice');
	const { invoiceId } = template;
	const names = await sql<{ id: string }[]>`
		select ${invoiceId}::uuid as id
		union select payment_id from allocation where supplier_id = ${supplierId} and invoice_id = ${invoiceId}
		union select attempt_id from payment_attempt_invoice where supplier_id = ${supplierId} and invoice_id = ${invoiceId}
		union select entry_id from journal_line where supplier_id = ${supplierId} and invoice_id = ${invoiceId}
		union select pay_link_id from pay_link where supplier_id = ${supplierId} and invoice_id = ${invoiceId}
		union select award_id from points_award where supplier_id = ${supplierId} and invoice_id = ${invoiceId}
		union select mail_id from mail where supplier_id = ${supplierId} and subject_id = ${invoiceId}`;
	return { ...template, names: names.map(({ id }) => id) };
}

async function copyInvoices(
	sql: postgres.Sql,
	supplierId: string,
	template: Template,
	copy: Omit<Copy, 'names'>,
	tag: string
): Promise<void> {
	const { names } = template;
	const of = (column: string) => `t.supplier_id = '${supplierId}' and t.${column} = any(${listed(names)}::uuid[])`;
	const by: [string, string][] = [
		['invoice', 'invoice_id'],
		['invoice_vat', 'invoice_id'],
		['open_item', 'invoice_id'],
		['pay_link', 'invoice_id'],
		['mail', 'mail_id'],
		['payment_attempt', 'attempt_id'],
		['payment_attempt_invoice', 'attempt_id'],
		['quote_acceptance', 'attempt_id'],
		['payment', 'payment_id'],
		['allocation', 'payment_id'],
		['allocation_vat', 'payment_id'],
		['points_award', 'award_id'],
		['journal_entry', 'entry_id'],
		['journal_line', 'entry_id']
	];
	for (const [table, column] of by) await copyRows(sql, table, of(column), { ...copy, names }, tag);
}

/** `sql`: a superuser's. The invoices of `supplierId` become `size`, those of `clientId` a five-hundredth of them more, 200 at least; other suppliers stand idle beside it. */
export async function fill(
	sql: postgres.Sql,
	supplierId: string,
	clientId: string,
	{ invoices, suppliers }: Size
): Promise<void> {
	await sql`set session_replication_role = replica`;
	await sql`set synchronous_commit = off`;
	const [paid, open] = [await templateOf(sql, supplierId, true), await templateOf(sql, supplierId, false)];
	const clients = Math.ceil(invoices / PER_CLIENT);
	const party = `t.supplier_id = '${supplierId}' and t.client_id = '${paid.clientId}'`;
	const people = { times: clients, names: [paid.clientId, paid.contactId], older: `k % ${DAYS}` };
	await copyRows(sql, 'client', party, people, 'client');
	await copyRows(sql, 'contact', `${party} and t.contact_id = '${paid.contactId}'`, people, 'client');
	const one = (id: string) => `md5('${id}' || (1 + k % ${clients}) || 'client')::uuid`;
	const strangers = { clientId: one(paid.clientId), contactId: one(paid.contactId) };
	const opened = Math.floor((invoices * OPEN_PERCENT) / 100);
	const older = `1 + k % ${DAYS}`;
	await copyInvoices(sql, supplierId, paid, { times: invoices - opened, clients: strangers, older }, 'paid');
	await copyInvoices(sql, supplierId, open, { times: opened, clients: strangers, older: 'k % 120' }, 'open');
	const [mine] = await sql<{ contactId: string }[]>`
		select contact_id as "contactId" from contact where supplier_id = ${supplierId} and client_id = ${clientId} order by contact_id limit 1`;
	const known = { clientId: `'${clientId}'::uuid`, contactId: `'${required(mine, 'contact').contactId}'::uuid` };
	// More than a page of everything in both sizes, and ten times as much in the larger.
	await copyInvoices(sql, supplierId, paid, { times: Math.max(200, invoices / 500), clients: known, older }, 'known');
	await copyBank(sql, supplierId, invoices / 10);
	const [like] = await sql<
		{ id: string }[]
	>`select supplier_id as id from supplier where supplier_id <> ${supplierId} order by 1 limit 1`;
	await copySuppliers(sql, required(like, 'another supplier').id, suppliers);
	await sql`delete from open_sum where supplier_id = ${supplierId}`;
	await sql`
		insert into open_sum (supplier_id, currency, due_on, balance_minor, payable_minor, busy_minor, under_way_minor, elsewhere_minor, credit_minor, owed_count, payable_count)
		select supplier_id, currency, due_on, balance_minor, payable_minor, busy_minor, under_way_minor, elsewhere_minor, credit_minor, owed_count, payable_count
		from open_sum_due where supplier_id = ${supplierId}`;
	await sql`vacuum analyze`;
}

/** Transactions of the bank that were set aside, a hundred on a statement. */
async function copyBank(sql: postgres.Sql, supplierId: string, times: number): Promise<void> {
	const [found] = await sql<{ entry: string; statement: string }[]>`
		select bank_entry_id as entry, statement_id as statement from bank_entry where supplier_id = ${supplierId} and state = 'aside' order by bank_entry_id limit 1`;
	const { entry, statement } = required(found, 'transaction set aside');
	const statements = Math.ceil(times / 100);
	const older = `1 + k % ${DAYS}`;
	await copyRows(
		sql,
		'bank_statement',
		`t.statement_id = '${statement}'`,
		{ times: statements, names: [statement], older },
		''
	);
	await copyRows(sql, 'bank_entry', `t.bank_entry_id = '${entry}'`, { times, names: [entry], older }, '');
	await sql`
		update bank_entry set statement_id = md5(${statement}::text || n)::uuid
		from (select bank_entry_id as id, 1 + (row_number() over () % ${statements})::int as n from bank_entry where supplier_id = ${supplierId} and statement_id = ${statement}
			and bank_entry_id <> ${entry} and state = 'aside') of where bank_entry_id = of.id and supplier_id = ${supplierId}`;
}

/** Suppliers with an account, a member, a client and nothing to do. */
async function copySuppliers(sql: postgres.Sql, like: string, times: number): Promise<void> {
	const [ids] = await sql<{ member: string; client: string; contact: string }[]>`
		select (select member_id from member where supplier_id = ${like} limit 1) as member, client_id as client, contact_id as contact
		from contact where supplier_id = ${like} limit 1`;
	const { member, client, contact } = required(ids, 'people');
	const copy = { times, names: [like, member, client, contact], older: '0' };
	const of = `t.supplier_id = '${like}'`;
	await copyRows(sql, 'supplier', of, copy, 'idle');
	await copyRows(sql, 'stripe_account', `${of} and t.until_at is null`, copy, 'idle');
	await copyRows(sql, 'member', `${of} and t.member_id = '${member}'`, copy, 'idle');
	await copyRows(sql, 'client', `${of} and t.client_id = '${client}'`, copy, 'idle');
	await copyRows(sql, 'contact', `${of} and t.contact_id = '${contact}'`, copy, 'idle');
}
