// Pages leave compressed: adapter-node compresses files but not pages, and a phone pays for every kilobyte. Streams and files are left alone.
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Handle } from '@sveltejs/kit';

const compress = promisify(gzip);
const LEVEL = 5;
const WORTH_BYTES = 1400;

export const compression: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
	if (!isPage || !response.body || !/\bgzip\b/.test(event.request.headers.get('accept-encoding') ?? ''))
		return response;
	const body = Buffer.from(await response.arrayBuffer());
	const headers = new Headers(response.headers);
	if (body.length < WORTH_BYTES) return new Response(body, { status: response.status, headers });
	headers.set('content-encoding', 'gzip');
	headers.append('vary', 'accept-encoding');
	headers.delete('content-length');
	return new Response(await compress(body, { level: LEVEL }), { status: response.status, headers });
};
