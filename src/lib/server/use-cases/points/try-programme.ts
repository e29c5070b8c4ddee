// A programme tried on the last twelve months of payments, before anybody is promised anything. Reads only.
import { addMonths, civilDateIn } from '../../../domain/calendar/civil-date.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { ProgrammeTerms } from '../../../domain/points/programme.ts';
import { openTrial, type Trial } from '../../../domain/points/simulate.ts';
import type { Tx } from '../../store/database.ts';
import type { Supplier } from '../../store/suppliers.ts';
import { countPaidElsewhere, streamPastActs } from '../../store/points-past.ts';

/** `unknown`: invoices that came in as paid. */
export type PastTrial = { trial: Trial; unknown: number };
const MONTHS = 12;

/** All of it, however many payments there were: what a cap is held against is never a part of the year. `page`: how many are read at a time. */
export async function tryOnPast(
	tx: Tx,
	scope: Scope,
	{ terms, supplier, now, page }: { terms: ProgrammeTerms; supplier: Supplier; now: Date; page?: number }
): Promise<PastTrial> {
	const { timeZone } = supplier;
	const from = addMonths(civilDateIn(now, timeZone), -MONTHS);
	const trial = openTrial(terms);
	for await (const acts of streamPastActs(tx, scope, { from, timeZone, ...(page ? { page } : {}) })) trial.add(acts);
	return { trial: trial.result(), unknown: await countPaidElsewhere(tx, scope, from) };
}
