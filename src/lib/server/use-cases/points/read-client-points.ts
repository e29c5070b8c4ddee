// One client's points, as its supplier sees them: balance, tier, what expires next, and every line of its history. Reads only. Refusal: not_found.
import type { ClientPoints, ClientPointsCard } from '../../../contract/points-views.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { findClient } from '../../store/clients.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { listHistory } from '../../store/points-history.ts';
import { findLiveProgramme } from '../../store/points-programme.ts';
import { listExpiring } from '../../store/points-reading.ts';
import { listAuditsOf } from '../../store/audits.ts';
import { pageOf } from '../page.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { namesOfActors } from '../access/actor-names.ts';
import { accountToday } from './account-today.ts';
import { invoiceOf } from './history-lines.ts';

const PAGE = 50;
const STOPS_SHOWN = 20;

/** null: no programme, and no points of an older one. */
export async function clientPointsCard(
	services: Services,
	tx: Tx,
	scope: Scope,
	clientId: string
): Promise<ClientPointsCard | null> {
	const today = civilDateIn(services.clock.now(), (await getSupplier(tx, scope)).timeZone);
	const programme = await findLiveProgramme(tx, scope);
	const tiers = programme?.terms.tiers ?? [];
	const account = await accountToday(tx, scope, clientId, { tiers, today });
	if (!programme && !account) return null;
	const [next] = await listExpiring(tx, scope, clientId, today);
	const position = account?.tier ?? 0;
	return {
		balance: account?.balance ?? 0,
		pending: account?.pending ?? 0,
		tier: programme && { position, name: tiers[position]?.name ?? null },
		nextExpiry: next ?? null,
		frozenReason: account?.frozenReason ?? null
	};
}

export async function readClientPoints(
	services: Services,
	scope: Scope,
	clientId: string,
	after: string | null
): Promise<Result<ClientPoints>> {
	if (scope.clientId) return refuse('not_found');
	return read(services, scope, async (tx) => {
		const client = await findClient(tx, scope, clientId);
		if (!client) return refuse('not_found');
		const card = await clientPointsCard(services, tx, scope, clientId);
		const history = await pageOf(
			{ after, size: PAGE },
			(ask) => listHistory(tx, scope, clientId, ask),
			(line) => line.lineId
		);
		const nameOf = await namesOfActors(tx, scope);
		const stops = await listAuditsOf(tx, scope, {
			objectId: clientId,
			actions: ['points_frozen', 'points_unfrozen'],
			limit: STOPS_SHOWN
		});
		const nothing = { balance: 0, pending: 0, tier: null, nextExpiry: null, frozenReason: null };
		return done({
			...(card ?? nothing),
			clientId,
			name: client.name,
			history: {
				...history,
				rows: history.rows.map((row) => ({
					...row,
					madeByName: row.madeBy === null ? null : nameOf(row.madeBy),
					invoiceId: invoiceOf(row)?.invoiceId ?? null
				}))
			},
			stops: stops.map(({ auditId, action, at, actor, detail }) => ({
				stopId: auditId,
				isStopped: action === 'points_frozen',
				at,
				by: nameOf(actor),
				reason: detail['reason'] ?? ''
			})),
			mayMove: may(scope.actor, 'write_points')
		});
	});
}
