// Documents beside the database: the bytes first and then the row, what nobody claimed is removed, a storage that is away is told as such, and the operator moves
// what is there in both directions.
import { spawn } from 'node:child_process';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import postgres from 'postgres';
import { drizzle } from 'drizzle-orm/postgres-js';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { StorageProblem } from '#lib/server/gateways/storage/port.ts';
import { s3Storage } from '#lib/server/gateways/storage/s3.ts';
import { orComeBack } from '#lib/server/http/file-response.ts';
import { newId, sha256 } from '#lib/server/identity.ts';
import { drainOnce } from '#lib/server/jobs/worker.ts';
import type { Services } from '#lib/server/services.ts';
import { saveDocument } from '#lib/server/store/documents.ts';
import { listSuppliersDue } from '#lib/server/store/due-suppliers.ts';
import { expectObject } from '#lib/server/store/pending-objects.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { moveDocuments } from '#lib/server/use-cases/documents/move-documents.ts';
import { removeUnclaimed } from '#lib/server/use-cases/upkeep/remove-unclaimed.ts';
import { advanceNextImport } from '#lib/server/use-cases/imports/advance-import.ts';
import { confirmImport } from '#lib/server/use-cases/imports/decide-import.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { readInvoiceFile } from '#lib/server/use-cases/invoices/read-portal.ts';
import { storageServer } from '#sandbox/storage/server.ts';
import { StorageWorld } from '#sandbox/storage/world.ts';
import { aSupplier, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
/** A house whose documents lie beside the database, and the same one without. */
let services: Services;
let cast: Cast;
let other: Cast;
let all: postgres.Sql;
let world: StorageWorld;
let server: Server;
let environment: Record<string, string>;
beforeAll(async () => {
	house = await openHouse();
	[cast, other] = [
		await aSupplier(house.services, 'acct_lumen'),
		await aSupplier(house.services, 'acct_canuts', 'Brasserie')
	];
	all = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	world = new StorageWorld();
	server = storageServer(world);
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { bucket, region, accessKey, secretKey } = world;
	const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	services = {
		...house.services,
		storage: s3Storage({ endpoint, bucket, region, accessKey, secretKey }, { milliseconds: 3000, retries: 0 })
	};
	environment = {
		...house.environment,
		DATABASE_URL_MIGRATE: house.databaseUrl,
		STORAGE_ENDPOINT: endpoint,
		STORAGE_REGION: region,
		STORAGE_BUCKET: bucket,
		STORAGE_ACCESS_KEY: accessKey,
		STORAGE_SECRET_KEY: secretKey
	};
});
beforeEach(() => {
	world.faults = [];
	world.isGone = false;
	world.denied = [];
	vi.useRealTimers();
});
afterAll(async () => {
	await all.end();
	server.closeAllConnections();
	server.close();
	await house.close();
});

let count = 0;
const list = (rows = 1) => {
	const n = ++count;
	const lines = Array.from({ length: rows }, (_, i) => `B${n}-${i};12/11/2026;Client;c@x.example;;${n + i + 1},00`);
	return {
		name: `liste-${n}.csv`,
		bytes: new TextEncoder().encode(`Numéro;Date;Client;Email;SIREN;Montant TTC\n${lines.join('\n')}\n`)
	};
};
type File = ReturnType<typeof list>;
const keyOf = ({ bytes }: File, { system } = cast): string => `${system.supplierId}/${sha256(bytes)}`;
const rowOf = async ({ bytes }: File) => {
	const [row] = await all<{ content: Buffer | null }[]>`
		select content from document where sha256 = ${sha256(bytes)} and supplier_id = ${cast.system.supplierId}`;
	return row;
};
const pending = () => all`select sha256, removing_since from pending_object`;
async function keep(file: File, by = services): Promise<string> {
	const imported = await importInvoices(by, cast.owner, [file], { sendMails: false });
	if (!imported.ok) throw new Error(imported.refusal.code);
	return imported.value[0]!.invoiceId!;
}
const contentOf = async (invoiceId: string, by = services) => {
	const file = await readInvoiceFile(by, cast.owner, invoiceId);
	return file && Buffer.from(file.content).toString('base64');
};
const base64 = ({ bytes }: File): string => Buffer.from(bytes).toString('base64');
/** A worker that dies right after its bytes were put. */
const dying = (): Services => ({
	...services,
	storage: {
		...services.storage!,
		put: async (...what) => {
			await services.storage!.put(...what);
			throw new Error('killed');
		}
	}
});

describe('a document', () => {
	test('lies in the database as long as nothing else is said', async () => {
		const file = list();
		const invoiceId = await keep(file, house.services);
		expect((await rowOf(file))?.content).toEqual(Buffer.from(file.bytes));
		expect(await contentOf(invoiceId, house.services)).toBe(base64(file));
		expect(world.log).toEqual([]);
	});
	test('lies beside it byte for byte, and its row says so; the same file again is put no more', async () => {
		const file = list();
		const invoiceId = await keep(file);
		expect(await rowOf(file)).toEqual({ content: null });
		expect(Buffer.from(world.objects.get(keyOf(file))!).toString('base64')).toBe(base64(file));
		expect(await contentOf(invoiceId)).toBe(base64(file));
		expect(await pending()).toHaveLength(0);
		const puts = () => world.log.filter(({ method }) => method === 'PUT').length;
		const before = puts();
		await keep(file);
		expect(puts()).toBe(before);
	});
	test('of an import in steps too, put once for all of its blocks', async () => {
		const file = list(450);
		const importId = newId();
		expect(await receiveFiles(services, cast.owner, { importId, files: [file], isLast: true })).toMatchObject({
			ok: true
		});
		await drainOnce(services);
		const word = { sendsMails: false, acceptsReview: true };
		expect(await confirmImport(services, cast.owner, importId, word)).toMatchObject({ ok: true });
		await drainOnce(services);
		expect(await rowOf(file)).toEqual({ content: null });
		expect(world.log.filter(({ method, key }) => method === 'PUT' && key === keyOf(file))).toHaveLength(1);
		expect(Buffer.from(world.objects.get(keyOf(file))!).toString('base64')).toBe(base64(file));
		const [{ kept }] = await all<[{ kept: number }]>`
			select count(*)::int as kept from invoice where number like ${`B${count}-%`}`;
		expect(kept).toBe(450);
	});
	test('of another supplier is another file, with the same bytes too', async () => {
		const file = list();
		await keep(file);
		await importInvoices(services, other.owner, [file], { sendMails: false });
		expect(world.objects.has(keyOf(file, cast))).toBe(true);
		expect(world.objects.has(keyOf(file, other))).toBe(true);
	});
	test('is written by nobody who has not put its bytes', async () => {
		const row = {
			documentId: newId(),
			sha256: 'f'.repeat(64),
			mediaType: 'text/csv',
			fileName: 'x',
			byteSize: 1,
			content: null
		};
		const write = inScope(services.db, cast.system, (tx) =>
			saveDocument(tx, cast.system, { ...row, createdAt: services.clock.now() })
		);
		await expect(write).rejects.toThrow('was not put');
	});
	test('that is damaged is an error and never served, wherever it lies', async () => {
		const beside = list();
		const invoiceId = await keep(beside);
		world.damage(keyOf(beside));
		await expect(contentOf(invoiceId)).rejects.toMatchObject({ kind: 'damaged' });
		const inside = list();
		const insideId = await keep(inside, house.services);
		await all`alter table document disable trigger append_only`;
		await all`update document set content = '\\x00' where sha256 = ${sha256(inside.bytes)}`;
		await expect(contentOf(insideId)).rejects.toMatchObject({ kind: 'damaged' });
		await all`update document set content = ${inside.bytes} where sha256 = ${sha256(inside.bytes)}`;
		await all`alter table document enable trigger append_only`;
		await services.storage!.put(cast.system.supplierId, beside.bytes);
	});
	test('whose storage is not configured any more says so', async () => {
		const invoiceId = await keep(list());
		await expect(contentOf(invoiceId, house.services)).rejects.toThrow(/STORAGE_ENDPOINT is not set/);
	});
	test('lets its bytes go and take back nothing but what they were, whoever asks', async () => {
		const file = list();
		await keep(file, house.services);
		const its = all`sha256 = ${sha256(file.bytes)}`;
		await expect(all`update document set content = '\\x00' where ${its}`).rejects.toMatchObject({ code: '23001' });
		await expect(all`update document set content = null, file_name = 'y' where ${its}`).rejects.toMatchObject({
			code: '23001'
		});
		await all`update document set content = null where ${its}`;
		await expect(all`update document set content = '\\x00' where ${its}`).rejects.toMatchObject({ code: '23001' });
		await expect(all`delete from document where ${its}`).rejects.toMatchObject({ code: '23001' });
		await all`update document set content = ${file.bytes} where ${its}`;
		expect((await rowOf(file))?.content).toEqual(Buffer.from(file.bytes));
	});
});

describe('a storage that is away', () => {
	test('keeps a worker trying, and nothing is half written', async () => {
		const file = list();
		const importId = newId();
		await receiveFiles(services, cast.owner, { importId, files: [file], isLast: true, confirmsItself: true });
		while (!(await all`select from import_job where import_id = ${importId} and state = 'keeping'`).length)
			await advanceNextImport(services);
		world.faults = [{ name: 'slow_down', method: 'PUT' }];
		for (let i = 0; i < 3; i++)
			await expect(advanceNextImport(services)).rejects.toMatchObject({ name: 'StorageProblem', kind: 'away' });
		expect(await rowOf(file)).toBeUndefined();
		world.faults = [];
		await drainOnce(services);
		expect(await all`select state from import_job where import_id = ${importId}`).toEqual([{ state: 'done' }]);
		expect(await rowOf(file)).toEqual({ content: null });
		expect(world.objects.has(keyOf(file))).toBe(true);
	});
	test('is not asked for what was moved into the database at that moment', async () => {
		const file = list();
		const invoiceId = await keep(file);
		const moving: Services = {
			...services,
			storage: {
				...services.storage!,
				get: async (address, size) => {
					await all`update document set content = ${file.bytes} where sha256 = ${address.sha256}`;
					await services.storage!.removal(address)();
					return services.storage!.get(address, size);
				}
			}
		};
		expect(await contentOf(invoiceId, moving)).toBe(base64(file));
	});
	test('is told to who asks for a document, never as "no document"', async () => {
		const invoiceId = await keep(list());
		const ask = () => orComeBack(services, readInvoiceFile(services, cast.owner, invoiceId));
		for (const break_ of [
			() => (world.faults = [{ name: 'slow_down' }]),
			() => (world.faults = [{ name: 'drop' }]),
			() => (world.isGone = true)
		]) {
			break_();
			await expect(ask()).rejects.toMatchObject({ status: 503 });
			world.faults = [];
			world.isGone = false;
		}
		world.denied = ['GET'];
		await expect(ask()).rejects.toMatchObject({ status: 503 });
		world.denied = [];
		world.objects.clear();
		await expect(ask()).rejects.toMatchObject({ kind: 'missing' });
	});
});

describe('what was put and has no row', () => {
	const later = (hours: number): Services => ({
		...services,
		clock: { now: () => new Date(services.clock.now().getTime() + hours * 3_600_000) }
	});
	const tend = (by: Services) => removeUnclaimed(by, cast.system);
	test('is removed after a day, and what has its row never is', async () => {
		const kept = list();
		await keep(kept);
		const left = list();
		await expect(keep(left, dying())).rejects.toThrow('killed');
		expect(world.objects.has(keyOf(left))).toBe(true);
		expect(await rowOf(left)).toBeUndefined();
		await tend(later(23));
		expect(world.objects.has(keyOf(left))).toBe(true);
		await tend(later(25));
		expect(world.objects.has(keyOf(left))).toBe(false);
		expect(world.objects.has(keyOf(kept))).toBe(true);
		expect(await pending()).toHaveLength(0);
	});
	test('is taken by who comes again before', async () => {
		const file = list();
		await expect(keep(file, dying())).rejects.toThrow('killed');
		const invoiceId = await keep(file);
		await tend(later(25));
		expect(await contentOf(invoiceId)).toBe(base64(file));
	});
	test('is removed although its row came from another meanwhile into the database; not when that row counts on it', async () => {
		const inside = list();
		await expect(keep(inside, dying())).rejects.toThrow('killed');
		await keep(inside, house.services);
		const beside = list();
		const invoiceId = await keep(beside);
		await inScope(services.db, cast.system, (tx) =>
			expectObject(tx, cast.system, sha256(beside.bytes), services.clock.now())
		);
		await tend(later(25));
		expect(world.objects.has(keyOf(inside))).toBe(false);
		expect(await contentOf(invoiceId)).toBe(base64(beside));
		expect(await pending()).toHaveLength(0);
	});
	test('and is being removed: no row is written for it, before its bytes are put anew', async () => {
		const file = list();
		await expect(keep(file, dying())).rejects.toThrow('killed');
		world.faults = [{ name: 'slow_down', method: 'DELETE' }];
		await expect(tend(later(25))).rejects.toMatchObject({ kind: 'away' });
		await expect(keep(file)).rejects.toThrow(StorageProblem);
		expect(await rowOf(file)).toBeUndefined();
		world.faults = [];
		// By the next hour's round.
		await tend(later(26));
		const invoiceId = await keep(file);
		expect(await contentOf(invoiceId)).toBe(base64(file));
	});
	const deletes = (file: File) =>
		world.log.filter(({ method, key, status }) => method === 'DELETE' && key === keyOf(file) && status === 204).length;
	/** One that is held up around its first DELETE: `reached` it, and goes on when it is `freed`. */
	const slowRemover = (hours: number, when: 'before' | 'after') => {
		const [reached, freed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const by = later(hours);
		const storage = {
			...services.storage!,
			removal: (address: Parameters<NonNullable<Services['storage']>['removal']>[0]) => {
				const remove = services.storage!.removal(address);
				return async () => {
					if (when === 'after') await remove();
					reached.resolve();
					await freed.promise;
					if (when === 'before') await remove();
				};
			}
		};
		const ended = removeUnclaimed({ ...by, storage }, cast.system).then(
			() => null,
			(error: unknown) => error
		);
		return { reached: reached.promise, free: freed.resolve, ended };
	};
	const twoLeft = async () => {
		const files = [list(), list()];
		for (const file of files) await expect(keep(file, dying())).rejects.toThrow('killed');
		return files;
	};
	test.each(['before', 'after'] as const)(
		'by one that is held up %s its DELETE, while another removes it and its bytes are put anew: they stay',
		async (when) => {
			const files = await twoLeft();
			const slow = slowRemover(25, when);
			await slow.reached;
			await tend(later(26));
			const ids = [];
			for (const file of files) ids.push(await keep(file));
			// Longer than a mark holds.
			vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 40 * 60_000 });
			slow.free();
			expect(await slow.ended).toEqual(when === 'after' ? null : expect.objectContaining({ kind: 'refused' }));
			vi.useRealTimers();
			for (const [i, id] of ids.entries()) expect(await contentOf(id)).toBe(base64(files[i]!));
			expect(await pending()).toHaveLength(0);
		}
	);
	test('by one at a time; and who comes back too late ends nothing that another has taken', async () => {
		const files = await twoLeft();
		const slow = slowRemover(25, 'after');
		await slow.reached;
		const [inHand, free] = deletes(files[0]!) ? files : files.toReversed();
		await tend(later(25.4));
		expect([deletes(inHand!), deletes(free!)]).toEqual([1, 1]);
		world.faults = [{ name: 'slow_down', method: 'DELETE' }];
		await expect(tend(later(26))).rejects.toMatchObject({ kind: 'away' });
		world.faults = [];
		slow.free();
		expect(await slow.ended).toBeNull();
		expect(await pending()).toMatchObject([{ sha256: sha256(inHand!.bytes) }]);
		await expect(keep(inHand!)).rejects.toMatchObject({ kind: 'busy' });
		await tend(later(27));
		expect(await pending()).toHaveLength(0);
		expect(await contentOf(await keep(inHand!))).toBe(base64(inHand!));
	});
	test('no more when somebody has it in hand again, though it was due when all were looked for', async () => {
		const files = await twoLeft();
		const slow = slowRemover(25, 'after');
		await slow.reached;
		const other = files.find((file) => !deletes(file))!;
		const soon = later(25);
		await expect(keep(other, { ...dying(), clock: soon.clock })).rejects.toThrow('killed');
		slow.free();
		expect(await slow.ended).toBeNull();
		expect(world.objects.has(keyOf(other))).toBe(true);
		expect(await pending()).toEqual([{ sha256: sha256(other.bytes), removing_since: null }]);
		await keep(other);
	});
	test('by nobody while STORAGE_* is not set, and the log says so', async () => {
		const [file] = await twoLeft();
		const error = vi.spyOn(house.services.log, 'error');
		await removeUnclaimed({ ...later(25), storage: null }, cast.system);
		expect(error.mock.calls).toEqual([
			[{ supplierId: cast.system.supplierId, count: 2 }, expect.stringContaining('STORAGE_ENDPOINT is not set')]
		]);
		error.mockClear();
		await tend(later(25));
		expect(world.objects.has(keyOf(file!))).toBe(false);
		await removeUnclaimed({ ...later(25), storage: null }, cast.system);
		expect(error.mock.calls).toEqual([]);
		error.mockRestore();
	});
	test('because it was moved back, and whose removal failed: due at once, and not after a day', async () => {
		const file = list();
		const invoiceId = await keep(file);
		const [{ count: others }] = await all<[{ count: number }]>`
			select count(*)::int as count from document where content is null and sha256 <> ${sha256(file.bytes)}`;
		expect(others).toBeGreaterThan(0);
		world.faults = [{ name: 'slow_down', method: 'DELETE' }];
		const moved = moveDocuments(
			{
				db: drizzle(all, { casing: 'snake_case' }) as never,
				storage: services.storage!,
				now: services.clock.now,
				onProblem: () => {}
			},
			'database'
		);
		await expect(moved).rejects.toMatchObject({ kind: 'away' });
		world.faults = [];
		const [left] = await pending();
		const isDue = async (by: Services) =>
			(await listSuppliersDue(by.db, 'objects_to_remove', by.clock.now())).some(
				({ supplierId }) => supplierId === cast.system.supplierId
			);
		expect(await isDue(services)).toBe(true);
		const before = world.objects.size;
		await tend(later(0.4));
		expect([await pending(), world.objects.size]).toEqual([[left], before]);
		await tend(later(0.6));
		expect([await pending(), world.objects.size]).toEqual([[], before - 1]);
		expect(await isDue(services)).toBe(false);
		expect(await contentOf(invoiceId)).toBe(base64(file));
	});
	test.each(['begun', 'over'])(
		'whose removal has %s while its row was about to be written: that row is not written',
		async (state) => {
			const file = list();
			const slow: Services = {
				...services,
				storage: {
					...services.storage!,
					put: async (...what) => {
						const put = await services.storage!.put(...what);
						if (state === 'begun') world.faults = [{ name: 'slow_down', method: 'DELETE' }];
						await tend(later(25)).catch((error: unknown) => expect(error).toMatchObject({ kind: 'away' }));
						return put;
					}
				}
			};
			await expect(keep(file, slow)).rejects.toThrow('was not put');
			expect(await rowOf(file)).toBeUndefined();
			world.faults = [];
			await tend(later(26));
		}
	);
});

describe('the operator’s move', () => {
	/** Its standard output, and how it ended; killed once the stand-in has heard that many puts. */
	const run = (flag: string, killAfter = Infinity): Promise<{ said: string; code: number | null }> =>
		new Promise((done) => {
			const child = spawn(process.execPath, ['src/scripts/documents.ts', ...(flag ? [flag] : [])], {
				env: { PATH: process.env['PATH'], ...environment } as never
			});
			let said = '';
			child.stdout.on('data', (part) => (said += String(part)));
			child.stderr.on('data', (part) => (said += String(part)));
			const from = world.log.length;
			const watch = setInterval(() => {
				if (world.log.length - from >= killAfter) child.kill('SIGKILL');
			}, 1);
			child.on('close', (code) => {
				clearInterval(watch);
				done({ said, code });
			});
		});
	const places = async () => {
		const [row] = await all<[{ inside: number; beside: number }]>`
			select count(content)::int as inside, (count(*) - count(content))::int as beside from document`;
		return row;
	};
	test('there and back, killed and run again: every document stays whole', async () => {
		// What the tests before have damaged is another story.
		for (const { supplier_id, sha256: hash } of await all<{ supplier_id: string; sha256: string }[]>`
			select supplier_id, sha256 from document where content is null`)
			if (!world.objects.has(`${supplier_id}/${hash}`)) {
				await all`alter table document disable trigger append_only`;
				await all`update invoice set document_id = null where document_id = (select document_id from document where supplier_id = ${supplier_id} and sha256 = ${hash})`;
				await all`delete from document where supplier_id = ${supplier_id} and sha256 = ${hash}`;
				await all`alter table document enable trigger append_only`;
			}
		const files = Array.from({ length: 12 }, () => list());
		const ids = await Promise.all(files.map((file) => keep(file, house.services)));
		const whole = async () => {
			for (const [i, id] of ids.entries()) expect(await contentOf(id)).toBe(base64(files[i]!));
		};
		const before = await places();
		expect(before.inside).toBeGreaterThanOrEqual(12);
		for (const killAfter of [1, 6, 11]) {
			expect((await run('--to-storage', killAfter)).code).toBeNull();
			await whole();
		}
		expect((await places()).inside).toBeGreaterThan(0);
		expect(await run('--to-storage')).toMatchObject({
			code: 0,
			said: expect.stringContaining(' 0 left where they were')
		});
		expect(await places()).toEqual({ inside: 0, beside: before.inside + before.beside });
		await whole();
		expect(await run('--check')).toMatchObject({ code: 0, said: expect.stringContaining(' 0 not as they were put') });

		for (const killAfter of [1, 5, 9]) {
			expect((await run('--to-database', killAfter)).code).toBeNull();
			await whole();
		}
		// Whoever died holds what it was removing for half an hour: said, and the rest is moved.
		world.faults = [{ name: 'slow_down', method: 'DELETE' }];
		expect(await run('--to-database')).toMatchObject({ code: 1, said: expect.stringContaining('SlowDown') });
		world.faults = [];
		const held = await pending();
		expect(held.length).toBeGreaterThan(0);
		expect(await run('--to-database')).toMatchObject({
			code: 1,
			said: expect.stringMatching(new RegExp(`being put there: ${held.length}\n[^]*Keep STORAGE_`))
		});
		expect(await run('--to-storage')).toMatchObject({
			code: 1,
			said: expect.stringMatching(new RegExp(`is being removed: run it again[^]* ${held.length} left where they were`))
		});
		await whole();
		await all`update pending_object set removing_since = removing_since - interval '31 minutes'`;
		expect(await run('--to-storage')).toMatchObject({ code: 0, said: expect.stringContaining('being put there: 0') });
		await whole();
		expect(await run('--to-database')).toMatchObject({ code: 0, said: expect.stringContaining('being put there: 0') });
		expect(await places()).toEqual({ inside: before.inside + before.beside, beside: 0 });
		for (const [i, id] of ids.entries()) expect(await contentOf(id, house.services)).toBe(base64(files[i]!));
		// What a killed run left there is found like everything else.
		await drainOnce({ ...services, clock: { now: () => new Date(Date.now() + 40 * 86_400_000) } });
		expect([...world.objects.keys()].filter((key) => key !== 'ponctuel-probe')).toEqual([]);
		expect(await pending()).toHaveLength(0);
	});
	test('what is damaged stays where it is and is said; a storage that refuses ends it with its sentence', async () => {
		const file = list();
		await keep(file);
		world.damage(keyOf(file));
		expect(await run('--to-database')).toMatchObject({
			code: 1,
			said: expect.stringMatching(new RegExp(`${keyOf(file)}: .*not what was put`))
		});
		expect(await rowOf(file)).toEqual({ content: null });
		world.objects.delete(keyOf(file));
		const [gone, alsoGone] = [list(), list()];
		for (const one of [gone, alsoGone]) {
			await keep(one);
			world.objects.delete(keyOf(one));
		}
		// Each that is missing is said, and the last one too.
		for (const flag of ['--check', '--to-database']) {
			const { said, code } = await run(flag);
			expect(code).toBe(1);
			for (const one of [file, gone, alsoGone]) expect(said).toMatch(new RegExp(`${keyOf(one)}: .*is not there`));
			expect(await rowOf(gone)).toEqual({ content: null });
		}
		world.isGone = true;
		expect(await run('--check')).toMatchObject({ code: 1, said: expect.stringMatching(/NoSuchBucket.*STORAGE_/) });
		await keep(list(), house.services);
		expect(await run('--to-storage')).toMatchObject({ code: 1, said: expect.stringMatching(/NoSuchBucket.*STORAGE_/) });
	});
});
