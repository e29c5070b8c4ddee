// The customer at Stripe that kept means of payment belong to.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { findClient, getSupplier } from '../../store/parties.ts';
import { findCustomerId, keepCustomerId } from '../../store/saved-methods.ts';
import { commit, read } from '../run.ts';

/** Asked before any transaction; null when the client is unknown to the scope. Throws when Stripe does not answer. */
export async function customerOf(services: Services, scope: Scope, clientId: string): Promise<string | null> {
	const known = await read(services, scope, async (tx) => ({
		customerId: await findCustomerId(tx, scope, clientId),
		client: await findClient(tx, scope, clientId),
		account: (await getSupplier(tx, scope)).stripeAccount
	}));
	if (known.customerId || !known.client) return known.customerId;
	const customerId = await services.payments.ensureCustomer({
		account: known.account,
		supplierId: scope.supplierId,
		clientId,
		name: known.client.name,
		email: null
	});
	return commit(services, scope, async (tx) => {
		await keepCustomerId(tx, scope, { clientId, customerId, createdAt: services.clock.now() });
		return findCustomerId(tx, scope, clientId);
	});
}
