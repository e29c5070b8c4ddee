// Money is an integer number of minor units of its currency (ISO 4217: euro cents, whole yen) in a bigint. This is the only room that may divide it
// (shares.ts).
declare const brand: unique symbol;
/** Minor units of a currency: 117600n is 1 176,00 €, and 117 600 ¥ (currency.ts). */
export type Minor = bigint & { readonly [brand]: 'Minor' };

export const minor = (value: bigint): Minor => value as Minor;
export const ZERO = minor(0n);

export const add = (...amounts: Minor[]): Minor => minor(amounts.reduce<bigint>((sum, amount) => sum + amount, 0n));
export const subtract = (from: Minor, amount: Minor): Minor => minor(from - amount);
export const smallest = (a: Minor, b: Minor): Minor => (a < b ? a : b);
export const atLeastNothing = (amount: Minor): Minor => (amount > 0n ? amount : ZERO);

/**
 * '1176.00', '-0.00', '12', '100.5' to minor units of a currency with so many decimals. Refuses commas, exponents, spaces and more decimals than the
 * currency has, unless they are zeros: null.
 */
export function parseDecimal(text: string, decimals = 2): Minor | null {
	const [, sign, whole, written = ''] = /^([+-]?)(\d{1,13})(?:\.(\d+))?$/.exec(text.trim()) ?? [];
	if (whole === undefined || /[1-9]/.test(written.slice(decimals))) return null;
	const units = BigInt(`${whole}${written.slice(0, decimals).padEnd(decimals, '0')}`);
	return minor(sign === '-' ? -units : units);
}

/** Minor units to a plain decimal string with a dot: what XML, CSV and Intl take. */
export function toDecimal(amount: Minor, decimals = 2): `${number}` {
	const digits = String(amount < 0n ? -amount : amount).padStart(decimals + 1, '0');
	const [whole, fraction] = [digits.slice(0, digits.length - decimals), digits.slice(digits.length - decimals)];
	return `${amount < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}` as `${number}`;
}

/** For vendors that want a JavaScript number of minor units. Throws rather than lose a cent. */
export function toSafeNumber(amount: Minor): number {
	if (amount > BigInt(Number.MAX_SAFE_INTEGER) || amount < BigInt(Number.MIN_SAFE_INTEGER))
		throw new RangeError('amount too large for a number');
	return Number(amount);
}
