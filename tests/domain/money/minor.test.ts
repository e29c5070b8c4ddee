// Money adds up, whatever it is divided by.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMoney, formatRate } from '#lib/domain/money/format.ts';
import { divideHalfUp, minor, parseDecimal, shareOut, toDecimal, toSafeNumber } from '#lib/domain/money/minor.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
describe('sharing out', () => {
	test('parts add up to the total, to the cent', () => {
		fc.assert(
			fc.property(
				amount,
				fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 12 }),
				(total, weights) => {
					fc.pre(weights.some((weight) => weight > 0n));
					expect(shareOut(minor(total), weights).reduce((a, b) => a + b, 0n)).toBe(total);
				}
			)
		);
	});
	test('what rounding leaves goes to the heaviest part', () => {
		expect(shareOut(minor(100n), [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
		expect(shareOut(minor(1000n), [1n, 2n, 4n])).toEqual([143n, 286n, 571n]);
	});
	test('nothing to share by is refused', () => {
		expect(() => shareOut(minor(1n), [])).toThrow(RangeError);
		expect(() => shareOut(minor(1n), [0n])).toThrow(RangeError);
	});
});
test('halves round away from zero', () => {
	expect([divideHalfUp(5n, 10n), divideHalfUp(4n, 10n), divideHalfUp(-5n, 10n), divideHalfUp(15n, 10n)]).toEqual([
		1n,
		0n,
		-1n,
		2n
	]);
});
describe('reading decimals', () => {
	test('what is written is read back', () => {
		fc.assert(
			fc.property(
				fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }),
				(cents) => void expect(parseDecimal(toDecimal(minor(cents)))).toBe(cents)
			)
		);
	});
	test.each([
		['1176.00', 117600n],
		['-0.00', 0n],
		['12', 1200n],
		['100.5', 10050n],
		['12.3400', 1234n]
	])('%s is read', (text, cents) => expect(parseDecimal(text)).toBe(cents));
	test.each(['2400,00', '1169387E-2', '1 000.00', '12.345', '', 'abc', '1.2.3'])('%s is refused', (text) =>
		expect(parseDecimal(text)).toBeNull()
	);
});
test('amounts read as CLDR has them, no-break spaces included', () => {
	expect(formatMoney(minor(123456n), 'EUR', 'fr')).toBe('1\u202f234,56\u00a0€');
	expect(formatMoney(minor(117600n), 'EUR', 'en')).toBe('€1,176.00');
	expect(formatRate(550, 'fr')).toBe('5,5\u00a0%');
});
test('an amount too large for a number is refused rather than rounded', () => {
	expect(() => toSafeNumber(minor(2n ** 60n))).toThrow(RangeError);
});
