// S3, as Amazon and others speak it: one request a file, signed by aws4fetch (SigV4), path style, which every provider answers.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
import { AwsClient } from 'aws4fetch';
import { wallClock } from '../../clock.ts';
import type { StorageConfig } from '../../config.ts';
import { sha256 } from '../../identity.ts';
import { StorageProblem, type Address, type FileStorage } from './port.ts';

export type S3Limits = { milliseconds: number; retries: number };
/** Of one file with all its tries. Busy (503 SlowDown, 429) or at fault, it is asked twice more within the second. */
const LIMITS: S3Limits = { milliseconds: 30_000, retries: 2 };
type Asked = {
	method: 'PUT' | 'GET' | 'HEAD' | 'DELETE';
	key: string;
	body?: Uint8Array;
	hash?: string;
	signedAt?: string;
};
type Answer = { response: Response; bytes: Uint8Array };
/**
 * Who may not list, and our key need not, is told 403 AccessDenied of what is not there, as of what it may not read:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (permissions). A file of our own, which is there, tells the two apart.
 */
const DENIED = 'denied';
const PROBE = 'ponctuel-probe';

export function s3Storage(config: StorageConfig, limits = LIMITS): FileStorage {
	const client = new AwsClient({
		accessKeyId: config.accessKey,
		secretAccessKey: config.secretKey,
		region: config.region,
		service: 's3',
		retries: limits.retries,
		initRetryMs: 200
	});
	/** The answer with its whole body: a connection that is cut in the middle of it is no answer. */
	const ask = async ({ method, key, body, hash, signedAt }: Asked): Promise<Answer> => {
		try {
			const response = await client.fetch(`${config.endpoint}/${config.bucket}/${key}`, {
				method,
				...(body ? { body: body as Uint8Array<ArrayBuffer> } : {}),
				// What arrives is held against it there.
				headers: { 'x-amz-content-sha256': hash ?? sha256('') },
				redirect: 'manual',
				...(signedAt ? { aws: { datetime: signedAt } } : {}),
				signal: AbortSignal.timeout(limits.milliseconds)
			});
			return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
		} catch (error) {
			const isLate = error instanceof Error && error.name === 'TimeoutError';
			throw new StorageProblem(
				'away',
				`${method} ${key}: ${isLate ? `no answer within ${limits.milliseconds / 1000} s` : 'the connection failed'}`
			);
		}
	};
	/** Fine, or there is no such file, or it is `DENIED`, which may mean either: everything else is thrown. */
	const done = async (asked: Asked): Promise<Outcome> => {
		const answer = await ask(asked);
		const { status } = answer.response;
		if (status >= 200 && status < 300) return answer;
		// The answer to HEAD has no body that could say more.
		const code = asked.method === 'HEAD' ? '' : codeOf(answer.bytes);
		if (status === 404 && code !== 'NoSuchBucket') return null;
		const isRead = asked.method === 'GET' || asked.method === 'HEAD';
		if (isRead && status === 403 && (code === 'AccessDenied' || asked.method === 'HEAD')) return DENIED;
		throw problemOf(config, asked, { status, code });
	};
	const find = finding(done, (asked) => problemOf(config, asked, { status: 403, code: 'AccessDenied' }));
	return {
		async put(supplierId, bytes) {
			const address = { supplierId, sha256: sha256(bytes) };
			const asked = { method: 'PUT', key: keyOf(address), body: bytes, hash: address.sha256 } as const;
			if (!(await done(asked))) throw new StorageProblem('refused', `PUT ${asked.key}: 404; look at STORAGE_ENDPOINT`);
			return address;
		},
		async get(address, byteSize) {
			const key = keyOf(address);
			const found = await find({ method: 'GET', key });
			if (!found) throw new StorageProblem('missing', `${key} is not there`);
			if (found.bytes.length !== byteSize || sha256(found.bytes) !== address.sha256)
				throw new StorageProblem(
					'damaged',
					`${key} is not what was put there (${found.bytes.length} bytes, ${byteSize} were put)`
				);
			return found.bytes;
		},
		async has(address) {
			const found = await find({ method: 'HEAD', key: keyOf(address) });
			return found && Number(found.response.headers.get('content-length'));
		},
		removal(address) {
			// S3 takes no signature that is fifteen minutes old (RequestTimeTooSkewed), tried again or not.
			// What S3 compares with is its own hour: the wall clock, wherever the demo’s stands.
			const signedAt = wallClock
				.now()
				.toISOString()
				.replace(/[:-]|\.\d{3}/g, '');
			return async () => void (await done({ method: 'DELETE', key: keyOf(address), signedAt }));
		}
	};
}
function problemOf(
	{ bucket, region }: StorageConfig,
	{ method, key }: Asked,
	{ status, code }: { status: number; code: string }
): StorageProblem {
	const isPassing =
		status >= 500 || status === 429 || code === 'RequestTimeout' || code === 'XAmzContentSHA256Mismatch';
	return new StorageProblem(
		isPassing ? 'away' : 'refused',
		`${method} ${key}: ${status} ${code}${isPassing ? '' : `; look at STORAGE_* (bucket ${bucket}, region ${region}) and at what its key may do`}`
	);
}
type Outcome = Answer | null | typeof DENIED;
function finding(
	done: (asked: Asked) => Promise<Outcome>,
	denied: (asked: Asked) => StorageProblem
): (asked: Asked) => Promise<Answer | null> {
	const isProbeRead = async (): Promise<boolean> => {
		const probe = await done({ method: 'GET', key: PROBE });
		return probe !== null && probe !== DENIED;
	};
	/** Throws when our key may not read. The probe is put by the first who needs it, and stays. */
	const checkRights = async (): Promise<void> => {
		if (await isProbeRead()) return;
		await done({ method: 'PUT', key: PROBE, body: new TextEncoder().encode(PROBE), hash: sha256(PROBE) });
		if (!(await isProbeRead())) throw denied({ method: 'GET', key: PROBE });
	};
	/** null: it is not there. That it was denied is believed only of who may read, and once more after that was seen: rights may have come back meanwhile. */
	return async (asked) => {
		const first = await done(asked);
		if (first !== DENIED) return first;
		await checkRights();
		const second = await done(asked);
		return second === DENIED ? null : second;
	};
}
/** A supplier's files lie under its id. */
const keyOf = ({ supplierId, sha256: hash }: Address): string => `${supplierId}/${hash}`;
/** What S3 says in its XML, and nothing of what it repeats of ours. */
const codeOf = (bytes: Uint8Array): string =>
	/<Code>(\w{1,60})<\/Code>/.exec(new TextDecoder().decode(bytes.subarray(0, 4096)))?.[1] ?? '';
