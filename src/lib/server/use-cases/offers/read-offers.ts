// The supplier's screens about offers: the list, and what stands beside the form. Reads only.
import type { OfferList, TakenOffLine, OfferEditor, ClientChoices } from '../../../contract/offer-views.ts';
import { audienceFrom, NEW_OFFER, formOf, type OfferForm } from '../../../contract/offer-form.ts';
import type { OfferTerms } from '../../../contract/offers.ts';
import type { PastView, Sample, TierChoice } from '../../../contract/views.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { Locale } from '../../../domain/money/format.ts';
import { addMonths, civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import type { LoyaltyTier } from '../../../domain/points/programme.ts';
import type { PolicyAudience } from '../../../domain/offers/resolve-policy.ts';
import { simulate } from '../../../domain/offers/simulate.ts';
import type { Services } from '../../services.ts';
import { listGroups } from '../../store/client-groups.ts';
import type { Tx } from '../../store/database.ts';
import { listDiscounts, sumDiscounts, type DiscountListing } from '../../store/discounts.ts';
import { listInvoices } from '../../store/invoices.ts';
import { audienceOf, listPaidInvoices, listPolicies, listVersions, type PolicyRow } from '../../store/offers.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { type Supplier } from '../../store/suppliers.ts';
import { findLiveProgramme } from '../../store/points-programme.ts';
import { listClientsOf } from '../../store/clients.ts';
import { clientChoices } from '../choose-client.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { isLive } from './manage-policies.ts';
import { discountView } from './discount-view.ts';
import { factsOf, PREVIEW, quoteUnder } from './quote-invoices.ts';

const RECENT = 20;

export async function readOffers(services: Services, scope: Scope): Promise<OfferList> {
	return read(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const today = civilDateIn(services.clock.now(), supplier.timeZone);
		const [rows, groups, cost, early, points, programme] = await Promise.all([
			scope.clientId ? [] : listPolicies(tx, scope), // the supplier's own business
			listGroups(tx, scope),
			sumDiscounts(tx, scope, { from: addMonths(today, -12), until: today }),
			listDiscounts(tx, scope, { reason: 'early', limit: RECENT }),
			listDiscounts(tx, scope, { reason: 'points', limit: RECENT }),
			findLiveProgramme(tx, scope)
		]);
		const clients = await listClientsOf(tx, scope, {
			clientIds: rows.flatMap((row) => (row.clientId ? [row.clientId] : []))
		});
		const nameOf = (audience: PolicyAudience): string =>
			audience.kind === 'group'
				? (groups.find((group) => group.groupId === audience.groupId)?.name ?? '')
				: audience.kind === 'client'
					? (clients.find((one) => one.clientId === audience.clientId)?.name ?? '')
					: '';
		const byPolicy = new Map<string, PolicyRow[]>();
		for (const row of rows) byPolicy.set(row.policyId, [...(byPolicy.get(row.policyId) ?? []), row]);
		return {
			policies: [...byPolicy.values()].flatMap((versions) => {
				const draft = versions.find((row) => row.publishedAt === null);
				const live = versions.find(isLive);
				const shown = live ?? draft;
				if (!shown) return [];
				return [
					{
						policyId: shown.policyId,
						name: shown.name,
						audience: audienceOf(shown),
						audienceName: nameOf(audienceOf(shown)),
						terms: shown.terms,
						liveVersion: live?.version ?? null,
						publishedAt: live?.publishedAt ?? null,
						draftVersion: draft?.version ?? null,
						draftedAt: draft?.updatedAt ?? null
					}
				];
			}),
			tierNames: programme?.terms.tiers.map((tier) => tier.name) ?? [],
			cost,
			recent: { early: early.map(lineOf), points: points.map(lineOf) }
		};
	});
}

const lineOf = (row: DiscountListing): TakenOffLine => ({
	...discountView(row),
	clientName: row.clientName,
	invoiceId: row.invoiceId
});

const SAMPLES_MAX = 12;

/** `policyId` null is a new offer. Numbers stand in the form as they are typed in `locale`. */
export async function readOfferEditor(
	services: Services,
	scope: Scope,
	policyId: string | null,
	{ locale, search = '' }: { locale: Locale; search?: string }
): Promise<Result<OfferEditor>> {
	if (scope.clientId) return refuse('not_found');
	return read(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const versions = policyId ? await listVersions(tx, scope, policyId) : [];
		if (policyId && !versions.length) return refuse('not_found');
		const [groups, clients, samples, programme] = await Promise.all([
			listGroups(tx, scope),
			clientChoices(tx, scope, {
				search,
				always: { clientIds: versions.flatMap((row) => (row.clientId ? [row.clientId] : [])) }
			}),
			samplesOf(services, tx, scope, supplier),
			findLiveProgramme(tx, scope)
		]);
		const draft = versions.find((row) => row.publishedAt === null) ?? null;
		const live = versions.find(isLive) ?? null;
		const shown = draft ?? versions[0] ?? null;
		return done({
			policyId,
			form: shown ? formOf(shown.name, audienceOf(shown), shown.terms, locale) : NEW_OFFER,
			liveVersion: live?.version ?? null,
			publishedAt: live?.publishedAt ?? null,
			draftVersion: draft?.version ?? null,
			draftBegunAt: draft?.createdAt.getTime() ?? null,
			nextVersion: draft?.version ?? (versions[0]?.version ?? 0) + 1,
			endedAt: live || draft ? null : (versions[0]?.endedAt ?? null),
			groups,
			tiers: tierChoices(programme?.terms.tiers ?? [], shown?.tier ?? null),
			clients,
			samples,
			context: {
				defaultTermsDays: supplier.defaultTermsDays,
				terms: { business: supplier.businessTerms, isLargeOnlineSeller: supplier.isLargeOnlineSeller },
				today: civilDateIn(services.clock.now(), supplier.timeZone)
			},
			timeZone: supplier.timeZone,
			supplierName: supplier.name,
			cureDays: supplier.planCureDays,
			mayWrite: may(scope.actor, 'set_offers')
		});
	});
}

/** The first tier is everybody's. The one that the offer is for stays a choice when the programme has it no more. */
function tierChoices(tiers: LoyaltyTier[], chosen: number | null): TierChoice[] {
	const choices = tiers.flatMap(({ name }, tier) => (tier > 0 ? [{ tier, name }] : []));
	const isKnown = chosen === null || choices.some((one) => one.tier === chosen);
	return isKnown ? choices : [...choices, { tier: chosen, name: null }];
}

/** The clients to choose from while an offer is written; the one that is chosen stays among them, whatever is looked for. */
export const findAudience = (
	services: Services,
	scope: Scope,
	form: OfferForm,
	search: string
): Promise<ClientChoices> =>
	read(services, scope, (tx) => {
		const audience = audienceFrom(form.audience);
		return clientChoices(tx, scope, {
			search,
			always: { clientIds: audience?.kind === 'client' ? [audience.clientId] : [] }
		});
	});

/** Open invoices, the latest first: the ones a new offer would speak to. */
async function samplesOf(services: Services, tx: Tx, scope: Scope, supplier: Supplier): Promise<Sample[]> {
	const at = services.clock.now();
	const today = civilDateIn(at, supplier.timeZone);
	const invoices = await listInvoices(tx, scope, { today, status: 'open', sort: 'due', pageSize: 200 });
	const latest = invoices
		.filter((record) => payableToday(record) > 0n)
		.sort((a, b) => (a.issuedOn < b.issuedOn ? 1 : -1))
		.slice(0, SAMPLES_MAX);
	const samples = [];
	const facts = await factsOf(tx, scope, { supplier, records: latest, at }, () => PREVIEW);
	for (const record of latest) {
		const { input } = await quoteUnder(tx, scope, { supplier, records: [record], at }, null, {
			facts
		});
		const { policy: _policy, ...rest } = input;
		samples.push({ label: `${record.clientName} · ${record.number}`, currency: record.currency, input: rest });
	}
	return samples;
}

const MONTHS = 12;
/** What the discount would have cost and gained on the supplier's own invoices of the last twelve months. */
export async function readSimulation(services: Services, scope: Scope, terms: OfferTerms): Promise<PastView | null> {
	const { discount } = terms;
	if (!discount?.tiers.length) return null;
	return read(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		const from = addMonths(civilDateIn(services.clock.now(), supplier.timeZone), -MONTHS);
		return simulate(discount, await listPaidInvoices(tx, scope, { from }), supplier.address.country);
	});
}
