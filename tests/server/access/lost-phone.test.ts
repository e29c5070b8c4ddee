// Somebody loses the phone that holds the passkey and a session: how that person comes back in, how the phone is shut out, by whom, and who is told.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSessions, type Sessions, type Subject } from '#lib/server/access/sessions.ts';
import { scopeOfSubject } from '#lib/server/access/scopes.ts';
import type { Role, Scope } from '#lib/domain/access/scope.ts';
import { newId, newSecret } from '#lib/server/identity.ts';
import { addPasskey, offerPasskey, readPasskeys, removePasskey } from '#lib/server/use-cases/access/passkeys.ts';
import { confirmByCode, askForCode } from '#lib/server/use-cases/access/confirm-person.ts';
import { offerSignIn, signInByPasskey } from '#lib/server/use-cases/access/prove-by-passkey.ts';
import { requestSignIn } from '#lib/server/use-cases/access/request-sign-in.ts';
import { endSession, readSessions } from '#lib/server/use-cases/access/sessions.ts';
import { rememberBrowser, signInByCode, signInByLink } from '#lib/server/use-cases/access/sign-in.ts';
import type { Result } from '#lib/server/use-cases/run.ts';
import { addMember } from '#lib/server/use-cases/suppliers/manage-members.ts';
import { changeAddress, forgetDevices } from '#lib/server/use-cases/suppliers/member-access.ts';
import { Authenticator } from '../../builders/authenticator.ts';
import { aSupplier, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let sessions: Sessions;
beforeAll(async () => {
	house = await openHouse();
	sessions = openSessions(house.services.db, house.config);
});
afterAll(() => house.close());
beforeEach(async () => {
	cast = await aSupplier(house.services, `acct_${newId()}`);
});

const codeOf = (result: Result<unknown>): string => (result.ok ? 'done' : result.refusal.code);
type Person = { subject: Subject; email: string; phone: Authenticator; browser: string; session: string };
/** As a request of that person would be, with a proof of that instant or none. */
const scopeOf = async ({ subject }: Pick<Person, 'subject'>, provenAt: Date | null): Promise<Scope> =>
	(await scopeOfSubject(house.services, subject, provenAt))!;
/** A member with a phone: its passkey, its session, its browser. */
async function aPersonWithPhone(role: Role = 'accountant'): Promise<Person> {
	const email = `${newId()}@lumen.example`;
	const added = await addMember(house.services, cast.owner, { email, name: 'Hugo', role, locale: 'fr' });
	if (!added.ok) throw new Error(added.refusal.code);
	const subject: Subject = { kind: 'member', supplierId: cast.supplierId, subjectId: added.value.memberId };
	const phone = new Authenticator(house.config.origin);
	const browser = newSecret();
	const scope = await scopeOf({ subject }, house.services.clock.now());
	const offered = await offerPasskey(house.services, scope, browser);
	if (!offered.ok) throw new Error(offered.refusal.code);
	const response = phone.register(offered.value);
	expect(codeOf(await addPasskey(house.services, scope, { name: 'Téléphone', response, browserSecret: browser }))).toBe(
		'done'
	);
	await rememberBrowser(house.services, subject, browser);
	const beginning = { userAgent: 'Phone', address: '203.0.113.9', provenAt: house.services.clock.now() };
	const { id } = await sessions.create(subject, beginning);
	return { subject, email, phone, browser, session: id };
}
async function byPasskey({ phone }: Person): Promise<string> {
	const browserSecret = newSecret();
	const response = phone.sign((await offerSignIn(house.services, browserSecret))!);
	return codeOf(await signInByPasskey(house.services, { response, browserSecret, ip: newSecret() }));
}
const isAlive = async (id: string): Promise<boolean> => (await sessions.validate(id)).session !== null;
async function mailed(email: string, work: () => Promise<unknown>): Promise<string> {
	await house.drain();
	const before = house.world.mailbox.mails.length;
	await work();
	await house.drain();
	return house.world.mailbox.mails
		.slice(before)
		.filter((mail) => mail.to.includes(email))
		.map((mail) => mail.text)
		.join('\n');
}
const codeIn = (text: string): string => (/^(\d{3}) (\d{3})$/m.exec(text) ?? []).slice(1).join('');
const ask = (email: string, browserSecret: string) => () =>
	requestSignIn(house.services, { email, browserSecret, ip: newSecret(), locale: 'fr' });

describe('the person alone, at another computer', () => {
	test('comes in with the mailed code, proves it is there by another, removes the passkey and ends the phone’s session; owners are told', async () => {
		const person = await aPersonWithPhone();
		const computer = newSecret();
		const code = codeIn(await mailed(person.email, ask(person.email, computer)));
		expect(await signInByCode(house.services, { code, browserSecret: computer, ip: newSecret() })).toEqual({
			ok: true,
			value: person.subject
		});
		// Later than ten minutes after: the proof is asked for anew, and the code is enough for it.
		const stale = await scopeOf(person, null);
		const { passkeys } = await readPasskeys(house.services, stale);
		expect(codeOf(await removePasskey(house.services, stale, passkeys[0]!.passkeyId))).toBe('proof_needed');
		const proof = codeIn(
			await mailed(person.email, () =>
				askForCode(house.services, stale, { browserSecret: computer, ip: newSecret(), locale: 'fr' })
			)
		);
		const given = { code: proof, browserSecret: computer, ip: newSecret() };
		expect(codeOf(await confirmByCode(house.services, person.subject, given))).toBe('done');
		const proven = await scopeOf(person, house.services.clock.now());
		const told = await mailed('claire@lumen.example', async () =>
			expect(codeOf(await removePasskey(house.services, proven, passkeys[0]!.passkeyId))).toBe('done')
		);
		expect(told).toMatch(/La clé d’accès «\sTéléphone\s» de Hugo a été retirée/);
		expect(await byPasskey(person)).toBe('passkey_refused');
		const [listed] = (await readSessions(house.services, person.subject)).filter((one) => one.userAgent === 'Phone');
		expect(codeOf(await endSession(house.services, person.subject, listed!.sessionId))).toBe('done');
		expect(await isAlive(person.session)).toBe(false);
	});
});

describe('an owner, for somebody else', () => {
	test('forgets the devices: session, passkey, and what was mailed before open nothing; owners and the person are told; the code still lets the person in', async () => {
		const person = await aPersonWithPhone();
		const before = await mailed(person.email, ask(person.email, person.browser));
		const [token, oldCode] = [/connexion\/([\w-]+)/.exec(before)![1]!, codeIn(before)];
		let toOwner = '';
		const toPerson = await mailed(person.email, async () => {
			toOwner = await mailed('claire@lumen.example', async () =>
				expect(codeOf(await forgetDevices(house.services, cast.owner, person.subject.subjectId))).toBe('done')
			);
		});
		for (const text of [toOwner, toPerson]) expect(text).toMatch(/Les appareils de Hugo ont été oubliés/);
		expect([await isAlive(person.session), await byPasskey(person)]).toEqual([false, 'passkey_refused']);
		const fromPhone = { browserSecret: person.browser, ip: newSecret() };
		expect(codeOf(await signInByLink(house.services, { token, code: null, ...fromPhone }))).toBe('sign_in_expired');
		expect(codeOf(await signInByCode(house.services, { code: oldCode, ...fromPhone }))).toBe('code_wrong');
		const computer = newSecret();
		const code = codeIn(await mailed(person.email, ask(person.email, computer)));
		expect(codeOf(await signInByCode(house.services, { code, browserSecret: computer, ip: newSecret() }))).toBe('done');
	});
	test('nobody but an owner does, nor for another supplier’s', async () => {
		const person = await aPersonWithPhone();
		const other = await aSupplier(house.services, `acct_${newId()}`, 'Brasserie');
		expect(codeOf(await forgetDevices(house.services, cast.accountant, person.subject.subjectId))).toBe('not_allowed');
		expect(codeOf(await forgetDevices(house.services, other.owner, person.subject.subjectId))).toBe('not_found');
		expect([await isAlive(person.session), await byPasskey(person)]).toEqual([true, 'done']);
	});
});

describe('the mailbox is gone too, of the last owner', () => {
	test('the operator gives another address: it lets in, the old one and the devices do not, and both addresses are told', async () => {
		const owner = { subject: { kind: 'member', supplierId: cast.supplierId, subjectId: cast.memberId } } as const;
		const beginning = { userAgent: 'Phone', address: null, provenAt: house.services.clock.now() };
		const { id } = await sessions.create(owner.subject, beginning);
		const [old, fresh] = ['claire@lumen.example', `${newId()}@nouveau.example`];
		let toOld = '';
		const toFresh = await mailed(fresh, async () => {
			toOld = await mailed(old, async () =>
				expect(codeOf(await changeAddress(house.services, cast.system, cast.memberId, fresh))).toBe('done')
			);
		});
		for (const text of [toOld, toFresh]) expect(text).toContain(`${old} devient ${fresh}`);
		expect(await isAlive(id)).toBe(false);
		const computer = newSecret();
		const code = codeIn(await mailed(fresh, ask(fresh, computer)));
		expect(await signInByCode(house.services, { code, browserSecret: computer, ip: newSecret() })).toEqual({
			ok: true,
			value: owner.subject
		});
	});
	test('npm run member does it: it lists who is in which team, and says what it changed or why not', async () => {
		const env = { ...process.env, ...house.environment };
		const run = (...words: string[]) =>
			spawnSync('node', ['src/scripts/member.ts', ...words], { env, encoding: 'utf8' });
		const slug = `Atelier Lumen-${cast.supplierId}`;
		expect(run().stdout).toContain(`${slug}  owner       claire@lumen.example  Claire Martin`);
		const wrong = run(slug, 'nobody@lumen.example', 'x@x.example');
		expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('npm run member -- <supplier>')]);
		const fresh = `${newId()}@nouveau.example`;
		const changed = run(slug, 'claire@lumen.example', fresh);
		expect([changed.status, changed.stdout]).toEqual([0, expect.stringContaining(`signs in with ${fresh} now`)]);
		expect(codeIn(await mailed(fresh, ask(fresh, newSecret())))).not.toBe('');
	});
	test('no person of the product does that, however proven, and no address of somebody else’s is taken', async () => {
		expect(codeOf(await changeAddress(house.services, cast.owner, cast.memberId, 'x@x.example'))).toBe('not_allowed');
		const person = await aPersonWithPhone();
		expect(codeOf(await changeAddress(house.services, cast.system, cast.memberId, person.email))).toBe('input_invalid');
		expect(codeOf(await changeAddress(house.services, cast.system, cast.memberId, 'a@b.c,d@e.f'))).toBe(
			'input_invalid'
		);
	});
});
