// Suppliers, members, clients, contacts.
import { and, asc, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Role, Scope } from '../../domain/access/scope.ts';
import type { KnownClient } from '../../domain/invoices/buyer.ts';
import type { ClientKind, ClientKindFrom } from '../../domain/invoices/client-kind.ts';
import type { Party } from '../../domain/invoices/document.ts';
import { getsInvoices } from '../../domain/mail/recipients.ts';
import type { Database, Tx } from './database.ts';
import { anyOf, insertMany } from './insert-many.ts';
import { withRest, type Latest } from './latest.ts';
import { client, contact, member, supplier } from './schema/index.ts';
import { writtenOnce } from './written-once.ts';

export type Supplier = typeof supplier.$inferSelect;
export type Client = typeof client.$inferSelect;
export type Contact = typeof contact.$inferSelect;
/** What a person of a client may: receive its invoices, see all of them in the portal, pay them. Each by itself. */
export type ContactRights = Pick<Contact, 'isBilling' | 'hasPortal' | 'mayPay'>;
export type Member = typeof member.$inferSelect;

const supplierById = writtenOnce<{ supplierId: string }>()((tx, given) =>
	tx.select().from(supplier).where(eq(supplier.supplierId, given.supplierId))
);
export async function getSupplier(tx: Tx, { supplierId }: Scope): Promise<Supplier> {
	const [row] = await supplierById(tx, { supplierId });
	if (!row) throw new Error('scope without supplier');
	return row;
}
/** Who issues the supplier's documents, as it is printed on them. */
export type Issuer = {
	name: string;
	legalName: string;
	siren: string | null;
	vatNumber: string | null;
	address: string[];
	brandHue: number;
};
export const issuerOf = ({ name, legalName, siren, vatNumber, address, brandHue }: Supplier): Issuer => ({
	name,
	legalName,
	siren,
	vatNumber,
	brandHue,
	address: [...address.lines, `${address.postalCode} ${address.town}`]
});
export async function saveBilling(
	tx: Tx,
	scope: Scope,
	change: Pick<Supplier, 'businessTerms' | 'isLargeOnlineSeller' | 'planCureDays' | 'lateRateBps' | 'accounts'>
): Promise<void> {
	await tx.update(supplier).set(change).where(eq(supplier.supplierId, scope.supplierId));
}
export const savePayee = async (
	tx: Tx,
	scope: Scope,
	change: Partial<Pick<Supplier, 'iban' | 'bic' | 'stripeAccount'>>
): Promise<void> => void (await tx.update(supplier).set(change).where(eq(supplier.supplierId, scope.supplierId)));
export const saveAccountantChoices = async (tx: Tx, scope: Scope, choices: AccountantChoices): Promise<void> =>
	void (await tx
		.update(supplier)
		.set({ accountantsMayRefund: choices.mayRefund, accountantsMayPublish: choices.mayPublish })
		.where(eq(supplier.supplierId, scope.supplierId)));
/** Everybody of the team, and nobody else changes it meanwhile. */
export const lockMembers = (tx: Tx, scope: Scope): Promise<Member[]> =>
	tx
		.select()
		.from(member)
		.where(eq(member.supplierId, scope.supplierId))
		.orderBy(asc(member.memberId))
		.limit(100)
		.for('no key update');
/** `false` when the address is somebody's of the team already. */
export const insertMember = async (
	tx: Tx,
	scope: Scope,
	row: Omit<typeof member.$inferInsert, 'supplierId'>
): Promise<boolean> =>
	(
		await tx
			.insert(member)
			.values({ supplierId: scope.supplierId, ...row })
			.onConflictDoNothing()
			.returning({ id: member.memberId })
	).length > 0;
const thisMember = (scope: Scope, memberId: string) =>
	and(eq(member.supplierId, scope.supplierId), eq(member.memberId, memberId));
export const saveRole = async (tx: Tx, scope: Scope, memberId: string, role: Role): Promise<void> =>
	void (await tx.update(member).set({ role }).where(thisMember(scope, memberId)));
/** `false` when the address is somebody's of the team already. */
export async function saveMemberAddress(tx: Tx, scope: Scope, memberId: string, email: string): Promise<boolean> {
	const taken = await tx
		.select({ id: member.memberId })
		.from(member)
		.where(and(eq(member.supplierId, scope.supplierId), eq(member.email, email)));
	if (taken.length) return false;
	await tx.update(member).set({ email }).where(thisMember(scope, memberId));
	return true;
}
/** Of every supplier, for the operator. */
export const listTeams = ({ system }: Database) =>
	system
		.select({
			supplierId: supplier.supplierId,
			slug: supplier.slug,
			memberId: member.memberId,
			role: member.role,
			email: member.email,
			name: member.name
		})
		.from(member)
		.innerJoin(supplier, eq(supplier.supplierId, member.supplierId))
		.orderBy(asc(supplier.slug), asc(member.name))
		.limit(5000);
export const deleteMember = async (tx: Tx, scope: Scope, memberId: string): Promise<void> =>
	void (await tx.delete(member).where(thisMember(scope, memberId)));
export const findClient = async (tx: Tx, scope: Scope, clientId: string): Promise<Client | null> =>
	(
		await tx
			.select()
			.from(client)
			.where(and(eq(client.supplierId, scope.supplierId), eq(client.clientId, clientId)))
	)[0] ?? null;
const contactById = writtenOnce<{ supplierId: string; contactId: string }>()((tx, given) =>
	tx
		.select()
		.from(contact)
		.where(and(eq(contact.supplierId, given.supplierId), eq(contact.contactId, given.contactId)))
);
export const findContact = async (tx: Tx, { supplierId }: Scope, contactId: string): Promise<Contact | null> =>
	(await contactById(tx, { supplierId, contactId }))[0] ?? null;
/** Whether the person who asks may pay for its client. Who is none of a client's people is asked elsewhere. */
export async function mayPay(tx: Tx, scope: Scope): Promise<boolean> {
	const { actor } = scope;
	if (actor.kind !== 'contact' && actor.kind !== 'pay_link') return true;
	return (await findContact(tx, scope, actor.contactId))?.mayPay ?? false;
}
export const findMember = async (tx: Tx, scope: Scope, memberId: string): Promise<Member | null> =>
	(
		await tx
			.select()
			.from(member)
			.where(and(eq(member.supplierId, scope.supplierId), eq(member.memberId, memberId)))
	)[0] ?? null;
export const listMembers = (tx: Tx, scope: Scope): Promise<Member[]> =>
	tx.select().from(member).where(eq(member.supplierId, scope.supplierId)).orderBy(asc(member.name)).limit(100);
export const listClientNames = (tx: Tx, scope: Scope): Promise<{ clientId: string; clientName: string }[]> =>
	tx
		.select({ clientId: client.clientId, clientName: client.name })
		.from(client)
		.where(eq(client.supplierId, scope.supplierId));
export const listContacts = (tx: Tx, scope: Scope, clientId: string): Promise<Contact[]> =>
	tx
		.select()
		.from(contact)
		.where(and(eq(contact.supplierId, scope.supplierId), eq(contact.clientId, clientId)))
		.orderBy(asc(contact.name))
		.limit(100);
/** People whose last mail did not arrive, the latest first. */
export async function listMailProblems(tx: Tx, scope: Scope, limit = 20): Promise<Latest<Contact>> {
	const cameBack = and(eq(contact.supplierId, scope.supplierId), isNotNull(contact.mailProblem));
	const rows = await tx.select().from(contact).where(cameBack).orderBy(desc(contact.mailProblemAt)).limit(limit);
	return withRest(rows, limit, () => tx.$count(contact, cameBack));
}
export const listBillingContacts = async (tx: Tx, scope: Scope, clientId: string): Promise<Contact[]> =>
	(await listContacts(tx, scope, clientId)).filter(getsInvoices);

/** Until the end of the transaction, nobody else creates a client of this supplier: two imports at once would create one twice. */
export const lockClientCreation = async (tx: Tx, scope: Scope): Promise<void> =>
	void (await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('client ' || ${scope.supplierId}, 0))`));
/** `clients` and `contacts` in one go; an address that the client has already is left as it is. */
export async function insertClients(
	tx: Tx,
	scope: Scope,
	clients: Omit<typeof client.$inferInsert, 'supplierId'>[],
	contacts: Omit<typeof contact.$inferInsert, 'supplierId'>[]
): Promise<void> {
	await insertMany(tx, scope, client, clients);
	await insertMany(tx, scope, contact, contacts, sql`on conflict (supplier_id, client_id, email) do nothing`);
}
export const listContactsOf = (tx: Tx, scope: Scope, clientIds: string[]): Promise<Contact[]> =>
	tx
		.select()
		.from(contact)
		.where(and(eq(contact.supplierId, scope.supplierId), inArray(contact.clientId, clientIds)))
		.orderBy(asc(contact.name));
/** Clients that share something with one of the buyers, the oldest first: who of them it is, `KnownClients` says. */
export async function findClientsLike(tx: Tx, scope: Scope, buyers: Party[]): Promise<KnownClient[]> {
	const rows = await tx.execute<{
		client_id: string;
		name: string;
		siren: string | null;
		vat_number: string | null;
		kind: ClientKind;
		kind_from: ClientKindFrom | null;
		emails: string[];
	}>(sql`
		select c.client_id, c.name, c.siren, c.vat_number, c.kind, c.kind_from,
			array(select k.email from contact k where k.supplier_id = c.supplier_id and k.client_id = c.client_id) as emails
		from client c where c.supplier_id = ${scope.supplierId} and c.client_id in (
			select client_id from client where supplier_id = ${scope.supplierId} and siren = ${anyOf(buyers.map((buyer) => buyer.siren))}
			union select client_id from client where supplier_id = ${scope.supplierId} and vat_number = ${anyOf(buyers.map((buyer) => buyer.vatNumber))}
			union select client_id from client where supplier_id = ${scope.supplierId} and name_key = ${anyOf(buyers.map((buyer) => buyer.name.toLowerCase()))}
			union select client_id from contact where supplier_id = ${scope.supplierId} and email = ${anyOf(buyers.map((buyer) => buyer.email))})
		order by c.created_at, c.client_id`);
	return rows.map((row) => ({
		clientId: row.client_id,
		name: row.name,
		siren: row.siren,
		vatNumber: row.vat_number,
		emails: row.emails,
		known: { kind: row.kind, kindFrom: row.kind_from }
	}));
}
export async function saveRights(tx: Tx, scope: Scope, contactId: string, rights: ContactRights): Promise<void> {
	const { isBilling, hasPortal, mayPay } = rights;
	await tx
		.update(contact)
		.set({ isBilling, hasPortal, mayPay })
		.where(and(eq(contact.supplierId, scope.supplierId), eq(contact.contactId, contactId)));
}
/** Whether a person is told of tiers and of points that expire. */
export const savePointsMails = async (tx: Tx, scope: Scope, contactId: string, wanted: boolean): Promise<void> =>
	void (await tx
		.update(contact)
		.set({ pointsMails: wanted })
		.where(and(eq(contact.supplierId, scope.supplierId), eq(contact.contactId, contactId))));
export async function saveMailProblem(
	tx: Tx,
	scope: Scope,
	contactId: string,
	problem: string | null,
	now: Date
): Promise<void> {
	await tx
		.update(contact)
		.set({ mailProblem: problem, mailProblemAt: problem ? now : null })
		.where(and(eq(contact.supplierId, scope.supplierId), eq(contact.contactId, contactId)));
}

export type KnownSubject = { supplierId: string; kind: 'contact' | 'member'; id: string; locale: 'fr' | 'en' };
/**
 * Everybody known under an address, in every supplier: asked by the worker when somebody wants to sign in. `all` counts them, also behind the bound. Each
 * supplier has its turn before any has a second one, so that nobody's many clients push others out; of one supplier, who came in last comes first.
 */
export async function findSubjects(
	db: Database,
	email: string,
	limit = 200
): Promise<(KnownSubject & { all: number })[]> {
	const rows = await db.system.execute<{
		supplier_id: string;
		kind: KnownSubject['kind'];
		id: string;
		locale: KnownSubject['locale'];
		all: number;
	}>(sql`
		select p.supplier_id, p.kind, p.id, p.locale, count(*) over ()::int as "all" from (
			select supplier_id, 'member' as kind, member_id as id, locale from member where email = ${email}
			union all select supplier_id, 'contact', contact_id, locale from contact where email = ${email} and has_portal
		) p left join lateral (
			select max(b.last_sign_in_at) as at from known_browser b where b.supplier_id = p.supplier_id and b.subject_id = p.id
		) used on true
		order by row_number() over (partition by p.supplier_id order by used.at desc nulls last, p.kind desc, p.id), used.at desc nulls last, p.supplier_id
		limit ${limit}`);
	return rows.map(({ supplier_id, kind, id, locale, all }) => ({ supplierId: supplier_id, kind, id, locale, all }));
}
export const listSuppliers = (db: Database): Promise<Supplier[]> =>
	db.system.select().from(supplier).orderBy(asc(supplier.name));
export async function findContactSystem(db: Database, supplierId: string, contactId: string): Promise<Contact | null> {
	const [row] = await db.system
		.select()
		.from(contact)
		.where(and(eq(contact.supplierId, supplierId), eq(contact.contactId, contactId)));
	return row ?? null;
}
/** A member with what the owners let accountants do. */
export async function findMemberWithChoices(
	db: Database,
	supplierId: string,
	memberId: string
): Promise<{ member: Member; accountants: AccountantChoices } | null> {
	const [row] = await db.system
		.select({
			member,
			accountants: { mayRefund: supplier.accountantsMayRefund, mayPublish: supplier.accountantsMayPublish }
		})
		.from(member)
		.innerJoin(supplier, eq(supplier.supplierId, member.supplierId))
		.where(and(eq(member.supplierId, supplierId), eq(member.memberId, memberId)));
	return row ?? null;
}
export type AccountantChoices = { mayRefund: boolean; mayPublish: boolean };
export async function findMemberSystem(db: Database, supplierId: string, memberId: string): Promise<Member | null> {
	const [row] = await db.system
		.select()
		.from(member)
		.where(and(eq(member.supplierId, supplierId), eq(member.memberId, memberId)));
	return row ?? null;
}
/** By its name in addresses of public pages. */
export async function findSupplierIdBySlug({ system }: Database, slug: string): Promise<string | null> {
	const [row] = await system.select({ supplierId: supplier.supplierId }).from(supplier).where(eq(supplier.slug, slug));
	return row?.supplierId ?? null;
}
