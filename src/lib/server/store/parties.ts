// Suppliers, members, clients, contacts.
import { and, asc, desc, eq, isNotNull, sql, type SQL } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Database, Tx } from './database.ts';
import { client, contact, member, supplier } from './schema/index.ts';

export type Supplier = typeof supplier.$inferSelect;
export type Client = typeof client.$inferSelect;
export type Contact = typeof contact.$inferSelect;
export type Member = typeof member.$inferSelect;

export async function getSupplier(tx: Tx, scope: Scope): Promise<Supplier> {
	const [row] = await tx.select().from(supplier).where(eq(supplier.supplierId, scope.supplierId));
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
export const findClient = async (tx: Tx, scope: Scope, clientId: string): Promise<Client | null> =>
	(
		await tx
			.select()
			.from(client)
			.where(and(eq(client.supplierId, scope.supplierId), eq(client.clientId, clientId)))
	)[0] ?? null;
export const findContact = async (tx: Tx, scope: Scope, contactId: string): Promise<Contact | null> =>
	(
		await tx
			.select()
			.from(contact)
			.where(and(eq(contact.supplierId, scope.supplierId), eq(contact.contactId, contactId)))
	)[0] ?? null;
export const findMember = async (tx: Tx, scope: Scope, memberId: string): Promise<Member | null> =>
	(
		await tx
			.select()
			.from(member)
			.where(and(eq(member.supplierId, scope.supplierId), eq(member.memberId, memberId)))
	)[0] ?? null;
export const listMembers = (tx: Tx, scope: Scope): Promise<Member[]> =>
	tx.select().from(member).where(eq(member.supplierId, scope.supplierId)).orderBy(asc(member.name)).limit(100);
export const listClients = (tx: Tx, scope: Scope): Promise<Client[]> =>
	tx.select().from(client).where(eq(client.supplierId, scope.supplierId)).orderBy(asc(client.name)).limit(2000);
export const listContacts = (tx: Tx, scope: Scope, clientId: string): Promise<Contact[]> =>
	tx
		.select()
		.from(contact)
		.where(and(eq(contact.supplierId, scope.supplierId), eq(contact.clientId, clientId)))
		.orderBy(asc(contact.name))
		.limit(100);
/** People whose last mail did not arrive, the latest first. */
export const listMailProblems = (tx: Tx, scope: Scope, limit = 20): Promise<Contact[]> =>
	tx
		.select()
		.from(contact)
		.where(and(eq(contact.supplierId, scope.supplierId), isNotNull(contact.mailProblem)))
		.orderBy(desc(contact.mailProblemAt))
		.limit(limit);
export const listBillingContacts = async (tx: Tx, scope: Scope, clientId: string): Promise<Contact[]> =>
	(await listContacts(tx, scope, clientId)).filter((row) => row.isBilling);

/**
 * Who a buyer of a file is: by SIREN, then VAT number, then the contact's address, then the name. Several under one address are told apart by
 * their name, else it is none of them. A name alone never joins two addresses: namesakes would read each other's invoices.
 */
export async function matchClient(
	tx: Tx,
	scope: Scope,
	party: { name: string; siren: string | null; vatNumber: string | null; email: string | null }
): Promise<Client | null> {
	const name = party.name.toLowerCase();
	const isNamed = sql`lower(${client.name}) = ${name}`;
	const candidates = (condition: SQL): Promise<Client[]> =>
		tx
			.select()
			.from(client)
			.where(and(eq(client.supplierId, scope.supplierId), condition))
			.orderBy(desc(isNamed), asc(client.createdAt))
			.limit(2);
	const first = async (condition: SQL): Promise<Client | null> => (await candidates(condition))[0] ?? null;
	const firstNamed = async (condition: SQL): Promise<Client | null> => {
		const rows = await candidates(condition);
		return rows.length === 1 || rows[0]?.name.toLowerCase() === name ? rows[0]! : null;
	};
	const onlyOne = async (condition: SQL): Promise<Client | null> => {
		const rows = await candidates(condition);
		return rows.length === 1 ? rows[0]! : null;
	};
	const email = party.email?.toLowerCase() ?? null;
	const contacts = sql`select 1 from contact c where c.supplier_id = client.supplier_id and c.client_id = client.client_id`;
	const noOtherSiren = sql`(${client.siren} is null or ${party.siren}::text is null or ${client.siren} = ${party.siren})`;
	return (
		(party.siren && (await first(eq(client.siren, party.siren)))) ||
		(party.vatNumber && (await first(eq(client.vatNumber, party.vatNumber)))) ||
		(email && (await firstNamed(sql`exists (${contacts} and c.email = ${email}) and ${noOtherSiren}`))) ||
		(await onlyOne(sql`${isNamed} and ${noOtherSiren} and (${email}::text is null or not exists (${contacts}))`))
	);
}
/** Until the end of the transaction, nobody else creates a client of this supplier: two imports at once would create one twice. */
export const lockClientCreation = async (tx: Tx, scope: Scope): Promise<void> =>
	void (await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('client ' || ${scope.supplierId}, 0))`));
export async function insertClient(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof client.$inferInsert, 'supplierId'>
): Promise<void> {
	await tx.insert(client).values({ supplierId: scope.supplierId, ...row });
}
export async function insertContact(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof contact.$inferInsert, 'supplierId'>
): Promise<void> {
	await tx
		.insert(contact)
		.values({ supplierId: scope.supplierId, ...row })
		.onConflictDoNothing({ target: [contact.supplierId, contact.clientId, contact.email] });
}
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
/** Everybody known under an address, in every supplier: asked by the worker when somebody wants to sign in. */
export async function findSubjects(db: Database, email: string): Promise<KnownSubject[]> {
	const members = await db.system
		.select({ supplierId: member.supplierId, id: member.memberId, locale: member.locale })
		.from(member)
		.where(eq(member.email, email))
		.limit(5);
	const contacts = await db.system
		.select({ supplierId: contact.supplierId, id: contact.contactId, locale: contact.locale })
		.from(contact)
		.where(eq(contact.email, email))
		.limit(5);
	return [
		...members.map((row) => ({ ...row, kind: 'member' as const })),
		...contacts.map((row) => ({ ...row, kind: 'contact' as const }))
	];
}
export const listSuppliers = (db: Database): Promise<Supplier[]> =>
	db.system.select().from(supplier).orderBy(asc(supplier.name));
/** The supplier a Stripe account belongs to; null for an account that is not ours. */
export async function findSupplierOfAccount(db: Database, account: string | null): Promise<Supplier | null> {
	const rows = await db.system
		.select()
		.from(supplier)
		.where(account === null ? sql`${supplier.stripeAccount} is null` : eq(supplier.stripeAccount, account))
		.limit(2);
	return rows.length === 1 ? rows[0]! : null;
}
export async function findContactSystem(db: Database, supplierId: string, contactId: string): Promise<Contact | null> {
	const [row] = await db.system
		.select()
		.from(contact)
		.where(and(eq(contact.supplierId, supplierId), eq(contact.contactId, contactId)));
	return row ?? null;
}
export async function findMemberSystem(db: Database, supplierId: string, memberId: string): Promise<Member | null> {
	const [row] = await db.system
		.select()
		.from(member)
		.where(and(eq(member.supplierId, supplierId), eq(member.memberId, memberId)));
	return row ?? null;
}
