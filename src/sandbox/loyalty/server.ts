// LoyaltyLion's stand-in over HTTP: who asks, how often, what goes wrong on purpose, and a page that shows what it knows. It takes no key that
// LoyaltyLion could have given.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answer, failure, type Answer } from './api.ts';
import { control } from './control.ts';
import { statePage } from './state-page.ts';
import type { Fault, LoyaltyWorld } from './world.ts';

/** Keys of the stand-in begin with eight zeros. */
const KEY = /^Bearer (pat_00000000[0-9a-f]{24})$/;
const PER_SECOND = 20;
/** Token and secret stop on that day (https://developers.loyaltylion.com/api/authentication/token-secret). */
const BASIC_ENDS = Date.parse('2027-01-10T00:00:00Z');

export function loyaltyServer(world: LoyaltyWorld): Server {
	return createServer((req, res) => {
		handle(world, req, res).catch((error: unknown) => {
			if (!req.destroyed) console.error(error);
			if (!res.headersSent) res.writeHead(500);
			res.end();
		});
	});
}

async function bodyOf(req: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of req) parts.push(part as Buffer);
	return Buffer.concat(parts).toString('utf8');
}

async function handle(world: LoyaltyWorld, req: IncomingMessage, res: ServerResponse): Promise<void> {
	const body = await bodyOf(req);
	const url = new URL(req.url ?? '/', 'http://loyalty');
	const method = req.method ?? 'GET';
	if (url.pathname === '/') {
		res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
		return void res.end(statePage(world));
	}
	if (url.pathname.startsWith('/_sandbox')) return send(res, control(world, method, url, body));
	const note = (status: number | null, what: string) =>
		world.log.push({ at: new Date(world.now()).toISOString(), method, path: url.pathname, status, note: what });
	const fault = nextFault(world, method, url.pathname);
	if (fault?.name === 'latency') await new Promise((done) => setTimeout(done, fault.ms ?? 2000));
	if (fault?.name === 'drop_before') {
		note(null, 'cut before anything was done');
		return void req.socket.destroy();
	}
	const turnedAway = (fault && broken(fault)) ?? refusal(world, req);
	const channel = url.searchParams.get('channel') ?? header(req, 'x-loyaltylion-channel');
	const given = turnedAway ?? answer(world, { method, url, body, channel });
	note(given.status, given.note ?? '');
	if (fault?.name === 'drop_after') return void req.socket.destroy();
	if (fault?.name === 'truncate') {
		const text = textOf(given);
		res.writeHead(given.status, { 'content-type': 'application/json', 'content-length': String(text.length + 20) });
		return void res.write(text.slice(0, Math.floor(text.length / 2)), () => req.socket.destroy());
	}
	send(res, given);
}
const header = (req: IncomingMessage, name: string): string | null => (req.headers[name] as string | undefined) ?? null;
const textOf = ({ body }: Answer): string =>
	typeof body === 'string' ? body : body === null ? '' : JSON.stringify(body);
function send(res: ServerResponse, given: Answer): void {
	res.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
	res.end(textOf(given));
}

function nextFault(world: LoyaltyWorld, method: string, path: string): Fault | undefined {
	return world.faults.find((fault) => {
		if (fault.method && fault.method !== method) return false;
		if (fault.path && !new RegExp(fault.path).test(path)) return false;
		fault.seen += 1;
		return fault.seen <= (fault.times ?? Infinity);
	});
}
function broken({ name }: Fault): Answer | undefined {
	if (name === 'maintenance') return failure(503, 'Down for maintenance');
	if (name === 'token_expired') return failure(401, 'Invalid API key');
	if (name === 'quota') return { ...failure(403, 'Quota exceeded'), headers: { 'retry-after': '3600' } };
	if (name === 'html_502')
		return { status: 502, body: '<html>502 Bad Gateway</html>', headers: { 'content-type': 'text/html' } };
	const status = /^status:(\d{3})$/.exec(name)?.[1];
	return status ? failure(Number(status), `Fault ${name}`) : undefined;
}

/** Who may not come in, and who comes too often. */
function refusal(world: LoyaltyWorld, req: IncomingMessage): Answer | undefined {
	const authorization = header(req, 'authorization') ?? '';
	if (authorization.startsWith('Basic '))
		return world.now() >= BASIC_ENDS
			? failure(401, 'Token and secret authentication is no longer supported')
			: undefined;
	const key = KEY.exec(authorization)?.[1];
	if (!key || world.disabledKeys.includes(key)) return failure(401, 'Invalid API key');
	const now = Date.now();
	const calls = (world.calls.get(key) ?? []).filter((at) => now - at < 1000);
	calls.push(now);
	world.calls.set(key, calls);
	return calls.length > PER_SECOND ? failure(429, 'Too many requests') : undefined;
}
