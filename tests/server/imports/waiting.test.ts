// What waits of one supplier is bounded, in imports and in bytes, and refused in words; what is abandoned takes no room.
import { zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { dropImport } from '#lib/server/use-cases/imports/decide-import.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { receiveFiles, WAITING } from '#lib/server/use-cases/imports/receive-files.ts';
import { aSupplier, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
const bounds = { ...WAITING };
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterEach(() => void Object.assign(WAITING, bounds));
afterAll(() => house.close());

const list = (size = 100) => ({ name: `${newId()}.csv`, bytes: new TextEncoder().encode('x'.repeat(size)) });
const send = (of: Cast, importId = newId(), files = [list()], isLast = false) =>
	receiveFiles(house.services, of.owner, { importId, files, isLast });

test('imports that are not over are counted; one that is under way goes on, and another supplier is not touched', async () => {
	WAITING.imports = 3;
	const ids = [newId(), newId(), newId()];
	for (const importId of ids) expect(await send(cast, importId)).toEqual({ ok: true, value: null });
	expect(await send(cast)).toMatchObject({ refusal: { code: 'imports_waiting' } });
	expect(await send(cast, ids[0])).toEqual({ ok: true, value: null });
	const other = await aSupplier(house.services, 'acct_canuts', 'Brasserie');
	expect(await send(other)).toEqual({ ok: true, value: null });
	for (const importId of ids) await dropImport(house.services, cast.owner, importId);
	expect(await send(cast)).toEqual({ ok: true, value: null });
});
test('bytes that are kept are counted, in one go or in many, until they are dropped', async () => {
	WAITING.bytes = 10_000;
	const importId = newId();
	expect(await send(cast, importId, [list(6000)])).toEqual({ ok: true, value: null });
	expect(await send(cast, importId, [list(6000)])).toMatchObject({ refusal: { code: 'imports_waiting' } });
	expect(await send(cast, newId(), [list(6000)])).toMatchObject({ refusal: { code: 'imports_waiting' } });
	// An archive counts as what is in it.
	const zip = { name: 'x.zip', bytes: zipSync({ 'a.csv': new Uint8Array(6000) }) };
	expect(zip.bytes.length).toBeLessThan(1000);
	expect(await send(cast, newId(), [zip])).toMatchObject({ refusal: { code: 'imports_waiting' } });
	await dropImport(house.services, cast.owner, importId);
	expect(await send(cast, newId(), [list(6000)])).toEqual({ ok: true, value: null });
});
test('archives that are too much together are refused in words, in the background and at once', async () => {
	const zip = zipSync({ 'a.csv': new Uint8Array(40 * 1024 * 1024) });
	const files = [1, 2].map((i) => ({ name: `${i}.zip`, bytes: zip }));
	expect(await send(cast, newId(), files)).toMatchObject({ refusal: { code: 'archives_too_large' } });
	expect(await importInvoices(house.services, cast.owner, files, { sendMails: false })).toMatchObject({
		refusal: { code: 'archives_too_large' }
	});
	// Who has too much waiting is told so before anything is unpacked.
	WAITING.imports = 0;
	expect(await send(cast, newId(), files)).toMatchObject({ refusal: { code: 'imports_waiting' } });
});
test('one import is twenty thousand files and not one more', async () => {
	const bytes = new Uint8Array(1);
	const many = Array.from({ length: 20_001 }, (_, i) => ({ name: `${i}.csv`, bytes }));
	expect(await send(cast, newId(), many)).toMatchObject({ refusal: { code: 'input_invalid' } });
	expect(await send(cast, newId(), [])).toMatchObject({ refusal: { code: 'input_invalid' } });
});
