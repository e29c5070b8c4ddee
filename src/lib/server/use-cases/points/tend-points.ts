// What the days bring to points: pending ones become final, old ones expire, the twelve months move on, and a programme that was ended has had its last day.
// Each client under its account's lock, each change once. Facts: points.changed.
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import { addDays, civilDateIn } from '../../../domain/calendar/civil-date.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findLockedAccount } from '../../store/points.ts';
import {
	listDueClients,
	listFinalAwards,
	listHolders,
	listOverProgrammes,
	listToTell,
	markTold,
	type DueClient
} from '../../store/points-due.ts';
import { findLiveProgramme, markProgrammeEnded } from '../../store/points-programme.ts';
import { forSuppliersDue } from '../for-suppliers-due.ts';
import { commit, read, safely } from '../run.ts';
import { queuePointsExpiring } from './queue-points-mails.ts';
import { expire } from './expire-points.ts';
import { announce, followAccount, settleAward, settlingOf, type Settling } from './move-points.ts';

export async function tendPoints(services: Services): Promise<void> {
	// The day is each supplier's own: what is due nowhere yet is looked at, and left.
	const latest = addDays(civilDateIn(services.clock.now(), 'UTC'), 1);
	for (const over of await listOverProgrammes(services.db, latest))
		await safely(services, over.supplierId, () => endProgramme(services, over));
	let behind: DueClient | null = null;
	for (;;) {
		const due: DueClient[] = await listDueClients(services.db, { latest, behind });
		for (const one of due) {
			const scope = mintScope(one.supplierId, { kind: 'system' });
			await safely(services, one.clientId, () =>
				commit(services, scope, (tx) => tend(services, scope, tx, one.clientId))
			);
		}
		behind = due.at(-1) ?? null;
		if (!behind) return;
	}
}

/** The end of points is told in time, as the programme says; a programme that ends tells of it in its own mail. */
export async function tellExpiring(services: Services): Promise<void> {
	await forSuppliersDue(services, 'points_to_tell', (scope) =>
		commit(services, scope, (tx) => tellInside(services, scope, tx))
	);
}
async function tellInside(services: Services, scope: Scope, tx: Tx): Promise<void> {
	const programme = await findLiveProgramme(tx, scope);
	if (!programme) return;
	const now = services.clock.now();
	const today = civilDateIn(now, (await getSupplier(tx, scope)).timeZone);
	for (const one of await listToTell(tx, scope, addDays(today, programme.terms.expiryNoticeDays))) {
		await queuePointsExpiring(tx, scope, now, one.clientId, one);
		await markTold(tx, scope, { ...one, today });
	}
}

async function movingFor(services: Services, scope: Scope, tx: Tx, clientId: string): Promise<Settling | null> {
	const account = await findLockedAccount(tx, scope, clientId);
	const { timeZone } = await getSupplier(tx, scope);
	const now = services.clock.now();
	return account && settlingOf({ tx, scope, now, today: civilDateIn(now, timeZone), account });
}

async function tend(services: Services, scope: Scope, tx: Tx, clientId: string): Promise<void> {
	const moving = await movingFor(services, scope, tx, clientId);
	if (!moving) return;
	const { today, account } = moving;
	let moved = false;
	for (const award of await listFinalAwards(tx, scope, clientId, today)) {
		const points = award.pendingPoints + award.earnedPoints;
		moved =
			(await settleAward(moving, award, {
				points,
				isFinal: true,
				finalOn: award.finalOn,
				causeId: `final:${today}`
			})) || moved;
	}
	// Final only now, after the programme was over: they go the way of the others.
	const live = await findLiveProgramme(tx, scope);
	const isOver = live === null;
	moved = (await expire(moving, (expiresOn) => isOver || (expiresOn !== null && expiresOn < today))) || moved;
	if (moved || (account.recheckOn !== null && account.recheckOn <= today)) await followAccount(moving, live, null);
	if (moved) await announce(moving);
}

/** Its last day to spend is over: what is left expires, client by client, and nothing is earned by it any more. */
async function endProgramme(
	services: Services,
	{ supplierId, version }: { supplierId: string; version: number }
): Promise<void> {
	const scope = mintScope(supplierId, { kind: 'system' });
	const { timeZone } = await read(services, scope, (tx) => getSupplier(tx, scope));
	const lastDay = addDays(civilDateIn(services.clock.now(), timeZone), -1);
	const [over] = (await listOverProgrammes(services.db, addDays(lastDay, 1))).filter(
		(one) => one.supplierId === supplierId
	);
	if (!over) return;
	let behind: string | null = null;
	for (;;) {
		const holders: string[] = await read(services, scope, (tx) => listHolders(tx, scope, behind));
		for (const clientId of holders)
			await commit(services, scope, async (tx) => {
				const moving = await movingFor(services, scope, tx, clientId);
				if (!moving) return;
				if (await expire(moving, () => true)) await announce(moving);
			});
		behind = holders.at(-1) ?? null;
		if (!behind) break;
	}
	await commit(services, scope, (tx) => markProgrammeEnded(tx, scope, version, services.clock.now()));
}
