// Money adds up, whatever it is divided by.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMoney, formatRate } from '#lib/domain/money/format.ts';
import { decimalsOf } from '#lib/domain/money/currency.ts';
import { minor, parseDecimal, toDecimal, toSafeNumber } from '#lib/domain/money/minor.ts';
import { divideHalfUp, shareOut } from '#lib/domain/money/shares.ts';

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
		// 0.33, 1.33 and 0.33 round to 0, 1 and 0.
		expect(shareOut(minor(2n), [1n, 4n, 1n])).toEqual([0n, 2n, 0n]);
		expect(shareOut(minor(100n), [0n, 1n])).toEqual([0n, 100n]);
	});
	test('money that goes back is shared as money that comes', () => {
		fc.assert(
			fc.property(
				amount,
				fc.array(fc.bigInt({ min: 1n, max: 10n ** 9n }), { minLength: 1, maxLength: 6 }),
				(total, weights) =>
					void expect(shareOut(minor(-total), weights)).toEqual(
						shareOut(minor(total), weights).map((instalment) => -instalment)
					)
			)
		);
	});
	test.each([[[]], [[0n]], [[0n, 0n]], [[-1n]], [[2n, -1n]], [[1n, -1n]]])('weights of %s are refused', (weights) => {
		expect(() => shareOut(minor(1n), weights)).toThrow(new RangeError('no weight to share by'));
	});
});
test('halves round away from zero', () => {
	expect([divideHalfUp(5n, 10n), divideHalfUp(4n, 10n), divideHalfUp(-5n, 10n), divideHalfUp(15n, 10n)]).toEqual([
		1n,
		0n,
		-1n,
		2n
	]);
	expect([divideHalfUp(0n, 10n), divideHalfUp(-4n, 10n), divideHalfUp(7n, 1n)]).toEqual([0n, 0n, 7n]);
	for (const denominator of [0n, -10n])
		expect(() => divideHalfUp(5n, denominator)).toThrow(new RangeError('denominator must be positive'));
});
describe('reading decimals', () => {
	test('cents have two digits, and nothing has no sign', () =>
		expect([0n, 5n, -5n, 100n, -12_345n].map((cents) => toDecimal(minor(cents)))).toEqual([
			'0.00',
			'0.05',
			'-0.05',
			'1.00',
			'-123.45'
		]));
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
		['12.3400', 1234n],
		['+7.00', 700n],
		['-7.05', -705n],
		[' 12.50\n', 1250n],
		['9999999999999.99', 999_999_999_999_999n]
	])('%s is read', (text, cents) => expect(parseDecimal(text)).toBe(cents));
	test.each([
		'2400,00',
		'1169387E-2',
		'1 000.00',
		'12.345',
		'',
		' ',
		'abc',
		'1.2.3',
		'- 1',
		'1.',
		'.5',
		'x1',
		'1x',
		'10000000000000'
	])('%s is refused', (text) => expect(parseDecimal(text)).toBeNull());
});
test('amounts read as CLDR has them, no-break spaces included', () => {
	expect(formatMoney(minor(123456n), 'EUR', 'fr')).toBe('1\u202f234,56\u00a0€');
	expect(formatMoney(minor(117600n), 'EUR', 'en')).toBe('€1,176.00');
	expect([formatRate(550, 'fr'), formatRate(2000, 'en'), formatRate(210, 'en')]).toEqual(['5,5\u00a0%', '20%', '2.1%']);
});
test('an amount too large for a number is refused rather than rounded', () => {
	const [most, refusal] = [2n ** 53n - 1n, new RangeError('amount too large for a number')];
	expect([toSafeNumber(minor(most)), toSafeNumber(minor(-most)), toSafeNumber(minor(0n))]).toEqual([
		9_007_199_254_740_991, -9_007_199_254_740_991, 0
	]);
	expect(() => toSafeNumber(minor(most + 1n))).toThrow(refusal);
	expect(() => toSafeNumber(minor(-most - 1n))).toThrow(refusal);
});

describe('the decimals of a currency are those of ISO 4217', () => {
	test.each([
		['EUR', 2],
		['USD', 2],
		['JPY', 0],
		['XPF', 0],
		['XOF', 0],
		['ISK', 0],
		['HUF', 2],
		['TND', 3],
		['KWD', 3],
		['IQD', 3],
		['CLF', 4],
		['', 2],
		['???', 2]
	])('%s has %i', (currency, decimals) => expect(decimalsOf(currency)).toBe(decimals));
	test('what is written is read back, in every currency; finer than the currency is no amount of it', () => {
		fc.assert(
			fc.property(
				fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
				fc.constantFrom(0, 2, 3, 4),
				(amount, decimals) => {
					expect(parseDecimal(toDecimal(minor(amount), decimals), decimals)).toBe(amount);
					expect(parseDecimal(`${toDecimal(minor(amount), decimals + 1)}`, decimals)).toBe(
						amount % 10n === 0n ? amount / 10n : null
					);
				}
			)
		);
		expect([parseDecimal('12000', 0), parseDecimal('12000.00', 0), parseDecimal('12000.5', 0)]).toEqual([
			12_000n,
			12_000n,
			null
		]);
		expect([toDecimal(minor(-5n), 3), toDecimal(minor(-5n), 0), toDecimal(minor(0n), 0)]).toEqual([
			'-0.005',
			'-5',
			'0'
		]);
	});
	test('they are shown with as many', () => {
		expect([formatMoney(minor(12_000n), 'JPY', 'en'), formatMoney(minor(1_234_500n), 'TND', 'en')]).toEqual([
			'JP¥12,000',
			'TND\u00a01,234.500'
		]);
		expect(formatMoney(minor(12_000n), 'XPF', 'fr')).toBe('12\u202f000\u00a0FCFP');
		// CLDR would leave its decimals out.
		expect(formatMoney(minor(1_234_500n), 'IQD', 'en')).toBe('IQD\u00a01,234.500');
	});
});
