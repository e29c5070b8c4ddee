// A programme tried on the last twelve months of payments, before anybody is promised anything. Reads only.
import { addMonths, civilDateIn } from '../../../domain/calendar/civil-date.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { ProgrammeTerms } from '../../../domain/points/programme.ts';
import { simulate, type Trial } from '../../../domain/points/simulate.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { getSupplier, type Supplier } from '../../store/parties.ts';
import { listPastActs } from '../../store/points-past.ts';
import { read } from '../run.ts';

export type PastTrial = { trial: Trial; isCut: boolean; unknown: number };
const MONTHS = 12;

export async function tryOnPast(
	tx: Tx,
	scope: Scope,
	{ terms, supplier, now }: { terms: ProgrammeTerms; supplier: Supplier; now: Date }
): Promise<PastTrial> {
	const { timeZone } = supplier;
	const from = addMonths(civilDateIn(now, timeZone), -MONTHS);
	const { acts, isCut, unknown } = await listPastActs(tx, scope, { from, timeZone });
	return { trial: simulate(terms, acts), isCut, unknown };
}

export const tryProgramme = (services: Services, scope: Scope, terms: ProgrammeTerms): Promise<PastTrial> =>
	read(services, scope, async (tx) =>
		tryOnPast(tx, scope, { terms, supplier: await getSupplier(tx, scope), now: services.clock.now() })
	);
