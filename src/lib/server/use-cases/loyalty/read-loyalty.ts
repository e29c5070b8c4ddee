// What a supplier sees of its connection to LoyaltyLion, and a client of what it has there. No key in it, and nothing is asked of LoyaltyLion for a page.
import type { LoyaltyLine, LoyaltyOfClient, LoyaltyView } from '../../../contract/loyalty-views.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { findConnection } from '../../store/loyalty-connection.ts';
import { findLoyaltyMember, listNotEnrolled } from '../../store/loyalty-members.ts';
import { countLoyaltyRows, listLoyaltyRows, type LoyaltyRowOnPage } from '../../store/loyalty-outbox.ts';
import { pageOf } from '../page.ts';
import type { Page } from '../../../contract/lists.ts';
import { read } from '../run.ts';

const SIZE = 20;
const GLANCE = 10;

export const readLoyalty = (
	services: Services,
	scope: Scope,
	after: { open: string | null; settled: string | null }
): Promise<LoyaltyView> =>
	read(services, scope, async (tx) => {
		const row = await findConnection(tx, scope);
		const now = services.clock.now();
		return {
			connection: row && {
				state: row.state,
				keyLastFour: row.keyLastFour,
				siteId: row.siteId,
				ruleName: row.ruleName,
				connectedAt: row.connectedAt,
				brokenReason: row.brokenReason,
				brokenDetail: row.brokenDetail,
				resumeAt: row.resumeAt && row.resumeAt > now ? row.resumeAt : null,
				lastSyncedAt: row.lastSyncedAt
			},
			counts: await countLoyaltyRows(tx, scope),
			open: await rowsOf(tx, scope, true, after.open),
			settled: await rowsOf(tx, scope, false, after.settled),
			notEnrolled: await listNotEnrolled(tx, scope, GLANCE),
			mayConnect: may(scope.actor, 'connect_outside'),
			mayMend: may(scope.actor, 'mend_outside')
		};
	});
async function rowsOf(tx: Tx, scope: Scope, open: boolean, after: string | null): Promise<Page<LoyaltyLine>> {
	const page = await pageOf<LoyaltyRowOnPage>(
		{ after, size: SIZE },
		({ after, limit }) => listLoyaltyRows(tx, scope, { open, after, limit }),
		(row) => row.rowId
	);
	return { ...page, rows: page.rows.map(lineOf) };
}
const lineOf = (row: LoyaltyRowOnPage): LoyaltyLine => ({
	rowId: row.rowId,
	clientId: row.clientId,
	clientName: row.clientName,
	operation: row.operation,
	actedOn: row.actedOn,
	state: row.state,
	outcome: row.outcome,
	attempts: row.attempts,
	nextAt: row.nextAt,
	lastStatus: row.lastStatus,
	lastError: row.lastError,
	settledAt: row.settledAt
});

/** What a client has at LoyaltyLion, for its own page and for the supplier's page about it; null: nothing was ever said of it there. */
export const readLoyaltyOfClient = (services: Services, scope: Scope, clientId: string): Promise<LoyaltyOfClient> =>
	read(services, scope, async (tx) => {
		const member = await findLoyaltyMember(tx, scope, clientId);
		if (!member) return null;
		const { state, pointsApproved, pointsPending, rewards, syncedAt } = member;
		return { state, pointsApproved, pointsPending, rewards, syncedAt };
	});
