// Who is on the stage: suppliers, clients and offers as an operator puts them into the database (docs/runbook.md), invoices through the API, and pay links.
import { createHash } from 'node:crypto';
import postgres from 'postgres';
import { ask, jsonOf } from './ask.ts';
import { openPoints } from './points.ts';
import type { Dice } from './dice.ts';
import type { Stage } from './stage.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const DAY_MS = 86_400_000;
export type Party = { clientId: string; contactId: string; name: string };
export type Seller = {
	supplierId: string;
	account: string;
	/** Where it may move to. */
	otherAccount: string;
	memberId: string;
	apiKey: string;
	prefix: string;
	clients: Party[];
	/** What points buy; none where the programme is off. */
	rewards: string[];
};
/** `token` opens its pay page. */
export type Bill = {
	invoiceId: string;
	number: string;
	grossMinor: number;
	seller: Seller;
	client: Party;
	token: string;
};
export type World = { sql: postgres.Sql; sellers: Seller[]; bills: Bill[] };

const FIRST_ACCOUNTS = ['acct_chaos_now', 'acct_chaos_due'];
const otherOf = (account: string): string => `${account}2`;
export const ACCOUNTS = FIRST_ACCOUNTS.flatMap((account) => [account, otherOf(account)]);
const CLIENTS_EACH = 5;
const terms = (account: string) => ({
	validFrom: null,
	validUntil: null,
	methods: ['card', 'sepa_debit'],
	discount: {
		tiers: [
			{ discountBps: 300, counted: 'from_issue', days: 10 },
			{ discountBps: 100, counted: 'from_issue', days: 20 }
		],
		capMinor: null,
		vatMode: 'by_law',
		excludes: []
	},
	instalments: {
		counts: [2, 3],
		minMinor: '5000',
		maxMinor: null,
		spacing: { unit: 'day', every: 15 },
		firstPart: account.endsWith('due') ? 'on_due_date' : 'now',
		who: 'everyone'
	}
});

/** Sees every row, as the owner who migrates. */
const asOwner = (url: string): postgres.Sql =>
	postgres(url, {
		max: 2,
		onnotice: () => {},
		backoff: () => 0.2,
		connection: { 'ponctuel.migrating': 'on' } as never
	});

export async function openWorld({ owner }: Stage, dice: Dice): Promise<World> {
	const sql = asOwner(owner);
	const sellers: Seller[] = [];
	for (const account of FIRST_ACCOUNTS) sellers.push(await addSeller(sql, dice, account));
	return { sql, sellers, bills: [] };
}

async function addSeller(sql: postgres.Sql, dice: Dice, account: string): Promise<Seller> {
	const [supplierId, memberId] = [dice.uuid(), dice.uuid()];
	const prefix = account.endsWith('due') ? 'CD' : 'CN';
	const apiKey = `ponctuel_${sha256(dice.uuid()).slice(0, 43)}`;
	const at = new Date();
	await sql`insert into supplier ${sql({
		supplier_id: supplierId,
		slug: account,
		name: `Chaos ${prefix}`,
		legal_name: `CHAOS ${prefix} SARL`,
		siren: '552100554',
		vat_number: 'FR96552100554',
		address: sql.json({ lines: ['1 rue de la Paix'], postalCode: '69001', town: 'Lyon', country: 'FR' }),
		contact_name: 'Claire Martin',
		contact_email: `compta@${prefix.toLowerCase()}.example`,
		brand_hue: 165,
		iban: 'FR7630006000011234567890189',
		bic: 'AGRIFRPP',
		stripe_account: account,
		time_zone: 'Europe/Paris',
		default_terms_days: 30,
		created_at: at
	} as never)}`;
	await sql`insert into member ${sql({ supplier_id: supplierId, member_id: memberId, email: `claire@${prefix.toLowerCase()}.example`, name: 'Claire Martin', role: 'owner', locale: 'fr', created_at: at })}`;
	await sql`insert into api_key ${sql({ supplier_id: supplierId, api_key_id: dice.uuid(), name: 'chaos', key_hash: sha256(apiKey), last_four: apiKey.slice(-4), scopes: ['import', 'read', 'undo', 'points'], addresses: [], created_at: at } as never)}`;
	await sql`insert into offer_policy ${sql({ supplier_id: supplierId, policy_id: dice.uuid(), version: 1, name: 'Chaos', audience_kind: 'all', terms: sql.json(terms(account)), created_by: 'chaos', created_at: at, updated_at: at, published_at: at } as never)}`;
	const clients = Array.from({ length: CLIENTS_EACH }, (_, i) => ({
		clientId: dice.uuid(),
		contactId: dice.uuid(),
		name: `Client ${prefix} ${i}`
	}));
	for (const { clientId, contactId, name } of clients) {
		await sql`insert into client ${sql({ supplier_id: supplierId, client_id: clientId, kind: 'business', kind_from: 'person', name, locale: 'fr', created_at: at } as never)}`;
		await sql`insert into contact ${sql({ supplier_id: supplierId, contact_id: contactId, client_id: clientId, email: `${name.toLowerCase().replaceAll(' ', '-')}@client.example`, name: 'Paul Roche', locale: 'fr', is_billing: true, has_portal: true, may_pay: true, created_at: at } as never)}`;
	}
	// One gives points, the other none.
	const seller = {
		supplierId,
		account,
		otherAccount: otherOf(account),
		memberId,
		apiKey,
		prefix,
		clients,
		rewards: []
	};
	return account.endsWith('now') ? { ...seller, rewards: await openPoints(sql, dice, seller, at) } : seller;
}

/** Imports some invoices of a supplier, and makes a link to each. */
export async function addBills(
	{ sql, bills }: World,
	web: () => string,
	dice: Dice,
	seller: Seller,
	count: number
): Promise<boolean> {
	const now = (await clockOf(web)) ?? Date.now();
	const batch = String(dice.roll(1_000_000)).padStart(6, '0');
	const wanted = Array.from({ length: count }, (_, i) => ({
		number: `${seller.prefix}-${batch}-${i + 1}`,
		net: 5000 + dice.roll(120_000),
		client: dice.one(seller.clients),
		age: dice.roll(12),
		days: 18 + dice.roll(20)
	}));
	const day = (offset: number): string => new Date(now + offset * DAY_MS).toISOString().slice(0, 10);
	const body = JSON.stringify({
		invoices: wanted.map(({ number, net, client, age, days }) => {
			const vat = Math.round(net / 5);
			return {
				number,
				issued_on: day(-age),
				due_on: day(days),
				client: { name: client.name },
				net_minor: String(net),
				vat_lines: [{ rate_bps: 2000, base_minor: String(net), vat_minor: String(vat) }],
				gross_minor: String(net + vat)
			};
		})
	});
	const key = dice.uuid();
	await importByApi(web, seller, { key, body });
	let kept = 0;
	for (const { number, net, client } of wanted) {
		const [row] = await sql<
			{ invoice_id: string }[]
		>`select invoice_id from invoice where supplier_id = ${seller.supplierId} and number = ${number}`;
		if (!row) continue;
		const token = `chaos${sha256(number + key).slice(0, 38)}`;
		await sql`insert into pay_link ${sql({ supplier_id: seller.supplierId, pay_link_id: dice.uuid(), invoice_id: row.invoice_id, contact_id: client.contactId, token_hash: sha256(token), created_at: new Date(now), expires_at: new Date(now + 400 * DAY_MS) })}`;
		bills.push({ invoiceId: row.invoice_id, number, grossMinor: net + Math.round(net / 5), seller, client, token });
		kept += 1;
	}
	return kept === count;
}

/** The supplier's software: asks with the same key until somebody says yes. Many at once are kept in the background. */
export async function importByApi(
	web: () => string,
	seller: Seller,
	{ key, body, inBackground = false }: { key: string; body: string; inBackground?: boolean }
): Promise<{ isTaken: boolean; importId?: string }> {
	for (let attempt = 0; attempt < 4; attempt++) {
		const answer = await ask(`${web()}/api/v1/${inBackground ? 'imports?send_mails=true' : 'invoices'}`, {
			method: 'POST',
			body,
			headers: {
				authorization: `Bearer ${seller.apiKey}`,
				'content-type': 'application/json',
				'idempotency-key': key,
				'ponctuel-send-mails': 'true'
			}
		});
		if (answer.status >= 200 && answer.status < 300)
			return { isTaken: true, importId: jsonOf<{ import_id?: string }>(answer)?.import_id };
	}
	return { isTaken: false };
}

/** Milliseconds on the product's clock. */
export async function clockOf(web: () => string): Promise<number | null> {
	const read = jsonOf<{ now: string }>(await ask(`${web()}/demo/api/clock`, { limitMs: 5000 }));
	return read?.now ? Date.parse(read.now) : null;
}
