// The customer at Stripe that kept means of payment belong to: one at each account that its supplier has had.
import type { Scope } from '../../../domain/access/scope.ts';
import { NotAsked } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { findClient } from '../../store/clients.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findCustomerId, saveCustomerId } from '../../store/saved-methods.ts';
import { commit, read } from '../run.ts';

/** Asked before any transaction; null when the client is unknown to the scope. @throws NotAsked when Stripe can't be asked. */
async function customerOf(services: Services, scope: Scope, clientId: string): Promise<string | null> {
	const known = await read(services, scope, async (tx) => {
		const account = (await getSupplier(tx, scope)).stripeAccount;
		const customerId = await findCustomerId(tx, scope, clientId, account);
		return { account, customerId, client: await findClient(tx, scope, clientId) };
	});
	if (known.customerId || !known.client) return known.customerId;
	const customerId = await services.payments.ensureCustomer({
		account: known.account,
		supplierId: scope.supplierId,
		clientId,
		name: known.client.name,
		email: null
	});
	return commit(services, scope, async (tx) => {
		const { account } = known;
		await saveCustomerId(tx, scope, { clientId, account, customerId, createdAt: services.clock.now() });
		return findCustomerId(tx, scope, clientId, account);
	});
}

/** The same, for whom it is no error that Stripe can't be asked: nothing has begun. */
export async function customerIfAsked(
	services: Services,
	scope: Scope,
	clientId: string
): Promise<string | 'not_asked' | null> {
	try {
		return await customerOf(services, scope, clientId);
	} catch (error) {
		if (!(error instanceof NotAsked)) throw error;
		services.log.warn({ err: error }, 'no customer at Stripe, nothing begun');
		return 'not_asked';
	}
}
