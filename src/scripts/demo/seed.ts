// The demo's past: two and a half months lived through by the product itself, day by day, on a clock that starts in the past. Invoices are
// real Factur-X files imported through the importer; payments go through the sandbox; mails are sent. Nothing is written by hand.
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { movableClock } from '#lib/server/clock.ts';
import type { Config } from '#lib/server/config.ts';
import { newId, sha256 } from '#lib/server/identity.ts';
import type { Services } from '#lib/server/services.ts';
import { insertPayLink } from '#lib/server/store/access.ts';
import { listInvoices } from '#lib/server/store/invoices.ts';
import { listBillingContacts } from '#lib/server/store/contacts.ts';
import { findContact } from '#lib/server/store/contacts.ts';
import { supplier } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { demoToken } from '#lib/server/use-cases/demo/list-people.ts';
import { publishPolicy, saveDraft } from '#lib/server/use-cases/offers/manage-policies.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { drainOnce } from '#lib/server/jobs/worker.ts';
import { saveDemoOffset } from '#lib/server/store/demo-clock.ts';
import { buildServices } from '#lib/server/wiring.ts';
import { openLog } from '#lib/server/log.ts';
import { seedBank } from './bank.ts';
import { pointsFollow, publishPoints, takeRewards } from './points.ts';
import { SUPPLIERS, type DemoSupplier } from './people.ts';
import { required } from '#lib/domain/required.ts';
import { createParties } from './parties.ts';
import { importOne, payOne } from './payments.ts';
import { dice, PAST_DAYS, planOf } from './story.ts';

const DAY_MS = 86_400_000;

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
		await pointsFollow(services);
		if (day === -2) for (const cast of SUPPLIERS) await takeRewards(services, scopeOf(cast), cast);
		if (day % 5 === 0 || day > -3) await drainOnce(services);
	}
	for (const cast of SUPPLIERS) await mintDemoLinks(services, scopeOf(cast));
	for (const cast of SUPPLIERS) await seedBank(services, scopeOf(cast), cast.iban);
	await saveDemoOffset(services.db, 0);
	services.mail.close();
	await services.db.close();
}

async function publishOffers(services: Services, scope: Scope, cast: DemoSupplier): Promise<void> {
	for (const { name, terms } of cast.offers) {
		const draft = await saveDraft(services, scope, { policyId: null, name, audience: { kind: 'all' }, terms });
		const published = draft.ok ? await publishPolicy(services, scope, draft.value) : draft;
		if (!published.ok) throw new Error(`seed: offer ${name} refused: ${published.refusal.code}`);
	}
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
	await pointsFollow(services);
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
