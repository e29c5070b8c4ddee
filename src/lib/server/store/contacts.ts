// A client's people: which mails they get, what they may do, whether their address works.
import { and, asc, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { getsInvoices } from '../../domain/mail/recipients.ts';
import type { Database, Tx } from './database.ts';
import { type Latest, withRest } from './latest.ts';
import { contact } from './schema/index.ts';
import { writtenOnce } from './written-once.ts';

export type Contact = typeof contact.$inferSelect;
/** What a person of a client may: receive its invoices, see all of them in the portal, pay them. Each by itself. */
export type ContactRights = Pick<Contact, 'isBilling' | 'hasPortal' | 'mayPay'>;
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
export const listContactsOf = (tx: Tx, scope: Scope, clientIds: string[]): Promise<Contact[]> =>
	tx
		.select()
		.from(contact)
		.where(and(eq(contact.supplierId, scope.supplierId), inArray(contact.clientId, clientIds)))
		.orderBy(asc(contact.name));
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
export async function findContactSystem(db: Database, supplierId: string, contactId: string): Promise<Contact | null> {
	const [row] = await db.system
		.select()
		.from(contact)
		.where(and(eq(contact.supplierId, supplierId), eq(contact.contactId, contactId)));
	return row ?? null;
}
