// Money is an integer number of minor units (euro cents) in a bigint. This is the only room that may divide it.
import { required } from '../required.ts';
declare const brand: unique symbol;
/** Minor units of a currency with two decimals: 117600n is 1 176,00 €. */
export type Minor = bigint & { readonly [brand]: 'Minor' };

export const minor = (value: bigint): Minor => value as Minor;
export const ZERO = minor(0n);

export const add = (...amounts: Minor[]): Minor => minor(amounts.reduce<bigint>((sum, amount) => sum + amount, 0n));
export const subtract = (from: Minor, amount: Minor): Minor => minor(from - amount);
export const smallest = (a: Minor, b: Minor): Minor => (a < b ? a : b);

/** Division rounded half away from zero: the one rounding rule of the product (docs/decisions/0012). */
export function divideHalfUp(numerator: bigint, denominator: bigint): bigint {
	if (denominator <= 0n) throw new RangeError('denominator must be positive');
	const sign = numerator < 0n ? -1n : 1n;
	const absolute = numerator * sign;
	return sign * ((absolute * 2n + denominator) / (denominator * 2n));
}

/**
 * Shares `total` in the proportion of `weights`. Parts add up to `total` to the cent: each is rounded, and what rounding
 * leaves goes to the heaviest part (first of equals).
 * @throws RangeError when there is no weight to share by.
 */
export function shareOut(total: Minor, weights: readonly bigint[]): Minor[] {
	const sum = weights.reduce((a, b) => a + b, 0n);
	if (sum <= 0n || weights.some((w) => w < 0n)) throw new RangeError('no weight to share by');
	const parts = weights.map((weight) => divideHalfUp(total * weight, sum));
	const rest = total - parts.reduce((a, b) => a + b, 0n);
	const heaviest = weights.reduce((best, weight, i) => (weight > (weights[best] ?? 0n) ? i : best), 0);
	return parts.map((part, i) => minor(i === heaviest ? part + rest : part));
}

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
