// The colours of tokens.css for what can't read it: mails and the page of a refused form. A test holds the two together.
import { hexOf, type Oklch } from './oklch.ts';

const at = (lightness: number, chroma: number, hue: number): Oklch => ({ lightness, chroma, hue });
/** In the light, in the dark. */
type Pair = { light: string; dark: string };
const pair = (light: Oklch, dark: Oklch): Pair => ({ light: hexOf(light), dark: hexOf(dark) });

export const PALETTE = {
	ground: pair(at(0.971, 0.005, 85), at(0.166, 0.006, 255)),
	paper: pair(at(1, 0, 0), at(0.213, 0.007, 255)),
	ink: pair(at(0.225, 0.014, 255), at(0.95, 0.006, 85)),
	inkSoft: pair(at(0.44, 0.016, 255), at(0.77, 0.009, 85)),
	line: pair(at(0.912, 0.007, 85), at(0.31, 0.01, 255))
} as const satisfies Record<string, Pair>;

/** The supplier's accent, in the light: a mail's button keeps white on it in both schemes, since many mail programs darken what they please. */
export const accentOf = (hue: number): string => hexOf(at(0.45, 0.105, hue));
