// Once a day, of every account that answers and on which money of ours lies, and of all accounts of a supplier at work: what Stripe says moved beside the
// books, and its balance beside account 511.
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { listAccountsDue, WATCHED_DAYS } from '../../store/stripe-accounts.ts';
import { safely } from '../run.ts';
import { compareAccount } from './compare-account.ts';

export async function compareTotals(services: Services): Promise<void> {
	const due = await listAccountsDue(services.db, services.clock.now(), { days: WATCHED_DAYS, orHeld: true });
	// One that can't be asked keeps what was compared last, and hides no other.
	for (const { supplierId, account } of due)
		await safely(services, supplierId, () =>
			compareAccount(services, mintScope(supplierId, { kind: 'system' }), account)
		);
}
