// Passkeys: what opens with one, and what a thief, a phishing site, a replay and a copy of the key can't do.
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scopeOfSubject } from '#lib/server/access/scopes.ts';
import { canHavePasskeys } from '#lib/server/access/webauthn.ts';
import { mintScope, type Scope } from '#lib/domain/access/scope.ts';
import { newId, newSecret } from '#lib/server/identity.ts';
import { member, passkey } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { addPasskey, offerPasskey, readPasskeys, removePasskey } from '#lib/server/use-cases/access/passkeys.ts';
import {
	confirmByPasskey,
	offerConfirmation,
	offerSignIn,
	signInByPasskey
} from '#lib/server/use-cases/access/prove-by-passkey.ts';
import type { Result } from '#lib/server/use-cases/run.ts';
import { removeMember } from '#lib/server/use-cases/suppliers/manage-members.ts';
import { Authenticator, type Lies } from '../../builders/authenticator.ts';
import { aPayer, aSupplier, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());

const codeOf = (result: Result<unknown>): string => (result.ok ? 'done' : result.refusal.code);
async function aMember(role: 'owner' | 'accountant' = 'accountant'): Promise<{ scope: Scope; memberId: string }> {
	const memberId = newId();
	await inScope(house.services.db, cast.system, (tx) =>
		tx.insert(member).values({
			supplierId: cast.supplierId,
			memberId,
			email: `${memberId}@lumen.example`,
			name: 'Hugo',
			role,
			locale: 'fr',
			createdAt: house.services.clock.now()
		})
	);
	const provenAt = house.services.clock.now();
	return { memberId, scope: mintScope(cast.supplierId, { kind: 'member', memberId, role, provenAt }) };
}
const device = () => new Authenticator(house.config.origin);
async function register(scope: Scope, authenticator: Authenticator, lies: Lies = {}, secrets = [newSecret()]) {
	const offered = await offerPasskey(house.services, scope, secrets[0]!);
	if (!offered.ok) throw new Error(offered.refusal.code);
	return addPasskey(house.services, scope, {
		name: 'Téléphone',
		response: authenticator.register(offered.value, lies),
		browserSecret: secrets.at(-1)!
	});
}
async function signIn(authenticator: Authenticator, lies: Lies = {}, ip = newSecret()) {
	const browserSecret = newSecret();
	const options = (await offerSignIn(house.services, browserSecret))!;
	return signInByPasskey(house.services, {
		response: authenticator.sign(options, lies),
		browserSecret,
		ip
	});
}
async function confirm(scope: Scope, authenticator: Authenticator) {
	const browserSecret = newSecret();
	const options = (await offerConfirmation(house.services, scope, browserSecret))!;
	return confirmByPasskey(house.services, scope, {
		response: authenticator.sign(options),
		browserSecret,
		ip: newSecret()
	});
}

describe('a passkey', () => {
	test('is kept under its name, signs its member in, and says when it was last used', async () => {
		const { scope, memberId } = await aMember();
		const phone = device();
		expect(codeOf(await register(scope, phone))).toBe('done');
		expect((await readPasskeys(house.services, scope)).passkeys).toMatchObject([
			{ name: 'Téléphone', lastUsedAt: null }
		]);
		expect(await signIn(phone)).toEqual({
			ok: true,
			value: { kind: 'member', supplierId: cast.supplierId, subjectId: memberId }
		});
		expect((await readPasskeys(house.services, scope)).passkeys[0]!.lastUsedAt).not.toBeNull();
		expect(codeOf(await signIn(phone)), 'one that counts nothing is no copy').toBe('done');
	});
	test('tells an authenticator neither name nor address by its handle, and asks for the person each time', async () => {
		const { scope, memberId } = await aMember();
		const offered = await offerPasskey(house.services, scope, newSecret());
		if (!offered.ok) throw new Error(offered.refusal.code);
		const handle = Buffer.from(offered.value.user.id, 'base64url');
		expect([handle.length, handle.includes(memberId)]).toEqual([32, false]);
		expect(offered.value).toMatchObject({
			rp: { id: 'localhost' },
			attestation: 'none',
			authenticatorSelection: { residentKey: 'required', userVerification: 'required' }
		});
		expect(await offerSignIn(house.services, newSecret())).toMatchObject({
			rpId: 'localhost',
			userVerification: 'required',
			allowCredentials: []
		});
	});
	test('is for members only', async () => {
		const payer = await aPayer(house.services, cast, 'paul@cle.example', 'Client à clé');
		expect(codeOf(await offerPasskey(house.services, payer.scope, newSecret()))).toBe('not_allowed');
		expect(await readPasskeys(house.services, payer.scope)).toMatchObject({ passkeys: [] });
		const seen = await inScope(house.services.db, payer.scope, (tx) => tx.select().from(passkey));
		expect(seen, 'a client’s person sees nobody’s').toEqual([]);
	});
	test('is one of ten at most', async () => {
		const { scope } = await aMember();
		for (let made = 0; made < 10; made++) expect(codeOf(await register(scope, device()))).toBe('done');
		expect(await register(scope, device())).toMatchObject({ refusal: { code: 'input_invalid' } });
		expect((await readPasskeys(house.services, scope)).passkeys).toHaveLength(10);
	});
	test('is tried sixty times in a quarter of an hour from one address, and from another all the same', async () => {
		const { scope } = await aMember();
		const phone = device();
		await register(scope, phone);
		const ip = newSecret();
		await Promise.all(Array.from({ length: 60 }, () => house.services.limits.spend('passkey', ip)));
		expect(codeOf(await signIn(phone, {}, ip))).toBe('too_many_requests');
		expect(codeOf(await signIn(phone))).toBe('done');
	});
	test('that is right uses up none of them: an office behind one address signs in as often as it likes', async () => {
		const { scope } = await aMember();
		const authenticator = device();
		await register(scope, authenticator);
		const ip = newSecret();
		for (let time = 0; time < 59; time++) await house.services.limits.take('passkey', ip);
		for (let time = 0; time < 3; time++) expect(await signIn(authenticator, {}, ip)).toMatchObject({ ok: true });
	});
	test('is not to be had on a bare IP address', () => {
		const places = ['https://pay.example.com', 'http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'];
		expect(places.map((origin) => canHavePasskeys({ origin, secret: '' }))).toEqual([true, true, false, false]);
	});
	test('once removed opens nothing; another of the same person still does', async () => {
		const { scope } = await aMember();
		const [lost, kept] = [device(), device()];
		const first = await register(scope, lost);
		await register(scope, kept);
		if (!first.ok) throw new Error('not registered');
		const stranger = await aMember('owner');
		expect(codeOf(await removePasskey(house.services, stranger.scope, first.value.passkeyId))).toBe('not_found');
		expect(codeOf(await removePasskey(house.services, scope, first.value.passkeyId))).toBe('done');
		expect([codeOf(await signIn(lost)), codeOf(await signIn(kept))]).toEqual(['passkey_refused', 'done']);
	});
	test('ends with its member', async () => {
		const { scope, memberId } = await aMember();
		const phone = device();
		await register(scope, phone);
		expect(codeOf(await removeMember(house.services, cast.owner, memberId))).toBe('done');
		expect(codeOf(await signIn(phone))).toBe('passkey_refused');
		const subject = { kind: 'member', supplierId: cast.supplierId, subjectId: memberId } as const;
		expect(await scopeOfSubject(house.services, subject)).toBeNull();
	});
});

describe('nothing is signed in by', () => {
	const LIES: [string, Lies][] = [
		['a page that looks like ours', { origin: 'https://ponctuel-payments.example' }],
		['another site’s id', { rpId: 'ponctuel-payments.example' }],
		['a device that did not check who holds it', { userVerified: false }],
		['a challenge that we never made', { challenge: Buffer.alloc(54, 7).toString('base64url') }]
	];
	test.each(LIES)('%s', async (_name, lies) => {
		const { scope } = await aMember();
		const phone = device();
		expect(codeOf(await register(scope, phone, lies)), 'registering').toBe('passkey_refused');
		await register(scope, phone);
		expect(codeOf(await signIn(phone, lies)), 'signing in').toBe('passkey_refused');
		expect(codeOf(await signIn(phone))).toBe('done');
	});
	test('an answer given twice', async () => {
		const { scope } = await aMember();
		const phone = device();
		await register(scope, phone);
		const browserSecret = newSecret();
		const response = phone.sign((await offerSignIn(house.services, browserSecret))!);
		const answer = () => signInByPasskey(house.services, { response, browserSecret, ip: newSecret() });
		const outcomes = await Promise.all(Array.from({ length: 8 }, answer));
		expect(outcomes.map(codeOf).sort()).toEqual(['done', ...Array<string>(7).fill('passkey_refused')]);
	});
	test('an answer carried to another browser, or to one that never asked', async () => {
		const { scope } = await aMember();
		const phone = device();
		await register(scope, phone);
		for (const browserSecret of [newSecret(), null]) {
			const response = phone.sign((await offerSignIn(house.services, newSecret()))!);
			expect(codeOf(await signInByPasskey(house.services, { response, browserSecret, ip: newSecret() }))).toBe(
				'passkey_refused'
			);
		}
		expect(codeOf(await register(scope, device(), {}, [newSecret(), newSecret()]))).toBe('passkey_refused');
	});
	test('an answer that took longer than five minutes', async () => {
		const { scope } = await aMember();
		const phone = device();
		await register(scope, phone);
		const browserSecret = newSecret();
		const response = phone.sign((await offerSignIn(house.services, browserSecret))!);
		house.world.world.offsetMs += 5 * 60_000 + 1;
		expect(codeOf(await signInByPasskey(house.services, { response, browserSecret, ip: newSecret() }))).toBe(
			'passkey_refused'
		);
	});
	test('an answer to a question of another kind', async () => {
		const { scope } = await aMember();
		const phone = device();
		await register(scope, phone);
		const browserSecret = newSecret();
		const response = phone.sign((await offerConfirmation(house.services, scope, browserSecret))!);
		expect(codeOf(await signInByPasskey(house.services, { response, browserSecret, ip: newSecret() }))).toBe(
			'passkey_refused'
		);
	});
	test('a signature by another key', async () => {
		const { scope } = await aMember();
		const [phone, thief] = [device(), device()];
		await register(scope, phone);
		await register((await aMember()).scope, thief);
		const browserSecret = newSecret();
		const options = (await offerSignIn(house.services, browserSecret))!;
		const [mine, theirs] = [phone.sign(options), thief.sign(options)];
		const forged = { ...mine, response: { ...theirs.response, userHandle: mine.response.userHandle } };
		expect(codeOf(await signInByPasskey(house.services, { response: forged, browserSecret, ip: newSecret() }))).toBe(
			'passkey_refused'
		);
	});
	test('a copy of the key: its counter stands still or goes back, and the owners are told', async () => {
		const { scope } = await aMember();
		const phone = device();
		await register(scope, phone);
		expect(codeOf(await signIn(phone, { count: 5 }))).toBe('done');
		for (const count of [5, 4, 0]) expect(codeOf(await signIn(phone, { count }))).toBe('passkey_refused');
		expect(codeOf(await signIn(phone, { count: 6 }))).toBe('done');
		await house.drain();
		const told = house.world.mailbox.mails.filter((mail) => /une copie semble exister/.test(mail.text));
		expect(told.some((mail) => mail.to.includes('claire@lumen.example'))).toBe(true);
	});
});

describe('the member who is signed in', () => {
	test('proves to be there with a passkey of its own, not with a colleague’s', async () => {
		const [self, colleague] = [await aMember(), await aMember()];
		const [phone, other] = [device(), device()];
		await register(self.scope, phone);
		await register(colleague.scope, other);
		expect(codeOf(await confirm(self.scope, phone))).toBe('done');
		expect(codeOf(await confirm(self.scope, other))).toBe('passkey_refused');
	});
	test('is not asked for one that it does not have', async () =>
		expect(await offerConfirmation(house.services, (await aMember()).scope, newSecret())).toBeNull());
});

test('the database lets nobody change what a passkey proves, nor see another supplier’s', async () => {
	const { scope } = await aMember();
	await register(scope, device());
	const other = await aSupplier(house.services, 'acct_canuts', 'Canuts');
	expect(await inScope(house.services.db, other.system, (tx) => tx.select().from(passkey))).toEqual([]);
	const sql = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	try {
		for (const role of ['ponctuel_app', 'ponctuel_system'])
			await expect(
				sql.begin(async (tx) => {
					await tx.unsafe(`set local role ${role}`);
					await tx.unsafe(`select set_config('ponctuel.supplier_id', '${cast.supplierId}', true)`);
					await tx.unsafe(`update passkey set public_key = '\\x00'`);
				})
			).rejects.toThrow(/permission denied/);
	} finally {
		await sql.end();
	}
});
