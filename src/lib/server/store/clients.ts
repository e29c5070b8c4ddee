// Clients by name: a page at a time, looked for by a part of it, counted.
import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { anyOf } from './insert-many.ts';
import type { Client } from './parties.ts';
import { client } from './schema/index.ts';

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
