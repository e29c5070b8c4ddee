// Who is asking, and what they may see. The first argument of every query.
declare const brand: unique symbol;

export type Role = 'owner' | 'accountant' | 'read_only';
/** What a key of the API is for; it may nothing else. `undo`: imports that it made itself. `points`: reads and writes the points of clients. */
export const KEY_SCOPES = ['import', 'read', 'undo', 'points'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];
export type Actor =
	| {
			kind: 'member';
			memberId: string;
			role: Role;
			/** When this person last proved to be there; without it, nothing that asks for a fresh proof is done. */
			provenAt?: Date | null;
			/** What the owners keep from this person, whatever the role allows. */
			withheld?: readonly Permission[];
	  }
	| { kind: 'contact'; contactId: string; clientId: string }
	| { kind: 'pay_link'; payLinkId: string; contactId: string; clientId: string; invoiceId: string }
	| { kind: 'api_key'; apiKeyId: string; scopes: readonly KeyScope[] }
	| { kind: 'system' };

/** One supplier, and for a client's person one client (and for a pay link one invoice). Only server/access and the worker mint it. */
export type Scope = {
	readonly supplierId: string;
	readonly clientId: string | null;
	readonly invoiceId: string | null;
	readonly actor: Actor;
	readonly [brand]: 'Scope';
};

export function mintScope(supplierId: string, actor: Actor): Scope {
	const clientId = actor.kind === 'contact' || actor.kind === 'pay_link' ? actor.clientId : null;
	const invoiceId = actor.kind === 'pay_link' ? actor.invoiceId : null;
	return { supplierId, clientId, invoiceId, actor } as Scope;
}

const WRITERS: readonly Role[] = ['owner', 'accountant'];
export type Permission =
	| 'import_invoices'
	| 'undo_imports'
	| 'read_invoices'
	| 'accept_review'
	| 'manage_contacts'
	| 'refund'
	| 'revoke_link'
	| 'send_mail'
	| 'set_offers'
	| 'publish_offers'
	| 'book_transfers'
	| 'manage_members'
	| 'set_payee'
	| 'set_logo'
	| 'read_points'
	| 'write_points'
	| 'mend_outside'
	| 'connect_outside';
const OWNERS_ONLY: readonly Permission[] = ['manage_members', 'set_payee', 'set_logo', 'connect_outside'];
const OF_KEYS: Partial<Record<Permission, KeyScope>> = {
	import_invoices: 'import',
	undo_imports: 'undo',
	read_invoices: 'read',
	read_points: 'points',
	write_points: 'points'
};
/**
 * Read-only reads. Accountants do the daily work, less what the owners keep. Keys, people and where money goes are the owners' business. A key does what
 * its scopes say, and never what is a person's word: to accept what was held for a look, to let somebody in.
 */
export function may(actor: Actor, permission: Permission): boolean {
	if (actor.kind === 'system') return true;
	if (actor.kind === 'api_key') {
		const scope = OF_KEYS[permission];
		return scope !== undefined && actor.scopes.includes(scope);
	}
	if (actor.kind !== 'member') return false;
	if (permission === 'read_invoices' || permission === 'read_points') return true;
	if (actor.withheld?.includes(permission)) return false;
	return OWNERS_ONLY.includes(permission) ? actor.role === 'owner' : WRITERS.includes(actor.role);
}
/** The person of the client who acts; null for the worker and the supplier's people. */
export const contactOf = ({ actor }: Scope): string | null =>
	actor.kind === 'contact' || actor.kind === 'pay_link' ? actor.contactId : null;
export const actorName = (actor: Actor): string =>
	actor.kind === 'member'
		? `member:${actor.memberId}`
		: actor.kind === 'contact'
			? `contact:${actor.contactId}`
			: actor.kind === 'pay_link'
				? `pay_link:${actor.payLinkId}`
				: actor.kind === 'api_key'
					? `api_key:${actor.apiKeyId}`
					: 'system';
