// Signature Version 4, from the side of who checks it: the request is signed by who holds the secret, for this moment, this region and these bytes.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { StorageWorld } from './world.ts';

const HEADER =
	/^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
const SKEW_MS = 15 * 60_000;
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const hashOf = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

export type Refused = { status: number; code: string };
/** null: it is signed as it must be. */
export function refusalOf(world: StorageWorld, req: IncomingMessage, body: Uint8Array): Refused | null {
	const header = (name: string): string => String(req.headers[name] ?? '');
	if (!header('authorization')) return { status: 403, code: 'AccessDenied' };
	const parts = HEADER.exec(header('authorization'));
	if (!parts) return { status: 400, code: 'AuthorizationHeaderMalformed' };
	const [, accessKey = '', day = '', region = '', signedHeaders = '', signature = ''] = parts;
	if (accessKey !== world.accessKey) return { status: 403, code: 'InvalidAccessKeyId' };
	if (region !== world.region) return { status: 400, code: 'AuthorizationHeaderMalformed' };
	const at = header('x-amz-date');
	const instant = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
	if (!at.startsWith(day) || !(Math.abs(instant - Date.now()) < SKEW_MS))
		return { status: 403, code: 'RequestTimeTooSkewed' };
	const names = signedHeaders.split(';');
	const sent = Object.keys(req.headers).filter((name) => name.startsWith('x-amz-'));
	if (!names.includes('host') || sent.some((name) => !names.includes(name)))
		return { status: 403, code: 'AccessDenied' };
	const [path = '', query = ''] = (req.url ?? '').split('?');
	const request = [
		req.method,
		path,
		query.split('&').sort().join('&'),
		...names.map((name) => `${name}:${header(name).trim().replace(/\s+/g, ' ')}`),
		'',
		signedHeaders,
		header('x-amz-content-sha256')
	].join('\n');
	const scope = `${day}/${region}/s3/aws4_request`;
	const text = ['AWS4-HMAC-SHA256', at, scope, hashOf(request)].join('\n');
	const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${world.secretKey}`);
	if (!timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex')))
		return { status: 403, code: 'SignatureDoesNotMatch' };
	// This one takes no unsigned bytes.
	return header('x-amz-content-sha256') === hashOf(body) ? null : { status: 400, code: 'XAmzContentSHA256Mismatch' };
}
