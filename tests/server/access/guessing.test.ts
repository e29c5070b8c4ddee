// People who ask and guess in somebody else's name: mails stay few, guesses stay few, nobody is locked out, and nothing tells who is known.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, newSecret, sha256 } from '#lib/server/identity.ts';
import { rateLimit, securityEvent, signIn, signInRequest } from '#lib/server/store/schema/index.ts';
import { rememberBrowser, signInByCode, signInByLink } from '#lib/server/use-cases/access/sign-in.ts';
import { requestSignIn } from '#lib/server/use-cases/access/request-sign-in.ts';
import { aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let serial = 0;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());

const aPerson = (): Promise<Payer> =>
	aPayer(house.services, cast, `person${++serial}@client.example`, `Client ${serial}`);
const elsewhere = (): string => `198.51.100.${++serial}`;
const subjectOf = (payer: Payer) => ({
	kind: 'contact' as const,
	supplierId: cast.supplierId,
	subjectId: payer.contactId
});
/** Asks for a mail; the code and the token of the one that came, if one came. */
async function ask(email: string, browserSecret = newSecret(), ip = elsewhere()) {
	const { mails } = house.world.mailbox;
	const before = mails.length;
	const result = await requestSignIn(house.services, { email, browserSecret, ip, locale: 'fr' });
	await house.drain();
	const text = mails.slice(before).find((mail) => mail.to.includes(email))?.text ?? '';
	return {
		result,
		browserSecret,
		isMailed: text !== '',
		token: /connexion\/([\w-]+)/.exec(text)?.[1] ?? '',
		code: (/^(\d{3}) (\d{3})$/m.exec(text) ?? []).slice(1).join('')
	};
}
const wrong = (code: string): string => (code === '000000' ? '111111' : '000000');
const guess = (browserSecret: string, code: string) =>
	signInByCode(house.services, { code, browserSecret, ip: elsewhere() });
const mailsTo = (email: string): number => house.world.mailbox.mails.filter((mail) => mail.to.includes(email)).length;
/** Counters run by the wall clock: a window is over when we say so. */
const windowsEnd = (name: string) =>
	house.services.db.signals`update rate_limit set expire = now() - interval '1 second' where key like ${`${name}:%`}`;
const noted = async (payer: Payer) =>
	(await house.services.db.system.select().from(securityEvent)).filter((event) => event.actorId === payer.contactId);

describe('asking in somebody else’s name', () => {
	test('a hundred strangers from a hundred addresses send five mails, and one an hour after that', async () => {
		const victim = await aPerson();
		for (let i = 0; i < 100; i++) expect((await ask(victim.email)).result.ok).toBe(true);
		expect(mailsTo(victim.email)).toBe(5);
		await windowsEnd('sign_in_mail_slow');
		for (let i = 0; i < 5; i++) await ask(victim.email);
		expect(mailsTo(victim.email)).toBe(6);
	});
	test('under it, a browser where the person has signed in before still gets its mail, also behind an address that is used up', async () => {
		const victim = await aPerson();
		const own = newSecret();
		await rememberBrowser(house.services, subjectOf(victim), own);
		const shared = elsewhere();
		for (let i = 0; i < 121; i++)
			await requestSignIn(house.services, {
				email: victim.email,
				browserSecret: newSecret(),
				ip: shared,
				locale: 'fr'
			});
		await house.drain();
		expect(await ask(victim.email, newSecret(), shared)).toMatchObject({ result: { ok: false }, isMailed: false });
		const mine = await ask(victim.email, own, shared);
		expect(mine.isMailed).toBe(true);
		expect(await guess(own, mine.code)).toMatchObject({ ok: true, value: subjectOf(victim) });
	});
	test('under it, a new device gets in with the link and the code of the latest mail, whoever asked for that', async () => {
		const victim = await aPerson();
		let latest = await ask(victim.email);
		for (let i = 0; i < 12; i++) {
			const next = await ask(victim.email);
			if (next.isMailed) latest = next;
		}
		const phone = newSecret();
		expect(await ask(victim.email, phone)).toMatchObject({ result: { ok: true }, isMailed: false });
		const { token, code } = latest;
		expect(await signInByLink(house.services, { token, code, browserSecret: phone, ip: elsewhere() })).toMatchObject({
			ok: true
		});
	});
	test('what is refused for the address it came from costs the person nothing', async () => {
		const victim = await aPerson();
		const attacker = elsewhere();
		for (let i = 0; i < 120; i++)
			await requestSignIn(house.services, {
				email: `nobody${i}@x.example`,
				browserSecret: newSecret(),
				ip: attacker,
				locale: 'fr'
			});
		for (let i = 0; i < 60; i++)
			expect(
				await requestSignIn(house.services, {
					email: victim.email,
					browserSecret: newSecret(),
					ip: attacker,
					locale: 'fr'
				})
			).toMatchObject({ ok: false, refusal: { code: 'too_many_requests' } });
		await house.drain();
		expect(mailsTo(victim.email)).toBe(0);
		for (let i = 0; i < 4; i++) expect((await ask(victim.email)).isMailed).toBe(true);
	});
	test('somebody else’s known browser is no way round', async () => {
		const [victim, neighbour] = [await aPerson(), await aPerson()];
		const theirs = newSecret();
		await rememberBrowser(house.services, subjectOf(neighbour), theirs);
		for (let i = 0; i < 12; i++) await ask(victim.email, theirs);
		expect(mailsTo(victim.email)).toBe(5);
	});
	test('mails are also few over a long time: ten in six hours besides the one an hour', async () => {
		const victim = await aPerson();
		for (let round = 0; round < 6; round++) {
			await windowsEnd('sign_in_mail');
			for (let i = 0; i < 5; i++) await ask(victim.email);
		}
		expect(mailsTo(victim.email)).toBe(11);
	});
	test('it is told once to the supplier, with the address it came from', async () => {
		const victim = await aPerson();
		for (let i = 0; i < 20; i++) await ask(victim.email);
		const events = (await noted(victim)).filter((event) => event.kind === 'sign_in_limited');
		expect(events).toHaveLength(1);
		expect(events[0]!.networkAddress).toMatch(/^198\.51\.100\./);
	});
	test('a supplier whose people are asked for very often stays able to sign in, and is told', async () => {
		const busy = await aSupplier(house.services, 'acct_canuts', 'Brasserie');
		const person = await aPayer(house.services, busy, 'verre@brasserie.example', 'Verre');
		for (let i = 0; i < 500; i++) await house.services.limits.spend('sign_in_supplier', busy.supplierId);
		expect((await ask(person.email)).isMailed).toBe(true);
		expect((await ask(person.email)).isMailed).toBe(true);
		const alarms = (await house.services.db.system.select().from(securityEvent)).filter(
			(event) => event.supplierId === busy.supplierId && event.kind === 'guessing_alarm'
		);
		expect(alarms).toHaveLength(1);
	});
});

describe('guessing a code', () => {
	test('fifty guesses at once in the browser that asked: five are compared', async () => {
		const { browserSecret, code } = await ask((await aPerson()).email);
		const results = await Promise.all(
			Array.from({ length: 50 }, (_, i) =>
				guess(browserSecret, wrong(code) === '000000' ? String(i).padStart(6, '0') : '111111')
			)
		);
		expect(results.every((result) => !result.ok)).toBe(true);
		const [row] = (await house.services.db.system.select().from(signInRequest)).filter(
			(request) => request.browserHash === sha256(browserSecret)
		);
		expect(row!.guesses).toBe(5);
		await windowsEnd('sign_in_code');
		expect(await guess(browserSecret, code)).toMatchObject({ ok: false });
	});
	test('the fifth may still be the right one; a sixth is not looked at', async () => {
		const first = await ask((await aPerson()).email);
		for (let i = 0; i < 4; i++) await guess(first.browserSecret, wrong(first.code));
		expect(await guess(first.browserSecret, first.code)).toMatchObject({ ok: true });
		const second = await ask((await aPerson()).email);
		for (let i = 0; i < 5; i++) await guess(second.browserSecret, wrong(second.code));
		expect(await guess(second.browserSecret, second.code)).toMatchObject({
			ok: false,
			refusal: { code: 'code_wrong' }
		});
	});
	test('fifty at once beside a link: five are compared, and the link still opens where it was asked for', async () => {
		const { token, code, browserSecret } = await ask((await aPerson()).email);
		const tries = await Promise.all(
			Array.from({ length: 50 }, () =>
				signInByLink(house.services, { token, code: wrong(code), browserSecret: newSecret(), ip: elsewhere() })
			)
		);
		expect(tries.filter((result) => !result.ok && result.refusal.code === 'code_wrong')).toHaveLength(5);
		expect(
			await signInByLink(house.services, { token, code, browserSecret: newSecret(), ip: elsewhere() })
		).toMatchObject({ ok: false });
		expect(await signInByLink(house.services, { token, code: null, browserSecret, ip: elsewhere() })).toMatchObject({
			ok: true
		});
	});
	test('beside links, one address tries sixty times in a quarter of an hour', async () => {
		const thief = elsewhere();
		let refused = 0;
		for (let i = 0; i < 13; i++) {
			const { token, code } = await ask((await aPerson()).email);
			for (let j = 0; j < 5; j++) {
				const result = await signInByLink(house.services, {
					token,
					code: wrong(code),
					browserSecret: newSecret(),
					ip: thief
				});
				if (!result.ok && result.refusal.code === 'too_many_requests') refused += 1;
			}
		}
		expect(refused).toBe(5);
	});
	test('one browser tries ten times in a quarter of an hour', async () => {
		const { browserSecret } = await ask('nobody@nowhere.example');
		const results = [];
		for (let i = 0; i < 12; i++) results.push(await guess(browserSecret, '123456'));
		expect(results.filter((result) => !result.ok && result.refusal.code === 'too_many_requests')).toHaveLength(2);
	});
	test('over thirty codes tried on one person from strange browsers, the code alone is not enough any more; the link is, and alarm is given once', async () => {
		const victim = await aPerson();
		for (let i = 0; i < 4; i++) {
			await windowsEnd('sign_in_mail');
			const asked = await ask(victim.email);
			for (let j = 0; j < 5; j++) await guess(asked.browserSecret, wrong(asked.code));
		}
		await windowsEnd('sign_in_mail');
		const several = newSecret();
		const asked = [
			await ask(victim.email, several),
			await ask(victim.email, several),
			await ask(victim.email, several)
		];
		const last = asked.at(-1)!;
		for (let j = 0; j < 4; j++) await guess(several, asked.some(({ code }) => code === '000000') ? '222222' : '000000');
		expect(await guess(several, last.code)).toMatchObject({ ok: false, refusal: { code: 'code_wrong' } });
		expect(
			await signInByLink(house.services, { token: last.token, code: null, browserSecret: several, ip: elsewhere() })
		).toMatchObject({ ok: true });
		expect((await noted(victim)).filter((event) => event.kind === 'guessing_alarm')).toHaveLength(1);
	});
	test('that does not touch the browser where the person has signed in before', async () => {
		const victim = await aPerson();
		const own = newSecret();
		await rememberBrowser(house.services, subjectOf(victim), own);
		await house.services.db.system
			.insert(rateLimit)
			.values({ key: `guess_person:${victim.contactId}`, points: 1000, expire: new Date(Date.now() + 3_600_000) });
		const stranger = await ask(victim.email);
		expect(await guess(stranger.browserSecret, stranger.code)).toMatchObject({ ok: false });
		const mine = await ask(victim.email, own);
		expect(await guess(own, mine.code)).toMatchObject({ ok: true });
	});
	test('over hundred and fifty tried on all people of a supplier, alarm is given and each has five tries left; nobody is silenced by what is tried on others', async () => {
		const target = await aSupplier(house.services, 'acct_target', 'Cible');
		const [one, tried] = [
			await aPayer(house.services, target, 'une@cible.example', 'Une'),
			await aPayer(house.services, target, 'essayee@cible.example', 'Essayée')
		];
		const expire = new Date(Date.now() + 3_600_000);
		await house.services.db.system.insert(rateLimit).values([
			{ key: `guess_supplier:${target.supplierId}`, points: 149, expire },
			{ key: `guess_person:${tried.contactId}`, points: 5, expire }
		]);
		const first = await ask(one.email);
		for (let i = 0; i < 2; i++) await guess(first.browserSecret, wrong(first.code));
		expect(await guess(first.browserSecret, first.code)).toMatchObject({ ok: true });
		const alarms = (await house.services.db.system.select().from(securityEvent)).filter(
			(event) => event.supplierId === target.supplierId && event.kind === 'guessing_alarm'
		);
		expect(alarms.map((event) => event.detail)).toEqual([{ about: 'supplier' }]);
		const second = await ask(tried.email);
		expect(await guess(second.browserSecret, second.code)).toMatchObject({ ok: false });
		expect(
			await signInByLink(house.services, {
				token: second.token,
				code: null,
				browserSecret: second.browserSecret,
				ip: elsewhere()
			})
		).toMatchObject({ ok: true });
	});
	test('one guess is one for a supplier, however many of its people a browser has asked for', async () => {
		const busy = await aSupplier(house.services, 'acct_busy_too', 'Bien demandée');
		const browser = newSecret();
		for (const name of ['a', 'b', 'c']) {
			await aPayer(house.services, busy, `${name}@busy.example`, `Client ${name}`);
			await ask(`${name}@busy.example`, browser);
		}
		await guess(browser, '000000');
		const [row] = (await house.services.db.system.select().from(rateLimit)).filter(
			({ key }) => key === `guess_supplier:${busy.supplierId}`
		);
		expect(row!.points).toBe(1);
	});
	test('the right code is no guess: it uses up nothing', async () => {
		const person = await aPerson();
		for (let i = 0; i < 3; i++) {
			const { browserSecret, code } = await ask(person.email);
			expect(await guess(browserSecret, code)).toMatchObject({ ok: true });
		}
		const [row] = (await house.services.db.system.select().from(rateLimit)).filter(
			({ key }) => key === `guess_person:${person.contactId}`
		);
		expect(row!.points).toBe(0);
	});
	test('a code alone opens nothing where nobody has asked for one, and says that it is for the browser that did', async () => {
		const { code } = await ask((await aPerson()).email);
		const tried = signInByCode(house.services, { code, browserSecret: null, ip: elsewhere() });
		expect(await tried).toMatchObject({ refusal: { code: 'other_browser' } });
	});
	test('a link or a code pressed twenty times at once makes one session', async () => {
		const byLink = await ask((await aPerson()).email);
		const links = await Promise.all(
			Array.from({ length: 20 }, () =>
				signInByLink(house.services, {
					token: byLink.token,
					code: null,
					browserSecret: byLink.browserSecret,
					ip: elsewhere()
				})
			)
		);
		expect(links.filter((result) => result.ok)).toHaveLength(1);
		const byCode = await ask((await aPerson()).email);
		const codes = await Promise.all(Array.from({ length: 5 }, () => guess(byCode.browserSecret, byCode.code)));
		expect(codes.filter((result) => result.ok)).toHaveLength(1);
	});
	test('a failure is noted for the person it was tried on, and for nobody by a hash that does not say which address', async () => {
		const person = await aPerson();
		const known = await ask(person.email);
		await guess(known.browserSecret, wrong(known.code));
		const unknown = await ask('stranger@nowhere.example');
		await guess(unknown.browserSecret, '123456');
		expect((await noted(person)).map((event) => event.kind)).toEqual(['sign_in_failed']);
		const rows = (await house.services.db.system.select().from(securityEvent)).filter((event) => event.emailHash);
		expect(rows.length).toBeGreaterThan(0);
		expect(JSON.stringify(rows)).not.toContain('stranger@');
	});
});

describe('many honest people behind one address', () => {
	/** New browsers, one each, all behind `ip`: they ask within the same minute, and then each signs in. */
	async function come(people: Payer[], ip: string): Promise<string[]> {
		const { mails } = house.world.mailbox;
		const before = mails.length;
		const browsers = people.map((person) => ({ person, secret: newSecret() }));
		const outcomes: string[] = [];
		for (const { person, secret } of browsers) {
			const asked = await requestSignIn(house.services, {
				email: person.email,
				browserSecret: secret,
				ip,
				locale: 'fr'
			});
			if (!asked.ok) outcomes.push(asked.refusal.code);
		}
		await house.drain();
		for (const { person, secret } of browsers) {
			const text = mails.slice(before).find((mail) => mail.to.includes(person.email))?.text ?? '';
			const code = (/^(\d{3}) (\d{3})$/m.exec(text) ?? []).slice(1).join('');
			const signed = await signInByCode(house.services, { code, browserSecret: secret, ip });
			if (!signed.ok) outcomes.push(signed.refusal.code);
		}
		return outcomes;
	}
	test('an office, a class, a telephone network: two hundred new browsers come in within a quarter of an hour, and nobody waits', async () => {
		const office = elsewhere();
		const people: Payer[] = [];
		for (let i = 0; i < 70; i++) people.push(await aPerson());
		for (let round = 0; round < 3; round++) expect(await come(people, office)).toEqual([]);
	});
	test('one browser that many people share signs them in by code, more of them than it may try wrong ones', async () => {
		const shared = newSecret();
		for (let time = 0; time < 9; time++) await house.services.limits.take('sign_in_code', sha256(shared));
		for (let time = 0; time < 3; time++) {
			const { code } = await ask((await aPerson()).email, shared);
			expect(await guess(shared, code)).toMatchObject({ ok: true });
		}
	});
	test('among them who guesses is bounded as ever: sixty wrong codes, whatever right ones come between', async () => {
		const office = elsewhere();
		const { limits } = house.services;
		// As signing in does: taken before, given back when right. By chance, three right ones to one wrong.
		let [wrongOnes, seed] = [0, 7];
		const next = () => (seed = (seed * 48_271) % 2_147_483_647) % 4;
		for (let i = 0; i < 400; i++) {
			if (!(await limits.take('sign_in_code_ip', office))) break;
			if (next() === 0) wrongOnes += 1;
			else await limits.giveBack('sign_in_code_ip', office);
		}
		expect(wrongOnes).toBe(60);
	});
	test('nothing is gained by giving back more than was taken', async () => {
		const office = elsewhere();
		const { limits } = house.services;
		await limits.take('sign_in_ip', office);
		for (let i = 0; i < 10; i++) await limits.giveBack('sign_in_ip', office);
		let taken = 0;
		while (await limits.take('sign_in_ip', office)) taken += 1;
		expect(taken).toBe(120);
	});
	test('asking is given back once, to where it came from, and that is forgotten', async () => {
		const person = await aPerson();
		const [there, own] = [elsewhere(), newSecret()];
		const { token, code } = await ask(person.email, own, there);
		const [, key] = [
			await signInByLink(house.services, { token, code, browserSecret: newSecret(), ip: elsewhere() }),
			`sign_in_ip:${sha256(there).slice(0, 32)}`
		];
		const [row] = (await house.services.db.system.select().from(rateLimit)).filter((one) => one.key === key);
		expect(row!.points).toBe(0);
		const requests = (await house.services.db.system.select().from(signInRequest)).filter(
			(one) => one.browserHash === sha256(own)
		);
		expect(requests.map((one) => one.networkAddress)).toEqual([null]);
	});
});

describe('known or unknown', () => {
	/** What the database is asked, in order. Values are left out. */
	async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
		const client = house.services.db.signals;
		const { unsafe } = client;
		const heard: string[] = [];
		client.unsafe = ((query: string, ...rest: never[]) => {
			heard.push(query);
			return (unsafe as (...args: unknown[]) => unknown)(query, ...rest);
		}) as typeof unsafe;
		try {
			await work();
		} finally {
			client.unsafe = unsafe;
		}
		return heard;
	}
	test('asking and trying a code ask the database the same, in the same order', async () => {
		const [known, unknown] = [(await aPerson()).email, 'inconnu@nowhere.example'];
		const asking = (email: string) =>
			statementsOf(() =>
				requestSignIn(house.services, { email, browserSecret: newSecret(), ip: elsewhere(), locale: 'fr' })
			);
		const asks = [await asking(known), await asking(unknown)];
		expect(asks[0]!.length).toBeGreaterThan(2);
		expect(asks[0]).toEqual(asks[1]);
		const trying = async (email: string, times: number) => {
			const browserSecret = newSecret();
			for (let i = 0; i < times; i++) await ask(email, browserSecret);
			return statementsOf(() => guess(browserSecret, '000000'));
		};
		for (const times of [1, 4]) {
			const tries = [await trying((await aPerson()).email, times), await trying(unknown, times)];
			expect(tries[0]!.length).toBeGreaterThan(3);
			expect(tries[0]).toEqual(tries[1]);
		}
	});
	test('a wrong code takes as long for an address that nobody has, after five asks too', async () => {
		const now = house.services.clock.now();
		/** A browser with five open requests, and for a known person what was sent for them. */
		async function browser(person: Payer | null): Promise<string> {
			const secret = newSecret();
			for (let i = 0; i < 5; i++) {
				const requestId = newId();
				const row = {
					requestId,
					email: person?.email ?? `x${serial}@y.example`,
					browserHash: sha256(secret),
					locale: 'fr' as const
				};
				await house.services.db.system.insert(signInRequest).values({ ...row, createdAt: now, handledAt: now });
				if (person)
					await house.services.db.system.insert(signIn).values({
						supplierId: cast.supplierId,
						signInId: newId(),
						requestId,
						subjectKind: 'contact',
						subjectId: person.contactId,
						tokenHash: sha256(newSecret()),
						codeHash: 'no code has this hash',
						browserHash: sha256(secret),
						failedTries: 0,
						createdAt: now,
						expiresAt: new Date(now.getTime() + 600_000),
						usedAt: null
					});
			}
			return secret;
		}
		const times: { known: number[]; unknown: number[] } = { known: [], unknown: [] };
		for (let round = 0; round < 15; round++) {
			const sides = [
				{ of: times.known, secret: await browser(await aPerson()) },
				{ of: times.unknown, secret: await browser(null) }
			];
			for (let i = 0; i < 4; i++)
				for (const { of, secret } of (round + i) % 2 ? sides.toReversed() : sides) {
					const started = performance.now();
					await guess(secret, '123456');
					of.push(performance.now() - started);
				}
		}
		// How often a known one is slower than an unknown one: half of the time when nothing can be told (it was 0.91).
		const pairs = times.known.flatMap((a) => times.unknown.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
		const auc = pairs.reduce((sum: number, one) => sum + one, 0) / pairs.length;
		expect(auc).toBeGreaterThan(0.25);
		expect(auc).toBeLessThan(0.75);
	});
});
test('the mail’s subject, seen on locked screens, has no code in it', async () => {
	const person = await aPerson();
	const { code } = await ask(person.email);
	const mail = house.world.mailbox.mails.find((one) => one.to.includes(person.email))!;
	expect(mail.subject).not.toMatch(/\d{6}/);
	expect(mail.subject).not.toContain(code);
});
