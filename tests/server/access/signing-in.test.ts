// Links, codes, sessions: what a person can do, and what a mail scanner, a stranger and a thief can't.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSessions } from '#lib/server/access/sessions.ts';
import { openPayLink } from '#lib/server/access/scopes.ts';
import { newSecret } from '#lib/server/identity.ts';
import { session, signIn, signInRequest } from '#lib/server/store/schema/index.ts';
import { findSubjects } from '#lib/server/store/contacts.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { listLinks, mintPayLink, renewPayLink, revokeLink } from '#lib/server/use-cases/access/pay-links.ts';
import { requestSignIn } from '#lib/server/use-cases/access/request-sign-in.ts';
import { readLink, rememberBrowser, signInByCode, signInByLink } from '#lib/server/use-cases/access/sign-in.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { aPayer, anInvoice, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

/** Where a person sits; each ask of `ask()` comes from elsewhere. */
const IP = '203.0.113.9';
let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
});
afterAll(() => house.close());

async function ask(email = payer.email, browserSecret = newSecret()) {
	const before = house.world.mailbox.mails.length;
	const result = await requestSignIn(house.services, { email, browserSecret, ip: newSecret(), locale: 'fr' });
	await house.drain();
	const mail = house.world.mailbox.mails[before];
	return {
		result,
		browserSecret,
		mail,
		token: /connexion\/([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '',
		code:
			/^(\d{3}) (\d{3})$/m
				.exec(mail?.text ?? '')
				?.slice(1)
				.join('') ?? ''
	};
}

describe('the sign-in mail', () => {
	test('holds a link and a code; the tables hold neither', async () => {
		const { mail, token, code } = await ask();
		expect([token.length, code.length]).toEqual([43, 6]);
		const tables = JSON.stringify([
			await house.services.db.system.select().from(signIn),
			await house.services.db.system.select().from(signInRequest)
		]);
		expect(tables).not.toContain(token);
		expect(tables).not.toContain(`"${code}"`);
		expect(mail!.html).toContain('lang="fr"');
	});
	test('an unknown address gets the same answer, by the same work, and no mail', async () => {
		const [known, unknown] = [await ask(), await ask('nobody@nowhere.example')];
		expect(unknown.result).toEqual(known.result);
		expect(unknown.mail).toBeUndefined();
	});
	test('a sixth request for one address says the same and sends nothing', async () => {
		const address = 'bomb@target.example';
		await aPayer(house.services, cast, address, 'Cible');
		const answers = [];
		for (let i = 0; i < 6; i++) answers.push((await ask(address)).result);
		expect(answers.every((answer) => answer.ok)).toBe(true);
		expect(house.world.mailbox.mails.filter((mail) => mail.to.includes(address))).toHaveLength(5);
	});
});
describe('an accountant known in many places', () => {
	const address = 'cabinet@comptable.example';
	const doorsOf = (text: string) =>
		[...text.matchAll(/connexion\/([\w-]+)\s+Code de ce lien\u00a0: (\d{3}) (\d{3})/g)].map(([, token = '', a, b]) => ({
			token,
			code: `${a}${b}`
		}));
	const mailsTo = () => house.world.mailbox.mails.filter((mail) => mail.to.includes(address));
	let places: Payer[];
	beforeAll(async () => {
		places = [];
		for (let i = 0; i < 7; i++) {
			const supplier = await aSupplier(house.services, `acct_${i}`, `Fournisseur ${i}`);
			places.push(await aPayer(house.services, supplier, address, `Client ${i}`));
		}
	});
	test('gets one mail with a door to each of them, and each opens its own and no other', async () => {
		const { mail, browserSecret } = await ask(address);
		expect(mailsTo()).toHaveLength(1);
		const doors = doorsOf(mail?.text ?? '');
		expect(doors).toHaveLength(7);
		const opened = [];
		for (const { token } of doors)
			opened.push(await signInByLink(house.services, { token, code: null, browserSecret, ip: IP }));
		const ids = opened.map((one) => (one.ok ? one.value.subjectId : 'shut'));
		expect(ids.toSorted()).toEqual(places.map((place) => place.contactId).toSorted());
		for (let i = 0; i < 7; i++) expect(mail?.text).toContain(`Fournisseur ${i} · Client ${i}`);
	});
	test('a code of that mail opens its own link in another browser, and nothing alone', async () => {
		const { mail, browserSecret } = await ask(address);
		const [first, second] = doorsOf(mail?.text ?? '');
		if (!first || !second) throw new Error('two doors');
		const elsewhere = { browserSecret: newSecret(), ip: IP };
		expect(await signInByLink(house.services, { token: first.token, code: second.code, ...elsewhere })).toMatchObject({
			refusal: { code: 'code_wrong' }
		});
		expect(await signInByCode(house.services, { code: first.code, browserSecret, ip: IP })).toMatchObject({
			refusal: { code: 'code_wrong' }
		});
		expect(await signInByLink(house.services, { ...first, ...elsewhere })).toMatchObject({ ok: true });
	});
	test('a supplier with many clients under that address pushes nobody else’s door out; where somebody came in last comes first', async () => {
		const crowd = await aSupplier(house.services, 'acct_crowd', 'Foule');
		for (let i = 0; i < 9; i++) await aPayer(house.services, crowd, address, `Foule ${i}`);
		const last = places[3];
		if (!last) throw new Error('seven places');
		await rememberBrowser(
			house.services,
			{ kind: 'contact', supplierId: last.scope.supplierId, subjectId: last.contactId },
			newSecret()
		);
		const found = await findSubjects(house.services.db, address, 8);
		expect(found.map((one) => one.all)).toEqual(Array(8).fill(16));
		expect(new Set(found.map((one) => one.supplierId)).size).toBe(8);
		expect(found[0]?.id).toBe(last.contactId);
	});
});
describe('the link', () => {
	test('signs in the browser that asked, once', async () => {
		const { token, browserSecret } = await ask();
		expect(await signInByLink(house.services, { token, code: null, browserSecret, ip: IP })).toMatchObject({
			ok: true,
			value: { kind: 'contact', subjectId: payer.contactId }
		});
		expect(await signInByLink(house.services, { token, code: null, browserSecret, ip: IP })).toMatchObject({
			ok: false,
			refusal: { code: 'sign_in_expired' }
		});
	});
	test('a scanner that opens it and presses the button from elsewhere neither gets in nor burns it', async () => {
		const { token, browserSecret, code } = await ask();
		for (let i = 0; i < 10; i++) {
			expect(await readLink(house.services, token, null)).toBe('other_browser');
			expect(
				await signInByLink(house.services, { token, code: null, browserSecret: newSecret(), ip: IP })
			).toMatchObject({
				ok: false,
				refusal: { code: 'other_browser' }
			});
		}
		expect(await readLink(house.services, token, browserSecret)).toBe('ready');
		expect(await signInByLink(house.services, { token, code, browserSecret: null, ip: IP })).toMatchObject({
			ok: true
		});
	});
	test('dies after ten minutes', async () => {
		const { token, browserSecret } = await ask();
		house.world.world.offsetMs += 601_000;
		expect(await readLink(house.services, token, browserSecret)).toBe('expired');
		expect(await signInByLink(house.services, { token, code: null, browserSecret, ip: IP })).toMatchObject({
			ok: false
		});
	});
});
describe('the code', () => {
	const ip = '203.0.113.9';
	test('works in the browser that asked, and nowhere else', async () => {
		await aPayer(house.services, cast, 'code@roche.example', 'Encore');
		const { browserSecret, code } = await ask('code@roche.example');
		expect(await signInByCode(house.services, { code, browserSecret: newSecret(), ip })).toMatchObject({ ok: false });
		expect(await signInByCode(house.services, { code, browserSecret, ip })).toMatchObject({ ok: true });
	});
	test('five wrong guesses end it', async () => {
		const { browserSecret, code } = await ask('paul2@roche.example', newSecret());
		expect(code).toBe('');
		const other = await aPayer(house.services, cast, 'guess@roche.example', 'Autre');
		const asked = await ask(other.email, browserSecret);
		for (let i = 0; i < 5; i++)
			expect(
				await signInByCode(house.services, { code: asked.code === '000000' ? '111111' : '000000', browserSecret, ip })
			).toMatchObject({ ok: false });
		expect(await signInByCode(house.services, { code: asked.code, browserSecret, ip })).toMatchObject({ ok: false });
	});
});
describe('sessions', () => {
	const begun = (userAgent: string) => ({ userAgent, address: null, provenAt: null });
	const subject = () => ({ kind: 'contact' as const, supplierId: cast.supplierId, subjectId: payer.contactId });
	test('only a hash is kept, and the hash opens nothing', async () => {
		const sessions = openSessions(house.services.db, house.config);
		const { id } = await sessions.create(subject(), begun('test'));
		const rows = await house.services.db.system.select().from(session);
		expect(JSON.stringify(rows)).not.toContain(id);
		expect((await sessions.validate(id)).session?.subject).toEqual(subject());
		expect((await sessions.validate(rows[0]!.sessionHash)).session).toBeNull();
	});
	test('signing out everywhere ends every session of the person, and of nobody else', async () => {
		const sessions = openSessions(house.services.db, house.config);
		const [first, second] = [
			await sessions.create(subject(), begun('phone')),
			await sessions.create(subject(), begun('desk'))
		];
		const other = await sessions.create(
			{ kind: 'member', supplierId: cast.supplierId, subjectId: cast.memberId },
			begun('admin')
		);
		await sessions.endAll(subject());
		expect([(await sessions.validate(first.id)).session, (await sessions.validate(second.id)).session]).toEqual([
			null,
			null
		]);
		expect((await sessions.validate(other.id)).session).not.toBeNull();
	});
});
describe('pay links', () => {
	const mint = async (invoiceId: string) =>
		(
			await inScope(house.services.db, cast.system, (tx) =>
				mintPayLink(house.services, tx, cast.system, invoiceId, payer.contactId)
			)
		).split('/p/')[1]!;
	test('open one invoice and nothing else: no address, no other invoice', async () => {
		const [invoiceId, other] = [await anInvoice(house.services, cast, {}), await anInvoice(house.services, cast, {})];
		const access = await openPayLink(house.services, await mint(invoiceId));
		if (access?.state !== 'live') throw new Error('not live');
		const view = await readPayView(house.services, access.scope, [invoiceId]);
		expect(view).toMatchObject({ ok: true, value: { payerEmail: null } });
		expect(await readPayView(house.services, access.scope, [other])).toMatchObject({
			ok: false,
			refusal: { code: 'not_found' }
		});
		expect(JSON.stringify(view, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))).not.toContain(payer.email);
	});
	test('a revoked one opens nothing and is not renewed; a stale one sends a fresh one to the address on file', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const token = await mint(invoiceId);
		const stale = await mint(invoiceId);
		const links = (await listLinks(house.services, cast.owner)).rows;
		expect(await revokeLink(house.services, cast.readOnly, links[0]!.payLinkId)).toMatchObject({
			ok: false,
			refusal: { code: 'not_allowed' }
		});
		for (const link of links.filter((row) => row.invoiceId === invoiceId).slice(0, 1))
			await revokeLink(house.services, cast.owner, link.payLinkId);
		const states = [
			(await openPayLink(house.services, token))?.state,
			(await openPayLink(house.services, stale))?.state
		].sort();
		expect(states).toEqual(['live', 'revoked']);
		const ended = [await openPayLink(house.services, token), await openPayLink(house.services, stale)].find(
			(candidate) => candidate?.state === 'revoked'
		);
		if (ended?.state !== 'revoked') throw new Error('not revoked');
		expect(await renewPayLink(house.services, ended.link)).toMatchObject({ refusal: { code: 'link_revoked' } });
		house.world.world.offsetMs += 61 * 86_400_000;
		const access = [await openPayLink(house.services, token), await openPayLink(house.services, stale)].find(
			(candidate) => candidate?.state === 'expired'
		);
		if (access?.state !== 'expired') throw new Error('not expired');
		const before = house.world.mailbox.mails.length;
		expect(await renewPayLink(house.services, access.link)).toMatchObject({ ok: true });
		await house.drain();
		expect(house.world.mailbox.mails.slice(before)).toMatchObject([{ to: [payer.email] }]);
	});
	test('a guess opens nothing', async () => expect(await openPayLink(house.services, newSecret())).toBeNull());
});
