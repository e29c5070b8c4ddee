// Points as a supplier's own software reads them: a client's account, its story, the rules in force. Actor: API key for points. Refusals: not_allowed, not_found.
import { may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import type { ProgrammeTerms } from '../../../domain/points/programme.ts';
import type { Services } from '../../services.ts';
import { findClient } from '../../store/clients.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { listHistory, type HistoryRow } from '../../store/points-history.ts';
import { findLiveProgramme } from '../../store/points-programme.ts';
import { countFreeCodes, countTaken, listExpiring } from '../../store/points-reading.ts';
import { leftOf } from '../../../domain/points/stock.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { accountToday } from './account-today.ts';

export const readPointsByApi = (services: Services, scope: Scope, clientId: string): Promise<Result<object>> =>
	read(services, scope, async (tx) => {
		if (!may(scope.actor, 'read_points')) return refuse('not_allowed');
		if (!(await findClient(tx, scope, clientId))) return refuse('not_found');
		const today = civilDateIn(services.clock.now(), (await getSupplier(tx, scope)).timeZone);
		const tiers = (await findLiveProgramme(tx, scope))?.terms.tiers ?? [];
		const account = await accountToday(tx, scope, clientId, { tiers, today });
		const position = account?.tier ?? 0;
		const [tier, next] = [tiers[position], tiers[position + 1]];
		const earned = account?.earnedInYear ?? 0;
		return done({
			client_id: clientId,
			balance: account?.balance ?? 0,
			pending: account?.pending ?? 0,
			earned_in_year: earned,
			tier: tier ? { position, name: tier.name } : null,
			next_tier: next
				? { position: position + 1, name: next.name, missing: Math.max(0, next.threshold - earned) }
				: null,
			expiring: await listExpiring(tx, scope, clientId, today),
			frozen: account?.frozenAt != null,
			frozen_reason: account?.frozenReason ?? null
		});
	});

export type HistoryAsked = { after: string | null; limit: number };
/** The newest first; the points of all lines are the balance. */
export const readHistoryByApi = (
	services: Services,
	scope: Scope,
	clientId: string,
	{ after, limit }: HistoryAsked
): Promise<Result<object>> =>
	read(services, scope, async (tx) => {
		if (!may(scope.actor, 'read_points')) return refuse('not_allowed');
		if (!(await findClient(tx, scope, clientId))) return refuse('not_found');
		const rows = await listHistory(tx, scope, clientId, { after, limit: limit + 1 });
		const lines = rows.slice(0, limit);
		return done({ lines: lines.map(lineBody), next: rows.length > limit ? (lines.at(-1)?.lineId ?? null) : null });
	});
const lineBody = ({ award, redemption, ...line }: HistoryRow) => ({
	line_id: line.lineId,
	happened_on: line.happenedOn,
	kind: line.kind,
	points: line.points,
	pending_points: line.pendingPoints,
	reason: line.reason,
	act: award && {
		kind: award.kind,
		verdict: award.verdict,
		invoice_id: award.invoiceId,
		number: award.number,
		due_on: award.dueOn,
		acted_on: award.actedOn,
		final_on: award.finalOn,
		base: award.base,
		early: award.early,
		sepa: award.sepa,
		points: award.points
	},
	redemption: redemption && {
		kind: redemption.kind,
		name: redemption.name,
		value_minor: redemption.valueMinor === null ? null : String(redemption.valueMinor),
		invoice_id: redemption.invoice?.invoiceId ?? null,
		number: redemption.invoice?.number ?? null
	}
});

/** The rules by which acts are judged today, and what is left of each reward. */
export const readProgrammeByApi = (services: Services, scope: Scope): Promise<Result<object>> =>
	read(services, scope, async (tx) => {
		if (!may(scope.actor, 'read_points')) return refuse('not_allowed');
		const programme = await findLiveProgramme(tx, scope);
		if (!programme) return refuse('not_found');
		const [taken, codes] = [await countTaken(tx, scope), await countFreeCodes(tx, scope)];
		const { terms } = programme;
		return done({
			version: programme.version,
			published_at: programme.publishedAt,
			last_earn_on: programme.lastEarnOn,
			last_spend_on: programme.lastSpendOn,
			...rulesBody(terms),
			rewards: terms.rewards.map((reward) => ({
				reward_id: reward.rewardId,
				kind: reward.kind,
				name: reward.name,
				terms: reward.terms,
				points: reward.points,
				from: reward.from,
				until: reward.until,
				min_tier: reward.minTier,
				stock_left: leftOf(reward, taken.get(reward.rewardId) ?? 0, codes.get(reward.rewardId) ?? 0)
			}))
		});
	});
const rulesBody = ({ name, intro, earning, expiry, tiers, credit, ...terms }: ProgrammeTerms) => ({
	name,
	intro,
	earning: {
		points: earning.pointsPer.points,
		per_minor: String(earning.pointsPer.euroMinor),
		basis: earning.basis,
		min_invoice_minor: String(earning.minInvoiceMinor),
		excludes: earning.excludes,
		early: earning.early && {
			bps_per_day: earning.early.bpsPerDay,
			max_days: earning.early.maxDays,
			with_discount: earning.early.withDiscount
		},
		streak: earning.streak,
		sepa: earning.sepa,
		plan_finished: earning.planFinished,
		first_online: earning.firstOnline,
		max_per_invoice: earning.maxPerInvoice,
		max_per_period: earning.maxPerPeriod,
		closed_day: earning.closedDay
	},
	sepa_vesting_days: terms.sepaVestingDays,
	expiry:
		expiry?.kind === 'yearly'
			? { kind: expiry.kind, month: expiry.month, day: expiry.day, min_months: expiry.minMonths }
			: expiry,
	tiers: tiers.map(({ multiplierBps, ...tier }, position) => ({ position, ...tier, multiplier_bps: multiplierBps })),
	credit: credit && {
		points: credit.points,
		value_minor: String(credit.valueMinor),
		max_share_bps: credit.maxShareBps
	}
});
