// S3's stand-in over HTTP, path style: PUT, GET, HEAD and DELETE of one object, signed or refused.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { refusalOf } from './signature.ts';
import type { StorageFault, StorageWorld } from './world.ts';

export const storageServer = (world: StorageWorld): Server =>
	createServer((req, res) => {
		handle(world, req, res).catch((error: unknown) => {
			if (!req.destroyed) console.error(error);
			res.destroy();
		});
	});

type Answer = { status: number; code?: string; bytes?: Uint8Array };
async function handle(world: StorageWorld, req: IncomingMessage, res: ServerResponse): Promise<void> {
	const parts: Buffer[] = [];
	for await (const part of req) parts.push(part as Buffer);
	const body = Uint8Array.from(Buffer.concat(parts));
	const method = req.method ?? 'GET';
	const key = decodeURIComponent(new URL(req.url ?? '/', 'http://storage').pathname.split('/').slice(2).join('/'));
	const note = (status: number | null, code = '') => world.log.push({ method, key, status, code });
	const fault = world.nextFault(method);
	if (fault?.name === 'late') await sleep(fault.ms ?? 60_000, undefined, { ref: false });
	if (fault?.name === 'drop') {
		note(null, 'cut before anything was done');
		return void req.socket.destroy();
	}
	const given =
		broken(fault) ?? refusalOf(world, req, body) ?? answer(world, { method, url: req.url ?? '', key, body });
	note(given.status, given.code);
	if (fault?.name === 'drop_after') return void req.socket.destroy();
	send(res, method, given, fault);
}
const broken = (fault: StorageFault | undefined): Answer | null =>
	fault?.name === 'slow_down'
		? { status: 503, code: 'SlowDown' }
		: fault?.name === 'internal'
			? { status: 500, code: 'InternalError' }
			: null;

type Asked = { method: string; url: string; key: string; body: Uint8Array };
function answer(world: StorageWorld, { method, url, key, body }: Asked): Answer {
	if (url.split('/')[1] !== world.bucket || world.isGone) return { status: 404, code: 'NoSuchBucket' };
	if (!key || world.denied.includes(method)) return { status: 403, code: 'AccessDenied' };
	const there = world.objects.get(key);
	if (method === 'PUT') {
		world.objects.set(key, body);
		return { status: 200 };
	}
	if (method === 'DELETE') {
		world.objects.delete(key);
		return { status: 204 };
	}
	if (method !== 'GET' && method !== 'HEAD') return { status: 405, code: 'MethodNotAllowed' };
	if (there) return { status: 200, bytes: there };
	return world.mayList ? { status: 404, code: 'NoSuchKey' } : { status: 403, code: 'AccessDenied' };
}

function send(res: ServerResponse, method: string, { status, code, bytes }: Answer, fault?: StorageFault): void {
	const body =
		bytes ?? new TextEncoder().encode(code ? `<?xml version="1.0"?><Error><Code>${code}</Code></Error>` : '');
	res.writeHead(status, {
		'content-type': code ? 'application/xml' : 'binary/octet-stream',
		...(status === 204 ? {} : { 'content-length': String(body.length) })
	});
	if (fault?.name === 'truncate' && method === 'GET')
		return void res.write(body.subarray(0, body.length >> 1), () => res.destroy());
	// The answer to HEAD says how long its body would be, and has none.
	res.end(method === 'HEAD' ? undefined : body);
}
