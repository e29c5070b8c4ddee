// What Stripe has not ended is asked about soon at first, then less and less often.
import { expect, test } from 'vitest';
import { nextCheck } from '#lib/domain/payments/next-check.ts';

const MINUTE_MS = 60_000;
const begunAt = new Date('2026-11-26T09:00:00Z');
/** The minutes after which it is looked at, until so many have gone by. */
function looks(untilMinutes: number, more: { isDebit?: boolean; instants?: Date[] } = {}): number[] {
	const at: number[] = [];
	for (let minutes = 0; ;) {
		const now = new Date(begunAt.getTime() + minutes * MINUTE_MS);
		minutes = (nextCheck({ now, begunAt, ...more }).getTime() - begunAt.getTime()) / MINUTE_MS;
		if (minutes > untilMinutes) return at;
		at.push(minutes);
	}
}

test('a card is asked about after 1, 2, 4, 8 minutes, and each half hour at the latest', () => {
	expect(looks(180)).toEqual([1, 2, 4, 8, 16, 32, 62, 92, 122, 152]);
});
test('a debit that is under way for two weeks is read some forty times, twice a day at the end', () => {
	const found = looks(14 * 1440, { isDebit: true });
	expect(found.length).toBeLessThan(42);
	expect(found.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
	expect(found.slice(-2).map((at) => at % 720)).toEqual(found.slice(-1).flatMap((at) => [at % 720, at % 720]));
});
test('it is looked at right after an instant from which on something else is to be done with it', () => {
	const lapses = new Date(begunAt.getTime() + 70 * MINUTE_MS);
	const found = looks(100, { instants: [lapses] });
	expect(found.some((at) => at > 70 && at < 70.1)).toBe(true);
});
