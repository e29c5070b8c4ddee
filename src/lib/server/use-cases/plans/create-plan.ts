// A plan as it was accepted: kept with the attempt that pays its first instalment, and alive only once that instalment is paid or ordered.
import { contactOf, type Scope } from '../../../domain/access/scope.ts';
import type { PaymentOption } from '../../../domain/offers/quoted.ts';
import { cureDaysFor } from '../../../domain/plans/failure.ts';
import { required } from '../../../domain/required.ts';
import type { Tx } from '../../store/database.ts';
import type { InvoiceRecord } from '../../store/invoices.ts';
import type { Supplier } from '../../store/suppliers.ts';
import { holdInstalments } from '../../store/held-instalments.ts';
import { insertPlan } from '../../store/plans.ts';

export const isPlan = ({ kind }: Pick<PaymentOption, 'kind'>): boolean => kind === 'plan_2' || kind === 'plan_3';

export async function createPlan(
	tx: Tx,
	scope: Scope,
	planId: string,
	{
		supplier,
		invoices,
		option,
		methodId,
		now
	}: { supplier: Supplier; invoices: InvoiceRecord[]; option: PaymentOption; methodId: string | null; now: Date }
): Promise<void> {
	const { clientId, clientKind, currency } = required(invoices[0], 'invoice');
	await insertPlan(
		tx,
		scope,
		{
			planId,
			clientId,
			contactId: contactOf(scope),
			count: option.instalments.length,
			amountMinor: option.amountMinor,
			currency,
			status: 'pending',
			isSettlement: option.isSettlement,
			methodId,
			cureDays: cureDaysFor(clientKind, supplier.planCureDays),
			cureEndsOn: null,
			createdAt: now,
			updatedAt: now
		},
		option.instalments
	);
	await holdInstalments(tx, scope, planId, [{ planId, position: 1 }]);
}
