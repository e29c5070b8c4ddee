// Points by the API: read as the client's page shows them, moved once for each key however often it is asked, and nothing of another's.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { insertCodes } from '#lib/server/store/voucher-codes.ts';
import { createApiKey } from '#lib/server/use-cases/access/api-keys.ts';
import type { KeyScope } from '#lib/domain/access/scope.ts';
import type { Reward } from '#lib/domain/points/programme.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { acceptRules, aProgramme, entriesOf, givePoints, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { askEndpoint, findEndpoints, openDoors, type Endpoint } from '../../setup/routes.ts';

const ORIGIN = 'http://localhost:1';
let house: TestHouse;
let doors: ReturnType<typeof openDoors>;
let endpoints: Endpoint[];
let cast: Cast;
let other: Cast;
let payer: Payer;
let clientName = '';
let key: string;
let otherKey: string;
const [gift, voucher] = [newId(), newId()];
const words = (text: string) => ({ fr: text, en: text });
const reward = (rewardId: string, over: Partial<Reward>): Reward => ({
	rewardId,
	kind: 'gift',
	name: words('Panier'),
	terms: words('À retirer'),
	points: 50,
	stock: 2,
	from: null,
	until: null,
	minTier: 0,
	...over
});
beforeAll(async () => {
	house = await openHouse();
	doors = openDoors(house);
	endpoints = await findEndpoints();
	[cast, other] = [await aSupplier(house.services), await aSupplier(house.services, 'acct_canuts', 'Canuts')];
	for (const one of [cast, other])
		await aProgramme(house.services, one, {
			rewards: [reward(gift, {}), reward(voucher, { kind: 'voucher', stock: null, points: 20 })]
		});
	await asSystem((tx) => insertCodes(tx, cast.system, voucher, ['CODE-1'], house.services.clock.now()));
	[key, otherKey] = [await aKey(cast, ['points']), await aKey(other, ['points'])];
});
afterAll(async () => {
	doors.close();
	await house.close();
});
beforeEach(async () => {
	clientName = `Client ${newId()}`;
	payer = await aPayer(house.services, cast, `${newId()}@roche.example`, clientName);
});
const { asSystem, inDays, today } = stageOf(() => ({ house, cast }));
async function aKey(of: Cast, scopes: KeyScope[]): Promise<string> {
	const made = await createApiKey(house.services, of.owner, { name: 'api', scopes, days: null, addresses: '' });
	return made.ok ? made.value.key : '';
}
type Asked = { by?: string; query?: string; id?: string; idempotencyKey?: string | null; body?: unknown };
type Told = { status: number; body: Record<string, unknown> & { error?: { code: string; detail: object } } };
async function ask(method: 'GET' | 'POST', path: string, asked: Asked = {}): Promise<Told> {
	const endpoint = endpoints.find(({ name }) => name === `${method} /api/v1${path}`)!;
	const response = await askEndpoint(endpoint, {
		origin: ORIGIN,
		params: { id: asked.id ?? payer.clientId },
		...(asked.query ? { query: asked.query } : {}),
		headers: {
			authorization: `Bearer ${asked.by ?? key}`,
			'content-type': 'application/json',
			...(method === 'POST' && asked.idempotencyKey !== null
				? { 'idempotency-key': asked.idempotencyKey ?? newId() }
				: {})
		},
		...(method === 'POST' ? { body: JSON.stringify(asked.body ?? {}) } : {})
	});
	return { status: response.status, body: (await response.json()) as Told['body'] };
}
const POINTS = '/clients/[id]/points';
const adjust = (body: unknown, asked: Asked = {}) => ask('POST', `${POINTS}/adjustments`, { ...asked, body });
const redeem = (rewardId: string, asked: Asked = {}) =>
	ask('POST', `${POINTS}/redemptions`, { ...asked, body: { reward_id: rewardId } });

test('an account says balance, pending, tier and what expires; of a client that never earned, nothing', async () => {
	expect(await ask('GET', POINTS)).toMatchObject({
		status: 200,
		body: { client_id: payer.clientId, balance: 0, pending: 0, tier: { position: 0 }, expiring: [], frozen: false }
	});
	const invoice = await anInvoice(house.services, cast, { name: clientName }, { issuedOn: today(), dueOn: inDays(20) });
	await pay(house.services, payer, [invoice], 120_000);
	const { body } = await ask('GET', POINTS);
	expect(body).toMatchObject({ balance: 1200, earned_in_year: 1200, tier: { position: 1, name: words('Argent') } });
	expect(body.next_tier).toEqual({ position: 2, name: words('Or'), missing: 300 });
	expect(body.expiring).toMatchObject([{ points: 1200 }]);
});

test('the story goes on where it ended, misses nothing, and its points are the balance', async () => {
	for (let i = 1; i <= 7; i++) await givePoints(house.services, cast, payer.clientId, i);
	const seen: number[] = [];
	let next: unknown = null;
	do {
		const { body } = await ask('GET', `${POINTS}/history`, {
			query: `?limit=3${next ? `&after=${next as string}` : ''}`
		});
		const lines = body.lines as { points: number; reason: string }[];
		expect(lines.length).toBeLessThanOrEqual(3);
		seen.push(...lines.map((line) => line.points));
		next = body.next;
	} while (next);
	expect([...seen].sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
	expect(seen.reduce((sum, one) => sum + one, 0)).toBe((await ask('GET', POINTS)).body.balance);
	for (const query of ['?limit=0', '?limit=201', '?limit=x', '?after=x'])
		expect((await ask('GET', `${POINTS}/history`, { query })).status).toBe(400);
});
test('the rules in force are told with what is left of each reward; without a programme there is none', async () => {
	const { status, body } = await ask('GET', '/points/programme');
	expect(status).toBe(200);
	expect(body).toMatchObject({
		version: 1,
		earning: { points: 1, per_minor: '100', basis: 'with_vat' },
		credit: { points: 100, value_minor: '500', max_share_bps: 5000 },
		tiers: [{ position: 0 }, { position: 1, threshold: 500 }, { position: 2, multiplier_bps: 20_000 }],
		rewards: [
			{ reward_id: gift, stock_left: 2 },
			{ reward_id: voucher, stock_left: 1 }
		]
	});
	const alone = await aSupplier(house.services, 'acct_alone', 'Alone');
	expect((await ask('GET', '/points/programme', { by: await aKey(alone, ['points']) })).status).toBe(404);
});

test('an adjustment is made once for its key: again, at once or later, it is the same one', async () => {
	const asked = { idempotencyKey: 'adjust-1' };
	const body = { points: 150, reason: 'Geste commercial' };
	const answers = await Promise.all([adjust(body, asked), adjust(body, asked), adjust(body, asked)]);
	answers.push(await adjust(body, asked));
	expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
	expect(new Set(answers.map(({ body }) => body.adjustment_id)).size).toBe(1);
	expect(await entriesOf(house.services, cast, payer.clientId)).toEqual(['adjusted 150']);
	expect((await ask('GET', `${POINTS}/history`)).body.lines).toMatchObject([
		{ reason: 'Geste commercial', points: 150 }
	]);
	expect(await adjust({ ...body, points: 151 }, asked)).toMatchObject({
		status: 422,
		body: { error: { code: 'idempotency_mismatch' } }
	});
	expect(await adjust({ ...body, reason: 'Erreur de saisie' }, asked)).toMatchObject({
		status: 422,
		body: { error: { code: 'idempotency_mismatch' } }
	});
	const neighbour = await aPayer(house.services, cast, 'n@n.example', 'Voisin');
	expect((await adjust(body, { ...asked, id: neighbour.clientId })).status).toBe(422);
	// For two clients at the same moment: of one.
	const both = { idempotencyKey: 'adjust-both' };
	const raced = await Promise.all([adjust(body, both), adjust(body, { ...both, id: neighbour.clientId })]);
	expect(raced.map(({ status }) => status).sort()).toEqual([201, 422]);
	// The key of another supplier's software is another key.
	const theirs = await aPayer(house.services, other, 'o@o.example', 'Autre');
	expect(await adjust(body, { ...asked, by: otherKey, id: theirs.clientId })).toMatchObject({
		status: 201,
		body: { balance: 150 }
	});
});
test('without a key, a reason or points there is no adjustment, nor below nothing', async () => {
	expect(await adjust({ points: 5, reason: 'geste' }, { idempotencyKey: null })).toMatchObject({
		status: 400,
		body: { error: { detail: { field: 'Idempotency-Key' } } }
	});
	for (const body of [
		{ points: 5 },
		{ points: 5, reason: ' ' },
		{ points: 5, reason: 'x' },
		{ points: 5, reason: '12 / 34' },
		{ points: 0, reason: 'geste' },
		{ points: 1.5, reason: 'geste' },
		{ points: '5', reason: 'geste' },
		{ points: 1_000_001, reason: 'geste' },
		{ points: 5, reason: 'x'.repeat(301) },
		[]
	])
		expect([body, (await adjust(body)).status]).toEqual([body, 400]);
	expect((await adjust({ points: 5, reason: 'x' })).body).toMatchObject({
		error: { message: expect.stringMatching(/at least three letters|au moins trois lettres/) }
	});
	expect(await adjust({ points: -1, reason: 'geste' })).toMatchObject({
		status: 409,
		body: { error: { code: 'points_not_enough' } }
	});
	expect(await pointsOf(house.services, cast, payer.clientId)).toMatchObject({ balance: 0 });
});
test('a reward is taken once for its key, costs its points, and a voucher gives its code', async () => {
	await givePoints(house.services, cast, payer.clientId, 100);
	expect(await redeem(voucher)).toMatchObject({ status: 409, body: { error: { code: 'points_rules_first' } } });
	await acceptRules(house.services, cast, payer);
	const asked = { idempotencyKey: 'redeem-1' };
	const answers = await Promise.all([redeem(voucher, asked), redeem(voucher, asked)]);
	answers.push(await redeem(voucher, asked));
	for (const answer of answers)
		expect(answer).toMatchObject({ status: 201, body: { state: 'used', code: 'CODE-1', points: 20 } });
	expect(await pointsOf(house.services, cast, payer.clientId)).toMatchObject({ balance: 80 });
	expect(await redeem(gift, asked)).toMatchObject({ status: 422, body: { error: { code: 'idempotency_mismatch' } } });
	expect(await redeem(voucher)).toMatchObject({ status: 409, body: { error: { code: 'reward_gone' } } });
	expect(await redeem(gift)).toMatchObject({ status: 201, body: { state: 'asked', code: null } });
	expect(await redeem(gift)).toMatchObject({ status: 409, body: { error: { code: 'points_not_enough' } } });
	expect(await redeem(newId())).toMatchObject({ status: 409, body: { error: { code: 'reward_not_offered' } } });
	expect((await redeem('x')).status).toBe(400);
});

test('another supplier’s key finds none of it, and changes nothing; an unknown client is none', async () => {
	await givePoints(house.services, cast, payer.clientId, 500);
	await acceptRules(house.services, cast, payer);
	for (const asked of [{ by: otherKey }, { id: newId() }, { id: 'x' }]) {
		expect((await ask('GET', POINTS, asked)).status).toBe(404);
		expect((await ask('GET', `${POINTS}/history`, asked)).status).toBe(404);
		expect((await adjust({ points: 5, reason: 'geste' }, asked)).status).toBe(404);
		expect((await redeem(gift, asked)).status).toBe(404);
	}
	expect(await pointsOf(house.services, cast, payer.clientId)).toMatchObject({ balance: 500 });
	expect(await entriesOf(house.services, cast, payer.clientId)).toHaveLength(1);
});
test('a history cursor of another client leads nowhere', async () => {
	const neighbour = await aPayer(house.services, cast, `${newId()}@v.example`, 'Voisine');
	await givePoints(house.services, cast, neighbour.clientId, 7);
	await givePoints(house.services, cast, payer.clientId, 9);
	const theirs = (await ask('GET', `${POINTS}/history`, { id: neighbour.clientId })).body.lines as {
		line_id: string;
	}[];
	expect((await ask('GET', `${POINTS}/history`, { query: `?after=${theirs[0]!.line_id}` })).body).toEqual({
		lines: [],
		next: null
	});
});
test('a key without the scope reads and writes no points; one for points reads no invoice', async () => {
	const reading = await aKey(cast, ['import', 'read', 'undo']);
	for (const told of [
		await ask('GET', POINTS, { by: reading }),
		await ask('GET', `${POINTS}/history`, { by: reading }),
		await ask('GET', '/points/programme', { by: reading }),
		await adjust({ points: 5, reason: 'geste' }, { by: reading }),
		await redeem(gift, { by: reading })
	])
		expect(told).toMatchObject({ status: 403, body: { error: { code: 'api_key_scope' } } });
	expect((await ask('GET', '/invoices/[id]', { id: newId() })).status).not.toBe(200);
});
