// Whose address it is, as far as counting goes.
import { isIPv6 } from 'node:net';

/** Of IPv6 everybody has a whole /64 to ask from (RFC 6177): it counts as one address. */
export function countedAs(key: string): string {
	if (!isIPv6(key)) return key;
	const [left = [], right = []] = key.split('::').map((half) => half.split(':').filter(Boolean));
	const given = left.length + right.length + (key.includes('.') ? 1 : 0);
	const groups = key.includes('::') ? [...left, ...Array<string>(8 - given).fill('0'), ...right] : left;
	return `${groups
		.slice(0, 4)
		.map((group) => parseInt(group, 16).toString(16))
		.join(':')}::/64`;
}
