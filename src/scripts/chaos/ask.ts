// A client over HTTP that gives up in its own time: whoever asks a product that is being killed must live with no answer.
import http from 'node:http';

export type Answer = { status: number; headers: http.IncomingHttpHeaders; body: string };
export type Asking = {
	method?: string;
	headers?: Record<string, string>;
	body?: string | Buffer;
	/** The network address this comes from: bounds of one payer are not those of another. */
	from?: string;
	limitMs?: number;
};

/** Status 0: nobody answered. Each on a connection of its own: the one of before may have died with its server. */
export function ask(
	url: string,
	{ method = 'GET', headers = {}, body, from, limitMs = 30_000 }: Asking = {}
): Promise<Answer> {
	const { hostname, port, pathname, search } = new URL(url);
	return new Promise((done) => {
		const none = () => done({ status: 0, headers: {}, body: '' });
		const request = http.request({
			hostname: hostname === 'localhost' ? '127.0.0.1' : hostname,
			port,
			method,
			path: pathname + search,
			agent: false,
			...(from ? { localAddress: from } : {}),
			headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) }
		});
		const timer = setTimeout(() => request.destroy(), limitMs);
		request.on('error', none).on('close', () => (clearTimeout(timer), none()));
		request.on('response', (response) => {
			const parts: Buffer[] = [];
			response.on('data', (part: Buffer) => parts.push(part));
			response.on('error', none);
			response.on('end', () =>
				done({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts).toString() })
			);
		});
		request.end(body);
	});
}

/** What a JSON answer says, or null when there was none. */
export function jsonOf<T>({ body }: Answer): T | null {
	try {
		return JSON.parse(body) as T;
	} catch {
		return null;
	}
}
export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
