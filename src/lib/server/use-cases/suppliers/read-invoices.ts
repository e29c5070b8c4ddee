// The supplier's invoices: the list, and one with everything that happened to it. Reads only.
import type { AdminInvoice } from '../../../contract/admin-views.ts';
import { optionViews } from '../../../contract/option-views.ts';
import type { InvoiceView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { mayBeConsumer } from '../../../domain/invoices/client-kind.ts';
import { isHeld } from '../../../domain/invoices/hold.ts';
import { minor } from '../../../domain/money/minor.ts';
import type { Services } from '../../services.ts';
import { listPayLinks } from '../../store/access.ts';
import { listAttemptsOfInvoice } from '../../store/attempts.ts';
import { hasPdf } from '../../store/documents.ts';
import { listInvoicesBehind } from '../../store/invoice-pages.ts';
import { findInvoice, type InvoiceFilter } from '../../store/invoices.ts';
import { listLatestMails, type MailRow } from '../../store/mails.ts';
import { listAcceptances } from '../../store/offers.ts';
import { listPayments } from '../../store/payments.ts';
import { listPlansOfInvoices } from '../../store/plans.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { invoiceView, paymentView } from '../invoices/views.ts';
import { readReductions } from '../offers/discount-view.ts';
import { quoteInvoices } from '../offers/quote-invoices.ts';
import { pageOf } from '../page.ts';
import { adminPlans } from '../plans/manage-plans.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { adminAttempts } from './admin-attempts.ts';
import { todayOf } from './read-frame.ts';

const INVOICES_SHOWN = 50;
export async function readInvoiceList(
	services: Services,
	scope: Scope,
	{ after = null, ...filter }: Omit<InvoiceFilter, 'today' | 'pageSize'> & { after?: string | null }
): Promise<{ invoices: InvoiceView[]; next: string | null; isFirst: boolean }> {
	return read(services, scope, async (tx) => {
		const today = await todayOf(services, tx, scope);
		const { rows, ...page } = await pageOf(
			{ after, size: INVOICES_SHOWN },
			({ after: place, limit }) => {
				const [id = null, left] = place?.split('.') ?? [];
				const afterSize = left === undefined ? null : minor(BigInt(left));
				return listInvoicesBehind(tx, scope, { ...filter, today, after: id, afterSize, limit });
			},
			// What is left of it may be another sum by then.
			({ invoiceId, balanceMinor }) =>
				filter.sort === 'amount' ? `${invoiceId}.${balanceMinor < 0n ? -balanceMinor : balanceMinor}` : invoiceId
		);
		return { invoices: rows.map((record) => invoiceView(record, today)), ...page };
	});
}

const mailView = ({ kind, toAddress, state, problem, createdAt }: MailRow) => ({
	kind,
	to: toAddress,
	state,
	problem,
	createdAt
});
export async function readAdminInvoice(
	services: Services,
	scope: Scope,
	invoiceId: string
): Promise<Result<AdminInvoice>> {
	return read(services, scope, async (tx) => {
		const record = await findInvoice(tx, scope, invoiceId);
		if (!record) return refuse('not_found');
		const { rows: attempts, more } = await listAttemptsOfInvoice(tx, scope, invoiceId);
		const mails = await listLatestMails(tx, scope, { subjectId: invoiceId });
		const supplier = await getSupplier(tx, scope);
		const quoted = await quoteInvoices(tx, scope, { supplier, records: [record], at: services.clock.now() });
		const plans = await listPlansOfInvoices(tx, scope, [invoiceId], { running: false });
		const { today } = quoted.quote;
		return done({
			invoice: invoiceView(record, today),
			clientId: record.clientId,
			paymentReference: record.paymentReference,
			termsText: record.termsText,
			agreed: record.agreed,
			hasPdf: await hasPdf(tx, scope, invoiceId),
			deliveredOn: record.deliveredOn,
			mayBeConsumer: mayBeConsumer(record.clientKind),
			hold: isHeld(record, today) ? { holdReason: record.holdReason, holdUntil: record.holdUntil } : null,
			attempts: { more, rows: await adminAttempts(tx, scope, attempts, { today, timeZone: supplier.timeZone }) },
			payments: (await listPayments(tx, scope, { invoiceId })).map(paymentView),
			discounts: await readReductions(tx, scope, invoiceId, supplier.timeZone),
			plans: await adminPlans(
				tx,
				scope,
				plans.map((plan) => ({ ...plan, clientName: record.clientName })),
				today
			),
			options: optionViews(quoted),
			accepted: (
				await listAcceptances(
					tx,
					scope,
					attempts.map((attempt) => attempt.attemptId)
				)
			).map(({ option, amountMinor, discountMinor, termsText, acceptedAt, ip }) => ({
				option,
				amountMinor,
				discountMinor,
				termsText,
				acceptedAt,
				ip
			})),
			links: await listPayLinks(tx, scope, { invoiceId }),
			mails: { more: mails.more, rows: mails.rows.map(mailView) }
		});
	});
}
