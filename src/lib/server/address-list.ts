// Lists of network addresses that a key may be used from: single ones and CIDR blocks, compared by Node's own BlockList.
import { BlockList, isIP } from 'node:net';

/** An IPv4 address that came in by an IPv6 socket is the IPv4 address. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '');
const parts = (entry: string): { address: string; prefix: number | null; family: 'ipv4' | 'ipv6' } | null => {
	const [, address = '', prefix] = /^([\da-f.:]{2,45})(?:\/(\d{1,3}))?$/i.exec(entry) ?? [];
	const version = isIP(address);
	if (!version) return null;
	const most = version === 4 ? 32 : 128;
	// A block of everything is no list.
	if (prefix !== undefined && (Number(prefix) < 1 || Number(prefix) > most)) return null;
	return {
		address,
		prefix: prefix === undefined ? null : Number(prefix),
		family: version === 4 ? 'ipv4' : 'ipv6'
	};
};

/** One entry a line, or between commas or spaces; null when one of them is none. */
export function readAddressList(text: string): string[] | null {
	const entries = [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
	return entries.every((entry) => parts(entry) !== null) ? entries : null;
}
/** An empty list is everywhere; an address that nobody knows is in none. */
export function isListed(entries: readonly string[], from: string | null): boolean {
	if (!entries.length) return true;
	const address = plain(from ?? '');
	const version = isIP(address);
	if (!version) return false;
	const list = new BlockList();
	for (const entry of entries) {
		const one = parts(entry);
		if (one?.prefix != null) list.addSubnet(one.address, one.prefix, one.family);
		else if (one) list.addAddress(one.address, one.family);
	}
	return list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
