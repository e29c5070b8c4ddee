// What is owed for points at the end of a month, as a line that an accountant may book: a proposal beside the journal, never an entry of it. Reads only.
import type { Scope } from '../../../domain/access/scope.ts';
import { addDays, addMonths, civilDate, civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import { worthOf } from '../../../domain/points/simulate.ts';
import type { Services } from '../../services.ts';
import { getSupplier } from '../../store/parties.ts';
import { outstandingOn } from '../../store/points-figures.ts';
import { listProgrammes } from '../../store/points-programme.ts';
import { read } from '../run.ts';

export type Provision = { on: CivilDate; points: number; amountMinor: Minor };

/** By what points were worth in the version of that day; of a month that runs, today. null: nothing was owed. */
export async function readProvision(services: Services, scope: Scope, month: string): Promise<Provision | null> {
	if (scope.clientId) return null;
	return read(services, scope, async (tx) => {
		const { timeZone } = await getSupplier(tx, scope);
		const today = civilDateIn(services.clock.now(), timeZone);
		const end = addDays(addMonths(civilDate(`${month}-01`), 1), -1);
		const on = end < today ? end : today;
		const programme = (await listProgrammes(tx, scope)).find(
			({ publishedAt }) => publishedAt !== null && civilDateIn(publishedAt, timeZone) <= on
		);
		const points = await outstandingOn(tx, scope, on);
		const amountMinor = worthOf(points, programme?.terms.credit ?? null);
		return amountMinor ? { on, points, amountMinor } : null;
	});
}
