// Suppliers, clients, invoices for tests: only what matters is said, the rest is plausible.
import { mintScope, type Role, type Scope } from '#lib/domain/access/scope.ts';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import type { OfferTerms } from '#lib/contract/offers.ts';
import type { StartPayment } from '#lib/contract/payments.ts';
import { minor, type Minor } from '#lib/domain/money/minor.ts';
import { doDueWork } from '#lib/server/jobs/due-jobs.ts';
import { newId } from '#lib/server/identity.ts';
import type { Services } from '#lib/server/services.ts';
import { client, contact, member, supplier } from '#lib/server/store/schema/index.ts';
import type { ContactRights } from '#lib/server/store/contacts.ts';
import { inScope } from '#lib/server/store/tx.ts';
import type { PolicyAudience } from '#lib/domain/offers/resolve-policy.ts';
import { publishPolicy, saveDraft } from '#lib/server/use-cases/offers/manage-policies.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import type { PaymentProgress } from '#lib/server/use-cases/payments/progress.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import type { Result } from '#lib/server/use-cases/run.ts';

export type Cast = {
	supplierId: string;
	system: Scope;
	owner: Scope;
	accountant: Scope;
	readOnly: Scope;
	memberId: string;
};
export async function aSupplier(
	{ db, clock }: Services,
	account = 'acct_lumen',
	name = 'Atelier Lumen'
): Promise<Cast> {
	const supplierId = newId();
	const system = mintScope(supplierId, { kind: 'system' });
	const createdAt = clock.now();
	const memberId = newId();
	await inScope(db, system, async (tx) => {
		await tx.insert(supplier).values({
			supplierId,
			slug: `${name}-${supplierId}`,
			name,
			legalName: `${name} SARL`,
			siren: '552100554',
			vatNumber: 'FR96552100554',
			address: { lines: ['1 rue de la Paix'], postalCode: '69001', town: 'Lyon', country: 'FR' },
			contactName: 'Claire Martin',
			contactEmail: 'compta@lumen.example',
			brandHue: 165,
			iban: 'FR7630006000011234567890189',
			bic: 'AGRIFRPP',
			stripeAccount: account,
			timeZone: 'Europe/Paris',
			defaultTermsDays: 30,
			createdAt
		});
		await tx.insert(member).values({
			supplierId,
			memberId,
			email: 'claire@lumen.example',
			name: 'Claire Martin',
			role: 'owner',
			locale: 'fr',
			createdAt
		});
	});
	// Somebody who has just proved to be there, whenever one looks: a test about proofs mints its own.
	const as = (role: Role) =>
		mintScope(supplierId, {
			kind: 'member',
			memberId,
			role,
			get provenAt() {
				return clock.now();
			}
		});
	return { supplierId, system, owner: as('owner'), accountant: as('accountant'), readOnly: as('read_only'), memberId };
}

export type Payer = { scope: Scope; clientId: string; contactId: string; email: string };
export async function aPayer(
	{ db, clock }: Services,
	cast: Cast,
	email = 'paul@roche.example',
	name = 'Menuiserie Roche',
	rights: Partial<ContactRights> = {}
): Promise<Payer> {
	const clientId = newId();
	await inScope(db, cast.system, (tx) =>
		tx.insert(client).values({
			supplierId: cast.supplierId,
			clientId,
			kind: 'business',
			kindFrom: 'person',
			name,
			siren: null,
			vatNumber: null,
			locale: 'fr',
			createdAt: clock.now()
		})
	);
	return aContact({ db, clock }, cast, clientId, { email, ...rights });
}
/** One more person of a client, with all rights unless said otherwise. */
async function aContact(
	{ db, clock }: Pick<Services, 'db' | 'clock'>,
	cast: Cast,
	clientId: string,
	{ email, name = 'Paul Roche', ...rights }: { email: string; name?: string } & Partial<ContactRights>
): Promise<Payer> {
	const contactId = newId();
	await inScope(db, cast.system, (tx) =>
		tx.insert(contact).values({
			supplierId: cast.supplierId,
			contactId,
			clientId,
			email,
			name,
			locale: 'fr',
			isBilling: true,
			hasPortal: true,
			mayPay: true,
			...rights,
			mailProblem: null,
			mailProblemAt: null,
			createdAt: clock.now()
		})
	);
	return { scope: mintScope(cast.supplierId, { kind: 'contact', contactId, clientId }), clientId, contactId, email };
}
/** One that pays and reads, and gets no mail. */
export const aColleague = (
	services: Services,
	cast: Cast,
	{ clientId }: Payer,
	email = 'colleague@roche.example'
): Promise<Payer> => aContact(services, cast, clientId, { email, name: 'Colleague', isBilling: false });

/** Whoever holds a link to this invoice, sent to this payer. */
export const aPayLink = (cast: Cast, { contactId, clientId }: Payer, invoiceId: string): Scope =>
	mintScope(cast.supplierId, { kind: 'pay_link', payLinkId: newId(), contactId, clientId, invoiceId });

let counter = 0;
/** An invoice imported by the real importer, from JSON. `grossMinor` includes 20 % VAT. */
export async function anInvoice(
	services: Services,
	cast: Cast,
	payer: { name?: string },
	options: {
		grossMinor?: number;
		number?: string;
		dueOn?: string;
		issuedOn?: string;
		sendMails?: boolean;
		vat?: { rate_bps: number; base_minor: string; vat_minor: string }[];
		currency?: string;
		typeCode?: string;
		dueMinor?: number;
	} = {}
): Promise<string> {
	const gross = options.grossMinor ?? 120_000;
	const net = Math.round(gross / 1.2);
	const vat = options.vat ?? [{ rate_bps: 2000, base_minor: String(net), vat_minor: String(gross - net) }];
	const netMinor = vat.reduce((sum, line) => sum + Number(line.base_minor), 0);
	const body = {
		invoices: [
			{
				number: options.number ?? `F2026-${String(++counter).padStart(4, '0')}`,
				...(options.currency ? { currency: options.currency } : {}),
				...(options.typeCode ? { type_code: options.typeCode } : {}),
				...(options.dueMinor === undefined ? {} : { due_minor: String(options.dueMinor) }),
				issued_on: civilDate(options.issuedOn ?? '2026-11-01'),
				due_on: civilDate(options.dueOn ?? '2026-12-01'),
				client: { name: payer.name ?? 'Menuiserie Roche' },
				net_minor: String(netMinor),
				vat_lines: vat,
				gross_minor: String(gross)
			}
		]
	};
	const imported = await importInvoices(
		services,
		cast.owner,
		[{ name: 'invoices.json', bytes: new TextEncoder().encode(JSON.stringify(body)) }],
		{ sendMails: options.sendMails ?? false }
	);
	const line = imported.ok ? imported.value[0] : undefined;
	if (line?.outcome !== 'new')
		throw new Error(
			`not imported: ${line?.outcome} ${line?.findings.map((finding) => finding.code + finding.field).join()}`
		);
	return line.invoiceId!;
}

/** A confirmation token as the browser would make one. */
export async function aToken({ config }: Services, method = 'pm_card_visa', account = 'acct_lumen'): Promise<string> {
	const response = await fetch(`${config.sandbox!.apiUrl}/v1/test_helpers/confirmation_tokens`, {
		method: 'POST',
		headers: { authorization: `Bearer ${config.stripe.secretKey}`, 'stripe-account': account },
		body: new URLSearchParams({ payment_method: method })
	});
	return ((await response.json()) as { id: string }).id;
}

/** Where a payer pays from, as evidence keeps it. */
export const FROM = {
	returnUrl: 'http://localhost:1/retour/x',
	ip: '192.0.2.7',
	userAgent: 'Mozilla/5.0 (test)',
	locale: 'fr' as const
};
export async function pay(
	services: Services,
	payer: Payer,
	invoiceIds: string[],
	amount: number,
	options: {
		method?: string;
		attemptId?: string;
		token?: string;
		account?: string;
		option?: StartPayment['option'];
		usePoints?: number;
		/** What is due stays so: by default the worker has its turn right after the payment, as in life. */
		noWorker?: boolean;
	} = {}
): Promise<Result<PaymentProgress>> {
	const confirmationTokenId = options.token ?? (await aToken(services, options.method, options.account));
	const progress = await startPayment(
		services,
		payer.scope,
		{
			attemptId: options.attemptId ?? newId(),
			confirmationTokenId,
			invoiceIds,
			option: options.option ?? 'now',
			...(options.usePoints ? { usePoints: options.usePoints } : {}),
			expectedAmountMinor: BigInt(amount) as Minor
		},
		FROM
	);
	if (!options.noWorker) while (await doDueWork(services, ['points']));
	return progress;
}

/** Two or three instalments, twenty days apart, the first one now. */
export const instalments = (
	over: Partial<NonNullable<OfferTerms['instalments']>> = {}
): NonNullable<OfferTerms['instalments']> => ({
	counts: [2, 3],
	minMinor: minor(10_000n),
	maxMinor: null,
	spacing: { unit: 'day', every: 20 },
	firstPart: 'now',
	who: 'everyone',
	...over
});

/** An offer published by the supplier: 2 % within 15 days of the invoice, unless said otherwise. */
export async function anOffer(
	services: Services,
	cast: Cast,
	terms: Partial<OfferTerms> = {},
	audience: PolicyAudience = { kind: 'all' }
): Promise<string> {
	const draft = await saveDraft(services, cast.owner, {
		policyId: null,
		name: `Offre ${++counter}`,
		audience,
		terms: {
			validFrom: null,
			validUntil: null,
			methods: ['card', 'sepa_debit'],
			discount: {
				tiers: [{ discountBps: 200, counted: 'from_issue', days: 15 }],
				capMinor: null,
				vatMode: 'adjusted',
				excludes: []
			},
			instalments: null,
			...terms
		}
	});
	if (!draft.ok) throw new Error(`no draft: ${draft.refusal.code}`);
	const published = await publishPolicy(services, cast.owner, draft.value);
	if (!published.ok) throw new Error(`not published: ${JSON.stringify(published.refusal)}`);
	return draft.value.policyId;
}
