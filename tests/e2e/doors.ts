// Every way into the product, found in src/routes: pages, endpoints with their methods, actions of forms. And a client that says exactly what it is told to.
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';

export type Door = { route: string; method: string; action: string; path: string };
const ROUTES = 'src/routes';
export function findDoors(): Door[] {
	const files = readdirSync(ROUTES, { recursive: true, encoding: 'utf8' }).filter((file) =>
		/\+(page\.svelte|page\.server\.ts|server\.ts)$/.test(file)
	);
	const doors = files.flatMap((file) => {
		const route = `/${file.replace(/\/?\+[\w.]+$/, '')}`;
		const path = route.replace(/\/\([^)]+\)/g, '') || '/';
		const source = readFileSync(`${ROUTES}/${file}`, 'utf8');
		const door = (method: string, action = '') => ({ route, path, method, action });
		if (file.endsWith('+page.svelte')) return [door('GET')];
		if (file.endsWith('+server.ts'))
			return [...source.matchAll(/^export (?:async )?(?:const|function) ([A-Z]+)\b/gm)].map((found) => door(found[1]!));
		const load = /^export const load\b/m.test(source) ? [door('GET')] : [];
		const actions = source.split(/^export const actions\b.*$/m)[1] ?? '';
		return load.concat(
			[...actions.matchAll(/^\t(?:async )?(\w+)\b/gm)].map((found) =>
				door('POST', found[1] === 'default' ? '' : found[1])
			)
		);
	});
	const once = new Map(doors.map((door) => [`${door.path} ${door.method} ${door.action}`, door]));
	return [...once.values()].sort((a, b) =>
		`${a.path}${a.method}${a.action}`.localeCompare(`${b.path}${b.method}${b.action}`)
	);
}
export const addressOf = (door: Door, params: Record<string, string>): string =>
	door.path.replace(/\[(\w+)\]/g, (_, name: string) => params[name] ?? 'x') + (door.action && `?/${door.action}`);

export type Asking = {
	method?: string;
	path: string;
	headers?: Record<string, string>;
	body?: Buffer | string;
	/** Without saying how long the body is. */
	isChunked?: boolean;
	/** Says so many bytes, and hangs up after the body. */
	declared?: number;
	/** The address this comes from: limits of one asker are not those of another. */
	from?: string;
};
export type Answer = { status: number; headers: http.IncomingHttpHeaders; body: string };
const agent = new http.Agent({ keepAlive: true, maxSockets: 6 });
/** Status 0: the connection ended without an answer. */
export function ask(origin: string, asking: Asking): Promise<Answer> {
	const { hostname, port } = new URL(origin);
	const { method = 'GET', path, body, isChunked, declared, from = '127.0.0.77' } = asking;
	const length = declared ?? (body === undefined || isChunked ? undefined : Buffer.byteLength(body));
	return new Promise((done) => {
		const request = http.request({
			hostname: hostname === 'localhost' ? '127.0.0.1' : hostname,
			port,
			method,
			path,
			localAddress: from,
			agent: declared === undefined ? agent : false,
			headers: {
				host: new URL(origin).host,
				...(length === undefined ? {} : { 'content-length': String(length) }),
				...(isChunked ? { 'transfer-encoding': 'chunked' } : {}),
				...asking.headers
			}
		});
		let status = 0;
		const none = () => done({ status, headers: {}, body: '' });
		request.on('error', none);
		request.setTimeout(30_000, () => request.destroy());
		request.on('response', (response) => {
			status = response.statusCode!;
			const parts: Buffer[] = [];
			const whole = () => done({ status, headers: response.headers, body: Buffer.concat(parts).toString() });
			// A stream has no end: its head is enough.
			if (/event-stream/.test(response.headers['content-type'] ?? '')) return (whole(), void request.destroy());
			response.on('data', (part: Buffer) => parts.push(part));
			response.on('end', whole).on('error', whole);
		});
		request.flushHeaders();
		if (declared !== undefined) {
			request.write(body ?? '');
			setTimeout(() => request.destroy(), 300).unref();
		} else request.end(body);
	});
}
/** Some at a time. */
export async function each<T>(all: T[], work: (one: T) => Promise<void>): Promise<void> {
	const left = [...all];
	await Promise.all(
		Array.from({ length: 6 }, async () => {
			for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
		})
	);
}
