// Keys of the API: each for what it is for, until its end, from where it may be used; its last use is known, and there are not too many.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newApiKeyFrom, type NewApiKey } from '#lib/contract/api-keys.ts';
import { mintScope } from '#lib/domain/access/scope.ts';
import { scopeOfApiKey } from '#lib/server/access/scopes.ts';
import { isListed, readAddressList } from '#lib/server/address-list.ts';
import { createApiKey, endApiKey, listKeys, LIVE_KEYS_MAX } from '#lib/server/use-cases/access/api-keys.ts';
import { aSupplier, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());

const make = (over: Partial<NewApiKey> = {}) =>
	createApiKey(house.services, cast.owner, { name: 'Compta', scopes: ['import'], days: null, addresses: '', ...over });
const made = async (over: Partial<NewApiKey> = {}): Promise<string> => {
	const result = await make(over);
	if (!result.ok) throw new Error(result.refusal.code);
	return result.value.key;
};
const use = (key: string, address: string | null = '203.0.113.7') =>
	scopeOfApiKey(house.services, `Bearer ${key}`, address);
const row = async () => (await listKeys(house.services, cast.owner))[0]!;

test('a key may what it was made for, and nothing else', async () => {
	expect(await use(await made({ scopes: ['read'] }))).toMatchObject({ actor: { kind: 'api_key', scopes: ['read'] } });
	expect(await use('ponctuel_x')).toBe('not_allowed');
	expect(await use(`ponctuel_${'x'.repeat(43)}`)).toBe('not_allowed');
});
test('it ends on its day, and when it is revoked', async () => {
	const [short, long] = [await made({ days: 30 }), await made({ days: null })];
	await house.advance(29);
	expect(await use(short)).toMatchObject({ actor: { kind: 'api_key' } });
	await house.advance(1);
	expect(await use(short)).toBe('api_key_expired');
	expect(await use(long)).toMatchObject({ actor: { kind: 'api_key' } });
	await endApiKey(house.services, cast.owner, (await row()).apiKeyId);
	expect(await use(long)).toBe('not_allowed');
});
test('it is used from its addresses only, IPv4 in IPv6 too; an unknown address is none of them', async () => {
	const key = await made({ addresses: '203.0.113.0/24\n2001:db8::/48, 198.51.100.9' });
	for (const address of ['203.0.113.7', '::ffff:203.0.113.7', '2001:db8:0:5::1', '198.51.100.9'])
		expect(await use(key, address), address).toMatchObject({ actor: { kind: 'api_key' } });
	for (const address of ['203.0.114.7', '::ffff:203.0.114.7', '2001:db8:1::1', '198.51.100.8', null, '', 'x'])
		expect(await use(key, address), String(address)).toBe('api_key_address');
	expect(isListed([], null)).toBe(true);
});
test.each([
	'203.0.113.0/33',
	'0.0.0.0/0',
	'::/0',
	'203.0.113',
	'pay.example.com',
	'203.0.113.7/x',
	'1.2.3.4/24/24',
	'fe80::1%eth0'
])('%j is no address to list', async (addresses) => {
	expect(readAddressList(addresses)).toBeNull();
	expect(await make({ addresses })).toMatchObject({ refusal: { code: 'input_invalid' } });
});
test('its last use is known, to some minutes: not written at every call', async () => {
	const key = await made();
	const [first, later] = ['203.0.113.7', '203.0.113.8'];
	expect(await row()).toMatchObject({ lastUsedAt: null, lastUsedAddress: null });
	await use(key, first);
	const noted = (await row()).lastUsedAt;
	expect(noted!.getTime()).toBeGreaterThan(house.services.clock.now().getTime() - 20_000);
	house.world.world.offsetMs += 30_000;
	await use(key, first);
	await use(key, later);
	expect(await row()).toMatchObject({ lastUsedAt: noted, lastUsedAddress: first });
	house.world.world.offsetMs += 31_000;
	await use(key, later);
	expect(await row()).toMatchObject({ lastUsedAddress: later });
	house.world.world.offsetMs += 600_000;
	await use(key, later);
	expect((await row()).lastUsedAt!.getTime()).toBeGreaterThan(noted!.getTime() + 600_000);
	// Where it is refused, it was not used.
	house.world.world.offsetMs += 600_000;
	const before = (await row()).lastUsedAt;
	await use(key.replace(/.$/, key.endsWith('a') ? 'b' : 'a'), later);
	expect((await row()).lastUsedAt).toEqual(before);
});
test('only owners make keys, of known rights, and not too many at once', async () => {
	for (const scope of [
		cast.accountant,
		cast.readOnly,
		mintScope(cast.supplierId, { kind: 'api_key', apiKeyId: cast.memberId, scopes: ['import', 'read', 'undo'] })
	])
		expect(
			await createApiKey(house.services, scope, { name: 'x', scopes: ['read'], days: null, addresses: '' })
		).toMatchObject({ refusal: { code: 'not_allowed' } });
	const form = (entries: [string, string][]) => {
		const data = new FormData();
		for (const [name, value] of entries) data.append(name, value);
		return newApiKeyFrom(data).success;
	};
	expect(
		form([
			['nom', 'x'],
			['droits', 'read'],
			['fin', '90']
		])
	).toBe(true);
	expect(
		form([
			['nom', 'x'],
			['fin', '90']
		])
	).toBe(false);
	expect(
		form([
			['nom', 'x'],
			['droits', 'accept'],
			['fin', '90']
		])
	).toBe(false);
	expect(
		form([
			['nom', 'x'],
			['droits', 'read'],
			['fin', '9999']
		])
	).toBe(false);
	const live = async () =>
		(await listKeys(house.services, cast.owner)).filter((key) => !key.revokedAt && !key.isExpired).length;
	const wanted = LIVE_KEYS_MAX - (await live()) + 3;
	const results = await Promise.all(Array.from({ length: wanted }, () => make()));
	expect(results.filter((result) => !result.ok)).toMatchObject(Array(3).fill({ refusal: { code: 'too_many_keys' } }));
	expect(await live()).toBe(LIVE_KEYS_MAX);
	await endApiKey(house.services, cast.owner, (await row()).apiKeyId);
	expect(await make()).toMatchObject({ ok: true });
});
