// The clients that a person chooses one from: some of them by name, found by the server when there are many, and how many are not shown. Reads only.
import type { ClientChoices } from '../../contract/offer-views.ts';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from '../store/database.ts';
import { countClients, listClients, listClientsOf } from '../store/clients.ts';

const SHOWN_MAX = 200;

/** `always`: those that are chosen already stay in the list, whatever is looked for. */
export async function clientChoices(
	tx: Tx,
	scope: Scope,
	{ search, always }: { search: string; always: { clientIds?: string[]; names?: string[] } }
): Promise<ClientChoices> {
	const [found, chosen, fitting] = [
		await listClients(tx, scope, { search, limit: SHOWN_MAX }),
		await listClientsOf(tx, scope, always),
		await countClients(tx, scope, search)
	];
	const isFound = new Set(found.map((one) => one.clientId));
	return {
		choices: [...found, ...chosen.filter((one) => !isFound.has(one.clientId))].map(({ clientId, name }) => ({
			clientId,
			name
		})),
		search,
		leftOut: fitting - found.length,
		isMany: search !== '' || fitting > found.length
	};
}
