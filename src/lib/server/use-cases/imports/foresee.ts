// What keeping an import will do, before anybody says so: which clients its invoices are for, what each is, who gets a mail, and who gets none, because. The
// decisions are those of keeping (place-buyers.ts, recipientsOf, listBuyers): nothing is decided here.
import type { ForeseenClient } from '../../../contract/import-views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { kindAfter, UNKNOWN_KIND } from '../../../domain/invoices/client-kind.ts';
import { placeBuyers } from '../../../domain/invoices/place-buyers.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import { listClientsIn } from '../../store/client-kinds.ts';
import { listBuyers, type PendingBuyer } from '../../store/import-buyers.ts';
import { recipientsOf } from '../mails/queue-mails.ts';
import { chosenClients, likely } from './save-invoices.ts';

export type Foreseen = { clients: ForeseenClient[]; mails: number };

const mailsTo = ({ payable, recipients }: Pick<ForeseenClient, 'payable' | 'recipients'>): number =>
	payable * recipients.length;

export async function foresee(tx: Tx, scope: Scope, importId: string, acceptsReview: boolean): Promise<Foreseen> {
	const buyers = await listBuyers(tx, scope, importId, acceptsReview);
	const placing = placeBuyers(await likely(tx, scope, buyers), buyers, {
		newId,
		isKept: await chosenClients(tx, scope, buyers)
	});
	const ids = [...new Set(placing.places.map(({ clientId }) => clientId))];
	const known = new Map((await listClientsIn(tx, scope, ids)).map((client) => [client.clientId, client]));
	const people = await recipientsOf(tx, scope, [...known.keys()]);
	const toCome = Map.groupBy(placing.contacts.values(), ({ clientId }) => clientId);
	const clients = new Map<string, ForeseenClient>();
	for (const [i, buyer] of buyers.entries()) {
		const { clientId, isAddressNew } = required(placing.places[i], 'place');
		const client = clients.get(clientId) ?? begin(clientId, buyer);
		// An address that a known client does not have is a question: its invoices wait for the answer.
		const isHeld = isAddressNew && !acceptsReview;
		client.payable += buyer.payable - (isHeld ? buyer.freshPayable : 0);
		client.others += buyer.others - (isHeld ? buyer.freshOthers : 0);
		clients.set(clientId, client);
	}
	const all = [...clients.values()];
	return { clients: all, mails: all.reduce((sum, client) => sum + mailsTo(client), 0) };

	function begin(clientId: string, { buyerKey, buyer }: PendingBuyer): ForeseenClient {
		const client = known.get(clientId);
		const made = placing.made.get(clientId);
		const learnt = placing.learnt.get(clientId);
		const kind = client
			? kindAfter(client, learnt ? { kind: learnt, kindFrom: 'file' } : UNKNOWN_KIND)
			: (made ?? UNKNOWN_KIND);
		const recipients = client
			? (people.get(clientId) ?? []).map(({ email, mailProblem }) => ({ email, problem: mailProblem }))
			: (toCome.get(clientId) ?? []).map(({ email }) => ({ email, problem: null }));
		return {
			clientId,
			name: client?.name ?? buyer.name,
			isNew: !client,
			buyerKey,
			kind: kind.kind,
			kindFrom: kind.kindFrom,
			isContradicted: placing.contradicted.has(clientId),
			payable: 0,
			others: 0,
			recipients
		};
	}
}
