// The supplier's clients, and one of them. Reads only; every figure comes from the ledger.
import type { ClientLine, AdminClient } from '../../../contract/admin-views.ts';
import { type Scope } from '../../../domain/access/scope.ts';
import { addMonths } from '../../../domain/calendar/civil-date.ts';
import { ZERO } from '../../../domain/money/minor.ts';
import type { Services } from '../../services.ts';
import { listInvoicesBehind } from '../../store/invoice-pages.ts';
import { listClaims, sumAdvance, sumPayableByClient } from '../../store/invoice-sums.ts';
import { sumDiscounts } from '../../store/discounts.ts';
import { listGroups } from '../../store/client-groups.ts';
import { listPlans } from '../../store/plans.ts';
import { adminPlans } from '../plans/manage-plans.ts';
import { findClient } from '../../store/clients.ts';
import { listContacts } from '../../store/contacts.ts';
import { listClients } from '../../store/clients.ts';
import { listPayments } from '../../store/payments.ts';
import { clientPointsCard } from '../points/read-client-points.ts';
import { pageOf } from '../page.ts';
import type { Page } from '../../../contract/lists.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { contactView, invoiceView, paymentView } from '../invoices/views.ts';
import { todayOf } from './read-frame.ts';

export async function readClients(
	services: Services,
	scope: Scope,
	{ search = '', after = null }: { search?: string; after?: string | null } = {}
): Promise<Page<ClientLine>> {
	return read(services, scope, async (tx) => {
		const today = await todayOf(services, tx, scope);
		const page = await pageOf(
			{ after, size: CLIENTS_SHOWN },
			(ask) => listClients(tx, scope, { search, ...ask }),
			(one) => one.clientId
		);
		const sums = await sumPayableByClient(tx, scope, { clientIds: page.rows.map((one) => one.clientId), today });
		const rows = page.rows.map(({ clientId, name, kind, siren }) => ({
			clientId,
			name,
			kind,
			siren,
			...(sums.get(clientId) ?? { openMinor: ZERO, lateMinor: ZERO })
		}));
		return { ...page, rows };
	});
}
const CLIENTS_SHOWN = 100;

const OF_CLIENT_SHOWN = 100;
const PLANS_SHOWN = 20;
/** Where a page of each begins. */
type PagesAfter = { invoicesAfter?: string | null; paymentsAfter?: string | null; plansAfter?: string | null };
export async function readAdminClient(
	services: Services,
	scope: Scope,
	clientId: string,
	{ invoicesAfter = null, paymentsAfter = null, plansAfter = null }: PagesAfter = {}
): Promise<Result<AdminClient>> {
	return read(services, scope, async (tx) => {
		const client = await findClient(tx, scope, clientId);
		if (!client) return refuse('not_found');
		const today = await todayOf(services, tx, scope);
		const [plans, invoices, payments] = [
			await pageOf(
				{ after: plansAfter, size: PLANS_SHOWN },
				(ask) => listPlans(tx, scope, { clientId, ...ask }),
				(one) => one.planId
			),
			await pageOf(
				{ after: invoicesAfter, size: OF_CLIENT_SHOWN },
				(ask) => listInvoicesBehind(tx, scope, { today, clientId, ...ask }),
				(one) => one.invoiceId
			),
			await pageOf(
				{ after: paymentsAfter, size: OF_CLIENT_SHOWN },
				(ask) => listPayments(tx, scope, { clientId, ...ask }),
				(one) => one.paymentId
			)
		];
		return done({
			client,
			contacts: (await listContacts(tx, scope, clientId)).map(contactView),
			groups: await listGroups(tx, scope),
			plans: { ...plans, rows: await adminPlans(tx, scope, plans.rows, today) },
			points: await clientPointsCard(services, tx, scope, clientId),
			cost: await sumDiscounts(tx, scope, { from: addMonths(today, -12), until: today, clientId }),
			advanceMinor: await sumAdvance(tx, scope, clientId),
			claims: await listClaims(tx, scope, clientId),
			invoices: { ...invoices, rows: invoices.rows.map((record) => invoiceView(record, today)) },
			payments: { ...payments, rows: payments.rows.map(paymentView) }
		});
	});
}
