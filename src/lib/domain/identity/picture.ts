// What the readers of both formats answer, and how large a picture may be.

/** Pixels. Shown 36 high, on screens of three pixels a point; a receipt takes some more. */
export const LOGO_MIN_SIDE = 32;
export const LOGO_MAX_SIDE = 1024;

/** `too_heavy`: bytes; `too_small`, `too_large`: pixels; `unusual`: a way of writing colours that papers can't print (16 bits, CMYK). */
export type LogoProblem = 'missing' | 'too_heavy' | 'not_a_picture' | 'damaged' | 'too_small' | 'too_large' | 'unusual';
export type Picture = {
	width: number;
	height: number;
	/** Without anything that does not draw. */
	bytes: Uint8Array;
	/** Of a PNG: its pixels, deflated, and how many bytes they are unpacked. Whoever keeps it unpacks them once. */
	packed: { data: Uint8Array; length: number } | null;
};
/** A reader of one format answers a problem instead of a picture. */
export type PictureRead = Picture | LogoProblem;

/** null: it may be drawn. */
export function sizeProblem(width: number, height: number): LogoProblem | null {
	if (width < 1 || height < 1) return 'damaged';
	if (Math.max(width, height) > LOGO_MAX_SIDE) return 'too_large';
	return Math.min(width, height) < LOGO_MIN_SIDE ? 'too_small' : null;
}

export function joined(parts: Uint8Array[]): Uint8Array {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}
