// The demo's past: two and a half months lived through by the product itself, day by day, on a clock that starts in the past. Invoices are
// real Factur-X files imported through the importer; payments go through the sandbox; mails are sent. Nothing is written by hand.
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { addDays, civilDateIn, type CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { movableClock } from '#lib/server/clock.ts';
import type { Config } from '#lib/server/config.ts';
import { newId, sha256 } from '#lib/server/identity.ts';
import type { Services } from '#lib/server/services.ts';
import { insertPayLink } from '#lib/server/store/access.ts';
import { listInvoices, type InvoiceRecord } from '#lib/server/store/invoices.ts';
import { findContact, listBillingContacts } from '#lib/server/store/parties.ts';
import { listPayments } from '#lib/server/store/payments.ts';
import { listPlansOfInvoices } from '#lib/server/store/plans.ts';
import { findMethod } from '#lib/server/store/saved-methods.ts';
import { contact, client, member, supplier } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { demoToken } from '#lib/server/use-cases/demo/list-people.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { publishPolicy, saveDraft } from '#lib/server/use-cases/offers/manage-policies.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import { payableToday } from '#lib/domain/invoices/state.ts';
import { drainOnce } from '#lib/server/jobs/worker.ts';
import { saveDemoOffset } from '#lib/server/store/records.ts';
import { buildServices } from '#lib/server/wiring.ts';
import { openLog } from '#lib/server/log.ts';
import { seedBank } from './bank.ts';
import { publishPoints, takeRewards } from './points.ts';
import { facturXOf, sirenOf, totalsOf, type InvoiceSpec } from './invoice-file.ts';
import { SUPPLIERS, type DemoClient, type DemoSupplier } from './people.ts';
import { required } from '#lib/domain/required.ts';

const DAY_MS = 86_400_000;
export const PAST_DAYS = 75;
const TERMS_DAYS = 30;
const INVOICES_PER_SUPPLIER = 40;

/** A small generator with a seed, so that the demo is the same story each time. */
function dice(seed: number): (max: number) => number {
	let state = seed;
	return (max) => {
		state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
		return Math.floor((state / 4_294_967_296) * max);
	};
}
const vatNumberOf = (siren: string): string =>
	`FR${String((12 + 3 * (Number(siren) % 97)) % 97).padStart(2, '0')}${siren}`;

type Planned = {
	day: number;
	supplier: DemoSupplier;
	client: DemoClient;
	spec: InvoiceSpec;
	payDay: number | null;
	method: 'card' | 'sepa';
	ending: 'plain' | 'refunded' | 'returned' | 'disputed' | 'declined' | 'expires';
	inParts: boolean;
};

export async function seedDemo(config: Config, onDay: (day: number) => void): Promise<void> {
	const clock = movableClock(-PAST_DAYS * DAY_MS);
	const services = buildServices(config, clock, openLog('error'));
	const today = civilDateIn(new Date(), 'Europe/Paris');
	const scopes = new Map<string, Scope>();
	const scopeOf = ({ slug }: DemoSupplier): Scope => required(scopes.get(slug), 'supplier of the demo');
	for (const cast of SUPPLIERS) scopes.set(cast.slug, await createParties(services, cast));
	for (const cast of SUPPLIERS) await publishOffers(services, scopeOf(cast), cast);
	for (const cast of SUPPLIERS) await publishPoints(services, scopeOf(cast), cast);
	const plan = SUPPLIERS.flatMap((cast, i) => planOf(cast, today, dice(2026 + i)));
	for (let day = -PAST_DAYS; day <= 0; day++) {
		onDay(PAST_DAYS + day);
		await moveTo(config, services, clock, day);
		for (const item of plan.filter((planned) => planned.day === day))
			await importOne(services, scopeOf(item.supplier), item);
		for (const item of plan.filter((planned) => planned.payDay === day))
			await payOne(services, scopeOf(item.supplier), item);
		if (day === -2) for (const cast of SUPPLIERS) await takeRewards(services, scopeOf(cast), cast);
		if (day % 5 === 0 || day > -3) await drainOnce(services);
	}
	for (const cast of SUPPLIERS) await mintDemoLinks(services, scopeOf(cast));
	for (const cast of SUPPLIERS) await seedBank(services, scopeOf(cast), cast.iban);
	await saveDemoOffset(services.db, 0);
	services.mail.close();
	await services.db.close();
}

async function createParties(services: Services, cast: DemoSupplier): Promise<Scope> {
	const supplierId = newId();
	const scope = mintScope(supplierId, { kind: 'system' });
	const createdAt = services.clock.now();
	await inScope(services.db, scope, async (tx) => {
		await tx.insert(supplier).values({
			supplierId,
			slug: cast.slug,
			name: cast.name,
			legalName: cast.legalName,
			siren: cast.siren,
			vatNumber: vatNumberOf(cast.siren),
			address: cast.address,
			contactName: cast.contact.name,
			contactEmail: cast.contact.email,
			brandHue: cast.hue,
			iban: cast.iban,
			bic: cast.bic,
			stripeAccount: cast.stripeAccount,
			timeZone: 'Europe/Paris',
			defaultTermsDays: TERMS_DAYS,
			createdAt
		});
		for (const person of cast.team)
			await tx.insert(member).values({
				supplierId,
				memberId: newId(),
				email: person.email,
				name: person.name,
				role: person.role,
				locale: 'fr',
				createdAt
			});
		for (const [i, party] of cast.clients.entries()) {
			const clientId = newId();
			await tx.insert(client).values({
				supplierId,
				clientId,
				kind: party.kind,
				kindFrom: party.kind === 'business' ? 'identifier' : 'person',
				name: party.name,
				siren: party.kind === 'business' ? sirenFor(cast, i) : null,
				vatNumber: party.kind === 'business' ? vatNumberOf(sirenFor(cast, i)) : null,
				locale: 'fr',
				createdAt
			});
			for (const person of party.contacts)
				await tx.insert(contact).values({
					supplierId,
					contactId: newId(),
					clientId,
					email: person.email,
					name: person.name,
					locale: 'fr',
					isBilling: true,
					hasPortal: true,
					mayPay: true,
					mailProblem: null,
					mailProblemAt: null,
					createdAt
				});
		}
	});
	return scope;
}
async function publishOffers(services: Services, scope: Scope, cast: DemoSupplier): Promise<void> {
	for (const { name, terms } of cast.offers) {
		const draft = await saveDraft(services, scope, { policyId: null, name, audience: { kind: 'all' }, terms });
		const published = draft.ok ? await publishPolicy(services, scope, draft.value.policyId) : draft;
		if (!published.ok) throw new Error(`seed: offer ${name} refused: ${published.refusal.code}`);
	}
}
const sirenFor = (cast: DemoSupplier, i: number): string => sirenOf(Number(cast.siren.slice(0, 6)) * 37 + i * 7919);

/** Who was invoiced what, when, and what became of it. The last invoices of each supplier show the rare states. */
function planOf(cast: DemoSupplier, today: CivilDate, roll: (max: number) => number): Planned[] {
	return Array.from({ length: INVOICES_PER_SUPPLIER }, (_, i) => {
		const who = required(cast.clients[i % cast.clients.length], 'client');
		const day = -PAST_DAYS + 1 + Math.floor((i * (PAST_DAYS - 2)) / INVOICES_PER_SUPPLIER);
		const issuedOn = addDays(today, day);
		const lines = Array.from({ length: 1 + roll(3) }, (__, n) => ({
			label: required(cast.goods[(i + n) % cast.goods.length], 'goods'),
			netMinor: (3 + roll(28)) * 2500 + roll(90) * 10,
			rateBps: required(cast.vatRates[n % cast.vatRates.length], 'rate')
		}));
		const special = specialOf(i);
		const spec: InvoiceSpec = {
			number: `${cast.prefix}2026-${String(101 + i).padStart(4, '0')}`,
			issuedOn,
			dueOn: i === 11 ? null : addDays(issuedOn, TERMS_DAYS),
			seller: {
				name: cast.legalName,
				siren: cast.siren,
				vatNumber: vatNumberOf(cast.siren),
				address: cast.address,
				iban: cast.iban
			},
			buyer: {
				name: who.name,
				siren: who.kind === 'business' ? sirenFor(cast, i % cast.clients.length) : null,
				email: null
			},
			lines: special.big ? [{ label: required(cast.goods[0], 'goods'), netMinor: 1_240_000, rateBps: 2000 }] : lines,
			...special.spec
		};
		const delay = { early: 4, on_time: 26, late: 44, sleepy: 400 }[who.habit] + roll(4);
		const payDay = special.unpaid ? null : (special.payOn ?? day + (special.payAfter ?? delay));
		return {
			day,
			supplier: cast,
			client: who,
			spec,
			payDay: payDay !== null && payDay <= 0 ? payDay : null,
			ending: special.ending ?? 'plain',
			inParts: special.inParts ?? false,
			method: special.method ?? who.method
		};
	});
}

type Special = {
	spec?: Partial<InvoiceSpec>;
	big?: boolean;
	unpaid?: boolean;
	payOn?: number;
	payAfter?: number;
	ending?: Planned['ending'];
	method?: 'card' | 'sepa';
	inParts?: boolean;
};
function specialOf(i: number): Special {
	const specials: Record<number, Special> = {
		2: { ending: 'refunded', payAfter: 5 },
		3: { ending: 'returned', payAfter: 6 },
		5: { ending: 'disputed', payAfter: 8 },
		9: { spec: { typeCode: '381' }, unpaid: true },
		// Cards that expire before their next part: one plan has broken since, another is at risk today.
		12: { payAfter: 1, method: 'card', inParts: true, ending: 'expires' },
		24: { payAfter: 7, method: 'card', inParts: true, ending: 'expires' },
		14: { spec: { businessProcess: 'S2' }, unpaid: true },
		17: { spec: { typeCode: '393' }, unpaid: true },
		20: { spec: { currency: 'USD' }, unpaid: true },
		23: { big: true, unpaid: true },
		26: { payAfter: 1, method: 'card', inParts: true },
		30: { payAfter: 1, method: 'sepa', inParts: true },
		31: { ending: 'declined', payAfter: 10 },
		// Its debit is sent back after it came: move the clock, and the points it brought go with it.
		33: { payOn: -1, ending: 'returned' },
		34: { unpaid: true },
		35: { payOn: -2, method: 'sepa' },
		36: { payAfter: 2 },
		37: { unpaid: true },
		38: { unpaid: true },
		39: { unpaid: true }
	};
	const special = specials[i] ?? {};
	return special;
}

async function importOne(services: Services, scope: Scope, { spec }: Planned): Promise<void> {
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

async function payOne(
	services: Services,
	scope: Scope,
	{ spec, client: { habit: punctuality }, method: habit, ending, inParts }: Planned
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
	const view = await readPayView(services, payer, [invoice.invoiceId]);
	const wanted = inParts ? ['plan_3', 'plan_2'] : punctuality === 'early' ? ['early'] : ['now'];
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
			expectedAmountMinor: chosen?.dueNowMinor ?? amount
		},
		{ returnUrl: `${services.config.origin}/retour/demo`, ip: null, userAgent: null, locale: 'fr' }
	);
	if (!result.ok) throw new Error(`seed: payment of ${spec.number} refused: ${result.refusal.code}`);
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

/** Time passes for everybody; what it brings is settled at once, as webhooks would have it. */
async function moveTo(
	config: Config,
	services: Services,
	clock: ReturnType<typeof movableClock>,
	day: number
): Promise<void> {
	const offset = day === 0 ? 0 : day * DAY_MS;
	clock.setOffset(offset);
	const response = await fetch(`${required(config.sandbox, 'sandbox').apiUrl}/_sandbox/clock`, {
		method: 'POST',
		body: JSON.stringify({ offsetMs: offset })
	});
	const { done } = (await response.json()) as { done: string[] };
	if (done.length) await settleTouched(config, services);
}
async function settleTouched(config: Config, services: Services): Promise<void> {
	for (const cast of await services.db.system.select().from(supplier)) {
		const scope = mintScope(cast.supplierId, { kind: 'system' });
		for (const intentId of await services.payments.listIntentIds(
			cast.stripeAccount,
			new Date(services.clock.now().getTime() - DAY_MS - 1000)
		))
			await settleIntent(services, scope, { account: cast.stripeAccount, intentId });
	}
}

/** Links that the demo page can show: their tokens are derived from the installation's secret, only hashes are stored. */
async function mintDemoLinks(services: Services, scope: Scope): Promise<void> {
	const now = services.clock.now();
	await inScope(services.db, scope, async (tx) => {
		const invoices = await listInvoices(tx, scope, { today: civilDateIn(now, 'Europe/Paris'), pageSize: 200 });
		for (const invoice of invoices)
			for (const person of await listBillingContacts(tx, scope, invoice.clientId)) {
				if (!(await findContact(tx, scope, person.contactId))) continue;
				await insertPayLink(tx, scope, {
					payLinkId: newId(),
					invoiceId: invoice.invoiceId,
					contactId: person.contactId,
					tokenHash: sha256(demoToken(services.config.secret, `${invoice.invoiceId} ${person.contactId}`)),
					createdAt: now,
					expiresAt: new Date(now.getTime() + 365 * DAY_MS),
					revokedAt: null
				});
			}
	});
}
