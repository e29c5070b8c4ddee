// Where and on what day a supplier's files are read: instants in them are days there, and a day far from today is asked about.
import type { Scope } from '../../domain/access/scope.ts';
import { civilDateIn } from '../../domain/calendar/civil-date.ts';
import type { When } from '../readers/norm-values.ts';
import type { Services } from '../services.ts';
import type { Tx } from '../store/database.ts';
import { getSupplier } from '../store/suppliers.ts';

export async function readingDay(tx: Tx, scope: Scope, { clock }: Pick<Services, 'clock'>): Promise<When> {
	const { timeZone } = await getSupplier(tx, scope);
	return { timeZone, today: civilDateIn(clock.now(), timeZone) };
}
