// What points make a month set aside or take back, as two lines that an accountant may book: a proposal beside the journal, never an entry of it. Reads only.
import type { Scope } from '../../../domain/access/scope.ts';
import { addDays, addMonths, civilDate, civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { ZERO, type Minor } from '../../../domain/money/minor.ts';
import { owedForPoints, provisionChange, type OwedForPoints } from '../../../domain/points/provision.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { owedOn, salesUntil } from '../../store/points-owed.ts';
import { listProgrammes, type ProgrammeRow } from '../../store/points-programme.ts';
import { read } from '../run.ts';

type Owed = { on: CivilDate; points: number; netMinor: Minor };
/** `changeMinor`: above zero it is set aside, below it is taken back. */
export type Provision = { month: string; now: Owed; before: Owed; changeMinor: Minor };

/**
 * Between the end of a month and the end of the one before; of a month that runs, until today. Each month says the same whenever it is asked for, so the months
 * add up to what is owed. null: nothing changed.
 */
export async function readProvision(services: Services, scope: Scope, month: string): Promise<Provision | null> {
	if (scope.clientId) return null;
	return read(services, scope, async (tx) => {
		const { timeZone } = await getSupplier(tx, scope);
		const today = civilDateIn(services.clock.now(), timeZone);
		const first = civilDate(`${month}-01`);
		const days = [addDays(first, -1), addDays(addMonths(first, 1), -1)].map((day) => (day < today ? day : today));
		const programmes = (await listProgrammes(tx, scope)).filter(({ publishedAt }) => publishedAt !== null);
		if (!programmes.length) return null;
		const [before, now] = [
			await owedAt(tx, scope, { programmes, day: days[0] ?? today, timeZone }),
			await owedAt(tx, scope, { programmes, day: days[1] ?? today, timeZone })
		];
		const changeMinor = provisionChange(before.owed, now.owed);
		if (changeMinor === 0n) return null;
		return { month, before: said(before), now: said(now), changeMinor };
	});
}
type At = { day: CivilDate; owed: OwedForPoints | null };
const said = ({ day, owed }: At): Owed => ({ on: day, points: owed?.points ?? 0, netMinor: owed?.netMinor ?? ZERO });

/** By what points were worth in the version of that day. */
async function owedAt(
	tx: Tx,
	scope: Scope,
	{ programmes, day, timeZone }: { programmes: ProgrammeRow[]; day: CivilDate; timeZone: string }
): Promise<At> {
	const version = programmes.find(({ publishedAt }) => publishedAt && civilDateIn(publishedAt, timeZone) <= day);
	if (!version) return { day, owed: null };
	const on = { day, timeZone };
	const owed = owedForPoints(await owedOn(tx, scope, on), version.terms.credit, await salesUntil(tx, scope, on));
	return { day, owed };
}
