// Guards around points that nobody sees until they are missing: time to use the last ones, codes that are thrown away while they are given, what is frozen by the API,
// a provision that nobody asked for.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '#lib/domain/calendar/civil-date.ts';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import { DEBIT_DAYS, EARN_NOTICE_DAYS, SPEND_NOTICE_DAYS } from '#lib/domain/points/ending.ts';
import type { Reward } from '#lib/domain/points/programme.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { insertCodes } from '#lib/server/store/voucher-codes.ts';
import { createApiKey } from '#lib/server/use-cases/access/api-keys.ts';
import { readProgramme } from '#lib/server/use-cases/points/read-programme.ts';
import { freezePoints } from '#lib/server/use-cases/points/adjust-points.ts';
import { endProgramme, saveProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { takeReward } from '#lib/server/use-cases/points/take-reward.ts';
import { aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { acceptRules, aProgramme, givePoints, pointsOf, publishDraft } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { askEndpoint, findEndpoints, openDoors } from '../../setup/routes.ts';

let house: TestHouse;
let doors: ReturnType<typeof openDoors>;
let cast: Cast;
let payer: Payer;
const voucher: Reward = {
	rewardId: newId(),
	kind: 'voucher',
	name: { fr: 'Bon', en: 'Voucher' },
	terms: { fr: '', en: '' },
	points: 50,
	stock: null,
	from: null,
	until: null,
	minTier: 0
};
beforeAll(async () => {
	house = await openHouse();
	doors = openDoors(house);
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await aProgramme(house.services, cast, { rewards: [voucher] });
	await acceptRules(house.services, cast, payer);
	await givePoints(house.services, cast, payer.clientId, 300);
});
afterAll(async () => {
	doors.close();
	await house.close();
});
const { asSystem, inDays } = stageOf(() => ({ house, cast }));
async function asked(name: string, headers: Record<string, string>, more: { query?: string; body?: string } = {}) {
	const endpoint = required(
		(await findEndpoints()).find((one) => one.name === name),
		name
	);
	const response = await askEndpoint(endpoint, {
		origin: 'http://localhost:1',
		params: { id: payer.clientId },
		headers,
		...more
	});
	return { status: response.status, text: await response.text() };
}

test('the last points of a debit can be used too: the time to spend begins when they are final', async () => {
	const other = await aSupplier(house.services, 'acct_canuts', 'Canuts');
	await saveProgramme(house.services, other.owner, { ...DEFAULT_PROGRAMME, sepaVestingDays: 56 });
	expect(await publishDraft(house.services, other.owner)).toMatchObject({ ok: true });
	const lastEarnOn = inDays(EARN_NOTICE_DAYS);
	const enough = addDays(lastEarnOn, SPEND_NOTICE_DAYS + 56 + DEBIT_DAYS);
	// What the screen asks for to begin with is accepted.
	expect((await readProgramme(house.services, other.owner, 'fr')).earliest).toEqual({
		earnOn: lastEarnOn,
		spendOn: enough
	});
	expect(
		await endProgramme(house.services, other.owner, { lastEarnOn, lastSpendOn: addDays(enough, -1) })
	).toMatchObject({ refusal: { code: 'programme_ends_too_soon', detail: { spendOn: enough } } });
	expect(await endProgramme(house.services, other.owner, { lastEarnOn, lastSpendOn: enough })).toMatchObject({
		ok: true
	});
});

test('a code that is thrown away while it is being given is given to nobody, and nobody pays for it', async () => {
	await asSystem((tx) => insertCodes(tx, cast.system, voucher.rewardId, ['GONE-1'], house.services.clock.now()));
	const db = postgres(house.databaseUrl, { max: 2, onnotice: () => {} });
	const waits = async () =>
		(await db`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).length >
		0;
	let taking: ReturnType<typeof takeReward> | undefined;
	await db.begin(async (tx) => {
		await tx`delete from voucher_code where code = 'GONE-1'`;
		const input = { redemptionId: newId(), rewardId: voucher.rewardId, clientId: payer.clientId };
		taking = takeReward(house.services, payer.scope, input);
		await expect.poll(waits).toBe(true);
	});
	expect(await taking).toMatchObject({ ok: false, refusal: { code: 'reward_gone' } });
	expect(await pointsOf(house.services, cast, payer.clientId)).toMatchObject({ balance: 300 });
	await db.end();
});

test('frozen points buy nothing by the API either', async () => {
	await asSystem((tx) => insertCodes(tx, cast.system, voucher.rewardId, ['HERE-1'], house.services.clock.now()));
	const made = await createApiKey(house.services, cast.owner, {
		name: 'api',
		scopes: ['points'],
		days: null,
		addresses: ''
	});
	const headers = {
		authorization: `Bearer ${made.ok ? made.value.key : ''}`,
		'content-type': 'application/json',
		'idempotency-key': newId()
	};
	const redeem = () =>
		asked('POST /api/v1/clients/[id]/points/redemptions', headers, {
			body: JSON.stringify({ reward_id: voucher.rewardId })
		});
	await freezePoints(house.services, cast.owner, { clientId: payer.clientId, reason: 'litige' });
	const refused = await redeem();
	expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([409, 'points_frozen']);
	await freezePoints(house.services, cast.owner, { clientId: payer.clientId, reason: null });
	expect((await redeem()).status).toBe(201);
});

test('the file of the journal has what is owed for points only where it is asked for', async () => {
	const { cookie } = await doors.sessions.create(
		{ kind: 'member', supplierId: cast.supplierId, subjectId: cast.memberId },
		{ userAgent: 'test', address: null, provenAt: house.services.clock.now() }
	);
	const headers = { cookie: `${cookie.name}=${cookie.value}` };
	const file = (query: string) => asked('GET /admin/journal/csv', headers, { query });
	const month = inDays(0).slice(0, 7);
	const without = await file(`?mois=${month}`);
	expect([without.status, /;1518;/.test(without.text)]).toEqual([200, false]);
	expect((await file(`?mois=${month}&provision=oui`)).text).toMatch(/;1518;/);
});
