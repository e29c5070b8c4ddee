// A person says whether it wants to be told of tiers and of points that expire: with the link of such a mail, or signed in. Actor: that person.
import type { Scope } from '../../../domain/access/scope.ts';
import { openPointsMailsLink } from '../../access/mail-choices.ts';
import type { Services } from '../../services.ts';
import { findContact, getSupplier, savePointsMails } from '../../store/parties.ts';
import { commit, read } from '../run.ts';

export type PointsMailsChoice = { supplierName: string; hue: number; email: string; wanted: boolean };
/** null: no link of ours. */
export async function readPointsMailsChoice(services: Services, token: string): Promise<PointsMailsChoice | null> {
	const opened = await openPointsMailsLink(services, token);
	if (!opened) return null;
	const { scope, person } = opened;
	const { name, brandHue } = await read(services, scope, (tx) => getSupplier(tx, scope));
	return { supplierName: name, hue: brandHue, email: person.email, wanted: person.pointsMails };
}
/** false: no link of ours. */
export async function choosePointsMailsByLink(services: Services, token: string, wanted: boolean): Promise<boolean> {
	const opened = await openPointsMailsLink(services, token);
	if (!opened) return false;
	await commit(services, opened.scope, (tx) => savePointsMails(tx, opened.scope, opened.person.contactId, wanted));
	return true;
}

/** null for whoever is nobody's person. */
export const wantsPointsMails = (services: Services, scope: Scope): Promise<boolean | null> =>
	read(services, scope, async (tx) =>
		scope.actor.kind === 'contact' ? ((await findContact(tx, scope, scope.actor.contactId))?.pointsMails ?? null) : null
	);
export async function choosePointsMails(services: Services, scope: Scope, wanted: boolean): Promise<void> {
	const { actor } = scope;
	if (actor.kind !== 'contact') return;
	await commit(services, scope, (tx) => savePointsMails(tx, scope, actor.contactId, wanted));
}
