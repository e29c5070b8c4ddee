// Clients: found, made, and listed by name, a page at a time.
import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { KnownClient } from '../../domain/invoices/buyer.ts';
import type { ClientKind, ClientKindFrom } from '../../domain/invoices/client-kind.ts';
import type { Party } from '../../domain/invoices/document.ts';
import type { Tx } from './database.ts';
import { anyOf, insertMany } from './insert-many.ts';
import { client, contact } from './schema/index.ts';

const likeClients = (scope: Scope, search: string) =>
	and(
		eq(client.supplierId, scope.supplierId),
		...(search ? [sql`(${client.name} ilike ${likely(search)} or ${client.siren} = ${search.replace(/\s/g, '')})`] : [])
	);
/** What was typed is no pattern. */
const likely = (search: string): string => `%${search.replace(/[\\%_]/g, '\\$&')}%`;
/** By name, those behind `after`. `search`: a part of the name, or the SIREN; all of them when it is empty. */
export const listClients = (
	tx: Tx,
	scope: Scope,
	{ search = '', after = null, limit }: { search?: string; after?: string | null; limit: number }
): Promise<Client[]> =>
	tx
		.select()
		.from(client)
		.where(
			and(
				likeClients(scope, search),
				...(after
					? [
							sql`(${client.name}, ${client.clientId}) > (select a.name, a.client_id from client a where a.supplier_id = ${scope.supplierId} and a.client_id = ${after})`
						]
					: [])
			)
		)
		.orderBy(asc(client.name), asc(client.clientId))
		.limit(limit);
export const countClients = (tx: Tx, scope: Scope, search: string): Promise<number> =>
	tx.$count(client, likeClients(scope, search));
/** Those of these ids, or of these names. */
export const listClientsOf = (
	tx: Tx,
	scope: Scope,
	{ clientIds = [], names = [] }: { clientIds?: string[]; names?: string[] }
): Promise<Client[]> =>
	tx
		.select()
		.from(client)
		.where(
			and(
				eq(client.supplierId, scope.supplierId),
				or(
					inArray(client.clientId, clientIds),
					sql`${client.nameKey} = ${anyOf(names.map((name) => name.toLowerCase()))}`
				)
			)
		)
		.orderBy(asc(client.name), asc(client.clientId));
export type Client = typeof client.$inferSelect;
export const findClient = async (tx: Tx, scope: Scope, clientId: string): Promise<Client | null> =>
	(
		await tx
			.select()
			.from(client)
			.where(and(eq(client.supplierId, scope.supplierId), eq(client.clientId, clientId)))
	)[0] ?? null;
export const listClientNames = (tx: Tx, scope: Scope): Promise<{ clientId: string; clientName: string }[]> =>
	tx
		.select({ clientId: client.clientId, clientName: client.name })
		.from(client)
		.where(eq(client.supplierId, scope.supplierId));
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
