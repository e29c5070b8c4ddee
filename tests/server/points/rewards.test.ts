// Rewards for points, points by hand, and points that are frozen: once each, within what there is, and never for a stranger.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Reward } from '#lib/domain/points/programme.ts';
import { byHandMistake } from '#lib/i18n/points-by-hand.ts';
import { newId } from '#lib/server/identity.ts';
import { findClient } from '#lib/server/store/clients.ts';
import { listMembers } from '#lib/server/store/members.ts';
import { voucherCode } from '#lib/server/store/schema/index.ts';
import { adjustPoints, freezePoints } from '#lib/server/use-cases/points/adjust-points.ts';
import { readClientPoints } from '#lib/server/use-cases/points/read-client-points.ts';
import { readRewards } from '#lib/server/use-cases/points/read-rewards.ts';
import { settleReward, takeReward } from '#lib/server/use-cases/points/take-reward.ts';
import { readDashboard } from '#lib/server/use-cases/suppliers/read-dashboard.ts';
import { anInvoice, aPayer, aPayLink, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { acceptRules, aProgramme, entriesOf, givePoints, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let counter = 0;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 30 }, (_, i) => `acct_rewards${i + 1}`));
});
afterAll(() => house.close());
beforeEach(async () => {
	cast = await aSupplier(house.services, `acct_rewards${++counter}`);
	payer = await aClient();
});
async function aClient(): Promise<Payer> {
	const made = await aPayer(house.services, cast, `p${newId()}@roche.example`, `Client ${newId()}`);
	await givePoints(house.services, cast, made.clientId, 300);
	return made;
}
const { asSystem, inDays } = stageOf(() => ({ house, cast }));
const reward = (over: Partial<Reward> = {}): Reward => ({
	rewardId: newId(),
	kind: 'service',
	name: { fr: 'Une heure', en: 'One hour' },
	terms: { fr: '', en: '' },
	points: 100,
	stock: null,
	from: null,
	until: null,
	minTier: 0,
	...over
});
async function offered(over: Partial<Reward> = {}): Promise<Reward> {
	const one = reward(over);
	await aProgramme(house.services, cast, { rewards: [one] });
	await acceptRules(house.services, cast, payer);
	return one;
}
const take = (one: Reward, who = payer, redemptionId = newId()) =>
	takeReward(house.services, who.scope, { redemptionId, rewardId: one.rewardId, clientId: who.clientId });
const balance = async (who = payer) => (await pointsOf(house.services, cast, who.clientId)).balance;
const codes = (one: Reward, list: string[]) =>
	asSystem((tx) =>
		tx
			.insert(voucherCode)
			.values(list.map((code) => ({ supplierId: cast.supplierId, rewardId: one.rewardId, code, addedAt: new Date(0) })))
	);

test('a reward that costs another number of points than was seen is not taken', async () => {
	const one = await offered();
	const asked = { redemptionId: newId(), rewardId: one.rewardId, clientId: payer.clientId };
	const seen = (expectedPoints: number) => takeReward(house.services, payer.scope, { ...asked, expectedPoints });
	expect(await seen(one.points - 1)).toMatchObject({ ok: false, refusal: { code: 'reward_changed' } });
	expect(await seen(Number.NaN)).toMatchObject({ ok: false, refusal: { code: 'reward_changed' } });
	expect(await balance()).toBe(300);
	expect(await seen(one.points)).toMatchObject({ ok: true });
});
test('a service is asked for, and its points are gone; the same click twice is one', async () => {
	const one = await offered();
	const redemptionId = newId();
	const both = await Promise.all([take(one, payer, redemptionId), take(one, payer, redemptionId)]);
	expect(both).toMatchObject([{ ok: true }, { ok: true }]);
	expect(both[0]).toMatchObject({ value: { state: 'asked', points: 100 } });
	expect(await balance()).toBe(200);
});
test('the id of a reward that was taken begins no payment that uses points', async () => {
	const one = await offered();
	const attemptId = newId();
	expect(await take(one, payer, attemptId)).toMatchObject({ ok: true });
	const name = (await asSystem((tx) => findClient(tx, cast.system, payer.clientId)))?.name ?? '';
	const invoiceId = await anInvoice(house.services, cast, { name }, { grossMinor: 12_000, dueOn: inDays(5) });
	const again = { attemptId, usePoints: 100, account: `acct_rewards${counter}` };
	const paid = await pay(house.services, payer, [invoiceId], 11_500, again);
	expect(paid).toMatchObject({ ok: false, refusal: { code: 'attempt_id_reused' } });
	expect(await balance()).toBe(200);
});
test('the supplier gives it, or says why not: then the points are back where they were', async () => {
	const one = await offered();
	const taken = await take(one);
	const redemptionId = taken.ok ? taken.value.redemptionId : '';
	const settle = (outcome: 'given' | 'canceled', note: string | null) =>
		settleReward(house.services, cast.owner, { redemptionId, outcome, note });
	expect(await settle('canceled', ' ')).toMatchObject({ ok: false, refusal: { detail: { field: 'reason' } } });
	expect(await settle('canceled', 'plus de place')).toMatchObject({ ok: true });
	expect(await settle('given', null)).toMatchObject({ ok: false });
	expect([await balance(), await entriesOf(house.services, cast, payer.clientId)]).toEqual([
		300,
		['adjusted 300', 'spent -100', 'given_back 100']
	]);
});
test('the last one goes to one client, however many ask at once', async () => {
	const one = await offered({ stock: 1 });
	const clients = [payer, await aClient(), await aClient()];
	for (const other of clients.slice(1)) await acceptRules(house.services, cast, other);
	const answers = await Promise.all(clients.map((who) => take(one, who)));
	expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
	expect(answers.filter((answer) => !answer.ok && answer.refusal.code === 'reward_gone')).toHaveLength(2);
});
test('each code of a voucher is given once, and nobody is charged for one that is not there', async () => {
	const one = await offered({ kind: 'voucher', points: 50 });
	await codes(one, ['AAA', 'BBB']);
	const answers = await Promise.all([take(one), take(one), take(one)]);
	const given = answers.flatMap((answer) => (answer.ok ? [answer.value.code] : []));
	expect(given.sort()).toEqual(['AAA', 'BBB']);
	expect(await balance()).toBe(200);
});

describe('refused, and nothing is spent', () => {
	test.each([
		['dearer than what there is', { points: 301 }, 'points_not_enough'],
		['not begun', { from: '2999-01-01' }, 'reward_not_offered'],
		['over', { until: '2000-01-01' }, 'reward_not_offered'],
		['for a higher tier', { minTier: 2 }, 'reward_not_offered']
	] as const)('%s', async (_what, over, code) => {
		expect(await take(await offered(over))).toMatchObject({ ok: false, refusal: { code } });
		expect(await balance()).toBe(300);
	});
	test('one that the programme does not have', async () => {
		await offered();
		expect(await take(reward())).toMatchObject({ ok: false, refusal: { code: 'reward_not_offered' } });
	});
	test('rules that nobody accepted', async () => {
		const one = await offered();
		const other = await aClient();
		expect(await take(one, other)).toMatchObject({ ok: false, refusal: { code: 'points_rules_first' } });
	});
	test('with a pay link, with another client’s id, with another supplier’s scope', async () => {
		const one = await offered();
		const other = await aClient();
		await acceptRules(house.services, cast, other);
		const asked = { redemptionId: newId(), rewardId: one.rewardId };
		const link = aPayLink(cast, payer, newId());
		expect(await takeReward(house.services, link, { ...asked, clientId: payer.clientId })).toMatchObject({ ok: false });
		expect(await takeReward(house.services, payer.scope, { ...asked, clientId: other.clientId })).toMatchObject({
			ok: false,
			refusal: { code: 'not_allowed' }
		});
		const stranger = await aSupplier(house.services, `acct_rewards${++counter}`);
		expect(await takeReward(house.services, stranger.owner, { ...asked, clientId: payer.clientId })).toMatchObject({
			ok: false,
			refusal: { code: 'not_found' }
		});
		expect([await balance(), await balance(other)]).toEqual([300, 300]);
	});
	test('while the points are frozen: neither rewards nor less to pay; lifted, both again', async () => {
		const one = await offered();
		await freezePoints(house.services, cast.owner, { clientId: payer.clientId, reason: 'à vérifier' });
		expect(await take(one)).toMatchObject({ ok: false, refusal: { code: 'points_frozen' } });
		await freezePoints(house.services, cast.owner, { clientId: payer.clientId, reason: null });
		expect(await take(one)).toMatchObject({ ok: true });
	});
});

describe('by hand', () => {
	const adjust = (points: number, reason = 'geste', adjustmentId = newId(), scope = cast.owner) =>
		adjustPoints(house.services, scope, { adjustmentId, clientId: payer.clientId, points, reason });
	test('with a reason, once, and never below zero', async () => {
		const id = newId();
		expect(await adjust(50, 'geste', id)).toMatchObject({ ok: true, value: { balance: 350 } });
		expect(await adjust(50, 'geste', id)).toMatchObject({ ok: true, value: { balance: 350 } });
		expect(await adjust(60, 'geste', id)).toMatchObject({ ok: false, refusal: { code: 'attempt_id_reused' } });
		expect(await adjust(-351)).toMatchObject({ ok: false, refusal: { code: 'points_not_enough' } });
		expect(await adjust(10, '  ')).toMatchObject({ ok: false, refusal: { detail: { field: 'reason' } } });
		expect(await adjust(0)).toMatchObject({ ok: false, refusal: { detail: { field: 'points' } } });
		expect(await adjust(1.5)).toMatchObject({ ok: false });
		expect(await adjust(10, 'x', newId(), cast.readOnly)).toMatchObject({
			ok: false,
			refusal: { code: 'not_allowed' }
		});
		expect(await balance()).toBe(350);
	});
});

test('points end when their time is over, those that end first are spent first', async () => {
	await aProgramme(house.services, cast, { expiry: { kind: 'months', months: 1 } });
	const who = await aPayer(house.services, cast, `e${newId()}@roche.example`, `Client ${counter} e`);
	const invoiceId = await anInvoice(
		house.services,
		cast,
		{ name: `Client ${counter} e` },
		{ grossMinor: 12_000, dueOn: inDays(5) }
	);
	await pay(house.services, who, [invoiceId], 12_000, { account: `acct_rewards${counter}` });
	await givePoints(house.services, cast, who.clientId, 40);
	await house.advance(40);
	await house.drain();
	expect(await entriesOf(house.services, cast, who.clientId)).toEqual(['earned 120', 'adjusted 40', 'expired -120']);
	await house.drain();
	expect(await balance(who)).toBe(40);
});

test('of a stock that counts all, what is left; at none the supplier sees it on its first page, and no client does', async () => {
	const one = await offered({ stock: 2 });
	const { services } = house;
	const stock = async () => (await readRewards(services, cast.owner, 'fr')).stock;
	const gone = async () => (await readDashboard(services, cast.owner)).goneRewards;
	expect(await stock()).toMatchObject([{ left: 2, taken: 0 }]);
	await take(one);
	expect([await stock(), await gone()]).toMatchObject([[{ left: 1, taken: 1 }], []]);
	const last = newId();
	await take(one, payer, last);
	expect([await stock(), await gone()]).toMatchObject([[{ left: 0, taken: 2 }], [one.name]]);
	// One that the supplier can't give is there again, once its client is told why.
	for (const note of ['', ' x ', '12'])
		expect(await settleReward(services, cast.owner, { redemptionId: last, outcome: 'canceled', note })).toMatchObject({
			ok: false,
			refusal: { code: 'input_invalid', detail: { field: 'reason' } }
		});
	expect(await stock()).toMatchObject([{ left: 0, taken: 2 }]);
	await settleReward(services, cast.owner, { redemptionId: last, outcome: 'canceled', note: 'plus en rayon' });
	expect([await stock(), await gone()]).toMatchObject([[{ left: 1, taken: 1 }], []]);
});
test('a voucher without a code left is one of which nothing is left, whatever its stock says', async () => {
	const one = await offered({ kind: 'voucher', stock: 5 });
	await codes(one, ['A-1']);
	expect((await readRewards(house.services, cast.owner, 'fr')).stock).toMatchObject([{ left: 1 }]);
	await take(one);
	expect((await readDashboard(house.services, cast.owner)).goneRewards).toEqual([one.name]);
	await aProgramme(house.services, cast, { rewards: [reward({ stock: null })] });
	expect((await readRewards(house.services, cast.owner, 'fr')).stock).toEqual([]);
});
test('who corrected and who stopped or freed stands in what the supplier reads, with when and why', async () => {
	const { services } = house;
	const { clientId } = payer;
	const adjusted = { adjustmentId: newId(), clientId, points: -20, reason: 'Doublon' };
	expect(await adjustPoints(services, cast.accountant, adjusted)).toMatchObject({ ok: true });
	for (const reason of ['x', ' ', 'z'.repeat(301)])
		expect(await freezePoints(services, cast.owner, { clientId, reason })).toMatchObject({
			refusal: { code: 'input_invalid', detail: { field: 'reason' } }
		});
	await freezePoints(services, cast.owner, { clientId, reason: 'Abus' });
	await house.advance(1);
	await freezePoints(services, cast.accountant, { clientId, reason: null });
	const read = await readClientPoints(services, cast.owner, clientId, null);
	const names = await asSystem(async (tx) => (await listMembers(tx, cast.system)).map((one) => one.name));
	if (!read.ok) throw new Error('not read');
	const { history, stops } = read.value;
	const line = history.rows.find((row) => row.reason === 'Doublon');
	expect(names).toContain(line?.madeByName);
	expect(stops).toMatchObject([
		{ isStopped: false, reason: '', at: expect.any(Date) },
		{ isStopped: true, reason: 'Abus' }
	]);
	for (const { by } of stops) expect(names).toContain(by);
});
test('more than there is can’t be taken away by hand, and the supplier is told what there is', async () => {
	const asked = { adjustmentId: newId(), clientId: payer.clientId, points: -301, reason: 'Erreur' };
	const refused = await adjustPoints(house.services, cast.owner, asked);
	expect(refused).toMatchObject({ refusal: { code: 'points_not_enough', detail: { balance: '300' } } });
	expect(refused.ok ? null : byHandMistake(refused.refusal, 'fr')).toEqual({
		field: 'points',
		text: 'Le solde est de 300 points : on ne peut pas en retirer davantage.'
	});
});
test.each([
	[{ points: 0 }, 'points', /entier autre que zéro/],
	[{ points: 1.5 }, 'points', /entier autre que zéro/],
	[{ reason: '  ' }, 'reason', /Dites pourquoi/],
	[{ reason: 'x' }, 'reason', /au moins trois lettres/],
	[{ reason: ' 1. ok ! ' }, 'reason', /au moins trois lettres/],
	[{ reason: 'x'.repeat(301) }, 'reason', /Dites pourquoi/]
] as const)('a correction with %j is mended at its field', async (over, field, text) => {
	const asked = { adjustmentId: newId(), clientId: payer.clientId, points: 5, reason: 'Erreur', ...over };
	const refused = await adjustPoints(house.services, cast.owner, asked);
	expect(refused.ok ? null : byHandMistake(refused.refusal, 'fr')).toMatchObject({
		field,
		text: expect.stringMatching(text)
	});
	expect(await balance()).toBe(300);
});
