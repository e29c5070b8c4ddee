// The signed-in client's screens: what is open, what is under way, what is paid. Reads only.
import type { InvoiceDetail, Portal, PortalFrame } from '../../../contract/portal-views.ts';
import type { InvoiceView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { Locale } from '../../../domain/money/format.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import { earlyDiscounts, type EarlyDiscount } from '../../../domain/offers/early-discounts.ts';
import { ZERO } from '../../../domain/money/minor.ts';
import { RUNNING_PLANS } from '../../../domain/plans/plan-states.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { drawFirstPageOffPath } from '../../readers/off-path.ts';
import { findInvoiceFile, hasPdf } from '../../store/documents.ts';
import { findInvoice } from '../../store/invoices.ts';
import { listVatLines } from '../../store/invoice-vat.ts';
import { countInvoices, listInvoicesBehind } from '../../store/invoice-pages.ts';
import { sumAdvance, sumOutstanding } from '../../store/invoice-sums.ts';
import { findClient } from '../../store/clients.ts';
import { findContact } from '../../store/contacts.ts';
import { getSupplier } from '../../store/suppliers.ts';
import type { Tx } from '../../store/database.ts';
import { listInvoicesOf } from '../../store/open-invoices.ts';
import { listPayments } from '../../store/payments.ts';
import { findLiveProgramme } from '../../store/points-programme.ts';
import { listPlans, listPlansOfInvoices, type PlanWithInstalments } from '../../store/plans.ts';
import { readContent } from '../documents/read-content.ts';
import { readReductions } from '../offers/discount-view.ts';
import { quoteInvoices } from '../offers/quote-invoices.ts';
import { planViews } from '../plans/plan-view.ts';
import { pageOf } from '../page.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { invoiceView, paymentView, whoAsks } from './views.ts';

export async function readPortalFrame(services: Services, scope: Scope, locale: Locale): Promise<PortalFrame> {
	return read(services, scope, async (tx) => {
		const { actor } = scope;
		const [supplier, person, client, programme] = await Promise.all([
			getSupplier(tx, scope),
			actor.kind === 'contact' ? findContact(tx, scope, actor.contactId) : null,
			scope.clientId ? findClient(tx, scope, scope.clientId) : null,
			findLiveProgramme(tx, scope)
		]);
		return {
			...whoAsks(supplier, locale),
			clientName: client?.name ?? '',
			personName: person?.name ?? '',
			hasPoints: programme !== null
		};
	});
}

/** All of a page may be ticked and asked for in one address: 150 ids are 7 KB, and proxies take 8 (nginx: large_client_header_buffers). */
const OPEN_SHOWN = 150;
const PAID_SHOWN = 50;
/** `openAfter`, `paidAfter`: where a page of each begins. Totals are of all pages. */
export async function readPortal(
	services: Services,
	scope: Scope,
	{ openAfter = null, paidAfter = null }: { openAfter?: string | null; paidAfter?: string | null } = {}
): Promise<Portal> {
	return read(services, scope, async (tx) => {
		const at = services.clock.now();
		const supplier = await getSupplier(tx, scope);
		const today = civilDateIn(at, supplier.timeZone);
		const [openList, paidList, [{ openMinor }], plans, advanceMinor] = await Promise.all([
			pageOf(
				{ after: openAfter, size: OPEN_SHOWN },
				(ask) => listInvoicesBehind(tx, scope, { today, status: 'open', ...ask }),
				(one) => one.invoiceId
			),
			pageOf(
				{ after: paidAfter, size: PAID_SHOWN },
				(ask) => listInvoicesBehind(tx, scope, { today, status: 'paid', sort: 'number', ...ask }),
				(one) => one.invoiceId
			),
			sumOutstanding(tx, scope, today),
			listPlans(tx, scope, { status: RUNNING_PLANS }),
			scope.clientId ? sumAdvance(tx, scope, scope.clientId) : ZERO
		]);
		const [open, paid] = [openList, paidList].map((list) => list.rows.map((record) => invoiceView(record, today))) as [
			InvoiceView[],
			InvoiceView[]
		];
		return {
			open: open.filter((invoice) => ['late', 'due_soon', 'open', 'not_payable'].includes(invoice.state)),
			underWay: open.filter((invoice) => invoice.state === 'under_way'),
			credits: open.filter((invoice) => invoice.state === 'credit'),
			paid,
			openPage: {
				next: openList.next,
				isFirst: openList.isFirst,
				all:
					openList.next || !openList.isFirst ? await countInvoices(tx, scope, { today, status: 'open' }) : open.length
			},
			paidPage: { next: paidList.next, isFirst: paidList.isFirst },
			plans: await planLines(tx, scope, plans, today),
			totalMinor: openMinor,
			early: await earlyOf(tx, scope, { supplier, records: openList.rows, at }),
			advanceMinor
		};
	});
}

/** What each of some invoices takes off today by being paid early. */
export async function earlyOf(
	tx: Tx,
	scope: Scope,
	asked: Parameters<typeof quoteInvoices>[2]
): Promise<EarlyDiscount[]> {
	const records = asked.records.filter((record) => payableToday(record) > 0n);
	return records.length ? earlyDiscounts((await quoteInvoices(tx, scope, { ...asked, records })).input) : [];
}

/** Each with the numbers of its open invoices, on whatever page these are. */
async function planLines(
	tx: Tx,
	scope: Scope,
	plans: PlanWithInstalments[],
	today: CivilDate
): Promise<Portal['plans']> {
	const idsOf = (plan: PlanWithInstalments) => [
		...new Set(plan.instalments.flatMap((instalment) => instalment.lines.map((line) => line.invoiceId)))
	];
	const records = await listInvoicesOf(tx, scope, plans.flatMap(idsOf));
	const numbers = new Map(
		records.filter((record) => record.balanceMinor !== 0n).map((record) => [record.invoiceId, record.number])
	);
	const views = await planViews(tx, scope, plans, today);
	return plans.map((plan, i) => ({
		...required(views[i], 'view'),
		invoiceIds: idsOf(plan),
		numbers: idsOf(plan)
			.flatMap((id) => numbers.get(id) ?? [])
			.join(', ')
	}));
}

export async function readInvoiceDetail(
	services: Services,
	scope: Scope,
	invoiceId: string
): Promise<Result<InvoiceDetail>> {
	return read(services, scope, async (tx) => {
		const record = await findInvoice(tx, scope, invoiceId);
		if (!record) return refuse('not_found');
		const { timeZone } = await getSupplier(tx, scope);
		const today = civilDateIn(services.clock.now(), timeZone);
		return done({
			invoice: invoiceView(record, today),
			vat: (await listVatLines(tx, scope, invoiceId)).map(({ rateBps, baseMinor, vatMinor }) => ({
				rateBps,
				baseMinor,
				vatMinor
			})),
			netMinor: record.netMinor,
			prepaidMinor: record.prepaidMinor,
			termsText: record.termsText,
			agreed: record.agreed,
			hasPdf: await hasPdf(tx, scope, invoiceId),
			payments: (await listPayments(tx, scope, { invoiceId })).map(paymentView),
			discounts: await readReductions(tx, scope, invoiceId, timeZone),
			planInvoiceIds: await planInvoices(tx, scope, invoiceId)
		});
	});
}

async function planInvoices(tx: Tx, scope: Scope, invoiceId: string): Promise<string[]> {
	const [plan] = await listPlansOfInvoices(tx, scope, [invoiceId], { running: true });
	return [
		...new Set((plan?.instalments ?? []).flatMap((instalment) => instalment.lines.map((line) => line.invoiceId)))
	];
}

/** Of a PDF, its first page as a picture: what a phone shows. */
export async function readFirstPage(services: Services, scope: Scope, invoiceId: string): Promise<Uint8Array | null> {
	const file = await readInvoiceFile(services, scope, invoiceId);
	if (file?.mediaType !== 'application/pdf') return null;
	return drawFirstPageOffPath({ name: file.fileName, bytes: file.content });
}
/** null: there is none. Throws StorageProblem when there is one and its bytes can't be had, or are not what they were. */
export async function readInvoiceFile(
	services: Services,
	scope: Scope,
	invoiceId: string
): Promise<{ content: Uint8Array; mediaType: string; fileName: string } | null> {
	const file = await readContent(services, scope, () =>
		read(services, scope, (tx) => findInvoiceFile(tx, scope, invoiceId))
	);
	return file && { content: file.content, mediaType: file.mediaType, fileName: file.fileName };
}
