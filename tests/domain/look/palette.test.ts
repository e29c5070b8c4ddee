// The colours that stand outside of tokens.css: the same, and readable for every supplier's hue.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contrastOf, hexOf } from '#lib/domain/look/oklch.ts';
import { accentOf, PALETTE } from '#lib/domain/look/palette.ts';

const TOKENS = readFileSync('src/lib/ui/tokens.css', 'utf8');
const HUES = Array.from({ length: 72 }, (_, i) => i * 5);

/** `oklch(97.1% 0.005 85)` or `#fff`, as they stand in tokens.css. */
function read(color: string): string {
	if (color === '#fff') return '#ffffff';
	const [, lightness, chroma, hue] = /^oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)$/.exec(color) ?? [];
	return hexOf({ lightness: Number(lightness) / 100, chroma: Number(chroma), hue: Number(hue) });
}
test.each([
	['--ground', PALETTE.ground],
	['--paper', PALETTE.paper],
	['--ink', PALETTE.ink],
	['--ink-soft', PALETTE.inkSoft],
	['--line', PALETTE.line]
])('%s is in mails what it is on the pages', (name, { light, dark }) => {
	const [, inLight = '', inDark = ''] =
		new RegExp(`\\${name}: light-dark\\((oklch\\([^)]*\\)|#fff), (oklch\\([^)]*\\))\\)`).exec(TOKENS) ?? [];
	expect([light, dark]).toEqual([read(inLight), read(inDark)]);
});
test('the accent of a mail is that of the pages', () => {
	expect(TOKENS).toMatch(/--accent: light-dark\(\s*oklch\(45% calc\(0\.105 \* var\(--chroma\)\) var\(--hue\)\)/);
	expect(accentOf(165)).toBe(hexOf({ lightness: 0.45, chroma: 0.105, hue: 165 }));
});
test('known colours come out as browsers show them', () => {
	expect(hexOf({ lightness: 1, chroma: 0, hue: 0 })).toBe('#ffffff');
	expect(hexOf({ lightness: 0, chroma: 0, hue: 0 })).toBe('#000000');
	expect(hexOf({ lightness: 0.6279553606, chroma: 0.2576833077, hue: 29.2338851923 })).toBe('#ff0000');
	expect(contrastOf('#ffffff', '#000000')).toBe(21);
	expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});
test('every text of a mail and of the bare page has a contrast of 4.5 or more, in the light and in the dark', () => {
	for (const scheme of ['light', 'dark'] as const)
		for (const ground of [PALETTE.ground, PALETTE.paper])
			for (const ink of [PALETTE.ink, PALETTE.inkSoft])
				expect(contrastOf(ink[scheme], ground[scheme])).toBeGreaterThanOrEqual(4.5);
});
test('white on the button has a contrast of 4.5 or more for every hue a supplier may choose', () => {
	for (const hue of HUES) expect(contrastOf('#ffffff', accentOf(hue))).toBeGreaterThanOrEqual(4.5);
});
