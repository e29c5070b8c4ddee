// Invoices of the demo come in through the importer, and are paid through the sandbox as a browser would.
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import type { Config } from '#lib/server/config.ts';
import { newId } from '#lib/server/identity.ts';
import type { Services } from '#lib/server/services.ts';
import { listInvoices, type InvoiceRecord } from '#lib/server/store/invoices.ts';
import { listBillingContacts } from '#lib/server/store/contacts.ts';
import { listPayments } from '#lib/server/store/payments.ts';
import { listPlansOfInvoices } from '#lib/server/store/plans.ts';
import { findMethod } from '#lib/server/store/saved-methods.ts';
import { supplier } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import { payableToday } from '#lib/domain/invoices/state.ts';
import { facturXOf, totalsOf } from './invoice-file.ts';
import { required } from '#lib/domain/required.ts';
import { pointsFollow } from './points.ts';
import type { Planned } from './story.ts';

export async function importOne(services: Services, scope: Scope, { spec }: Planned): Promise<void> {
	const paidInAdvance = spec.businessProcess === 'S2' ? { ...spec, prepaidMinor: totalsOf(spec).gross } : spec;
	const file = { name: `${spec.number.replace(/[^\w-]/g, '-')}.pdf`, bytes: await facturXOf(paidInAdvance) };
	const imported = await importInvoices(services, scope, [file], { sendMails: true });
	const line = imported.ok ? imported.value[0] : undefined;
	if (line?.outcome !== 'new')
		throw new Error(
			`seed: ${spec.number} was not imported: ${JSON.stringify(line?.findings ?? imported, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))}`
		);
}

async function findByNumber(services: Services, scope: Scope, number: string): Promise<InvoiceRecord> {
	const invoices = await inScope(services.db, scope, (tx) =>
		listInvoices(tx, scope, { today: civilDateIn(services.clock.now(), 'Europe/Paris'), search: number, pageSize: 1 })
	);
	return required(invoices[0], 'invoice of the demo');
}

export async function payOne(
	services: Services,
	scope: Scope,
	{ spec, client: { habit: punctuality }, method: habit, ending, inInstalments, usesPoints }: Planned
): Promise<void> {
	const invoice = await findByNumber(services, scope, spec.number);
	const amount = payableToday(invoice);
	if (amount <= 0n) return;
	const people = await inScope(services.db, scope, (tx) => listBillingContacts(tx, scope, invoice.clientId));
	const payer = mintScope(scope.supplierId, {
		kind: 'contact',
		contactId: required(people[0], 'person who gets mails').contactId,
		clientId: invoice.clientId
	});
	const method =
		ending === 'returned'
			? 'pm_disputed_fr'
			: ending === 'disputed'
				? 'pm_card_createDispute'
				: ending === 'declined'
					? 'pm_card_visa_chargeDeclined'
					: habit === 'sepa' && amount <= 1_000_000n
						? 'pm_success_fr'
						: 'pm_card_visa';
	const confirmationTokenId = await testToken(services.config, services, scope, method);
	const points = usesPoints ? await pointsFor(services, payer, invoice.invoiceId) : 0;
	const view = await readPayView(services, payer, [invoice.invoiceId], 'fr', { usePoints: points });
	const wanted = inInstalments ? ['plan_3', 'plan_2'] : punctuality === 'early' ? ['early'] : ['now'];
	const offered = view.ok ? view.value.options : [];
	const chosen = wanted.map((kind) => offered.find((one) => one.kind === kind)).find(Boolean);
	const result = await startPayment(
		services,
		payer,
		{
			attemptId: newId(),
			confirmationTokenId,
			invoiceIds: [invoice.invoiceId],
			option: chosen?.kind ?? 'now',
			...(points ? { usePoints: points } : {}),
			expectedAmountMinor: chosen?.dueNowMinor ?? amount
		},
		{ returnUrl: `${services.config.origin}/retour/demo`, ip: null, userAgent: null, locale: 'fr' }
	);
	if (!result.ok) throw new Error(`seed: payment of ${spec.number} refused: ${result.refusal.code}`);
	await pointsFollow(services);
	if (ending === 'expires') await expireCardOf(services, scope, invoice.invoiceId);
	if (ending !== 'refunded') return;
	const [payment] = await inScope(services.db, scope, (tx) =>
		listPayments(tx, scope, { invoiceId: invoice.invoiceId })
	);
	if (payment?.methodType === 'card')
		await requestRefund(services, scope, {
			refundRequestId: newId(),
			paymentId: payment.paymentId,
			amountMinor: ((payment.amountMinor / 400n) * 100n) as typeof payment.amountMinor
		});
}

/** The least that the pay page offers to this person: enough stay for the visitor to use. */
async function pointsFor(services: Services, payer: Scope, invoiceId: string): Promise<number> {
	const view = await readPayView(services, payer, [invoiceId]);
	return (view.ok && view.value.pointsUse?.steps.find(({ missing }) => missing === 0)?.points) || 0;
}

/** The card that a plan counts on comes to its last month. */
async function expireCardOf(services: Services, scope: Scope, invoiceId: string): Promise<void> {
	const method = await inScope(services.db, scope, async (tx) => {
		const [plan] = await listPlansOfInvoices(tx, scope, [invoiceId], { running: true });
		return plan?.methodId ? findMethod(tx, scope, plan.methodId) : null;
	});
	if (method)
		await fetch(`${required(services.config.sandbox, 'sandbox').apiUrl}/_sandbox/trigger`, {
			method: 'POST',
			body: JSON.stringify({ type: 'card_expire', id: method.stripePaymentMethodId })
		});
}

/** A token as the browser would make one, from the sandbox's test helper. */
async function testToken(config: Config, services: Services, scope: Scope, method: string): Promise<string> {
	const account = await inScope(
		services.db,
		scope,
		async (tx) => required((await tx.select({ account: supplier.stripeAccount }).from(supplier))[0], 'supplier').account
	);
	const response = await fetch(`${required(config.sandbox, 'sandbox').apiUrl}/v1/test_helpers/confirmation_tokens`, {
		method: 'POST',
		headers: { authorization: `Bearer ${config.stripe.secretKey}`, 'stripe-account': account ?? '' },
		body: new URLSearchParams({ payment_method: method })
	});
	return ((await response.json()) as { id: string }).id;
}
