// One round of a periodic task: supplier by supplier, of those who have something to do.
import { mintScope, type Scope } from '../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../domain/calendar/civil-date.ts';
import type { Services } from '../services.ts';
import { listSuppliersDue, type DueOf } from '../store/due-suppliers.ts';
import { safely } from './run.ts';

export async function forSuppliersDue(
	services: Services,
	of: DueOf,
	work: (scope: Scope, today: CivilDate) => Promise<unknown>
): Promise<void> {
	for (const { supplierId, timeZone } of await listSuppliersDue(services.db, of, services.clock.now()))
		await safely(services, supplierId, () =>
			work(mintScope(supplierId, { kind: 'system' }), civilDateIn(services.clock.now(), timeZone))
		);
}
