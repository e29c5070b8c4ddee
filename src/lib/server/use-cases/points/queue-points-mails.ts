// Mails about points: a tier was reached, points are about to expire, the programme ends. To the client's people who see its points, each of them once.
// The first two only to who has not said no (contact.pointsMails).
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { getsPointsNews } from '../../../domain/mail/recipients.ts';
import type { Tx } from '../../store/database.ts';
import { queueMails } from '../../store/mails.ts';
import { listContacts, listContactsOf } from '../../store/parties.ts';
import { listClientsWithPoints } from '../../store/points-reading.ts';
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
/** To every client that has points or will have: they are lost after `lastSpendOn`. Nobody can say no to this one. */
export async function queuePointsEnding(
	tx: Tx,
	scope: Scope,
	now: Date,
	{ lastSpendOn }: { lastSpendOn: CivilDate }
): Promise<void> {
	let chunk: string[] = [];
	const tell = async (): Promise<void> => {
		const people = (await listContactsOf(tx, scope, chunk)).filter((person) => person.hasPortal);
		const rows = people.map((person) =>
			toContact('points_ending', `points_ending:${person.clientId}:${lastSpendOn}`, person.clientId, person)
		);
		if (rows.length) await queueMails(tx, scope, rows, now);
		chunk = [];
	};
	for await (const clientId of allOf<string>((after) => listClientsWithPoints(tx, scope, after))) {
		chunk.push(clientId);
		if (chunk.length === 500) await tell();
	}
	if (chunk.length) await tell();
}
/** What a key tells that the row does not: the tier, the day. */
export const partsOfKey = (uniqueKey: string): string[] => uniqueKey.split(':').slice(2);
