// OKLCH as sRGB, for what knows no oklch(): mails. The matrices are Björn Ottosson's (https://bottosson.github.io/posts/oklab/), contrast is WCAG 2.2's.
export type Oklch = { /** 0 to 1 */ lightness: number; chroma: number; /** degrees */ hue: number };
type Rgb = [number, number, number];

/** Linear light; outside of 0 to 1 where sRGB has no such colour. */
function toLinear({ lightness, chroma, hue }: Oklch): Rgb {
	const angle = (hue * Math.PI) / 180;
	const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
	const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
	return [
		4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
		-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
		-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s
	];
}
const isShown = (rgb: Rgb): boolean => rgb.every((part) => part >= -0.0001 && part <= 1.0001);
const encoded = (part: number): number => (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055);

/** `#rrggbb`. What sRGB can't show loses chroma, never lightness: contrast holds for every hue. */
export function hexOf(color: Oklch): string {
	let [low, high] = isShown(toLinear(color)) ? [1, 1] : [0, 1];
	while (high - low > 0.001) {
		const middle = (low + high) / 2;
		if (isShown(toLinear({ ...color, chroma: color.chroma * middle }))) low = middle;
		else high = middle;
	}
	const bytes = toLinear({ ...color, chroma: color.chroma * low }).map((part) =>
		Math.round(255 * encoded(Math.min(1, Math.max(0, part))))
	);
	return `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function luminanceOf(hex: string): number {
	const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
		const part = parseInt(hex.slice(at, at + 2), 16) / 255;
		return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
/** 1 to 21, of two `#rrggbb`. */
export function contrastOf(one: string, other: string): number {
	const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
	return (light + 0.05) / (dark + 0.05);
}
