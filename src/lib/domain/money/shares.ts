// Dividing money: one rounding rule, and shares that add up. Apart from minor.ts, so that pages which divide nothing do not load it.
import { minor, type Minor } from './minor.ts';

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
