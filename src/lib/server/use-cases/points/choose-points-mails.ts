// A person says whether it wants to be told of tiers and of points that expire: with the link of such a mail, or signed in. Actor: that person.
import type { Scope } from '../../../domain/access/scope.ts';
import { openPointsMailsLink } from '../../access/mail-choices.ts';
import { ofHouse } from '../../access/of-house.ts';
import type { Services } from '../../services.ts';
import { savePointsMails } from '../../store/contacts.ts';
import { findContact } from '../../store/contacts.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findLiveProgramme } from '../../store/points-programme.ts';
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

/** null where there is nothing to be told of: the supplier gives no points. */
export const wantsPointsMails = (services: Services, scope: Scope): Promise<boolean | null> =>
	read(services, scope, async (tx) => {
		const { actor } = scope;
		if (actor.kind !== 'contact' || !(await findLiveProgramme(tx, scope))) return null;
		return (await findContact(tx, scope, actor.contactId))?.pointsMails ?? null;
	});
export async function choosePointsMails(services: Services, scope: Scope, wanted: boolean): Promise<void> {
	const { actor } = scope;
	if (actor.kind !== 'contact') return;
	const house = ofHouse(scope);
	await commit(services, house, (tx) => savePointsMails(tx, house, actor.contactId, wanted));
}
