// A plan as it was accepted: kept with the attempt that pays its first part, and alive only once that part is paid or ordered.
import type { Scope } from '../../../domain/access/scope.ts';
import type { PaymentOption } from '../../../domain/offers/quote.ts';
import { cureDaysFor } from '../../../domain/plans/failure.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import type { InvoiceRecord } from '../../store/invoices.ts';
import { findClient, getSupplier, type Supplier } from '../../store/parties.ts';
import { holdParts, insertPlan } from '../../store/plans.ts';
import { findCustomerId, keepCustomerId } from '../../store/saved-methods.ts';
import { commit, read } from '../run.ts';
import { contactOf } from '../offers/keep-acceptance.ts';

export const isPlan = ({ kind }: Pick<PaymentOption, 'kind'>): boolean => kind === 'plan_2' || kind === 'plan_3';

export async function keepPlan(
	tx: Tx,
	scope: Scope,
	planId: string,
	{
		supplier,
		invoices,
		option,
		now
	}: { supplier: Supplier; invoices: InvoiceRecord[]; option: PaymentOption; now: Date }
): Promise<void> {
	const { clientId, clientKind, currency } = invoices[0]!;
	await insertPlan(
		tx,
		scope,
		{
			planId,
			clientId,
			contactId: contactOf(scope),
			count: option.parts.length,
			amountMinor: option.amountMinor,
			currency,
			status: 'pending',
			isSettlement: option.isSettlement,
			methodId: null,
			cureDays: cureDaysFor(clientKind, supplier.planCureDays),
			cureEndsOn: null,
			createdAt: now,
			updatedAt: now
		},
		option.parts
	);
	await holdParts(tx, scope, planId, [{ planId, position: 1 }]);
}

/** The customer at Stripe that kept means of payment belong to. Asked before any transaction; null when the client is unknown to the scope. */
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
