// How often one may ask, at the doors themselves: the last that is free is answered, the next is not, and nobody else is kept waiting.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '#lib/domain/access/scope.ts';
import { openPayLink, type PayLinkAccess } from '#lib/server/access/scopes.ts';
import { newId, newSecret, sha256 } from '#lib/server/identity.ts';
import { listApiKeys } from '#lib/server/store/access.ts';
import type { LimitName } from '#lib/server/store/rate-limits.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { createApiKey } from '#lib/server/use-cases/access/api-keys.ts';
import { mintPayLink, renewPayLink } from '#lib/server/use-cases/access/pay-links.ts';
import { requestSignIn } from '#lib/server/use-cases/access/request-sign-in.ts';
import { rememberBrowser } from '#lib/server/use-cases/access/sign-in.ts';
import { aKey } from '../../builders/api-keys.ts';
import { aPayer, anInvoice, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { askEndpoint, findEndpoints, openDoors, type Asked, type Endpoint } from '../../setup/routes.ts';

let house: TestHouse;
let doors: ReturnType<typeof openDoors>;
let endpoints: Endpoint[];
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	doors = openDoors(house);
	endpoints = await findEndpoints();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
});
afterAll(async () => {
	doors.close();
	await house.close();
});

/** So many were asked before. */
const used = (name: LimitName, key: string, times: number) =>
	Promise.all(Array.from({ length: times }, () => house.services.limits.spend(name, key)));
const ask = async (name: string, asked: Partial<Asked>): Promise<number> => {
	const endpoint = endpoints.find((one) => one.name === name)!;
	return (await askEndpoint(endpoint, { origin: 'http://localhost:1', params: {}, headers: {}, ...asked })).status;
};
async function aLink(): Promise<{ token: string; access: NonNullable<PayLinkAccess>; invoiceId: string }> {
	const invoiceId = await anInvoice(house.services, cast, {});
	const mint = (scope: Scope) =>
		inScope(house.services.db, scope, (tx) => mintPayLink(house.services, tx, scope, invoiceId, payer.contactId));
	const token = (await mint(cast.system)).split('/').at(-1)!;
	return { token, invoiceId, access: (await openPayLink(house.services, token))! };
}
const asJson = (body: unknown) => ({
	headers: { 'content-type': 'application/json', origin: 'http://localhost:1' },
	body: JSON.stringify(body)
});

describe('one network address', () => {
	test('guesses hundred and twenty pay links in five minutes; a link that is one opens all the same', async () => {
		const address = '198.51.100.7';
		const guess = (from: string) => ask('GET /p/[token]', { params: { token: newSecret() }, address: from });
		await used('pay_link_lookup', address, 119);
		expect([await guess(address), await guess(address), await guess('198.51.100.8')]).toEqual([404, 429, 404]);
		const { token } = await aLink();
		expect(await ask('GET /p/[token]', { params: { token }, address })).toBeLessThan(400);
	});
	test('looks at the rules of points hundred and twenty times in five minutes, whether there are any or not', async () => {
		const address = '198.51.100.10';
		const look = (from: string) => ask('GET /regles/[slug]', { params: { slug: 'nobody' }, address: from });
		await used('rules_page', address, 119);
		expect([await look(address), await look(address), await look('198.51.100.11')]).toEqual([404, 429, 404]);
	});
	test('sends sixty reports of a page in ten minutes', async () => {
		const address = '198.51.100.9';
		const report = () =>
			ask('POST /webhooks/csp', { address, headers: { 'content-type': 'application/csp-report' }, body: '{}' });
		await used('page_report', address, 59);
		expect([(await report()) === 429, await report()]).toEqual([false, 429]);
	});
});
describe('one link, person or plan', () => {
	test('asks to pay thirty times in ten minutes, whatever comes of it', async () => {
		const [one, other] = [await aLink(), await aLink()];
		const pay = ({ token, invoiceId }: typeof one) =>
			ask('POST /p/[token]/payer', {
				params: { token },
				...asJson({
					attemptId: newId(),
					confirmationTokenId: 'ctoken_12345678',
					invoiceIds: [invoiceId],
					expectedAmountMinor: '1'
				})
			});
		await used('payment', one.access.payLinkId, 29);
		expect([await pay(one), await pay(one), await pay(other)]).toEqual([409, 429, 409]);
	});
	test('brings thirty means of payment, or thirty answers about another day', async () => {
		const { token } = await aLink();
		for (const [name, body] of [
			['POST /p/[token]/moyen', { setupId: newId(), confirmationTokenId: 'ctoken_12345678' }],
			['POST /p/[token]/echeance', { position: 1, toOn: '2030-01-01', accepts: true }]
		] as const) {
			const planId = newId();
			const send = () => ask(name, { params: { token }, ...asJson({ ...body, planId }) });
			await used('payment', planId, 29);
			expect([await send(), await send()], name).toEqual([404, 429]);
		}
	});
	test('that has had ten cards refused within the hour brings no other, neither to pay nor to keep', async () => {
		const { token, access, invoiceId } = await aLink();
		await used('try_link_hour', access.payLinkId, 10);
		const card = { confirmationTokenId: 'ctoken_12345678' };
		const bring = (name: string, body: object) => ask(name, { params: { token }, ...asJson({ ...card, ...body }) });
		const pay = { attemptId: newId(), invoiceIds: [invoiceId], expectedAmountMinor: '120000' };
		expect(await bring('POST /p/[token]/payer', pay)).toBe(429);
		expect(await bring('POST /p/[token]/moyen', { setupId: newId(), planId: newId() })).toBe(429);
	});
	test('has a fresh mail sent three times an hour by a link that has ended', async () => {
		const { token } = await aLink();
		await house.advance(61);
		const access = await openPayLink(house.services, token);
		if (access?.state !== 'expired') throw new Error('still good');
		const renew = () => renewPayLink(house.services, access.link);
		for (let time = 0; time < 3; time++) expect(await renew()).toMatchObject({ ok: true });
		expect(await renew()).toMatchObject({ refusal: { code: 'too_many_requests' } });
	});
});
test('one key asks six hundred times a minute, and keeps no other key waiting', async () => {
	const made = async () => {
		const result = await createApiKey(house.services, cast.owner, aKey(newId(), { scopes: ['read'] }));
		return { authorization: `Bearer ${result.ok ? result.value.key : ''}` };
	};
	const [busy, other] = [await made(), await made()];
	const read = (headers: Record<string, string>) => ask('GET /api/v1/invoices', { headers, query: '?number=x' });
	expect(await read(busy)).toBe(200);
	const [row] = await inScope(house.services.db, cast.system, (tx) => listApiKeys(tx, cast.system)).then((rows) =>
		rows.filter((one) => one.lastUsedAt !== null)
	);
	await used('api', row!.apiKeyId, 598);
	expect([await read(busy), await read(busy), await read(other)]).toEqual([200, 429, 200]);
});
test('one browser where somebody has signed in asks for thirty mails in a quarter of an hour', async () => {
	const browserSecret = newSecret();
	const person = { kind: 'contact' as const, supplierId: cast.supplierId, subjectId: payer.contactId };
	await rememberBrowser(house.services, person, browserSecret);
	const request = (secret: string) =>
		requestSignIn(house.services, { email: payer.email, browserSecret: secret, ip: newSecret(), locale: 'fr' });
	await used('sign_in_browser', sha256(browserSecret), 29);
	expect(await request(browserSecret)).toMatchObject({ ok: true });
	expect(await request(browserSecret)).toMatchObject({ refusal: { code: 'too_many_requests' } });
	expect(await request(newSecret())).toMatchObject({ ok: true });
});
