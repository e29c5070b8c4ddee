// A device with passkeys, in a few lines: P-256 keys, the two ceremonies of WebAuthn level 3, and the lies that a test wants told.
import { createHash, createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import type { Assertion, Registration } from '#lib/contract/passkeys.ts';

type Key = { id: Buffer; privateKey: KeyObject; publicKey: KeyObject; userHandle: string };
export type Lies = { origin?: string; rpId?: string; userVerified?: boolean; count?: number; challenge?: string };
const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
const b64 = (bytes: Buffer): string => bytes.toString('base64url');

/** CBOR (RFC 8949), as far as an attestation needs it. */
function cbor(value: number | string | Buffer | Map<number | string, unknown>): Buffer {
	const head = (major: number, n: number): Buffer =>
		n < 24
			? Buffer.from([(major << 5) | n])
			: n < 256
				? Buffer.from([(major << 5) | 24, n])
				: Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
	if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
	if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
	if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
	return Buffer.concat([
		head(5, value.size),
		...[...value].flatMap(([key, one]) => [cbor(key), cbor(one as Parameters<typeof cbor>[0])])
	]);
}

export class Authenticator {
	private readonly origin: string;
	private readonly keys: Key[] = [];
	constructor(origin: string) {
		this.origin = origin;
	}
	private clientData(type: string, challenge: string, { origin = this.origin, ...lies }: Lies): Buffer {
		return Buffer.from(JSON.stringify({ type, challenge: lies.challenge ?? challenge, origin, crossOrigin: false }));
	}
	private authData(rpId: string, flags: number, { userVerified = true, count = 0, ...lies }: Lies): Buffer {
		const counter = Buffer.alloc(4);
		counter.writeUInt32BE(count);
		const seen = 0b1 | (userVerified ? 0b100 : 0) | flags;
		return Buffer.concat([sha256(lies.rpId ?? rpId), Buffer.from([seen]), counter]);
	}
	register(options: { challenge: string; rp: { id?: string }; user: { id: string } }, lies: Lies = {}): Registration {
		const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
		const key = { id: randomBytes(16), privateKey, publicKey, userHandle: options.user.id };
		this.keys.push(key);
		const { x, y } = publicKey.export({ format: 'jwk' });
		const cose = new Map<number, unknown>([
			[1, 2],
			[3, -7],
			[-1, 1],
			[-2, Buffer.from(x!, 'base64url')],
			[-3, Buffer.from(y!, 'base64url')]
		]);
		const length = Buffer.from([0, key.id.length]);
		const authData = Buffer.concat([
			this.authData(options.rp.id!, 0b1000000, lies),
			Buffer.alloc(16),
			length,
			key.id,
			cbor(cose)
		]);
		const attestation = new Map<string, unknown>([
			['fmt', 'none'],
			['attStmt', new Map()],
			['authData', authData]
		]);
		return {
			id: b64(key.id),
			rawId: b64(key.id),
			type: 'public-key',
			clientExtensionResults: {},
			response: {
				clientDataJSON: b64(this.clientData('webauthn.create', options.challenge, lies)),
				attestationObject: b64(cbor(attestation)),
				transports: ['internal']
			}
		};
	}
	/** With its latest key, unless another is named. */
	sign(options: { challenge: string; rpId?: string }, lies: Lies = {}, key = this.keys.at(-1)!): Assertion {
		const clientData = this.clientData('webauthn.get', options.challenge, lies);
		const authData = this.authData(options.rpId!, 0, lies);
		const signature = createSign('sha256')
			.update(Buffer.concat([authData, sha256(clientData)]))
			.sign(key.privateKey);
		return {
			id: b64(key.id),
			rawId: b64(key.id),
			type: 'public-key',
			clientExtensionResults: {},
			response: {
				clientDataJSON: b64(clientData),
				authenticatorData: b64(authData),
				signature: b64(signature),
				userHandle: key.userHandle
			}
		};
	}
}
