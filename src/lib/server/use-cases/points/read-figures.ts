// What the supplier's points programme does and costs: totals, months, tiers, punctuality before and since, each client. Reads only.
import type { PointsFigures } from '../../../contract/points-views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { addDays, addMonths, civilDate, civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { comparePunctuality, costPerDay, monthEnds, type Punctuality } from '../../../domain/points/figures.ts';
import type { ProgrammeTerms } from '../../../domain/points/programme.ts';
import { owedForPoints } from '../../../domain/points/provision.ts';
import { worthOf } from '../../../domain/points/simulate.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { getSupplier } from '../../store/parties.ts';
import {
	countPunctual,
	listClientFigures,
	readStanding,
	sumPointsMonths,
	type ClientFigures
} from '../../store/points-figures.ts';
import { salesUntil, takenOn } from '../../store/points-owed.ts';
import { listProgrammes, type ProgrammeRow } from '../../store/points-programme.ts';
import { read } from '../run.ts';

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
		const punctuality = await readPunctuality(tx, scope, { startedOn, today, timeZone });
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
			clients: rows.slice(0, SHOWN),
			hasMoreClients: rows.length > SHOWN
		};
	});
}

/** A year back and no further, on both sides: the cost beside it is of the same twelve months. */
async function readPunctuality(
	tx: Tx,
	scope: Scope,
	{ startedOn, today, timeZone }: { startedOn: CivilDate; today: CivilDate; timeZone: string }
): Promise<Punctuality> {
	const about = { today, timeZone };
	const yearAgo = addDays(addMonths(today, -12), 1);
	return comparePunctuality(
		await countPunctual(tx, scope, { from: addMonths(startedOn, -12), until: startedOn, ...about }),
		await countPunctual(tx, scope, { from: startedOn > yearAgo ? startedOn : yearAgo, until: today, ...about })
	);
}

/** A programme that is over has none: everybody is where everybody begins. */
const tiersNow = ({ endedAt, terms }: ProgrammeRow): ProgrammeTerms['tiers'] => (endedAt ? [] : terms.tiers);

/** Every client with an account, some at a time: the file has no bound. */
export async function* exportClientFigures(
	services: Services,
	scope: Scope
): AsyncGenerator<{ rows: ClientFigures[]; terms: ProgrammeTerms | null }> {
	if (scope.clientId) return;
	const { latest, today } = await read(services, scope, async (tx) => ({
		latest: (await listProgrammes(tx, scope)).find((row) => row.publishedAt !== null) ?? null,
		today: civilDateIn(services.clock.now(), (await getSupplier(tx, scope)).timeZone)
	}));
	const tiers = latest ? tiersNow(latest) : [];
	for (let after: ClientFigures | null = null, rows: ClientFigures[]; ; after = rows.at(-1) ?? null) {
		const behind: ClientFigures | null = after;
		rows = await read(services, scope, (tx) =>
			listClientFigures(tx, scope, { tiers, today, after: behind, limit: AT_ONCE })
		);
		if (rows.length) yield { rows, terms: latest?.terms ?? null };
		if (rows.length < AT_ONCE) return;
	}
}
