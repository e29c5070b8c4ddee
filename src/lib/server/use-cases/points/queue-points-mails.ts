// Mails about points: a tier was reached, points are about to expire, the rules change, the programme ends, a reward can't be given. To the client's people who see its points, each of them once.
// The first two only to who has not said no (contact.pointsMails).
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { getsPointsNews } from '../../../domain/mail/recipients.ts';
import type { Tx } from '../../store/database.ts';
import { queueMails } from '../../store/mails.ts';
import { listContactsOf } from '../../store/contacts.ts';
import { listContacts } from '../../store/contacts.ts';
import { listClientsThatAccepted, listClientsWithPoints } from '../../store/points-reading.ts';
import { toContact } from '../mails/queue-mails.ts';
import { allOf } from '../page.ts';

/** A tier that is left and reached again another day is told again. */
export async function queueTierReached(tx: Tx, scope: Scope, now: Date, clientId: string, tier: number): Promise<void> {
	const key = `tier_reached:${clientId}:${tier}:${now.toISOString().slice(0, 10)}`;
	const people = (await listContacts(tx, scope, clientId)).filter(getsPointsNews);
	const rows = people.map((person) => toContact('tier_reached', key, clientId, person));
	await queueMails(tx, scope, rows, now);
}
/** Once for a day of expiry: what is left by then is read when the mail leaves. */
export async function queuePointsExpiring(
	tx: Tx,
	scope: Scope,
	now: Date,
	clientId: string,
	{ points, on }: { points: number; on: CivilDate }
): Promise<void> {
	if (points <= 0) return;
	const people = (await listContacts(tx, scope, clientId)).filter(getsPointsNews);
	const rows = people.map((person) =>
		toContact('points_expiring', `points_expiring:${clientId}:${on}`, clientId, person)
	);
	await queueMails(tx, scope, rows, now);
}
/**
 * To every client that has points or will have, or has accepted the rules: what is left is lost after `lastSpendOn`. Nobody can say no to this one, nor to
 * the next: they are what the supplier owes to whom it made a promise.
 */
export async function queuePointsEnding(
	tx: Tx,
	scope: Scope,
	now: Date,
	{ lastSpendOn }: { lastSpendOn: CivilDate }
): Promise<void> {
	const tell = (clients: AsyncIterable<string>) =>
		tellAll({ tx, scope, now }, 'points_ending', clients, (clientId) => `points_ending:${clientId}:${lastSpendOn}`);
	await tell(allOf<string>((after) => listClientsWithPoints(tx, scope, after)));
	// Who has both is told once: it is the same fact.
	await tell(allOf<string>((after) => listClientsThatAccepted(tx, scope, after)));
}
/** Another version: to every client that accepted the rules, once for each version and person. What changes is said when the mail leaves. */
export const queueRulesChanged = (tx: Tx, scope: Scope, now: Date, { version }: { version: number }): Promise<void> =>
	tellAll(
		{ tx, scope, now },
		'points_rules_changed',
		allOf<string>((after) => listClientsThatAccepted(tx, scope, after)),
		(clientId) => `points_rules_changed:${clientId}:${version}`
	);
async function tellAll(
	{ tx, scope, now }: { tx: Tx; scope: Scope; now: Date },
	kind: 'points_ending' | 'points_rules_changed',
	clients: AsyncIterable<string>,
	keyOf: (clientId: string) => string
): Promise<void> {
	let chunk: string[] = [];
	const tell = async (): Promise<void> => {
		const people = (await listContactsOf(tx, scope, chunk)).filter((person) => person.hasPortal);
		const rows = people.map((person) => toContact(kind, keyOf(person.clientId), person.clientId, person));
		if (rows.length) await queueMails(tx, scope, rows, now);
		chunk = [];
	};
	for await (const clientId of clients) {
		chunk.push(clientId);
		if (chunk.length === 500) await tell();
	}
	if (chunk.length) await tell();
}
/** What was asked for and can't be given is told with its reason, whatever was said of other mails: to everybody who sees the points that came back. */
export async function queueRewardRefused(
	tx: Tx,
	scope: Scope,
	now: Date,
	{ clientId, redemptionId, firstEnd }: { clientId: string; redemptionId: string; firstEnd: CivilDate | null }
): Promise<void> {
	const people = (await listContacts(tx, scope, clientId)).filter((person) => person.hasPortal);
	const key = `reward_refused:${clientId}:${redemptionId}:${firstEnd ?? ''}`;
	await queueMails(
		tx,
		scope,
		people.map((person) => toContact('reward_refused', key, clientId, person)),
		now
	);
}
/** What a key tells that the row does not: the tier, the day, the reward and the first day on which its points end. */
export const partsOfKey = (uniqueKey: string): string[] => uniqueKey.split(':').slice(2);
