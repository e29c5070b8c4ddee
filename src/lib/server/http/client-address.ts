// Where a request comes from: the connection, or what the proxy says that the operator trusts (ADDRESS_HEADER, XFF_DEPTH). A request that came round
// the proxy says nothing: it is refused where the address is asked for, and not an error of ours.
import { isIP } from 'node:net';
import { error, type Handle } from '@sveltejs/kit';
import { config, type Config } from '../config.ts';

export const clientAddress: Handle = ({ event, resolve }) => {
	const { proxy } = config();
	// The adapter reads ADDRESS_HEADER by itself, and throws where it is missing: the connection is asked instead. (In development there is no adapter.)
	const { req } = (event.platform ?? {}) as { req?: { socket: { remoteAddress?: string } } };
	const said = proxy ? saidBy(proxy, event.request.headers) : req ? req.socket.remoteAddress : event.getClientAddress();
	const address = plainAddress(said ?? '');
	event.locals.address = address;
	event.getClientAddress = () => address ?? error(400, 'The proxy must say where a request comes from');
	return resolve(event);
};

/** Each proxy appends who asked it: the last of XFF_DEPTH trusted ones is counted from the right, what stands before is anybody's word. */
export function saidBy({ header, depth }: NonNullable<Config['proxy']>, headers: Headers): string | null {
	const value = headers.get(header);
	return header === 'x-forwarded-for' ? (value?.split(',').at(-depth)?.trim() ?? null) : value;
}
/** Without brackets, port and IPv4 clothes; null for what is no address. */
export function plainAddress(text: string): string | null {
	const bare = /^\[(.+)\](:\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
	const address = bare.replace(/^::ffff:(?=[\d.]+$)/i, '');
	return isIP(address) ? address.toLowerCase() : null;
}
