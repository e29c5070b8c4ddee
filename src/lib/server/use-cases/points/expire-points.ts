// Points whose time is over leave the ledger: on the day, or before anything else is done with the points of the client. Called under the account's lock.
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { countEntries, listOpenLots } from '../../store/points.ts';
import { takePoints, type Moving } from './move-points.ts';

/** What of a lot was given back after it had expired expires again, by a name of its own. `true` when anything did. */
export async function expire(moving: Moving, isOver: (expiresOn: CivilDate | null) => boolean): Promise<boolean> {
	const { tx, scope, today, account } = moving;
	const over = (await listOpenLots(tx, scope, account.clientId)).filter((lot) => isOver(lot.expiresOn));
	for (const { entryId, left } of over) {
		const causeId = `${today}:${await countEntries(tx, scope, entryId)}`;
		await takePoints(moving, { kind: 'expired', points: -left, sourceId: entryId, causeId }, [entryId]);
	}
	return over.length > 0;
}
/** Those whose last day is over: nobody uses them because nobody has looked yet. */
export const expireDue = (moving: Moving): Promise<boolean> =>
	expire(moving, (expiresOn) => expiresOn !== null && expiresOn < moving.today);
