// What is said to LoyaltyLion, against its stand-in over HTTP: each payment on time once, in order, whatever is lost on the way; and nothing stops here
// when nothing answers there.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AwardState } from '#lib/domain/points/loyalty.ts';
import { sendNextToLoyalty } from '#lib/server/use-cases/loyalty/send-to-loyalty.ts';
import {
	connectLoyalty,
	disconnectLoyalty,
	pauseLoyalty,
	resumeLoyalty
} from '#lib/server/use-cases/loyalty/connect-loyalty.ts';
import { mendRow } from '#lib/server/use-cases/loyalty/mend-row.ts';
import { readLoyalty, readLoyaltyOfClient } from '#lib/server/use-cases/loyalty/read-loyalty.ts';
import { readMembersAgain } from '#lib/server/use-cases/loyalty/read-members-again.ts';
import { enqueueForLoyalty } from '#lib/server/store/loyalty-outbox.ts';
import { inScope } from '#lib/server/store/tx.ts';
import type { Scope } from '#lib/domain/access/scope.ts';
import { anAward } from '../../builders/awards.ts';
import { aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const KEY = `pat_00000000${'ab'.repeat(12)}`;
const OTHER_KEY = `pat_00000000${'cd'.repeat(12)}`;
const RULE = 'paid_on_time';
let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
});
afterAll(() => house.close());
const there = () => house.world.loyalty;
let accounts = 0;
const account = () => `acct_${(accounts += 1)}`;
// What a test left waiting is none of the next one’s business.
afterEach(() => pauseLoyalty(house.services, cast.owner));
beforeEach(async () => {
	there().reset();
	cast = await aSupplier(house.services, account());
	payer = await aPayer(house.services, cast);
	there().enrol(payer.clientId);
	expect(await connect()).toMatchObject({ ok: true });
	there().log = [];
});
const connect = (over: { key?: string; siteId?: number; ruleName?: string } = {}, who: Scope = cast.owner) =>
	connectLoyalty(house.services, who, { key: KEY, siteId: there().siteId, ruleName: RULE, ...over });
const view = () => readLoyalty(house.services, cast.owner, { open: null, settled: null });
const say = (awardId: string, state: AwardState, who: Scope = cast.system) =>
	inScope(house.services.db, who, (tx) => enqueueForLoyalty(tx, who, house.services.clock.now(), awardId, state));
const award = (over: { clientId?: string; actedOn?: string; points?: number; kind?: string } = {}) =>
	anAward(house, { supplierId: cast.supplierId, clientId: payer.clientId, ...over });
async function sendAll(): Promise<number> {
	let turns = 0;
	while (await sendNextToLoyalty(house.services)) turns += 1;
	return turns;
}
const pass = (seconds: number) => {
	house.world.world.offsetMs += seconds * 1000;
};
const calls = (method: string) => there().log.filter((call) => call.method === method).length;
const points = () => {
	const { points_pending, points_approved } = there().customer(payer.clientId);
	return { points_pending, points_approved };
};

describe('what is said', () => {
	test('a payment on time is pending there, approved once it is earned, declined when its money came back', async () => {
		const awardId = await award();
		await say(awardId, 'pending');
		await sendAll();
		expect(there().activities).toMatchObject([
			{ name: RULE, merchant_id: awardId, customer: payer.clientId, state: 'pending', value: 100 }
		]);
		expect(points()).toEqual({ points_pending: 100, points_approved: 0 });
		await say(awardId, 'earned');
		await sendAll();
		expect(points()).toEqual({ points_pending: 0, points_approved: 100 });
		await say(awardId, 'reversed');
		await sendAll();
		expect(points()).toEqual({ points_pending: 0, points_approved: 0 });
		expect(there().activities).toHaveLength(1);
	});
	test('money that came back and was paid again is an activity of its own', async () => {
		const awardId = await award();
		for (const state of ['earned', 'reversed', 'earned'] as const) await say(awardId, state);
		await sendAll();
		expect(there().activities.map(({ merchant_id, state }) => [merchant_id, state])).toEqual([
			[awardId, 'void'],
			[`${awardId}_2`, 'approved']
		]);
	});
	test('said again and again, it is one activity', async () => {
		const awardId = await award();
		for (let i = 0; i < 3; i++) for (const state of ['pending', 'earned'] as const) await say(awardId, state);
		await sendAll();
		await say(awardId, 'earned');
		expect(await sendAll()).toBe(0);
		expect(there().activities).toHaveLength(1);
		expect(points().points_approved).toBe(100);
	});
	test('nothing of bonuses, of late payments, and of what came back before it was ever said', async () => {
		expect(await say(await award({ kind: 'streak' }), 'earned')).toBe(0);
		expect(await say(await award({ points: 0 }), 'earned')).toBe(0);
		expect(await say(await award(), 'reversed')).toBe(0);
	});
	test('only ids and a day leave: no name, no address, no amount', async () => {
		const bodies: string[] = [];
		const fetched = globalThis.fetch;
		globalThis.fetch = (input, init) => {
			if (typeof init?.body === 'string') bodies.push(init.body);
			return fetched(input, init);
		};
		try {
			const awardId = await award({ actedOn: '2026-03-05' });
			await say(awardId, 'pending');
			await sendAll();
			expect(bodies.map((body) => JSON.parse(body) as unknown)).toEqual([
				{
					name: RULE,
					merchant_id: awardId,
					customer_id: payer.clientId,
					date: '2026-03-05T12:00:00Z',
					state: 'pending'
				}
			]);
		} finally {
			globalThis.fetch = fetched;
		}
	});
	test('whoever pays puts it there without seeing the connection, and of its own award alone', async () => {
		const other = await aPayer(house.services, cast, 'zoe@autre.example', 'Autre');
		const [own, foreign] = [await award(), await award({ clientId: other.clientId })];
		expect(await say(own, 'earned', payer.scope)).toBe(2);
		expect(await say(foreign, 'earned', payer.scope)).toBe(0);
		const elsewhere = await aSupplier(house.services, account(), 'Canuts');
		expect(await say(own, 'reversed', elsewhere.system)).toBe(0);
	});
});

describe('who earns nothing there is named', () => {
	test('a client that is not enrolled, and it is asked for again once it is', async () => {
		const guest = await aPayer(house.services, cast, 'g@invite.example', 'Invité SARL');
		await say(await award({ clientId: guest.clientId }), 'earned');
		await sendAll();
		const seen = await view();
		expect(seen.notEnrolled).toEqual({ clients: [{ clientId: guest.clientId, name: 'Invité SARL' }], count: 1 });
		expect(seen.settled.rows.map((row) => row.outcome)).toContain('not_enrolled');
		expect(seen.counts).toMatchObject({ failed: 0, waiting: 0, done: 2 });
		there().enrol(guest.clientId);
		await house.advance(2);
		await readMembersAgain(house.services);
		expect((await view()).notEnrolled.count).toBe(0);
	});
	test('the limit of a rule counts calendar months: 30 June and 1 July both earn, a second one in July does not', async () => {
		there().rules = [{ name: RULE, points: 100, limit: { count: 1, interval: 'month' } }];
		for (const actedOn of ['2026-06-30', '2026-07-01', '2026-07-31']) await say(await award({ actedOn }), 'pending');
		await sendAll();
		expect(points().points_pending).toBe(200);
		expect((await view()).settled.rows.map((row) => row.outcome)).toEqual(['earned_nothing', 'earned', 'earned']);
	});
});

describe('what goes wrong', () => {
	test.each(['maintenance', 'status:500', 'html_502', 'drop_before', 'status:429', 'truncate'])(
		'%s: it waits in the outbox, and is caught up once the service is back, once each',
		async (name) => {
			there().faults = [{ name, seen: 0 }];
			const ids = [await award(), await award()];
			for (const id of ids) await say(id, 'earned');
			expect(await sendAll()).toBe(1);
			expect((await view()).counts).toMatchObject({ waiting: 4, done: 0 });
			expect(await sendAll()).toBe(0);
			pass(11);
			await sendAll();
			there().faults = [];
			pass(61);
			await sendAll();
			expect((await view()).counts).toMatchObject({ waiting: 0, done: 4 });
			expect(there().activities.map((one) => one.merchant_id)).toEqual(ids);
			expect(points().points_approved).toBe(200);
		}
	);
	test.each(['same', 'refuse'] as const)(
		'an answer that was lost is looked up before it is asked for again (a replay would be answered: %s)',
		async (replay) => {
			there().replay = replay;
			there().faults = [{ name: 'drop_after', method: 'POST', times: 1, seen: 0 }];
			await say(await award(), 'pending');
			await sendAll();
			pass(11);
			await sendAll();
			expect(calls('POST')).toBe(1);
			expect(there().activities).toHaveLength(1);
			expect((await view()).counts).toMatchObject({ waiting: 0, failed: 0, done: 1 });
		}
	);
	test('a call that was lost before it arrived is made again', async () => {
		there().faults = [{ name: 'drop_before', method: 'POST', times: 1, seen: 0 }];
		await say(await award(), 'pending');
		await sendAll();
		pass(11);
		await sendAll();
		expect(there().activities).toHaveLength(1);
		expect((await view()).counts.done).toBe(1);
	});
	test('a worker that died after the call is no second activity', async () => {
		const awardId = await award();
		await say(awardId, 'pending');
		there().faults = [{ name: 'latency', method: 'POST', ms: 0, seen: 0 }];
		const dies = { ...house.services, loyalty: { ...house.services.loyalty, recordOnTimePayment: died } };
		async function died(...asked: Parameters<typeof house.services.loyalty.recordOnTimePayment>): Promise<never> {
			await house.services.loyalty.recordOnTimePayment(...asked);
			throw new Error('killed');
		}
		await expect(sendNextToLoyalty(dies)).rejects.toThrow('killed');
		expect(await sendAll()).toBe(0);
		pass(121);
		await sendAll();
		expect(there().activities).toHaveLength(1);
		expect(calls('POST')).toBe(1);
	});
	test('a key that is refused stops the whole connection and shows it; a new key goes on where it stopped', async () => {
		const [first, second] = [await award(), await aPayer(house.services, cast, 'b@b.example', 'B')];
		there().enrol(second.clientId);
		there().disabledKeys = [KEY];
		await say(first, 'earned');
		await say(await award({ clientId: second.clientId }), 'earned');
		expect(await sendAll()).toBe(1);
		expect(await view()).toMatchObject({
			connection: { state: 'broken', brokenReason: 'key_refused' },
			counts: { waiting: 4 }
		});
		pass(3600);
		expect(await sendAll()).toBe(0);
		expect(await resumeLoyalty(house.services, cast.owner)).toMatchObject({
			ok: false,
			refusal: { code: 'loyalty_refused', detail: { problem: 'key_refused' } }
		});
		expect(await connect({ key: OTHER_KEY })).toMatchObject({ ok: true });
		await sendAll();
		expect(await view()).toMatchObject({
			connection: { state: 'active', keyLastFour: 'cdcd' },
			counts: { waiting: 0, done: 4 }
		});
		expect(there().activities).toHaveLength(2);
	});
	test('a scope that is missing stops it too, and is named', async () => {
		there().scopes = ['read_customers'];
		await say(await award(), 'earned');
		await sendAll();
		const { connection } = await view();
		expect(connection).toMatchObject({ state: 'broken', brokenReason: 'scope_missing' });
		expect(connection?.brokenDetail).toContain('write_customers');
		there().scopes.push('write_customers');
		expect(await resumeLoyalty(house.services, cast.owner)).toMatchObject({ ok: true });
		await sendAll();
		expect((await view()).counts).toMatchObject({ waiting: 0, done: 2 });
	});
	test('a quota is waited for as long as it says, and is none of the tries', async () => {
		there().faults = [{ name: 'quota', times: 1, seen: 0 }];
		await say(await award(), 'pending');
		await sendAll();
		expect((await view()).connection?.resumeAt).not.toBeNull();
		pass(3500);
		expect(await sendAll()).toBe(0);
		pass(200);
		await sendAll();
		expect(there().activities).toHaveLength(1);
	});
	test('what is refused waits for a person, and holds back its own client alone', async () => {
		const other = await aPayer(house.services, cast, 'c@c.example', 'C');
		there().enrol(other.clientId);
		there().faults = [{ name: 'status:400', method: 'POST', times: 1, seen: 0 }];
		const [mine, later] = [await award(), await award()];
		await say(mine, 'earned');
		await say(later, 'earned');
		await say(await award({ clientId: other.clientId }), 'earned');
		await sendAll();
		expect((await view()).counts).toMatchObject({ failed: 1, waiting: 3, done: 2 });
		pass(86_400);
		expect(await sendAll()).toBe(0);
		const failed = (await view()).open.rows.find((row) => row.state === 'failed')!;
		expect(await mendRow(house.services, cast.readOnly, failed.rowId, 'retry')).toMatchObject({ ok: false });
		expect(await mendRow(house.services, cast.accountant, failed.rowId, 'retry')).toMatchObject({ ok: true });
		await sendAll();
		expect((await view()).counts).toMatchObject({ failed: 0, waiting: 0, done: 6 });
		expect(points().points_approved).toBe(200);
	});
	test('left out, it is never said, and what follows of it is no failure', async () => {
		there().faults = [{ name: 'status:400', method: 'POST', times: 1, seen: 0 }];
		await say(await award(), 'earned');
		await sendAll();
		const [failed] = (await view()).open.rows;
		await mendRow(house.services, cast.owner, failed!.rowId, 'skip');
		await sendAll();
		expect((await view()).counts).toMatchObject({ skipped: 1, failed: 0, waiting: 0, done: 1 });
		expect(there().activities).toEqual([]);
		const foreign = await aSupplier(house.services, account(), 'Canuts');
		expect(await mendRow(house.services, foreign.owner, failed!.rowId, 'retry')).toMatchObject({
			refusal: { code: 'not_found' }
		});
	});
	test('two workers at once say each thing once, in order', async () => {
		const ids = [await award(), await award(), await award()];
		for (const id of ids) for (const state of ['earned', 'reversed'] as const) await say(id, state);
		await Promise.all([sendAll(), sendAll(), sendAll()]);
		await sendAll();
		expect(there().activities.map(({ merchant_id, state }) => [merchant_id, state])).toEqual(
			ids.map((id) => [id, 'void'])
		);
		expect(there().log.filter((call) => call.status !== 200 && call.status !== 201)).toEqual([]);
	});
	test('not more than twenty calls a second leave, however many there are to make', async () => {
		for (let i = 0; i < 12; i++) await say(await award(), 'earned');
		await Promise.all([sendAll(), sendAll()]);
		await sendAll();
		expect(there().log.length).toBeGreaterThan(45);
		expect(there().log.filter((call) => call.status === 429)).toEqual([]);
	});
});

describe('the connection', () => {
	test('a pause collects, and nothing is lost', async () => {
		await pauseLoyalty(house.services, cast.owner);
		await say(await award(), 'earned');
		expect(await sendAll()).toBe(0);
		await resumeLoyalty(house.services, cast.owner);
		await sendAll();
		expect(there().activities).toHaveLength(1);
	});
	test('ended, its key is gone, what waits stays, what was begun goes on, and nothing new is put there', async () => {
		const [begun, waits] = [await award(), await award()];
		await say(begun, 'pending');
		await sendAll();
		await say(waits, 'pending');
		await disconnectLoyalty(house.services, cast.owner);
		expect(await say(await award(), 'earned')).toBe(0);
		expect(await say(begun, 'reversed')).toBe(1);
		expect(await sendAll()).toBe(0);
		expect(await resumeLoyalty(house.services, cast.owner)).toMatchObject({ refusal: { code: 'not_found' } });
		expect(await connect()).toMatchObject({ ok: true });
		await sendAll();
		expect(there().activities.map((one) => one.state)).toEqual(['declined', 'pending']);
	});
	test('without a connection, nothing is written and nothing asked', async () => {
		const alone = await aSupplier(house.services, account(), 'Canuts');
		const client = await aPayer(house.services, alone, 'd@d.example', 'D');
		const awardId = await anAward(house, { supplierId: alone.supplierId, clientId: client.clientId });
		expect(await say(awardId, 'earned', alone.system)).toBe(0);
		expect(await readLoyalty(house.services, alone.owner, { open: null, settled: null })).toMatchObject({
			connection: null,
			open: { rows: [] }
		});
	});
	test('a key is set by an owner who has just proved to be there, and tried first', async () => {
		expect(await connect({}, cast.accountant)).toMatchObject({ refusal: { code: 'not_allowed' } });
		const { actor } = cast.owner;
		const absent = { ...cast.owner, actor: { ...actor, provenAt: null } } as Scope;
		expect(await connect({}, absent)).toMatchObject({ refusal: { code: 'proof_needed' } });
		expect(await connect({ key: `pat_${'ab'.repeat(16)}` })).toMatchObject({ refusal: { code: 'input_invalid' } });
		expect(await connect({ siteId: 1 })).toMatchObject({ refusal: { detail: { problem: 'site_unknown' } } });
		there().disabledKeys = [OTHER_KEY];
		expect(await connect({ key: OTHER_KEY })).toMatchObject({ refusal: { detail: { problem: 'key_refused' } } });
		expect((await view()).connection).toMatchObject({ state: 'active', keyLastFour: 'abab' });
	});
	test('the key stands nowhere in the database, nor in what a page is given', async () => {
		const { default: postgres } = await import('postgres');
		const all = postgres(house.databaseUrl, { max: 1 });
		there().faults = [{ name: 'status:400', seen: 0 }];
		await say(await award(), 'earned');
		await sendAll();
		const dump = JSON.stringify([
			await all`select c.*, encode(sealed_key, 'escape') as text, encode(sealed_key, 'base64') as b64 from loyalty_connection c`,
			await all`select * from loyalty_outbox`,
			await all`select * from audit`,
			await all`select * from security_event`,
			await view()
		]);
		await all.end();
		expect(dump).not.toContain(KEY);
		expect(dump).not.toContain(KEY.slice(4));
	});
	test('a key that was moved to another supplier’s row, or whose secret was changed, opens nothing', async () => {
		const changed = {
			...house.services,
			config: { ...house.config, secret: 'another secret, long enough to be taken' }
		};
		await say(await award(), 'pending');
		await sendNextToLoyalty(changed);
		expect((await view()).connection).toMatchObject({ state: 'broken', brokenReason: 'key_unreadable' });
		expect(there().log).toEqual([]);
		expect(await connect()).toMatchObject({ ok: true });
		await sendAll();
		expect(there().activities).toHaveLength(1);
	});
});

test('vouchers that a client took there are read back, for the client itself and not by a pay link', async () => {
	await say(await award(), 'earned');
	await sendAll();
	there().claim(payer.clientId, '5 € de remise', 100);
	await house.advance(2);
	await readMembersAgain(house.services);
	expect(await readLoyaltyOfClient(house.services, payer.scope, payer.clientId)).toMatchObject({
		state: 'enrolled',
		pointsApproved: 0,
		rewards: [{ title: '5 € de remise', code: expect.stringMatching(/^LL-/) as string, isUsed: false }]
	});
	const other = await aPayer(house.services, cast, 'e@e.example', 'E');
	expect(await readLoyaltyOfClient(house.services, other.scope, payer.clientId)).toBeNull();
});
