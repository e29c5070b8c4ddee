// The real client against the stand-in of S3, over HTTP: byte for byte, signed or refused, and whatever can go wrong on the way.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsV4Signer } from 'aws4fetch';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { StorageConfig } from '#lib/server/config.ts';
import { StorageProblem, type StorageProblemKind } from '#lib/server/gateways/storage/port.ts';
import { s3Storage } from '#lib/server/gateways/storage/s3.ts';
import { newId, sha256 } from '#lib/server/identity.ts';
import { storageServer } from '#sandbox/storage/server.ts';
import { StorageWorld } from '#sandbox/storage/world.ts';

let world: StorageWorld;
let server: Server;
let config: StorageConfig;
const LIMITS = { milliseconds: 2000, retries: 2 };
const supplierId = newId();
const storage = (over: Partial<StorageConfig> = {}) => s3Storage({ ...config, ...over }, LIMITS);
const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 7 + (i >> 8)) % 256);
const address = { supplierId, sha256: sha256(bytes) };
const key = `${supplierId}/${address.sha256}`;

beforeEach(async () => {
	world = new StorageWorld();
	server = storageServer(world);
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { bucket, region, accessKey, secretKey } = world;
	const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	config = { endpoint, bucket, region, accessKey, secretKey };
});
afterEach(async () => {
	vi.useRealTimers();
	server.closeAllConnections();
	await new Promise((done) => server.close(done));
});
async function problemOf(asked: Promise<unknown>): Promise<[StorageProblemKind, string]> {
	const problem: unknown = await asked.then(
		() => null,
		(error: unknown) => error
	);
	expect(problem).toBeInstanceOf(StorageProblem);
	const { kind, message } = problem as StorageProblem;
	expect(message).not.toContain(config.secretKey);
	expect(message).not.toContain(config.accessKey);
	return [kind, message];
}

describe('a file', () => {
	test.each([
		['of three megabytes', bytes],
		['of one byte', new Uint8Array([0])],
		['without any', new Uint8Array()]
	])('%s comes back byte for byte, under its supplier and its hash', async (_what, file) => {
		const put = await storage().put(supplierId, file);
		expect(put).toEqual({ supplierId, sha256: sha256(file) });
		expect([...world.objects.keys()]).toEqual([`${supplierId}/${sha256(file)}`]);
		expect(Buffer.from(await storage().get(put, file.length)).equals(Buffer.from(file))).toBe(true);
		expect(await storage().has(put)).toBe(file.length);
	});
	test('put twice is one, and removed twice is gone', async () => {
		for (let i = 0; i < 2; i++) await storage().put(supplierId, bytes);
		expect(world.objects.size).toBe(1);
		for (let i = 0; i < 2; i++) await storage().removal(address)();
		expect(world.objects.size).toBe(0);
		expect(await storage().has(address)).toBeNull();
		expect(await problemOf(storage().get(address, bytes.length))).toEqual(['missing', expect.stringContaining(key)]);
	});
	test.each([true, false])(
		'that is not there is missing, and no more than that; may the key list: %s',
		async (mayList) => {
			world.mayList = mayList;
			const left = await storage().put(supplierId, new Uint8Array([1]));
			for (let i = 0; i < 2; i++) {
				expect(await storage().has(address)).toBeNull();
				expect(await problemOf(storage().get(address, bytes.length))).toEqual([
					'missing',
					expect.stringContaining(key)
				]);
			}
			expect(await storage().has(left)).toBe(1);
			expect(world.log.filter(({ method }) => method === 'PUT')).toHaveLength(mayList ? 1 : 2);
		}
	);
	test('that may not be read is never taken for one that is not there, though others could be read before', async () => {
		await storage().put(supplierId, bytes);
		const absent = { ...address, supplierId: newId() };
		const ask = async (kind: StorageProblemKind) => {
			for (const one of [address, absent])
				for (const asked of [() => storage().get(one, bytes.length), () => storage().has(one)])
					expect(await problemOf(asked())).toEqual([kind, expect.stringMatching(/AccessDenied.*STORAGE_/)]);
		};
		world.denied = ['GET', 'HEAD'];
		await ask('refused');
		// Nor is the probe put by who may not put.
		world.objects.delete('ponctuel-probe');
		world.denied = ['GET', 'HEAD', 'PUT'];
		await ask('refused');
		expect([...world.objects.keys()]).toEqual([key]);
		world.denied = [];
		expect(await storage().has(absent)).toBeNull();
		world.denied = ['GET', 'HEAD'];
		await ask('refused');
	});
	test('whose right comes back while it is asked for is read', async () => {
		await storage().put(supplierId, bytes);
		world.denied = ['GET'];
		const put = world.objects.set.bind(world.objects);
		world.objects.set = (name, what) => {
			world.denied = [];
			return put(name, what);
		};
		expect(await storage().get(address, bytes.length)).toHaveLength(bytes.length);
	});
	test('is not removed by a removal that was made a quarter of an hour ago, tried again or not', async () => {
		await storage().put(supplierId, bytes);
		const remove = storage().removal(address);
		const made = Date.now();
		vi.useFakeTimers({ toFake: ['Date'], now: made + 15 * 60_000 + 1000 });
		for (let i = 0; i < 2; i++) {
			world.faults = i ? [{ name: 'slow_down', times: 1 }] : [];
			expect(await problemOf(remove())).toEqual(['refused', expect.stringContaining('RequestTimeTooSkewed')]);
		}
		vi.setSystemTime(made + 14 * 60_000);
		expect(world.objects.has(key)).toBe(true);
		await remove();
		expect(world.objects.has(key)).toBe(false);
	});
	test('of another supplier is reached by nobody who knows its hash', async () => {
		await storage().put(supplierId, bytes);
		const other = { ...address, supplierId: newId() };
		expect(await problemOf(storage().get(other, bytes.length))).toEqual(['missing', expect.any(String)]);
		expect(await storage().has(other)).toBeNull();
		await storage().removal(other)();
		expect(await storage().has(address)).toBe(bytes.length);
	});
	test('that is damaged, or has another size, is never handed out', async () => {
		await storage().put(supplierId, bytes);
		expect((await problemOf(storage().get(address, bytes.length - 1)))[0]).toBe('damaged');
		world.damage(key);
		expect(await problemOf(storage().get(address, bytes.length))).toEqual([
			'damaged',
			expect.stringContaining('not what was put')
		]);
	});
});
describe('what goes wrong', () => {
	test.each([
		['a wrong secret', { secretKey: 'another-secret' }, 'SignatureDoesNotMatch'],
		['a key nobody knows', { accessKey: 'another-key' }, 'InvalidAccessKeyId'],
		['another region', { region: 'elsewhere' }, 'AuthorizationHeaderMalformed'],
		['another bucket', { bucket: 'another-bucket' }, 'NoSuchBucket']
	])('%s is told as such, and never as "no such file"', async (_what, over, code) => {
		await storage().put(supplierId, bytes);
		const { get, put, removal } = storage(over);
		for (const ask of [() => get(address, bytes.length), () => put(supplierId, bytes), removal(address)])
			expect(await problemOf(ask())).toEqual(['refused', expect.stringMatching(new RegExp(`${code}.*STORAGE_`))]);
		expect(world.objects.size).toBe(1);
	});
	test('a bucket that was deleted too', async () => {
		world.isGone = true;
		expect(await problemOf(storage().get(address, 1))).toEqual(['refused', expect.stringContaining('NoSuchBucket')]);
	});
	test('busy for a moment is asked again; busy for ever is away', async () => {
		world.faults = [{ name: 'slow_down', times: 2 }];
		await storage().put(supplierId, bytes);
		expect(world.log.map(({ status }) => status)).toEqual([503, 503, 200]);
		for (const name of ['slow_down', 'internal'] as const) {
			world.faults = [{ name }];
			expect((await problemOf(storage().get(address, bytes.length)))[0]).toBe('away');
			expect((await problemOf(storage().has(address)))[0]).toBe('away');
		}
	});
	test.each(['drop', 'drop_after', 'truncate'] as const)('%s: no half file is taken for one', async (name) => {
		await storage().put(supplierId, bytes);
		world.faults = [{ name, method: 'GET' }];
		expect((await problemOf(storage().get(address, bytes.length)))[0]).toBe('away');
	});
	test('an answer that does not come is waited for that long, and no longer', async () => {
		world.faults = [{ name: 'late', ms: 20_000 }];
		const begun = performance.now();
		expect(await problemOf(storage().get(address, 1))).toEqual(['away', expect.stringContaining('within 2 s')]);
		expect(performance.now() - begun).toBeLessThan(6000);
	});
	test('nobody listens', async () => {
		expect((await problemOf(storage({ endpoint: 'http://127.0.0.1:1' }).put(supplierId, bytes)))[0]).toBe('away');
	});
});
describe('the stand-in lets in nobody whom S3 would not', () => {
	const send = async (over: { body?: string; datetime?: string; hash?: string; unsigned?: boolean }) => {
		const url = `${config.endpoint}/${config.bucket}/x`;
		const signed = await new AwsV4Signer({
			method: 'PUT',
			url,
			headers: { 'x-amz-content-sha256': over.hash ?? sha256('body') },
			accessKeyId: config.accessKey,
			secretAccessKey: config.secretKey,
			region: config.region,
			service: 's3',
			...(over.datetime ? { datetime: over.datetime } : {})
		}).sign();
		if (over.unsigned) signed.headers.delete('authorization');
		const answer = await fetch(url, { method: 'PUT', headers: signed.headers, body: over.body ?? 'body' });
		return [answer.status, /<Code>(\w+)/.exec(await answer.text())?.[1]];
	};
	test('a signed body, and nothing else', async () => {
		expect(await send({})).toEqual([200, undefined]);
		expect(await send({ unsigned: true })).toEqual([403, 'AccessDenied']);
		expect(await send({ body: 'nody' })).toEqual([400, 'XAmzContentSHA256Mismatch']);
		expect(await send({ datetime: '20200101T000000Z' })).toEqual([403, 'RequestTimeTooSkewed']);
		expect(new TextDecoder().decode(world.objects.get('x'))).toBe('body');
	});
});
