// A pasted list of voucher codes: every line is either a code or left out with its reason, and no two codes are the same in other letters.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCodes, type LeftOut } from '#lib/domain/points/voucher-codes.ts';

const read = (text: string) => {
	const { codes = [], leftOut = [] } = readCodes(text) ?? {};
	return { codes: codes.map(({ line, code }) => `${line} ${code}`), leftOut: leftOut.map(said) };
};
const said = (one: LeftOut) => `${one.line} ${one.why}${one.why === 'twice' ? ` ${one.same}` : ''}`;

test('codes are read one a line, with nothing that only a spreadsheet sees', () => {
	expect(read('A1\r\nB2 \n C3\n\n')).toEqual({ codes: ['1 A1', '2 B2', '3 C3'], leftOut: [] });
	expect(read('\uFEFFA1\u200B\n\u00A0B2')).toEqual({ codes: ['1 A1', '2 B2'], leftOut: [] });
	expect(read(' \n\n')).toEqual({ codes: [], leftOut: [] });
});
test('a code twice, in whatever letters, a line without one and one too long are left out, each by its line; the others are read', () => {
	expect(read(`ABC\n\nabc\nD4\n${'x'.repeat(81)}\nAbC\n${'x'.repeat(80)}`)).toEqual({
		codes: ['1 ABC', '4 D4', `7 ${'x'.repeat(80)}`],
		leftOut: ['2 empty', '3 twice 1', '5 too_long', '6 twice 1']
	});
	// One letter, written in two ways.
	expect(read('\u00C9T\u00C9\ne\u0301te\u0301')).toEqual({ codes: ['1 ÉTÉ'], leftOut: ['2 twice 1'] });
});
test('more than five thousand lines are not read at all', () => {
	const lines = (count: number) => Array.from({ length: count }, (_, i) => String(i)).join('\n');
	expect(readCodes(lines(5000))?.codes).toHaveLength(5000);
	expect(readCodes(lines(5001))).toBeNull();
});
test('nothing that was typed is lost: each line up to the last with a code is read or left out, once', () => {
	const line = fc.oneof(
		fc.constantFrom('', ' ', 'abc', 'ABC', 'aBc', 'x', 'X ', 'y'.repeat(81)),
		fc.string({ maxLength: 5 })
	);
	fc.assert(
		fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
			const text = lines.map((one) => one.replace(/[\r\n]/g, '')).join('\n');
			const found = readCodes(text);
			const numbers = [...(found?.codes ?? []), ...(found?.leftOut ?? [])].map((one) => one.line).sort((a, b) => a - b);
			expect(numbers).toEqual(numbers.map((_, i) => i + 1));
			const keys = (found?.codes ?? []).map(({ code }) => code.toLowerCase());
			expect(new Set(keys).size).toBe(keys.length);
		})
	);
});
