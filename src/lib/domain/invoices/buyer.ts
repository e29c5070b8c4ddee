// Who a buyer of a file is, among the clients that are known: by SIREN, then VAT number, then the contact's address, then the name.
import { mailboxOf } from '../mail/mailbox.ts';
import type { KnownKind } from './client-kind.ts';
import type { Party } from './document.ts';

export type KnownClient = {
	clientId: string;
	name: string;
	siren: string | null;
	vatNumber: string | null;
	emails: string[];
	/** Company or private person, as far as anybody knows; left out: nobody does. */
	known?: KnownKind;
	/** false: about to be made, its contacts too. */
	isKept?: boolean;
};
export type MatchedBy = 'siren' | 'vat_number' | 'email' | 'name';
export type ClientMatch = { client: KnownClient; by: MatchedBy };

const NAME_MAX = 200;
/** As it is kept and compared: nothing longer than a register would hold. */
export const tidyBuyer = (buyer: Party): Party => ({
	name: buyer.name.trim().slice(0, NAME_MAX),
	siren: buyer.siren,
	vatNumber: buyer.vatNumber?.slice(0, 20) ?? null,
	email: mailboxOf(buyer.email),
	kind: buyer.kind ?? null
});
/** The same words on two invoices mean the same buyer. */
export const buyerKey = ({ name, siren, vatNumber, email }: Party): string =>
	[siren ?? '', vatNumber ?? '', email ?? '', name.toLowerCase()].join('|');

/** Clients by everything that a file may name them with. The oldest is to be added first. */
export class KnownClients {
	private readonly bySiren = new Map<string, KnownClient[]>();
	private readonly byVatNumber = new Map<string, KnownClient[]>();
	private readonly byEmail = new Map<string, KnownClient[]>();
	private readonly byName = new Map<string, KnownClient[]>();

	constructor(clients: KnownClient[] = []) {
		for (const client of clients) this.add(client);
	}
	add(client: KnownClient): void {
		const note = (map: Map<string, KnownClient[]>, key: string | null): void => {
			if (key) map.set(key, [...(map.get(key) ?? []), client]);
		};
		note(this.bySiren, client.siren);
		note(this.byVatNumber, client.vatNumber);
		for (const email of client.emails) note(this.byEmail, email);
		note(this.byName, client.name.toLowerCase());
	}

	/** Is this one of the client's addresses? What was added in the meantime counts too. */
	knows(clientId: string, email: string): boolean {
		return (this.byEmail.get(email) ?? []).some((client) => client.clientId === clientId && client.isKept !== false);
	}

	/**
	 * Several under one address are told apart by their name, else it is none of them. A name alone never joins two addresses: namesakes would
	 * read each other's invoices.
	 */
	match(buyer: Party): ClientMatch | null {
		const name = buyer.name.toLowerCase();
		const isNamed = (client: KnownClient): boolean => client.name.toLowerCase() === name;
		const hasNoOtherSiren = ({ siren }: KnownClient): boolean => !siren || !buyer.siren || siren === buyer.siren;
		const found = (by: MatchedBy, client: KnownClient | undefined): ClientMatch | null =>
			client ? { client, by } : null;
		const first = (clients: KnownClient[] = []): KnownClient | undefined => clients.find(isNamed) ?? clients[0];
		const only = (clients: KnownClient[]): KnownClient | undefined => (clients.length === 1 ? clients[0] : undefined);

		const addressed = buyer.email ? (this.byEmail.get(buyer.email) ?? []).filter(hasNoOtherSiren) : [];
		const namesakes = (this.byName.get(name) ?? []).filter(
			(client) => hasNoOtherSiren(client) && (!buyer.email || !client.emails.length)
		);
		return (
			found('siren', buyer.siren ? first(this.bySiren.get(buyer.siren)) : undefined) ??
			found('vat_number', buyer.vatNumber ? first(this.byVatNumber.get(buyer.vatNumber)) : undefined) ??
			found('email', addressed.find(isNamed) ?? only(addressed)) ??
			found('name', only(namesakes))
		);
	}
}
