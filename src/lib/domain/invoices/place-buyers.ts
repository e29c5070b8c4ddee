// Whose each invoice of an import is: a known client, or one to be made, with the addresses and the kind that its files give. Decides when invoices are kept,
// and foresees it when they are looked at. A client that is known gets nobody new here: a file that names it by what everybody can look up (SIREN, VAT
// number, name) would let a stranger see its invoices. That is a person's word (clients/contacts.ts).
import type { KnownClients, KnownClient } from './buyer.ts';
import { isContradicted, kindAfter, kindSaid, UNKNOWN_KIND, type ChosenKind, type KnownKind } from './client-kind.ts';
import type { Party } from './document.ts';

export type Buying = {
	buyer: Party;
	/** A person's word: this client, or a new one with this id. */
	chosenClientId?: string | null | undefined;
	/** A person's word: what a new client is. */
	chosenKind?: ChosenKind | null | undefined;
};
/** `isAddressNew`: its file names an address that this client does not have. */
export type Place = { clientId: string; isAddressNew: boolean };
export type NewClient = Pick<Party, 'name' | 'siren' | 'vatNumber'> & KnownKind;
export type Placing = {
	/** In the order given. */
	places: Place[];
	made: Map<string, NewClient>;
	/** Of new clients. By client and address. */
	contacts: Map<string, { clientId: string; email: string; name: string }>;
	/** Known clients whose kind nobody knew, and a file says. */
	learnt: Map<string, ChosenKind>;
	/** Known clients of whom a file says otherwise: what is known stands. */
	contradicted: Set<string>;
};

/** `isKept`: whether a client of this id exists; `madeBefore`: those that the same import has made already. Adds to `clients` what it makes. */
export function placeBuyers(
	clients: KnownClients,
	buyings: Buying[],
	{
		newId,
		isKept,
		madeBefore = new Set()
	}: { newId: () => string; isKept: (clientId: string) => KnownClient | null; madeBefore?: ReadonlySet<string> }
): Placing {
	const placing: Placing = {
		places: [],
		made: new Map(),
		contacts: new Map(),
		learnt: new Map(),
		contradicted: new Set()
	};
	for (const buying of buyings) {
		const { buyer } = buying;
		const clientId = place(buying);
		const isOwn = placing.made.has(clientId) || madeBefore.has(clientId);
		if (buyer.email && isOwn)
			placing.contacts.set(`${clientId} ${buyer.email}`, { clientId, email: buyer.email, name: buyer.name });
		placing.places.push({
			clientId,
			isAddressNew: !isOwn && buyer.email !== null && !clients.knows(clientId, buyer.email)
		});
	}
	return placing;

	function place({ buyer, chosenClientId, chosenKind }: Buying): string {
		const known = findKnown(buyer, chosenClientId);
		if (known) {
			hear(known, buyer, chosenKind);
			return known.clientId;
		}
		const clientId = chosenClientId ?? newId();
		const { name, siren, vatNumber } = buyer;
		const said: KnownKind = chosenKind ? { kind: chosenKind, kindFrom: 'person' } : kindSaid(buyer);
		clients.add({ clientId, name, siren, vatNumber, emails: buyer.email ? [buyer.email] : [], isKept: false });
		placing.made.set(clientId, { name, siren, vatNumber, ...said });
		return clientId;
	}
	function findKnown(
		buyer: Party,
		chosenClientId: Buying['chosenClientId']
	): { clientId: string; known?: KnownKind } | null {
		if (!chosenClientId) return clients.match(buyer)?.client ?? null;
		return placing.made.has(chosenClientId) ? { clientId: chosenClientId } : isKept(chosenClientId);
	}
	/** What another invoice of the same client says of it. */
	function hear(
		{ clientId, known = UNKNOWN_KIND }: { clientId: string; known?: KnownKind },
		buyer: Party,
		chosenKind: Buying['chosenKind']
	): void {
		const said = kindSaid(buyer);
		const made = placing.made.get(clientId);
		if (made) {
			if (chosenKind && made.kindFrom !== 'person') Object.assign(made, { kind: chosenKind, kindFrom: 'person' });
			else if (!chosenKind) Object.assign(made, kindAfter(made, said));
		} else if (known.kind === 'unknown' && said.kind !== 'unknown') placing.learnt.set(clientId, said.kind);
		else if (isContradicted(known, said)) placing.contradicted.add(clientId);
	}
}
