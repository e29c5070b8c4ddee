// Every night: what is stored as open beside what the books say it is, supplier by supplier. A difference is a fault of ours, told to the operator, who
// reads it anew by `npm run open-items` (runbook).
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { listOpenDifferences, mergeOpenSums } from '../../store/open-items.ts';
import { listSuppliers } from '../../store/suppliers.ts';
import { read } from '../run.ts';

export async function compareOpen(services: Services): Promise<void> {
	await mergeOpenSums(services.db);
	for (const { supplierId } of await listSuppliers(services.db)) {
		const scope = mintScope(supplierId, { kind: 'system' });
		for (const difference of await read(services, scope, (tx) => listOpenDifferences(tx)))
			services.log.error(difference, 'what is stored as open is not what the books say');
	}
}
