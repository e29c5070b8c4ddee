// Once a day, of every account that answers: what Stripe says moved beside the books, and its balance beside account 511.
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { listSuppliers } from '../../store/suppliers.ts';
import { safely } from '../run.ts';
import { compareAccount } from './compare-account.ts';
import { accountsThatAnswer } from './reconcile.ts';

export async function compareTotals(services: Services): Promise<void> {
	for (const supplier of await listSuppliers(services.db)) {
		const scope = mintScope(supplier.supplierId, { kind: 'system' });
		// One that can't be asked keeps what was compared last, and hides no other.
		for (const account of await accountsThatAnswer(services, scope))
			await safely(services, supplier.supplierId, () => compareAccount(services, scope, account));
	}
}
