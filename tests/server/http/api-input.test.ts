// What a program sends to the API is checked before anything is asked or done: the answer names the field, and bounds hold where they are.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { createApiKey } from '#lib/server/use-cases/access/api-keys.ts';
import { aKey } from '../../builders/api-keys.ts';
import { anInvoice, aPayer, aSupplier, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { askEndpoint, findEndpoints, openDoors, type Endpoint } from '../../setup/routes.ts';

let house: TestHouse;
let doors: ReturnType<typeof openDoors>;
let endpoints: Endpoint[];
let cast: Cast;
let authorization: string;
beforeAll(async () => {
	house = await openHouse();
	doors = openDoors(house);
	endpoints = await findEndpoints();
	cast = await aSupplier(house.services);
	const made = await createApiKey(house.services, cast.owner, aKey('ERP', { scopes: ['read', 'import'] }));
	authorization = `Bearer ${made.ok ? made.value.key : ''}`;
});
afterAll(async () => {
	doors.close();
	await house.close();
});

type Asked = { query?: string; params?: Record<string, string>; headers?: Record<string, string>; body?: BodyInit };
async function ask(name: string, { query = '', params = {}, headers = {}, body }: Asked = {}) {
	const answer = await askEndpoint(
		endpoints.find((one) => one.name === name)!,
		{
			origin: 'http://localhost:1',
			params,
			query,
			headers: { authorization, ...headers },
			...(body !== undefined ? { body } : {})
		}
	);
	const said = (await answer.json()) as { error?: { code: string; detail: { field?: string } } };
	return [answer.status, said.error?.code, said.error?.detail.field];
}
const REFUSED = (field: string) => [400, 'input_invalid', field];
const NOT_FOUND = [404, 'not_found', undefined];
const FINE = (status: number) => [status, undefined, undefined];

test('an invoice is looked for by a number of one to a hundred characters', async () => {
	const of = (number: string) => ask('GET /api/v1/invoices', { query: `?number=${number}` });
	expect(await ask('GET /api/v1/invoices')).toEqual(REFUSED('number'));
	expect(await of('')).toEqual(REFUSED('number'));
	expect(await of('x'.repeat(101))).toEqual(REFUSED('number'));
	expect(await of('x'.repeat(100))).toEqual(FINE(200));
});
test('lines of an import come one to a thousand at a time, behind a place that is one', async () => {
	const of = (query: string) => ask('GET /api/v1/imports/[id]/lines', { query, params: { id: newId() } });
	for (const limit of ['0', '-1', '1001', '1.5', 'x', '1e9'])
		expect(await of(`?limit=${limit}`)).toEqual(REFUSED('limit'));
	for (const limit of ['1', '1000']) expect(await of(`?limit=${limit}`)).toEqual(NOT_FOUND);
	for (const after of ['', '1', '1.x', '-1.1', '1.1.1', `${'9'.repeat(10)}.1`])
		expect([after, await of(`?after=${after}`)]).toEqual([after, REFUSED('after')]);
	expect(await of('?after=12.345')).toEqual(NOT_FOUND);
});
test('an id that is none is not found, and nobody looks for it', async () => {
	for (const name of ['GET /api/v1/invoices/[id]', 'GET /api/v1/imports/[id]', 'GET /api/v1/imports/[id]/lines'])
		for (const id of ['x', "1' or '1", `${newId()}0`, '0'])
			expect([name, await ask(name, { params: { id } })]).toEqual([name, NOT_FOUND]);
	const json = { headers: { 'content-type': 'application/json' }, body: '{}' };
	expect(await ask('POST /api/v1/imports/[id]/confirm', { params: { id: 'x' }, ...json })).toEqual(NOT_FOUND);
	const payer = await aPayer(house.services, cast);
	const id = await anInvoice(house.services, cast, {}, {});
	expect(payer.clientId).toBeTruthy();
	expect(await ask('GET /api/v1/invoices/[id]', { params: { id } })).toEqual(FINE(200));
});
test('files come with a key of their request that is one, and there is at least one file', async () => {
	const form = new FormData();
	form.set('send_mails', 'false');
	for (const name of ['POST /api/v1/invoices', 'POST /api/v1/imports']) {
		for (const key of ['a b', 'x'.repeat(256)]) {
			const headers = { 'content-type': 'application/json', 'idempotency-key': key };
			expect(await ask(name, { headers, body: '[]' })).toEqual(REFUSED('Idempotency-Key'));
		}
		expect(await ask(name, { body: form })).toEqual(REFUSED('fichiers'));
	}
});
