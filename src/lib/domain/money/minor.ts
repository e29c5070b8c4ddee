// Money is an integer number of minor units (euro cents) in a bigint. This is the only room that may divide it (shares.ts).
import { required } from '../required.ts';
declare const brand: unique symbol;
/** Minor units of a currency with two decimals: 117600n is 1 176,00 €. */
export type Minor = bigint & { readonly [brand]: 'Minor' };

export const minor = (value: bigint): Minor => value as Minor;
export const ZERO = minor(0n);

export const add = (...amounts: Minor[]): Minor => minor(amounts.reduce<bigint>((sum, amount) => sum + amount, 0n));
export const subtract = (from: Minor, amount: Minor): Minor => minor(from - amount);
export const smallest = (a: Minor, b: Minor): Minor => (a < b ? a : b);
export const atLeastNothing = (amount: Minor): Minor => (amount > 0n ? amount : ZERO);

/** '1176.00', '-0.00', '12', '100.5' to minor units. Refuses commas, exponents, spaces and more than two decimals: null. */
export function parseDecimal(text: string): Minor | null {
	const match = /^([+-]?)(\d{1,13})(?:\.(\d{1,2})(0*))?$/.exec(text.trim());
	if (!match) return null;
	const units = BigInt(required(match[2], 'digits')) * 100n + BigInt((match[3] ?? '').padEnd(2, '0'));
	return minor(match[1] === '-' ? -units : units);
}

/** Minor units to a plain decimal string with a dot: what XML, CSV and Intl take. */
export function toDecimal(amount: Minor): `${number}` {
	const absolute = amount < 0n ? -amount : amount;
	return `${amount < 0n ? '-' : ''}${absolute / 100n}.${String(absolute % 100n).padStart(2, '0')}` as `${number}`;
}

/** For vendors that want a JavaScript number of minor units. Throws rather than lose a cent. */
export function toSafeNumber(amount: Minor): number {
	if (amount > BigInt(Number.MAX_SAFE_INTEGER) || amount < BigInt(Number.MIN_SAFE_INTEGER))
		throw new RangeError('amount too large for a number');
	return Number(amount);
}
