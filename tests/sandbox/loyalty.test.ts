// The stand-in of LoyaltyLion keeps LoyaltyLion's rules, as its pages tell them.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startWorld, type RunningWorld } from '#sandbox/main.ts';

const KEY = `pat_00000000${'ab'.repeat(12)}`;
let running: RunningWorld;
beforeAll(async () => {
	running = await startWorld({ appOrigin: 'http://localhost:1', accounts: [], dataDir: null });
});
afterAll(() => running.close());
beforeEach(() => running.loyalty.reset());
const ask = (method: string, path: string, body?: unknown, authorization = `Bearer ${KEY}`) =>
	fetch(running.loyaltyUrl + path, {
		method,
		headers: { authorization, 'x-loyaltylion-channel': 'web' },
		...(body === undefined ? {} : { body: JSON.stringify(body) })
	});
const activity = (over: object = {}) => ({
	name: 'paid_on_time',
	merchant_id: 'a1',
	customer_id: 'c1',
	date: '2026-06-30T12:00:00Z',
	state: 'pending',
	...over
});
const track = (over: object = {}) => ask('POST', '/v2/activities', activity(over));
const member = async (id = 'c1') =>
	(
		(await (await ask('GET', `/headless/2025-06/${running.loyalty.siteId}/customers/${id}`)).json()) as {
			customer: object;
		}
	).customer;

test('keys that LoyaltyLion could have given are refused, and token and secret from 10 January 2027 on', async () => {
	expect((await ask('GET', '/v2/activities', undefined, `Bearer pat_${'ab'.repeat(16)}`)).status).toBe(401);
	expect((await ask('GET', '/v2/activities', undefined, 'Bearer x')).status).toBe(401);
	const basic = `Basic ${Buffer.from('token:secret').toString('base64')}`;
	running.world.offsetMs = Date.parse('2027-01-09T23:00:00Z') - Date.now();
	expect((await ask('GET', '/v2/activities', undefined, basic)).status).toBe(200);
	running.world.offsetMs = Date.parse('2027-01-10T00:00:01Z') - Date.now();
	expect((await ask('GET', '/v2/activities', undefined, basic)).status).toBe(401);
	running.world.offsetMs = 0;
});
test('one activity for one pair of rule and id; a second one is answered by a switch', async () => {
	running.loyalty.enrol('c1');
	expect([(await track()).status, (await track()).status]).toEqual([201, 201]);
	running.loyalty.replay = 'refuse';
	expect((await track()).status).toBe(422);
	expect(running.loyalty.activities).toHaveLength(1);
	expect(await member()).toMatchObject({ points_pending: 100, points_approved: 0 });
});
test('only enrolled customers earn, and nothing comes later for what was before', async () => {
	await track();
	running.loyalty.enrol('c1');
	expect(await member()).toMatchObject({ state: 'enrolled', points_pending: 0 });
	await ask('PUT', '/v2/activities/paid_on_time/a1', { state: 'approved' });
	expect(await member()).toMatchObject({ points_approved: 0 });
});
test('declined takes back what is pending, and is a void of what was approved; twice is once', async () => {
	running.loyalty.enrol('c1');
	await track();
	const set = (state: string) => ask('PUT', '/v2/activities/paid_on_time/a1', { state });
	await set('approved');
	expect(await member()).toMatchObject({ points_pending: 0, points_approved: 100 });
	for (let i = 0; i < 2; i++) await set('declined');
	expect(await member()).toMatchObject({ points_pending: 0, points_approved: 0 });
	expect((await ask('PUT', '/v2/activities/paid_on_time/nobody', { state: 'approved' })).status).toBe(404);
});
test('a limit counts by the calendar', async () => {
	running.loyalty.enrol('c1');
	running.loyalty.rules = [{ name: 'paid_on_time', points: 100, limit: { count: 1, interval: 'month' } }];
	await track();
	await track({ merchant_id: 'a2', date: '2026-07-01T12:00:00Z' });
	await track({ merchant_id: 'a3', date: '2026-07-31T12:00:00Z' });
	expect(running.loyalty.activities.map((one) => one.value)).toEqual([100, 100, 0]);
});
test('a scope that is missing is named, the name of a rule has no digit, a list ends where its cursor says', async () => {
	running.loyalty.scopes = ['read_customers'];
	const refused = await track();
	expect(refused.status).toBe(403);
	expect(await refused.json()).toMatchObject({ error: { details: { scope: expect.any(String) as string } } });
	running.loyalty.scopes = ['write_customers'];
	expect((await track({ name: 'paid_on_time_2' })).status).toBe(400);
	for (const merchant_id of ['a1', 'a2', 'a3']) await track({ merchant_id });
	const first = (await (await ask('GET', '/v2/activities?limit=2')).json()) as { cursor: { next: string } };
	const rest = (await (await ask('GET', `/v2/activities?limit=2&cursor=${first.cursor.next}`)).json()) as object;
	expect(rest).toMatchObject({ activities: [{ merchant_id: 'a1' }], cursor: { next: null } });
});
test('the twenty-first call of a second is refused', async () => {
	const statuses = await Promise.all(
		Array.from({ length: 21 }, async () => (await ask('GET', '/v2/activities')).status)
	);
	expect(statuses.filter((status) => status === 429)).toHaveLength(1);
});
test('its page says what it is and what it was asked', async () => {
	await track();
	const page = await (await fetch(running.loyaltyUrl)).text();
	expect(page).toContain('Not LoyaltyLion');
	expect(page).toContain('POST');
});
