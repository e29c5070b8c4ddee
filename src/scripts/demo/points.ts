// The points of the demo: two suppliers have a programme, the third has none. All of their clients but one have accepted the rules, by name, and some use their points.
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import type { ProgrammeTerms } from '#lib/domain/points/programme.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { doDueWork } from '#lib/server/jobs/due-jobs.ts';
import type { Services } from '#lib/server/services.ts';
import { listContactsOf } from '#lib/server/store/contacts.ts';
import { client } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { publishPolicy, saveDraft } from '#lib/server/use-cases/offers/manage-policies.ts';
import { acceptRules } from '#lib/server/use-cases/points/accept-rules.ts';
import { addCodes, publishProgramme, saveProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { takeReward } from '#lib/server/use-cases/points/take-reward.ts';
import type { DemoSupplier } from './people.ts';

/** The story is two and a half months long, so tiers are near and points last a quarter: somebody's are always about to expire. */
const [first, ...higher] = DEFAULT_PROGRAMME.tiers;
const near = [150, 400];
const SERVICE = newId();
const VOUCHER = newId();
const TERMS: ProgrammeTerms = {
	...DEFAULT_PROGRAMME,
	expiry: { kind: 'months', months: 3 },
	tiers: [required(first, 'tier'), ...higher.map((tier, i) => ({ ...tier, threshold: near[i] ?? tier.threshold }))],
	earning: { ...DEFAULT_PROGRAMME.earning, streak: { invoices: 3, points: 30 } },
	rewards: [
		{
			rewardId: SERVICE,
			kind: 'service',
			name: { fr: 'Une livraison le samedi', en: 'A Saturday delivery' },
			terms: {
				fr: 'Sur rendez-vous, dans les trois mois. Nous vous appelons pour convenir du jour.',
				en: 'By appointment, within three months. We call you to agree on the day.'
			},
			points: 80,
			stock: null,
			from: null,
			until: null,
			minTier: 0
		},
		{
			rewardId: VOUCHER,
			kind: 'voucher',
			name: { fr: 'Bon pour un café à deux', en: 'Voucher for two coffees' },
			terms: {
				fr: 'Le code s’utilise une fois, au comptoir de nos voisins, Le Petit Zinc.',
				en: 'The code works once, at the counter of our neighbours, Le Petit Zinc.'
			},
			points: 40,
			stock: null,
			from: null,
			until: null,
			minTier: 1
		}
	]
};
const OFF: DemoSupplier['slug'] = 'cabinet-verne';
/** Has points and has not accepted the rules: the visitor sees how that is done. */
const NOT_YET = 'Théo Lemaire';

async function must<T>(
	what: string,
	work: Promise<{ ok: true; value: T } | { ok: false; refusal: { code: string } }>
): Promise<T> {
	const answer = await work;
	if (!answer.ok) throw new Error(`seed: ${what} refused: ${answer.refusal.code}`);
	return answer.value;
}

/** On the first day of the story. Gold has 3 % instead of what everybody has. */
export async function publishPoints(services: Services, scope: Scope, cast: DemoSupplier): Promise<void> {
	if (cast.slug === OFF) return;
	const programme = await must('programme', saveProgramme(services, scope, TERMS));
	await must('programme', publishProgramme(services, scope, programme));
	const { version } = programme;
	const codes = Array.from({ length: 12 }, (_, i) => `ZINC-${String(1043 + i * 37)}`).join('\n');
	await must('codes', addCodes(services, scope, { rewardId: VOUCHER, text: codes }));
	const offer = required(cast.offers[0], 'offer');
	const discount = required(offer.terms.discount, 'discount');
	const terms = {
		...offer.terms,
		discount: { ...discount, tiers: discount.tiers.map((tier) => ({ ...tier, discountBps: tier.discountBps + 100 })) }
	};
	const draft = { policyId: null, name: 'Palier Or', audience: { kind: 'tier' as const, tier: 2 }, terms };
	const saved = await must('offer of a tier', saveDraft(services, scope, draft));
	await must('offer of a tier', publishPolicy(services, scope, saved));
	for (const person of await peopleOf(services, scope, NOT_YET)) {
		const asked = { version, locale: 'fr' as const, ip: null, userAgent: null };
		await must('rules', acceptRules(services, person, asked));
	}
}
/** One person of each client, but not of the one where `without` works. */
async function peopleOf(services: Services, scope: Scope, without?: string): Promise<Scope[]> {
	return inScope(services.db, scope, async (tx) => {
		const clients = await tx.select({ clientId: client.clientId }).from(client);
		const people = await listContactsOf(
			tx,
			scope,
			clients.map((one) => one.clientId)
		);
		return clients.flatMap(({ clientId }) => {
			const person = people.find((one) => one.clientId === clientId);
			return person && person.name !== without
				? [mintScope(scope.supplierId, { kind: 'contact', contactId: person.contactId, clientId })]
				: [];
		});
	});
}
/** On the last days: whoever can takes a reward, so that the supplier has one to give. */
export async function takeRewards(services: Services, scope: Scope, cast: DemoSupplier): Promise<void> {
	if (cast.slug === OFF) return;
	let left = 2;
	for (const person of await peopleOf(services, scope)) {
		if (left === 0) return;
		const clientId = required(person.clientId, 'client');
		const rewardId = left === 2 ? VOUCHER : SERVICE;
		const taken = await takeReward(services, person, { redemptionId: newId(), rewardId, clientId });
		if (taken.ok) left -= 1;
	}
}

/** The worker's turn right after a payment, as in life; the rest of its work comes every few days. */
export async function pointsFollow(services: Services): Promise<void> {
	while (await doDueWork(services, ['points']));
}
