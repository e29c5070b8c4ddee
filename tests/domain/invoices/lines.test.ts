// The lines of an invoice against themselves and its total: figures worked out by hand.
import { describe, expect, test } from 'vitest';
import { checkLines, type InvoiceLine } from '#lib/domain/invoices/lines.ts';

const line = (over: Partial<InvoiceLine> = {}): InvoiceLine => ({
	id: '1',
	net: '100.00',
	quantity: null,
	price: null,
	priceQuantity: null,
	adjustments: [],
	isSummed: true,
	...over
});
const warning = (code: string, field: string, found: string, expected: string) => ({
	code,
	severity: 'warn',
	field,
	found,
	expected
});
const OF_LINE = 'ligne 1, BT-131';

test('what is taken off has a negative quantity, not a negative price', () => {
	const of = (over: Partial<InvoiceLine>) => checkLines([line(over)], null);
	expect(of({ net: '-10.00', quantity: '1', price: '-10' })).toEqual([
		warning('NEGATIVE_PRICE', 'ligne 1, BT-146', '-10', '≥ 0')
	]);
	expect(of({ net: '-10.00', quantity: '-1', price: '10' })).toEqual([]);
	expect(of({ net: '0.00', quantity: '1', price: '-0.00' })).toEqual([]);
});
test('rounding, and what is too fine, are of the currency', () => {
	const of = (net: string, decimals: number) =>
		checkLines([line({ net })], null, decimals).map((one) => [one.code, one.expected]);
	expect([of('100', 0), of('100.00', 0), of('100.5', 0)]).toEqual([[], [], [['DECIMALS', '0 décimale']]]);
	expect([of('100.125', 3), of('100.125', 2)]).toEqual([[], [['DECIMALS', '2 décimales']]]);
	const total = (written: string, decimals: number) =>
		checkLines([line({ net: '100' })], written, decimals).map((one) => [one.code, one.expected]);
	expect([total('101', 0), total('102', 0), total('100.01', 2), total('100.002', 3)]).toEqual([
		[],
		[['LINES_SUM', '100']],
		[],
		[['LINES_SUM', '100.000']]
	]);
});
describe('a line', () => {
	test.each<[string, Partial<InvoiceLine>]>([
		['quantity by price', { net: '25.50', quantity: '3', price: '8.50' }],
		['a price for several', { net: '12.00', quantity: '24', price: '50', priceQuantity: '100' }],
		['a price for none says nothing', { net: '1.00', quantity: '24', price: '50', priceQuantity: '0' }],
		['less a discount, plus a charge', { net: '97.00', quantity: '1', price: '100', adjustments: ['-5.00', '2.00'] }],
		['an amount that is taken off says so with a sign', { net: '-25.50', quantity: '-3', price: '8.50' }],
		['a sign in front', { net: '+25.50', quantity: '3', price: '+8.50' }],
		['a whole cent more', { net: '25.51', quantity: '3', price: '8.50' }],
		['a cent of rounding', { net: '3.34', quantity: '0.333333', price: '9.999' }],
		['thirds, to the sixth decimal', { net: '33.33', quantity: '0.3333333333', price: '100' }],
		['a quantity that is no number says nothing', { net: '1.00', quantity: 'douze', price: '8.50' }],
		['without a price nothing is calculated', { net: '1.00', quantity: '3' }],
		['an adjustment that can’t be read leaves nothing to calculate', { quantity: '1', price: '7', adjustments: ['x'] }],
		['spaces around a number are none of it', { net: ' 25.50 ', quantity: ' 3 ', price: '8.50 ' }],
		['no net, nothing to say', { net: null, quantity: '3', price: '8.50' }]
	])('%s', (_, over) => expect(checkLines([line(over)], null)).toEqual([]));
	test.each<[string, Partial<InvoiceLine>, string]>([
		['another product', { net: '25.52', quantity: '3', price: '8.50' }, '25.50'],
		['a discount forgotten', { net: '100.00', quantity: '1', price: '100', adjustments: ['-5.00'] }, '95.00'],
		[
			'the price of one for that of a hundred',
			{ net: '1200.00', quantity: '24', price: '50', priceQuantity: '100' },
			'12.00'
		],
		['the sign forgotten', { net: '8.05', quantity: '-1', price: '8.05' }, '-8.05'],
		['too little', { net: '25.48', quantity: '3', price: '8.50' }, '25.50']
	])('%s is said, with what it should be', (_, over, expected) =>
		expect(checkLines([line(over)], null)).toEqual([warning('LINE_CALC', OF_LINE, over.net ?? '', expected)])
	);
	test('of more than two decimals is said; two decimals and noughts are two', () => {
		expect(checkLines([line({ net: '1.005' })], null)).toEqual([warning('DECIMALS', OF_LINE, '1.005', '2 décimales')]);
		expect(checkLines([line({ net: '1.0500' })], null)).toEqual([]);
	});
	test.each([
		['1234,56', 'DECIMAL_COMMA'],
		['-1234,56', 'DECIMAL_COMMA'],
		['1,234.56', 'AMOUNT_FORMAT'],
		['12,', 'AMOUNT_FORMAT'],
		['x1,5', 'AMOUNT_FORMAT'],
		['1,5x', 'AMOUNT_FORMAT'],
		['', 'AMOUNT_FORMAT'],
		['1e3', 'AMOUNT_FORMAT'],
		['x12.00', 'AMOUNT_FORMAT'],
		['12.00x', 'AMOUNT_FORMAT'],
		['12345678901234', 'AMOUNT_FORMAT']
	])('of “%s” stops the file: %s', (net, code) =>
		expect(checkLines([line({ net, id: '7' })], '100.00')).toEqual([
			{ code, severity: 'block', field: 'ligne 7, BT-131', found: net, expected: '1234.56' }
		])
	);
});
describe('the total', () => {
	const of = (total: string | null, ...lines: Partial<InvoiceLine>[]) =>
		checkLines(
			lines.map((over) => line(over)),
			total
		);
	test('is the sum of the lines, give or take a cent for each', () => {
		expect(of('200.00', {}, {})).toEqual([]);
		expect(of('200.02', {}, {})).toEqual([]);
		expect(of('199.98', {}, {})).toEqual([]);
		expect(of('200.03', {}, {})).toEqual([warning('LINES_SUM', 'BT-106', '200.03', '200.00')]);
		expect(of('-200.00', {}, {})).toEqual([warning('LINES_SUM', 'BT-106', '-200.00', '200.00')]);
		expect(of('5.00', { net: '-3.05' }, { net: '-0.02' })).toEqual([warning('LINES_SUM', 'BT-106', '5.00', '-3.07')]);
	});
	test('counts what is summed once: a group repeats its parts, a line without an amount has none', () => {
		expect(of('100.00', {}, { isSummed: false }, { net: null })).toEqual([]);
		expect(of('200.00', {}, { isSummed: false })).toEqual([warning('LINES_SUM', 'BT-106', '200.00', '100.00')]);
	});
	test('is not asked about where it is not said or can’t be read, where there are no lines, or where a line stops the file', () => {
		expect(of(null, {})).toEqual([]);
		expect(of('cent', {})).toEqual([]);
		expect(of('5.00')).toEqual([]);
		expect(of('5.00', { net: 'x' }).map((one) => one.code)).toEqual(['AMOUNT_FORMAT']);
	});
	test('is still asked about beside a line that warns', () =>
		expect(of('5.00', { net: '1.005' }).map((one) => one.code)).toEqual(['DECIMALS', 'LINES_SUM']));
});
