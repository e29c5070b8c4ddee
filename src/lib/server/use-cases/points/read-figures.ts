// What the supplier's points programme does and costs: totals, months, tiers, punctuality before and since, each client. Reads only.
import type { PointsFigures } from '../../../contract/points-views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { addMonths, civilDate, civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import {
	comparePunctuality,
	costPerDay,
	monthEnds,
	NO_INVOICES,
	yearOver,
	type Sides
} from '../../../domain/points/figures.ts';
import type { ProgrammeTerms } from '../../../domain/points/programme.ts';
import { owedForPoints } from '../../../domain/points/provision.ts';
import { worthOf } from '../../../domain/points/simulate.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { listClientFigures, readStanding, sumPointsMonths, type ClientFigures } from '../../store/points-figures.ts';
import { countPunctual, countPunctualOf, type DueIn } from '../../store/points-punctuality.ts';
import { salesUntil, takenOn } from '../../store/points-owed.ts';
import { listProgrammes, type ProgrammeRow } from '../../store/points-programme.ts';
import { read } from '../run.ts';

export type ClientWithSides = ClientFigures & Sides;
const SHOWN = 50;
const AT_ONCE = 1000;

export async function readFigures(services: Services, scope: Scope): Promise<PointsFigures | null> {
	return read(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const { timeZone } = supplier;
		const today = civilDateIn(services.clock.now(), timeZone);
		const published = (await listProgrammes(tx, scope)).filter((row) => row.publishedAt !== null);
		const [latest, first] = [published[0], published.at(-1)];
		// The books are the supplier's: a client's person reads none of them.
		if (scope.clientId || !latest || !first?.publishedAt) return null;
		const { terms } = latest;
		const tiers = tiersNow(latest);
		const standing = await readStanding(tx, scope, { tiers, today });
		const monthOf = (day: CivilDate) => civilDate(`${day.slice(0, 7)}-01`);
		const months = monthEnds(
			await sumPointsMonths(tx, scope, addMonths(monthOf(today), -11)),
			standing.outstanding - standing.owed,
			today
		);
		const sum = (of: (month: (typeof months)[number]) => number) => months.reduce((all, one) => all + of(one), 0);
		const startedOn = civilDateIn(first.publishedAt, timeZone);
		const spans = spansOf({ startedOn, today, timeZone });
		const punctuality = comparePunctuality(
			await countPunctual(tx, scope, spans.before),
			await countPunctual(tx, scope, spans.after)
		);
		// What was given or taken by hand was paid for by nobody's being early.
		const gainedSince = sum((month) => month.gained - month.taken);
		const on = { day: today, timeZone };
		const rows = await listClientFigures(tx, scope, { tiers, today, after: null, limit: SHOWN + 1 });
		return {
			today,
			startedOn,
			terms,
			totals: {
				gained: sum((month) => month.gained),
				taken: sum((month) => month.taken),
				used: sum((month) => month.used),
				expired: sum((month) => month.expired),
				adjusted: sum((month) => month.adjusted),
				outstanding: standing.outstanding,
				owed: standing.owed,
				pending: standing.pending
			},
			owed: owedForPoints(
				{ usable: standing.outstanding, pending: standing.pending, ...(await takenOn(tx, scope, on)) },
				terms.credit,
				await salesUntil(tx, scope, on)
			),
			months,
			tiers: terms.tiers.map((_, position) => standing.tiers.get(position) ?? 0),
			punctuality,
			costPerDayMinor: costPerDay(worthOf(gainedSince, terms.credit), punctuality.daysGained),
			clients: await withSides(tx, scope, spans, rows.slice(0, SHOWN)),
			hasMoreClients: rows.length > SHOWN
		};
	});
}

/** A year back and no further, on both sides: the cost beside it is of the same twelve months. */
function spansOf(at: { startedOn: CivilDate; today: CivilDate; timeZone: string }): Record<'before' | 'after', DueIn> {
	const { startedOn, ...about } = at;
	const { from, until } = yearOver(at.today);
	return {
		before: { from: addMonths(startedOn, -12), until: startedOn, ...about },
		after: { from: startedOn > from ? startedOn : from, until, ...about }
	};
}
/** The same question of each client. */
async function withSides(
	tx: Tx,
	scope: Scope,
	spans: Record<'before' | 'after', DueIn>,
	rows: ClientFigures[]
): Promise<ClientWithSides[]> {
	const ids = rows.map((row) => row.clientId);
	const before = await countPunctualOf(tx, scope, spans.before, ids);
	const after = await countPunctualOf(tx, scope, spans.after, ids);
	return rows.map((row) => ({
		...row,
		before: before.get(row.clientId) ?? NO_INVOICES,
		after: after.get(row.clientId) ?? NO_INVOICES
	}));
}

/** A programme that is over has none: everybody is where everybody begins. */
const tiersNow = ({ endedAt, terms }: ProgrammeRow): ProgrammeTerms['tiers'] => (endedAt ? [] : terms.tiers);

/** Every client with an account, some at a time: the file has no bound. */
export async function* exportClientFigures(
	services: Services,
	scope: Scope
): AsyncGenerator<{ rows: ClientWithSides[]; terms: ProgrammeTerms | null }> {
	if (scope.clientId) return;
	const { published, today, timeZone } = await read(services, scope, async (tx) => {
		const { timeZone } = await getSupplier(tx, scope);
		const published = (await listProgrammes(tx, scope)).filter((row) => row.publishedAt !== null);
		return { published, today: civilDateIn(services.clock.now(), timeZone), timeZone };
	});
	const [latest, first] = [published[0], published.at(-1)];
	const tiers = latest ? tiersNow(latest) : [];
	const startedOn = first?.publishedAt ? civilDateIn(first.publishedAt, timeZone) : today;
	const spans = spansOf({ startedOn, today, timeZone });
	for (let after: ClientFigures | null = null, rows: ClientWithSides[]; ; after = rows.at(-1) ?? null) {
		const behind: ClientFigures | null = after;
		rows = await read(services, scope, async (tx) =>
			withSides(tx, scope, spans, await listClientFigures(tx, scope, { tiers, today, after: behind, limit: AT_ONCE }))
		);
		if (rows.length) yield { rows, terms: latest?.terms ?? null };
		if (rows.length < AT_ONCE) return;
	}
}
