// What clients are, company or private person, and some clients by their ids.
import { and, eq, inArray } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { ChosenKind, KnownKind } from '../../domain/invoices/client-kind.ts';
import type { Tx } from './database.ts';
import type { Client } from './clients.ts';
import { client } from './schema/index.ts';

export async function saveKind(tx: Tx, scope: Scope, clientId: string, { kind, kindFrom }: KnownKind): Promise<void> {
	await tx
		.update(client)
		.set({ kind, kindFrom })
		.where(and(eq(client.supplierId, scope.supplierId), eq(client.clientId, clientId)));
}
/** What a file says of clients that nobody knew: whoever knew something meanwhile keeps it. Answers with those that it taught. */
export async function learnKinds(tx: Tx, scope: Scope, said: Map<string, ChosenKind>): Promise<string[]> {
	const learnt: string[] = [];
	for (const [clientId, kind] of said) {
		const rows = await tx
			.update(client)
			.set({ kind, kindFrom: 'file' })
			.where(and(eq(client.supplierId, scope.supplierId), eq(client.clientId, clientId), eq(client.kind, 'unknown')))
			.returning({ id: client.clientId });
		if (rows.length) learnt.push(clientId);
	}
	return learnt;
}
export const listClientsIn = async (tx: Tx, scope: Scope, clientIds: string[]): Promise<Client[]> =>
	clientIds.length
		? tx
				.select()
				.from(client)
				.where(and(eq(client.supplierId, scope.supplierId), inArray(client.clientId, clientIds)))
		: [];
