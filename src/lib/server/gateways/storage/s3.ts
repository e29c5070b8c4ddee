// S3, as Amazon and others speak it: one request a file, signed by aws4fetch (SigV4), path style, which every provider answers.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
import { AwsClient } from 'aws4fetch';
import type { StorageConfig } from '../../config.ts';
import { sha256 } from '../../identity.ts';
import { StorageProblem, type Address, type FileStorage } from './port.ts';

export type S3Limits = { milliseconds: number; retries: number };
/** Of one file with all its tries. Busy (503 SlowDown, 429) or at fault, it is asked twice more within the second. */
const LIMITS: S3Limits = { milliseconds: 30_000, retries: 2 };
type Asked = { method: 'PUT' | 'GET' | 'HEAD' | 'DELETE'; key: string; body?: Uint8Array; hash?: string };

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
	const ask = async ({ method, key, body, hash }: Asked): Promise<{ response: Response; bytes: Uint8Array }> => {
		try {
			const response = await client.fetch(`${config.endpoint}/${config.bucket}/${key}`, {
				method,
				...(body ? { body: body as Uint8Array<ArrayBuffer> } : {}),
				// What arrives is held against it there.
				headers: { 'x-amz-content-sha256': hash ?? sha256('') },
				redirect: 'manual',
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
	/** Fine, or there is no such file (`null`): everything else is thrown. */
	const done = async (asked: Asked): Promise<{ response: Response; bytes: Uint8Array } | null> => {
		const answer = await ask(asked);
		const { status } = answer.response;
		if (status >= 200 && status < 300) return answer;
		// The answer to HEAD has no body that could say more.
		const code = asked.method === 'HEAD' ? '' : codeOf(answer.bytes);
		if (status === 404 && code !== 'NoSuchBucket') return null;
		const isPassing =
			status >= 500 || status === 429 || code === 'RequestTimeout' || code === 'XAmzContentSHA256Mismatch';
		throw new StorageProblem(
			isPassing ? 'away' : 'refused',
			`${asked.method} ${asked.key}: ${status} ${code}${isPassing ? '' : `; look at STORAGE_* (bucket ${config.bucket}, region ${config.region})`}`
		);
	};
	return {
		async put(supplierId, bytes) {
			const address = { supplierId, sha256: sha256(bytes) };
			const asked = { method: 'PUT', key: keyOf(address), body: bytes, hash: address.sha256 } as const;
			if (!(await done(asked))) throw new StorageProblem('refused', `PUT ${asked.key}: 404; look at STORAGE_ENDPOINT`);
			return address;
		},
		async get(address, byteSize) {
			const key = keyOf(address);
			const found = await done({ method: 'GET', key });
			if (!found) throw new StorageProblem('missing', `${key} is not there`);
			if (found.bytes.length !== byteSize || sha256(found.bytes) !== address.sha256)
				throw new StorageProblem(
					'damaged',
					`${key} is not what was put there (${found.bytes.length} bytes, ${byteSize} were put)`
				);
			return found.bytes;
		},
		async has(address) {
			const found = await done({ method: 'HEAD', key: keyOf(address) });
			return found && Number(found.response.headers.get('content-length'));
		},
		remove: async (address) => void (await done({ method: 'DELETE', key: keyOf(address) }))
	};
}
/** A supplier's files lie under its id. */
const keyOf = ({ supplierId, sha256: hash }: Address): string => `${supplierId}/${hash}`;
/** What S3 says in its XML, and nothing of what it repeats of ours. */
const codeOf = (bytes: Uint8Array): string =>
	/<Code>(\w{1,60})<\/Code>/.exec(new TextDecoder().decode(bytes.subarray(0, 4096)))?.[1] ?? '';
