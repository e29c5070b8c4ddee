// What has ended by today is neither shown nor priced, though nobody has looked at it yet: a tier whose year has moved on, points whose last day is over.
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addMonths, daysBetween } from '#lib/domain/calendar/civil-date.ts';
import { mintScope } from '#lib/domain/access/scope.ts';
import type { Reward } from '#lib/domain/points/programme.ts';
import { pointsClientsCsv } from '#lib/server/documents/points-clients-csv.ts';
import { newId } from '#lib/server/identity.ts';
import { listDueClients, recheckAccounts } from '#lib/server/store/points-due.ts';
import { pointsAccount } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { adjustPoints } from '#lib/server/use-cases/points/adjust-points.ts';
import { endProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { readClientPoints } from '#lib/server/use-cases/points/read-client-points.ts';
import { exportClientFigures, readFigures } from '#lib/server/use-cases/points/read-figures.ts';
import { readPointsByApi } from '#lib/server/use-cases/points/read-points-by-api.ts';
import { readPoints, readTierCard } from '#lib/server/use-cases/points/read-points.ts';
import { settleReward, takeReward } from '#lib/server/use-cases/points/take-reward.ts';
import { tendPoints } from '#lib/server/use-cases/points/tend-points.ts';
import { anInvoice, anOffer, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { acceptRules, aProgramme, entriesOf, givePoints } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let counter = 0;
const account = () => `acct_today${counter}`;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 10 }, (_, i) => `acct_today${i + 1}`));
});
afterAll(() => house.close());
beforeEach(async () => {
	counter += 1;
	cast = await aSupplier(house.services, account());
	payer = await aPayer(house.services, cast, `paul${counter}@roche.example`);
});
const { inDays } = stageOf(() => ({ house, cast }));
const ofSilver: Reward = {
	rewardId: newId(),
	kind: 'service',
	name: { fr: 'Une heure', en: 'One hour' },
	terms: { fr: '', en: '' },
	points: 100,
	stock: null,
	from: null,
	until: null,
	minTier: 1
};
const take = () => {
	const asked = { redemptionId: newId(), rewardId: ofSilver.rewardId, clientId: payer.clientId };
	return takeReward(house.services, payer.scope, asked);
};
const bill = (grossMinor: number) =>
	anInvoice(house.services, cast, {}, { grossMinor, issuedOn: inDays(0), dueOn: inDays(10) });
async function earned600(): Promise<void> {
	expect(await pay(house.services, payer, [await bill(60_000)], 60_000, { account: account() })).toMatchObject({
		ok: true
	});
}
/** What everybody is told of the client's tier, each by its own reader. */
async function tiersSaid() {
	const { services } = house;
	const [card, page, member, figures] = [
		await readTierCard(services, payer.scope, 'fr'),
		await readPoints(services, payer.scope, { after: null, locale: 'fr' }),
		await readClientPoints(services, cast.owner, payer.clientId, null),
		await readFigures(services, cast.owner)
	];
	const key = mintScope(cast.supplierId, { kind: 'api_key', apiKeyId: newId(), scopes: ['points'] });
	const api = await readPointsByApi(services, key, payer.clientId);
	let csv = '';
	for await (const instalment of pointsClientsCsv(exportClientFigures(services, cast.owner), 'fr')) csv += instalment;
	const view = await readPayView(services, payer.scope, [await bill(10_000)]);
	return {
		card: card?.tierName,
		page: page.ok && [page.value.tierName, page.value.earnedInYear, page.value.tiers.findIndex((one) => one.isHere)],
		reward: page.ok && page.value.rewards[0]?.isFor,
		member: member.ok && member.value.tier?.position,
		api: api.ok && (api.value as { tier: { position: number } }).tier.position,
		figures: [figures?.tiers, figures?.clients[0]?.tier, figures?.clients[0]?.earnedInYear],
		csv: csv.includes('Argent'),
		price: view.ok && view.value.options.map((option) => option.kind)
	};
}

test('a tier ends with its twelve months on the very day, for everybody who shows it and everything that is priced by it', async () => {
	const forever = { expiry: null, rewards: [ofSilver] };
	await aProgramme(house.services, cast, forever);
	await acceptRules(house.services, cast, payer);
	await anOffer(house.services, cast, {}, { kind: 'tier', tier: 1 });
	await earned600();
	await house.advance(daysBetween(inDays(0), addMonths(inDays(0), 12)) - 1);
	expect(await tiersSaid()).toEqual({
		card: 'Argent',
		page: ['Argent', 600, 1],
		reward: 'now',
		member: 1,
		api: 1,
		figures: [[0, 1, 0], 1, 600],
		csv: true,
		price: ['early', 'now']
	});
	await house.advance(1);
	expect(await tiersSaid()).toEqual({
		card: 'Bronze',
		page: ['Bronze', 0, 0],
		reward: 'tier',
		member: 0,
		api: 0,
		figures: [[1, 0, 0], 0, 0],
		csv: false,
		price: ['now']
	});
	expect(await take()).toMatchObject({ ok: false, refusal: { code: 'reward_not_offered' } });
});

test('a payment on the day on which a tier ends earns by the tier that is left, before anybody has looked', async () => {
	const tiers = [0, 500].map((threshold, i) => ({
		name: { fr: ['Bronze', 'Argent'][i] ?? '', en: '' },
		threshold,
		multiplierBps: [10_000, 20_000][i] ?? 0,
		perk: null
	}));
	await aProgramme(house.services, cast, { expiry: null, tiers });
	await earned600();
	await house.advance(daysBetween(inDays(0), addMonths(inDays(0), 12)) - 1);
	await pay(house.services, payer, [await bill(10_000)], 10_000, { account: account() });
	await house.advance(1);
	await pay(house.services, payer, [await bill(10_000)], 10_000, { account: account() });
	expect(await entriesOf(house.services, cast, payer.clientId)).toEqual(['earned 600', 'earned 200', 'earned 100']);
});

test('what is earned before anybody has looked at the account after a new version is in its twelve months', async () => {
	await aProgramme(house.services, cast, { rewards: [ofSilver] });
	await earned600();
	await aProgramme(house.services, cast, { rewards: [ofSilver] });
	await inScope(house.services.db, cast.system, (tx) => recheckAccounts(tx, cast.system, inDays(0)));
	await pay(house.services, payer, [await bill(10_000)], 10_000, { account: account() });
	const [row] = await inScope(house.services.db, cast.system, (tx) =>
		tx.select().from(pointsAccount).where(eq(pointsAccount.clientId, payer.clientId))
	);
	expect(row).toMatchObject({ earnedInYear: 700, recheckOn: addMonths(inDays(0), 12), tier: 1 });
});

test('after the end of a programme nobody is looked at again and again', async () => {
	await aProgramme(house.services, cast, { expiry: null });
	await earned600();
	const last = { lastEarnOn: inDays(40), lastSpendOn: inDays(180) };
	expect(await endProgramme(house.services, cast.owner, last)).toMatchObject({ ok: true });
	await house.advance(200);
	await house.drain();
	await house.drain();
	expect(await entriesOf(house.services, cast, payer.clientId)).toEqual(['earned 600', 'expired -600']);
	await house.advance(200);
	await house.drain();
	const due = await listDueClients(house.services.db, { latest: inDays(0), behind: null });
	expect(due.filter((one) => one.clientId === payer.clientId)).toEqual([]);
});

test('points of a reward refused after the end of a programme go the way of the rest', async () => {
	await aProgramme(house.services, cast, { expiry: null, rewards: [ofSilver] });
	await earned600();
	await acceptRules(house.services, cast, payer);
	const taken = await take();
	if (!taken.ok) throw new Error(taken.refusal.code);
	const last = { lastEarnOn: inDays(40), lastSpendOn: inDays(180) };
	await endProgramme(house.services, cast.owner, last);
	await house.advance(200);
	await house.drain();
	const { redemptionId } = taken.value;
	const refused = { redemptionId, outcome: 'canceled' as const, note: 'plus en rayon' };
	expect(await settleReward(house.services, cast.owner, refused)).toMatchObject({ ok: true });
	await house.advance(1);
	await house.drain();
	const story = ['earned 600', 'spent -100', 'expired -500', 'given_back 100', 'expired -100'];
	expect(await entriesOf(house.services, cast, payer.clientId)).toEqual(story);
});

test('an offer for a tier is given until the last day to spend of a programme that ends, then to nobody, before anybody has looked and after', async () => {
	await aProgramme(house.services, cast, { expiry: null });
	await anOffer(house.services, cast, {}, { kind: 'tier', tier: 1 });
	await earned600();
	const last = { lastEarnOn: inDays(40), lastSpendOn: inDays(180) };
	expect(await endProgramme(house.services, cast.owner, last)).toMatchObject({ ok: true });
	const kinds = async () => {
		const view = await readPayView(house.services, payer.scope, [await bill(10_000)]);
		return view.ok && view.value.options.map((option) => option.kind);
	};
	await house.advance(180);
	expect(await kinds()).toEqual(['early', 'now']);
	await house.advance(1);
	expect(await kinds()).toEqual(['now']);
	await tendPoints(house.services);
	expect(await kinds()).toEqual(['now']);
	// What is owed for points is over with it.
	const figures = await readFigures(house.services, cast.owner);
	expect(figures?.owed).toMatchObject({ points: 0, netMinor: 0n });
	expect(figures?.totals).toMatchObject({ gained: 600, expired: 600, outstanding: 0 });
});

test('a version with other tiers is what the tier is asked of from its first instant, though nobody has looked at the account', async () => {
	await aProgramme(house.services, cast, { rewards: [ofSilver] });
	await earned600();
	expect(await tiersSaid()).toMatchObject({ card: 'Argent', member: 1, api: 1, figures: [[0, 1, 0], 1, 600] });
	const tiers = [0, 5_000, 9_000].map((threshold, i) => ({
		name: { fr: ['Bronze', 'Argent', 'Or'][i] ?? '', en: '' },
		threshold,
		multiplierBps: 10_000,
		perk: null
	}));
	await aProgramme(house.services, cast, { rewards: [ofSilver], tiers });
	expect(await tiersSaid()).toMatchObject({
		card: 'Bronze',
		reward: 'tier',
		member: 0,
		api: 0,
		figures: [[1, 0, 0], 0, 600]
	});
	await aProgramme(house.services, cast, { rewards: [ofSilver], tiers: tiers.slice(0, 1) });
	expect(await tiersSaid()).toMatchObject({ card: 'Bronze', member: 0, api: 0, figures: [[1], 0, 600] });
});

test('points whose last day is over buy nothing, and are in no balance, before anybody has looked; then they expire once', async () => {
	await aProgramme(house.services, cast, {
		expiry: { kind: 'months', months: 1 },
		rewards: [{ ...ofSilver, minTier: 0 }]
	});
	await acceptRules(house.services, cast, payer);
	await earned600();
	const balances = async () => {
		const [card, page] = [
			await readTierCard(house.services, payer.scope, 'fr'),
			await readPoints(house.services, payer.scope, { after: null, locale: 'fr' })
		];
		const view = await readPayView(house.services, payer.scope, [await bill(10_000)]);
		return [
			card?.balance,
			page.ok && page.value.expiring.map((one) => one.points),
			view.ok && view.value.pointsUse?.steps.filter((step) => step.missing === 0).length
		];
	};
	// Its last day is the one on which a month is over.
	await house.advance(daysBetween(inDays(0), addMonths(inDays(0), 1)));
	expect(await balances()).toEqual([600, [600], 3]);
	await house.advance(1);
	expect(await balances()).toEqual([0, [], undefined]);
	const used = await pay(house.services, payer, [await bill(10_000)], 9_500, { account: account(), usePoints: 100 });
	expect(used).toMatchObject({ ok: false, refusal: { code: 'points_not_enough' } });
	expect(await take()).toMatchObject({ ok: false, refusal: { code: 'points_not_enough' } });
	await tendPoints(house.services);
	await tendPoints(house.services);
	expect(await entriesOf(house.services, cast, payer.clientId)).toEqual(['earned 600', 'expired -600']);
});

test('beside points that are over, those that are not are used: the others expire first, whoever spends or takes', async () => {
	const rewards = [{ ...ofSilver, minTier: 0 }];
	await aProgramme(house.services, cast, { expiry: { kind: 'months', months: 1 }, rewards });
	await acceptRules(house.services, cast, payer);
	await earned600();
	await house.advance(40);
	await givePoints(house.services, cast, payer.clientId, 300);
	const used = await pay(house.services, payer, [await bill(10_000)], 9_500, { account: account(), usePoints: 100 });
	expect(used).toMatchObject({ ok: true, value: { status: 'paid' } });
	const story = () => entriesOf(house.services, cast, payer.clientId);
	expect(await story()).toEqual(['earned 600', 'adjusted 300', 'expired -600', 'spent -100', 'earned 95']);
	await house.advance(40);
	expect(await take()).toMatchObject({ ok: true });
	await pay(house.services, payer, [await bill(5_000)], 5_000, { account: account() });
	await house.advance(40);
	const less = { adjustmentId: newId(), clientId: payer.clientId, points: -101, reason: 'trop' };
	expect(await adjustPoints(house.services, cast.owner, less)).toMatchObject({
		refusal: { code: 'points_not_enough' }
	});
	expect((await story()).slice(5)).toEqual(['expired -95', 'spent -100', 'earned 50', 'expired -50']);
});
