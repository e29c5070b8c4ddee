// The link with which a person says no to mails about points, without signing in: it names the person and proves that it came from us. It opens nothing else.
import { timingSafeEqual } from 'node:crypto';
import type { Scope } from '../../domain/access/scope.ts';
import { proofOf } from '../identity.ts';
import type { Services } from '../services.ts';
import { ofHouse } from './of-house.ts';
import { findContactSystem } from '../store/contacts.ts';
import { type Contact } from '../store/contacts.ts';

type Keys = { secret: string; origin: string };
const compact = (id: string): string => id.replaceAll('-', '');
const dashed = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const proof = ({ secret }: Pick<Keys, 'secret'>, ids: string): string => proofOf(secret, `mails about points ${ids}`);

/** `page`: for the person. `oneClick`: for mail programs (RFC 8058). */
export function pointsMailsUrl(
	keys: Keys,
	person: Pick<Contact, 'supplierId' | 'contactId'>
): { page: string; oneClick: string } {
	const ids = `${compact(person.supplierId)}${compact(person.contactId)}`;
	const token = `${ids}${proof(keys, ids)}`;
	return { page: `${keys.origin}/messages/${token}`, oneClick: `${keys.origin}/webhooks/messages/${token}` };
}

/** Whose link it is; null when we did not make it, or the person is gone. */
export async function openPointsMailsLink(
	{ db, config }: Pick<Services, 'db' | 'config'>,
	token: string
): Promise<{ scope: Scope; person: Contact } | null> {
	const [, supplierHex, contactHex, given] = /^([0-9a-f]{32})([0-9a-f]{32})([0-9a-f]{20})$/.exec(token) ?? [];
	if (!supplierHex || !contactHex || !given) return null;
	if (!timingSafeEqual(Buffer.from(proof(config, `${supplierHex}${contactHex}`)), Buffer.from(given))) return null;
	const person = await findContactSystem(db, dashed(supplierHex), dashed(contactHex));
	return person && { person, scope: ofHouse(person) };
}
