// Offers for a tier and the programme that has the tier: neither is published so that an offer would be for nobody, and who changes a tier is told what it was for.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import type { LoyaltyTier } from '#lib/domain/points/programme.ts';
import { checkProgramme } from '#lib/domain/points/check-programme.ts';
import { required } from '#lib/domain/required.ts';
import { refusalText } from '#lib/i18n/refusals.ts';
import { endPolicy } from '#lib/server/use-cases/offers/manage-policies.ts';
import { saveProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { readProgramme } from '#lib/server/use-cases/points/read-programme.ts';
import { anOffer, aSupplier, type Cast } from '../../builders/parties.ts';
import { publishDraft } from '../../builders/points.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());

const published = async (tiers: LoyaltyTier[]) => {
	await saveProgramme(house.services, cast.owner, { ...DEFAULT_PROGRAMME, tiers });
	return publishDraft(house.services, cast.owner);
};
/** What the page of the draft says of its tiers, before anything is published. */
const saidOnTheDraft = async (tiers: LoyaltyTier[]) => {
	await saveProgramme(house.services, cast.owner, { ...DEFAULT_PROGRAMME, tiers });
	const { today, lastTiers, tierOffers } = await readProgramme(house.services, cast.owner, 'fr');
	const context = { today, trialMinor: null, freeCodes: new Map(), lastTiers, tierOffers };
	return checkProgramme({ ...DEFAULT_PROGRAMME, tiers }, context).map(
		({ severity, field, code, offers }) => `${severity} ${field} ${code}: ${offers}`
	);
};
const { tiers } = DEFAULT_PROGRAMME;

test('an offer for a tier that the programme in force has not is not published: nobody would be offered it', async () => {
	const refused = { field: 'audience', mistake: 'tier_gone' };
	const asked = (tier: number) =>
		anOffer(house.services, cast, {}, { kind: 'tier', tier }).catch((error: unknown) => String(error));
	expect(await asked(2), 'no programme').toContain(JSON.stringify(refused));
	expect(await published(tiers)).toMatchObject({ ok: true });
	expect(await asked(3), 'three tiers').toContain(JSON.stringify(refused));
});

test('a version without the tier of a live offer is not published, with the offer by its name; once the offer has ended, it is', async () => {
	const policyId = await anOffer(house.services, cast, {}, { kind: 'tier', tier: 2 });
	const { name } = required((await readProgramme(house.services, cast.owner, 'fr')).tierOffers[0], 'offer');
	const two = tiers.slice(0, 2);
	expect(await saidOnTheDraft(two)).toEqual([`error tiers tier_of_offer_gone: ${name}`]);
	const refused = await published(two);
	expect(refused).toEqual({
		ok: false,
		refusal: { code: 'programme_invalid', detail: { field: 'tiers', mistake: 'tier_of_offer_gone', offers: name } }
	});
	if (!refused.ok) expect(refusalText(refused.refusal, 'en')).toContain(name);
	await endPolicy(house.services, cast.owner, { policyId, version: 1 });
	expect(await published(two)).toMatchObject({ ok: true });
});

test('a tier that is renamed, or moved to another place, is published; before, the draft says which offers it would then be for', async () => {
	expect(await published(tiers)).toMatchObject({ ok: true });
	await anOffer(house.services, cast, {}, { kind: 'tier', tier: 1 });
	const [offer] = (await readProgramme(house.services, cast.owner, 'fr')).tierOffers;
	const renamed = tiers.map((tier, i) => (i === 1 ? { ...tier, name: { fr: 'Platine', en: 'Platinum' } } : tier));
	expect(await saidOnTheDraft(renamed)).toEqual([`warning tiers.1.name tier_of_offer_changed: ${offer?.name}`]);
	expect(await published(renamed)).toMatchObject({ ok: true });
	expect(await saidOnTheDraft(renamed)).toEqual([]);
});
