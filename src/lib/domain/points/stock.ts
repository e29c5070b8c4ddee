// How many of a reward are left: of its stock, which counts all that were ever to be had, less those that were taken; of vouchers never more than there are codes.
import type { Reward } from './programme.ts';

/** null: as many as are asked for. */
export function leftOf(
	{ kind, stock }: Pick<Reward, 'kind' | 'stock'>,
	taken: number,
	freeCodes: number
): number | null {
	const left = stock === null ? null : Math.max(0, stock - taken);
	if (kind !== 'voucher') return left;
	return left === null ? freeCodes : Math.min(left, freeCodes);
}
